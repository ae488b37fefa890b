import { checkString } from '../../check.ts'
import { fromWire } from '../protocol/byte-text.ts'
import { checkRecording } from './reader.ts'
import { wholeMessages } from './whole-messages.ts'

/** An event of a recording. You can read its headers as properties too, as they stood on the wire. */
export interface RecordedEvent {
  readonly Event: string
  /** Milliseconds since the start of the recording. `undefined` in a capture. */
  readonly time: number | undefined
  /** The number of the connection, from 1. */
  readonly session: number
  /** All headers, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Returns the first header of a name, in upper or lower case. */
  get(name: string): string | undefined
  /** Returns all headers of a name, in upper or lower case. */
  getAll(name: string): readonly string[]
  /** Returns the headers by name. A header that repeats is an array. */
  toJSON(): Record<string, string | string[]>
  readonly [header: string]: unknown
}

/** The events of a recording, in order. */
export interface RecordedEvents extends AsyncIterable<RecordedEvent> {
  toArray(): Promise<RecordedEvent[]>
}

/**
 * Reads the events of a recording, or of a capture of the wire.
 * @param recording the name of a file, or the text of a recording, as {@link importRecording} returns it
 */
export function readEvents(recording: string): RecordedEvents {
  checkRecording(recording)
  return {
    [Symbol.asyncIterator]: () => eventsOf(recording),
    async toArray() {
      const events: RecordedEvent[] = []
      for await (const event of eventsOf(recording)) events.push(event)
      return events
    },
  }
}

async function* eventsOf(recording: string): AsyncGenerator<RecordedEvent> {
  for await (const { direction, text, time, session } of wholeMessages(recording)) {
    if (direction === 'out' && /^\s*Event:/i.test(text)) yield eventOf(text.trimStart(), time, session)
  }
}

function eventOf(text: string, time: number | undefined, session: number): RecordedEvent {
  const headers = text
    .split('\r\n')
    .filter((line) => line !== '')
    .map(headerOf)
  const getAll = (name: string): string[] => {
    checkString('name', name, "a header's name")
    const lower = name.toLowerCase()
    return headers.flatMap(([header, value]) => (header.toLowerCase() === lower ? [value] : []))
  }
  const methods = {
    get: (name: string) => getAll(name)[0],
    getAll,
    toJSON: () => Object.fromEntries(byName(headers)),
  }
  const event = Object.create(methods, Object.getOwnPropertyDescriptors({ time, session, headers }))
  // the first of a name; none of the library's is overwritten
  for (const [name, value] of headers) {
    if (!(name in event)) Object.defineProperty(event, name, { value, enumerable: true })
  }
  return event as RecordedEvent
}

function byName(headers: readonly (readonly [string, string])[]): Map<string, string | string[]> {
  const found = new Map<string, string | string[]>()
  for (const [name, value] of headers) {
    const before = found.get(name)
    found.set(name, before === undefined ? value : [before, value].flat())
  }
  return found
}

/** Returns a header's name and value: up to the first colon with a blank behind it, since names may hold colons. */
function headerOf(line: string): readonly [name: string, value: string] {
  const spaced = line.indexOf(': ')
  const colon = spaced === -1 ? line.indexOf(':') : spaced
  if (colon === -1) return [fromWire(line), '']
  return [fromWire(line.slice(0, colon)), fromWire(line.slice(spaced === -1 ? colon + 1 : colon + 2))]
}
