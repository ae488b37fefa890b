// node --import tsx tools/build/state-kinds.ts: writes the kinds of docs/reference/state.md from the table of kinds.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { actionFacts, eventFacts } from '../../packages/amiable/src/catalog/facts.ts'
import { kindFacts, LISTED_KINDS, type ListedKind, type ListFacts } from '../../packages/amiable/src/state/kinds.ts'

export const STATE_PAGE = fileURLToPath(new URL('../../docs/reference/state.md', import.meta.url))
const WIDTH = 120
const KINDS_OF_PAGE = /(<!-- kinds -->\n)[\s\S]*?(<!-- \/kinds -->)/

/** What Asterisk changes without an event; only a list shows it. */
const SILENT: Readonly<Record<ListedKind, string>> = {
  channels: 'The Linkedid of a channel when calls merge. Its place in the dialplan while no application runs.',
  bridges: 'The technology of a bridge, and its name.',
  queues:
    '`queue reload` and QueueReload replace queues and static members. QueueChangePriorityCaller moves callers. ' +
    '`queue reset stats` sets the counters to zero. A caller whose channel has no dialplan leaves when it is redirected.',
  rooms: 'A conference that is locked or unlocked. A party that waits for a marked one.',
  parking: 'A parking lot that a reload adds, removes or changes.',
  devices: 'A device that is gone: Asterisk reports its last state and keeps it in the list.',
  hints: 'A hint that `dialplan reload` removes.',
  agents: 'An agent that a reload adds, removes or renames. Whether an agent talks, unless its channel is in a bridge.',
  presence: 'Nothing, as far as is known.',
  endpoints: 'An endpoint that a reload adds or removes. Its transport and its AORs.',
  contacts:
    'A configured contact that a reload adds or removes. The user agent, the address and the end of a registration.',
  trunks: 'A registration that a reload adds or removes. A registration that is being tried. With IAX2 a timeout too.',
  mailboxes: 'Messages that another program adds or removes on the disk. A mailbox that a reload adds or removes.',
}

/** The kinds as a chapter each. */
export function kindsOfPage(): string {
  return LISTED_KINDS.map(chapter).join('\n')
}

function chapter(kind: ListedKind): string {
  const { list, each, instead, also, events, key, weak, modules, price } = kindFacts(kind)
  const lists = [list, also, each && { ...each, action: each.action }].flatMap((one) => one ?? [])
  const weakFields = Object.entries(weak).map(([record, fields]) => {
    const names = fields.map(code).join(', ')
    return Object.keys(weak).length === 1 ? names : `${names} (${record})`
  })
  const lines = [
    `- **Key**: ${key}.`,
    `- **Lists**: ${lists.map(listed).join(', ')}.${instead ? ` Without that right: ${listed(instead)}.` : ''}`,
    `- **Events**: ${byClasses(events)}.`,
    ...(weakFields.length > 0 ? [`- **Weak fields**: ${weakFields.join('; ')}.`] : []),
    `- **Without an event**: ${SILENT[kind]}`,
    ...(modules.length > 0
      ? [`- **Listed again** when Asterisk reports a reload of ${modules.map(code).join(', ')}.`]
      : []),
    ...(price === undefined ? [] : [`- **Kept only on request**: ${price}.`]),
  ]
  return `### ${kind}\n\n${lines.map(wrapped).join('\n')}\n`
}

/** A point of a list in lines of the width of all pages. */
function wrapped(line: string): string {
  const lines: string[] = []
  for (const word of line.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `  ${word}`)
  }
  return lines.join('\n')
}

function listed({ action, parameter }: ListFacts): string {
  const classes = actionFacts(action)?.privileges ?? []
  const right = classes.length === 0 ? 'any login' : `write ${classes.join(' or ')}`
  return `${code(action)}${parameter === undefined || action === 'QueueStatus' ? '' : ' for each'} (${right})`
}

function byClasses(names: readonly string[]): string {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const classes = (eventFacts(name)?.classes ?? []).join(' and ')
    groups.set(classes, [...(groups.get(classes) ?? []), code(name)])
  }
  return [...groups].map(([classes, group]) => `${group.join(', ')} (read ${classes})`).join('; ')
}

function code(text: string): string {
  return `\`${text}\``
}

/** The page with the kinds of today. */
export function withKinds(page: string): string {
  return page.replace(KINDS_OF_PAGE, (_, begin: string, end: string) => `${begin}\n${kindsOfPage()}\n${end}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(STATE_PAGE, withKinds(readFileSync(STATE_PAGE, 'utf8')))
}
