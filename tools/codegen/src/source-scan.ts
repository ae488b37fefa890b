// What the source of an Asterisk prints and the catalog does not know: events, their classes and their headers, as far as
// they stand in string literals. What is put together elsewhere (snapshots, JSON) has to be read by people.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Observer } from './observe.ts'

/** An event that a function prints. */
export interface PrintedEvent {
  readonly name: string
  /** Undefined: a handler writes it as a row. */
  readonly classes: readonly string[] | undefined
  readonly headers: readonly string[]
  readonly where: string
}

const CALL =
  /\b(?:manager_event|ast_manager_event_blob_create|ast_manager_event|ast_manager_event_multichan|ast_manager_publish_event|astman_append)\s*\(/g
const LITERALS = /"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*/g
const EVERY_EVENT = new Set(['Event', 'ActionID', 'Privilege'])
const HEADER = /(?:^|\\n|%s)([A-Za-z][\w-]*): ?(?=%|[A-Z]|\\r)/g

const ofTheEnd = 'of the event that completes the list, which the same function prints'

/** Findings that are no gap in the catalog, each with its reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  'CloseSession: unknown event': 'its class is -1, which no session has',
  'DAHDIShowChannels: unknown header Items': ofTheEnd,
  'DAHDIShowStatus: unknown header Items': ofTheEnd,
  'ParkedCall: unknown header Total': ofTheEnd,
}

/** Every event that a file of C prints in so many words. */
export function eventsOf(file: string, text: string): PrintedEvent[] {
  const code = withoutComments(text)
  return functionsOf(code).flatMap(({ name: where, body }) => {
    const calls = [...body.matchAll(CALL)].flatMap(({ index, 0: head }) => {
      const event = eventIn(argumentsAt(body, index + head.length))
      return event ? [event] : []
    })
    // the headers that a function puts together before it prints them belong to the one event that it prints
    const alone = new Set(calls.map(({ name }) => name)).size === 1
    const everywhere = alone ? headersIn(literalsOf(body)) : []
    return calls.map(({ name, classes, headers }) => ({
      name,
      classes,
      headers: [...new Set([...headers, ...everywhere])],
      where: `${file}:${where}`,
    }))
  })
}

/** What the catalog lacks of what is printed there. */
export function unknownTo(observer: Observer, events: readonly PrintedEvent[]): string[] {
  const found = events.flatMap(({ name, classes, headers, where }) => {
    const known = observer.knows(name)
    if (known === undefined) return [`${name}: unknown event (${where})`]
    const wrong = classes !== undefined && classes.join() !== known.classes.join()
    return [
      ...(wrong ? [`${name}: class ${classes.join(',')} (${where})`] : []),
      ...headers.filter((one) => !known.hasHeader(one)).map((one) => `${name}: unknown header ${one} (${where})`),
    ]
  })
  return [...new Set(found)].filter((one) => !Object.hasOwn(EXPLAINED, one.replace(/ \(.*\)$/, ''))).sort()
}

/** Looks through the source of an Asterisk. */
export function scanSource(directory: string): { findings: string[]; events: number } {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^(?:addons|apps|cdr|cel|channels|funcs|main|pbx|res)\//.test(name) && name.endsWith('.c'),
  )
  const events = files.sort().flatMap((name) => eventsOf(name, readFileSync(join(directory, name), 'latin1')))
  return { findings: unknownTo(new Observer(), events), events: new Set(events.map(({ name }) => name)).size }
}

function eventIn(text: string): Omit<PrintedEvent, 'where'> | undefined {
  const literals = literalsOf(text)
  const row = /^Event: ([\w-]+)\\r\\n/.exec(literals[0] ?? '')
  if (row) return { name: row[1] ?? '', classes: undefined, headers: headersIn(literals) }
  const flags = [...text.matchAll(/EVENT_FLAG_(\w+)/g)].map(([, flag = '']) => flag.toLowerCase())
  const [name = '', ...format] = literals
  if (flags.length === 0 || !/^[A-Z][\w-]*$/.test(name)) return undefined
  return { name, classes: flags, headers: headersIn(format) }
}

function headersIn(formats: readonly string[]): string[] {
  // what ends no line is a message of the log
  const lines = formats.filter((format) => format.includes('\\r\\n'))
  const names = lines.flatMap((format) => [...format.matchAll(HEADER)].map(([, name = '']) => name))
  return names.filter((name) => !EVERY_EVENT.has(name))
}

/** The string literals, those that the compiler puts together as one. */
function literalsOf(code: string): string[] {
  return [...code.matchAll(LITERALS)].map(([text]) => text.slice(1, -1).replace(/"\s+"/g, ''))
}

/** Comments left out, string literals as they stand. */
function withoutComments(code: string): string {
  return code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
    found.startsWith('/') ? ' ' : found,
  )
}

/** The functions of a file, which Asterisk's style begins and ends at the left margin. */
function functionsOf(code: string): { name: string; body: string }[] {
  return code.split(/^}/m).flatMap((piece) => {
    const start = /(\w+)\s*\([^;{}]*\)\s*\n\{/.exec(piece)
    return start ? [{ name: start[1] ?? '', body: piece.slice(start.index + start[0].length) }] : []
  })
}

/** What stands from there to the bracket that closes it. */
function argumentsAt(code: string, start: number): string {
  let depth = 1
  for (const { index, 0: found } of code.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)+'|[()]/g)) {
    if (found === '(') depth++
    else if (found === ')' && --depth === 0) return code.slice(start, start + index)
  }
  return code.slice(start)
}
