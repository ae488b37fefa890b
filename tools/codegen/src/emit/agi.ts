import type { AgiCommand, Catalog, Field, Summaries } from '../model.ts'
import { parameterType } from './actions.ts'
import { availabilityText, comment, enumerate, key, line, link, preamble } from './text.ts'

/** `agi.ts`: the arguments of every AGI command, and what is asked of it at run time. */
export function emitAgi({ versions, agi, summaries }: Catalog): string {
  const lines = preamble(versions, 'Every AGI command: its arguments as a type, and what is known of it at run time.')
  lines.push('/** Every AGI command by name, and its arguments: each is one word. */', 'export interface AgiCommands {')
  for (const command of agi) lines.push(...entry(command, summaries))
  lines.push('}', '')
  lines.push(
    '/** name | fewest arguments | most, * for any | d: works on a dead channel | f: can fail | module | since | removed */',
    'export const AGI_COMMANDS: string = `',
    ...agi.map(row),
    '`',
    '',
  )
  return lines.join('\n')
}

function entry(command: AgiCommand, summaries: Summaries): string[] {
  const about = [...line(summaries.agi[command.name]), ...describe(command), ...link(command.page)]
  return [...comment(about, '  '), `  ${key(command.name)}: [${command.parameters.map(element).join(', ')}]`]
}

function element(field: Field): string {
  const type = parameterType({ ...field, repeats: false })
  if (field.repeats) return `...${field.name}: ${type.includes(' ') ? `(${type})` : type}[]`
  return `${field.name}${field.required ? '' : '?'}: ${type}`
}

function describe(command: AgiCommand): string[] {
  const text: string[] = []
  const units = new Map<string, string[]>()
  for (const { name, unit } of command.parameters) if (unit) units.set(unit, [...(units.get(unit) ?? []), name])
  for (const [unit, names] of units) {
    text.push(
      `${enumerate(
        names.map((name) => `\`${name}\``),
        'and',
      )} in ${unit}.`,
    )
  }
  if (command.dead) text.push('Works on a dead channel.')
  if (command.fails) text.push('Where it fails, AsyncAGI ends.')
  text.push(...availabilityText(command))
  return text.length > 0 ? [text.join(' ')] : []
}

function row({ name, least, most, dead, fails, module, since, removed }: AgiCommand): string {
  const fields = [name, least, most ?? '*', dead ? 'd' : '', fails ? 'f' : '', module, since.join(), removed ?? '']
  return fields.join('|').replace(/\|+$/, '')
}
