import type { Field, Kind, Snapshot } from './model.ts'

/*
 * Fields in short, for the overlay: names apart by spaces, each with marks behind it.
 *   #  a number, #ms #us #s with its unit    !  a boolean (of a header: Yes or No)    $  text or a number
 *   +  required    ?  not always there    *  may repeat
 *   =a|b  one of these (_ stands for a space); a ~ behind them: other values as well
 * A % in a name or a value stands for any text.
 */
const FIELD = /^([^#!$+?*=~]+)((?:#(?:ms|us|s)?|[!$+?*])*)(?:=([^~]+)(~)?)?$/
const UNITS: Readonly<Record<string, string>> = { ms: 'milliseconds', us: 'microseconds', s: 'seconds' }

/** Reads headers written in short: there unless marked `?`. */
export function headers(text: string): Field[] {
  return split(text).map((one) => field(one, true))
}

/** Reads parameters written in short: optional unless marked `+`. */
export function parameters(text: string): Field[] {
  return split(text).map((one) => field(one, false))
}

/** Reads snapshots written in short: `channel` or `bridge`, `:` and a prefix, `?` where it is not always there. */
export function snapshots(text: string): Snapshot[] {
  return split(text).map((one) => {
    const match = /^(channel|bridge)(?::(\w+))?(\?)?$/.exec(one)
    if (!match) throw new Error(`a snapshot in a form that is not known: ${one}`)
    return { kind: match[1] as Snapshot['kind'], prefix: match[2] ?? '', optional: match[3] === '?' }
  })
}

function split(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

function field(text: string, always: boolean): Field {
  const match = FIELD.exec(text)
  if (!match?.[1]) throw new Error(`a field in a form that is not known: ${text}`)
  const [, name, marks = '', values, tilde] = match
  return {
    name: name.replaceAll('%', PLACE),
    kind: kindOf(marks),
    unit: UNITS[/#(ms|us|s)/.exec(marks)?.[1] ?? ''],
    values: values?.split('|').map((value) => value.replaceAll('_', ' ').replaceAll('%', PLACE)) ?? [],
    open: tilde === '~',
    required: always ? !marks.includes('?') && !name.includes('%') : marks.includes('+'),
    repeats: marks.includes('*'),
    default: undefined,
    absent: [],
  }
}

/** Whether two fields say the same of their values. */
export function isSameField(one: Field, other: Field): boolean {
  return (
    one.kind === other.kind &&
    one.unit === other.unit &&
    one.required === other.required &&
    one.repeats === other.repeats &&
    one.open === other.open &&
    one.values.join('|') === other.values.join('|')
  )
}

/** What stands for any text in a name. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it ends up in a template-literal type
export const PLACE = '${string}'

function kindOf(marks: string): Kind {
  if (marks.includes('#')) return 'number'
  if (marks.includes('!')) return 'boolean'
  return marks.includes('$') ? 'scalar' : 'text'
}
