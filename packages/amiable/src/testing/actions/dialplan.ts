import { type Dialplan, extensionMatches, hintPriority, type Step } from '../model/dialplan.ts'
import type { World } from '../model/world.ts'
import { type CliResult, plural } from './cli-result.ts'
import type { ActionContext, Handlers } from './context.ts'

/** What one look at the dialplan asks for, and how much it saw. */
interface Walk {
  readonly exten: string
  context(name: string): void
  step(context: string, exten: string, priority: number, step: Step): void
  extra(context: string, kind: 'include' | 'switch' | 'ignorepat', value: string): void
  extensions: number
  priorities: number
  contexts: number
}

/** Goes through a context as pbx.c:manager_show_dialplan_helper does, for one extension or for all. */
function walk(dialplan: Dialplan, name: string, to: Walk, seen: readonly string[] = []): void {
  const extens = dialplan.contexts.get(name)
  if (extens === undefined || seen.includes(name)) return
  to.contexts++
  to.context(name)
  for (const [exten, steps] of [...extens].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (to.exten !== '' && !extensionMatches(exten, to.exten)) continue
    to.extensions++
    for (const [priority, step] of [...steps].sort(([a], [b]) => a - b)) {
      to.priorities++
      to.step(name, exten, priority, step)
    }
  }
  const extras = dialplan.extras.get(name) ?? []
  const values = (kind: string) => extras.filter((extra) => extra.kind === kind).map(({ value }) => value)
  for (const value of values('include')) {
    // who asks for an extension is shown what the included contexts have of it
    if (to.exten === '') to.extra(name, 'include', value)
    else walk(dialplan, value, to, [...seen, name])
  }
  for (const value of values('ignorepat')) {
    // the pattern of a pattern: what follows the digits that are ignored
    if (to.exten === '' || extensionMatches(`_${value}.`, to.exten)) to.extra(name, 'ignorepat', value)
  }
  if (seen.length === 0) for (const value of values('switch')) to.extra(name, 'switch', value)
}

const headers = { include: 'IncludeContext', switch: 'Switch', ignorepat: 'IgnorePattern' } as const

// pbx.c:manager_show_dialplan: the list begins with its first row, and it may find out after that that it has to refuse
function showDialPlan({ action, reply, world }: ActionContext) {
  const context = action.header('Context')
  const exten = action.header('Extension')
  let started = false
  const row = (lines: string, registrar: string): void => {
    if (!started) reply.start('DialPlan list will follow')
    started = true
    reply.item('ListDialplan', `${lines}Registrar: ${registrar}\r\n`)
  }
  const to: Walk = {
    exten,
    extensions: 0,
    priorities: 0,
    contexts: 0,
    context: () => undefined,
    step(name, extension, priority, { label, application, data, registrar }) {
      const named = label === '' ? '' : `ExtensionLabel: ${label}\r\n`
      const does =
        priority === hintPriority
          ? `Priority: hint\r\nApplication: ${application}\r\n`
          : `Priority: ${priority}\r\nApplication: ${application}\r\nAppData: ${data}\r\n`
      row(`Context: ${name}\r\nExtension: ${extension}\r\n${named}${does}`, registrar)
    },
    extra: (name, kind, value) => row(`Context: ${name}\r\n${headers[kind]}: ${value}\r\n`, 'pbx_config'),
  }
  for (const name of context === '' ? world.dialplan.contexts.keys() : [context]) walk(world.dialplan, name, to)
  if (context !== '' && to.contexts === 0) return reply.error(`Did not find context ${context}`)
  if (exten !== '' && to.extensions === 0) {
    return reply.error(`Did not find extension ${exten}${context === '' ? ' in any context' : `@${context}`}`)
  }
  if (!started) reply.start('DialPlan list will follow')
  reply.complete('ShowDialPlanComplete', {
    ListExtensions: to.extensions,
    ListPriorities: to.priorities,
    ListContexts: to.contexts,
  })
}

/** Returns a priority as an action names it; undefined where it is none. */
function readPriority(text: string): number | undefined {
  const number = text === 'hint' ? hintPriority : Number.parseInt(text, 10)
  return Number.isNaN(number) ? undefined : number
}

function extensionAdd({ action, reply, world }: ActionContext) {
  const [context, exten, priority, application] = ['Context', 'Extension', 'Priority', 'Application'].map((name) =>
    action.header(name),
  ) as [string, string, string, string]
  if ([context, exten, priority, application].includes('')) {
    return reply.error('Context, Extension, Priority, and Application must be defined for DialplanExtensionAdd.')
  }
  const number = readPriority(priority)
  if (number === undefined) return reply.error('The priority specified was invalid.')
  if (world.dialplan.step(context, exten, number) !== undefined) {
    return reply.error('Extension with that priority already exists.')
  }
  reply.success('Added requested extension')
  world.dialplan.add(context, exten, number, application, action.header('ApplicationData'), '', 'AMI')
}

function extensionRemove({ action, reply, world }: ActionContext) {
  const context = action.header('Context')
  const exten = action.header('Extension')
  const priority = action.header('Priority')
  if (context === '' || exten === '')
    return reply.error('Context and Extension must be provided for DialplanExtensionRemove.')
  const number = readPriority(priority)
  if (priority !== '' && number === undefined) return reply.error('The priority specified was invalid.')
  if (!world.dialplan.remove(context, exten, number)) return reply.error('Failed to remove requested extension')
  reply.success(
    number === undefined ? 'Removed the requested extension' : 'Removed the requested priority from the extension',
  )
}

/** The dialplan. */
export const dialplanActions: Handlers = {
  ShowDialPlan: showDialPlan,
  DialplanExtensionAdd: extensionAdd,
  DialplanExtensionRemove: extensionRemove,
}

const usage = {
  add:
    'Usage: dialplan add ignorepat <pattern> into <context>\n' +
    '       This command adds a new ignore pattern into context <context>\n\n' +
    'Example: dialplan add ignorepat _3XX into local\n',
  remove:
    'Usage: dialplan remove ignorepat <pattern> from <context>\n' +
    '       This command removes an ignore pattern from context <context>\n\n' +
    'Example: dialplan remove ignorepat _3XX from local\n',
  context: 'Usage: dialplan remove context <context>\n' + '       Removes all extensions from a specified context.\n',
} as const

/** Runs `dialplan show`, `dialplan add ignorepat` and `dialplan remove ignorepat|context`. */
export function dialplanCli({ dialplan }: World, words: readonly string[]): CliResult {
  const [, verb = '', what = '', pattern = '', preposition, context = ''] = words
  // manager.c:action_command says after what a command wrote that it failed
  const failed = (output: string): CliResult => ({
    ok: false,
    output: `${output}Command '${words.join(' ')}' failed.\n`,
  })
  if (verb.toLowerCase() === 'show') {
    const { output, refusal } = show(dialplan, what)
    return refusal === undefined ? { ok: true, output } : failed(output + refusal)
  }
  if (what.toLowerCase() === 'context') {
    if (words.length !== 4) return { ok: false, output: usage.context }
    const removed = dialplan.removeContext(pattern)
    // pbx_config.c:handle_cli_dialplan_remove_context is content either way
    return {
      ok: true,
      output: removed ? `Removed context '${pattern}'\n` : `There is no such context as '${pattern}'\n`,
    }
  }
  if (verb.toLowerCase() === 'add') {
    if (words.length !== 6 || preposition !== 'into') return { ok: false, output: usage.add }
    // pbx_config.c:handle_cli_dialplan_add_ignorepat says the same of a context that is not there
    if (!dialplan.addIgnorePattern(context, pattern))
      return failed(`Ignore pattern '${pattern}' already included in '${context}' context\n`)
    return { ok: true, output: `Ignore pattern '${pattern}' added into '${context}' context\n` }
  }
  if (words.length !== 6 || preposition !== 'from') return { ok: false, output: usage.remove }
  if (!dialplan.removeIgnorePattern(context, pattern))
    return failed(`There is no existence of '${pattern}' ignore pattern in '${context}' context\n`)
  return { ok: true, output: `Ignore pattern '${pattern}' removed from '${context}' context\n` }
}

const signs = { include: 'Include =>', switch: 'Alt. Switch =>', ignorepat: 'Ignore pattern =>' } as const

// pbx.c:show_dialplan_helper
function show(dialplan: Dialplan, place: string): { output: string; refusal?: string } {
  const [exten, context] = place.includes('@') ? (place.split('@', 2) as [string, string]) : ['', place]
  let output = ''
  let last = ''
  const line = (head: string, what: string, registrar: string): void => {
    output += `  ${head.padEnd(17)} ${what.padEnd(45)} [${registrar}]\n`
  }
  const shown = new Set<string>()
  const title = (name: string): void => {
    if (!shown.has(name)) output += `[ Context '${name}' created by 'pbx_config' ]\n`
    shown.add(name)
  }
  const to: Walk = {
    exten,
    extensions: 0,
    priorities: 0,
    contexts: 0,
    context: (name) => (exten === '' ? title(name) : undefined),
    step(name, extension, priority, { application, data, registrar }) {
      title(name)
      const does = priority === hintPriority ? `hint: ${application}` : `${priority}. ${application}(${data})`
      line(last === `${name} ${extension}` ? '' : `'${extension}' =>`, does, registrar)
      last = `${name} ${extension}`
    },
    extra: (_, kind, value) => line(signs[kind], `'${value}'`, 'pbx_config'),
  }
  for (const name of context === '' ? dialplan.contexts.keys() : [context]) {
    const before = output
    walk(dialplan, name, to)
    if (output !== before && (exten === '' || to.extensions > 0)) output += '\n'
  }
  if (to.contexts === 0) return { output, refusal: `There is no existence of '${context}' context\n` }
  if (exten !== '' && to.extensions === 0) {
    return { output, refusal: `There is no existence of ${exten}@${context} extension\n` }
  }
  const contexts = exten === '' ? to.contexts : shown.size
  output += `-= ${plural(to.extensions, 'extension')} (${to.priorities} priorities) in ${plural(contexts, 'context')}. =-\n`
  return { output }
}
