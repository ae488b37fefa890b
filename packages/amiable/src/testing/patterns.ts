import { checkSync, got } from '../check.ts'
import { invalid, quoted } from '../errors.ts'
import { fromWire, toWire } from './protocol/byte-text.ts'
import { redact } from './redaction/redact.ts'

/** Says what a header must be: an equal text or number, an expression that fits, or a function that returns true. */
export type HeaderPattern = string | number | RegExp | ((value: string) => boolean)

/** Says what an event must be: its name, or its name and headers. Headers that you do not name may have any value. */
export type EventPattern = string | Readonly<{ Event: string } & Record<string, HeaderPattern>>

/** The part of an event that an expectation reads. */
export interface ObservedEvent {
  readonly Event: string
  get(name: string): string | undefined
  getAll?(name: string): readonly string[]
}

/** Whether a header's value is as a pattern wants it. */
export function meets(wanted: HeaderPattern, value: string): boolean {
  if (typeof wanted === 'function') return wanted(value)
  // an expression that remembers where it was would skip every second one
  if (wanted instanceof RegExp)
    return wanted.global || wanted.sticky ? new RegExp(wanted).test(value) : wanted.test(value)
  return String(wanted) === value
}

/** Checks what the headers of a pattern must be. */
export function checkHeaderPatterns(argument: string, pattern: object): void {
  for (const [name, wanted] of Object.entries(pattern)) {
    if (['string', 'number'].includes(typeof wanted) || wanted instanceof RegExp) continue
    if (typeof wanted !== 'function') {
      throw invalid(`${argument}.${name}`, `must be a text, a number, an expression or a function, ${got(wanted)}`)
    }
    checkSync(`${argument}.${name}`, wanted)
  }
}

/** Whether an event is as a pattern wants it. */
export function fits(pattern: EventPattern, event: ObservedEvent): boolean {
  if (typeof pattern === 'string') return event.Event === pattern
  return Object.entries(pattern).every(([header, wanted]) => valuesOf(event, header).some((one) => meets(wanted, one)))
}

/** Returns what of a pattern an event does not meet, in words; empty where it meets all. */
export function misses(pattern: EventPattern, event: ObservedEvent): string[] {
  if (typeof pattern === 'string') return event.Event === pattern ? [] : [`Event: ${quoted(event.Event)}`]
  const wrong: [name: string, value: string | undefined][] = []
  for (const [header, wanted] of Object.entries(pattern)) {
    const values = valuesOf(event, header)
    if (!values.some((value) => meets(wanted, value)))
      wrong.push([header, values.length === 0 ? undefined : values.join(', ')])
  }
  if (wrong.length === 0) return []
  const shown = withoutSecrets(
    wrong.map(([name, value = '']) => [name, value]),
    (name) => event.get(name),
  )
  return wrong.map(([name, value], n) => (value === undefined ? `no ${name}` : `${name}: ${shown[n]}`))
}

function valuesOf(event: ObservedEvent, header: string): readonly string[] {
  return header === 'Event' ? [event.Event] : (event.getAll?.(header) ?? [event.get(header) ?? []].flat())
}

/** Returns a pattern as a line of text. */
export function describe(pattern: string | Readonly<Record<string, HeaderPattern>>): string {
  if (typeof pattern === 'string') return pattern
  const { Event, ...headers } = pattern
  const entries = Object.entries(headers)
  const texts = entries.map(([, wanted]) =>
    typeof wanted === 'function' ? wanted.name || '(a function)' : String(wanted),
  )
  const shown = withoutSecrets(
    entries.map(([name], n) => [name, texts[n] ?? '']),
    () => undefined,
  )
  const parts = entries.map(([name], n) => `${name}: ${shown[n]}`)
  const name = Event === undefined ? [] : [String(Event)]
  return [...name, ...(parts.length === 0 ? [] : [`{ ${parts.join(', ')} }`])].join(' ')
}

// headers that name what another one holds
const naming = ['Variable', 'Key', 'Family', 'Name', 'Application', 'Event']

/** Returns the values of headers, printable and without secrets: those of an event go into the log of a test run. */
export function withoutSecrets(
  headers: readonly (readonly [name: string, value: string])[],
  other: (name: string) => string | undefined,
): string[] {
  const context = naming.flatMap((name) => {
    const value = headers.some(([header]) => header === name) ? undefined : other(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')
  const lines = [...headers, ...context].map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`)
  const clean = fromWire(redact(toWire(`Event: x\r\n${lines.join('')}\r\n`))).split('\r\n')
  return headers.map(([name], n) => quoted((clean[n + 1] ?? '').slice(oneLine(name).length + 2)))
}
