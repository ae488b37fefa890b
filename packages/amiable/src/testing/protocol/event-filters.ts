/** An event as the filters and the sessions see it. */
export interface SimulatedEvent {
  readonly name: string
  /** The classes of its `Privilege:`, as bits. */
  readonly category: number
  /** The complete message, its blank line included, as a byte string. */
  readonly text: string
}

type Test = (event: SimulatedEvent) => boolean

/** What the Filter action and `eventfilter` answer. */
export type FilterResult = 'ok' | 'not compiled' | 'malformed'

/** A session's event filters (manager.c:manager_add_filter, should_send_event). */
export class EventFilters {
  #include: Test[] = []
  #exclude: Test[] = []

  /** Adds a filter in the old form: a regular expression over all of the event, `!` in front excludes. */
  add(filter: string): FilterResult {
    const exclude = filter.startsWith('!')
    const test = compile(exclude ? filter.slice(1) : filter)
    if (test === undefined) return 'not compiled'
    ;(exclude ? this.#exclude : this.#include).push(test)
    return 'ok'
  }

  /**
   * Adds a filter in the form of 18.26, 20.11 and 22.1 on:
   * `action(include|exclude),name(Event),header(Header),method(…)`.
   */
  addMatching(criteria: string, filter: string): FilterResult {
    const parts = new Map<string, string>()
    for (const part of criteria.split(/,(?![^(]*\))/)) {
      const match = /^\s*(action|name|header|method)\(([^)]*)\)\s*$/.exec(part)
      if (match === null) return 'malformed'
      parts.set(match[1]!, match[2]!)
    }
    const action = parts.get('action') ?? 'include'
    if (action !== 'include' && action !== 'exclude') return 'malformed'
    const name = parts.get('name')
    const header = parts.get('header')
    const method = parts.get('method') ?? (filter === '' ? 'none' : 'regex')
    if (method === 'none' ? filter !== '' || name === undefined : filter === '') return 'malformed'
    const match = matcher(method, filter)
    if (match === undefined) return method === 'regex' ? 'not compiled' : 'malformed'
    const test: Test = (event) => {
      if (name !== undefined && event.name !== name) return false
      if (header === undefined) return match(event.text)
      return event.text
        .split('\r\n')
        .some((line) => line.startsWith(`${header}: `) && match(line.slice(header.length + 2)))
    }
    ;(action === 'exclude' ? this.#exclude : this.#include).push(test)
    return 'ok'
  }

  /** Includes only: their union. Excludes only: the rest. Both: the includes without the excludes. */
  passes(event: SimulatedEvent): boolean {
    if (this.#include.length > 0 && !this.#include.some((test) => test(event))) return false
    return !this.#exclude.some((test) => test(event))
  }
}

function compile(pattern: string): Test | undefined {
  try {
    const regex = new RegExp(posix(pattern))
    return (event) => regex.test(event.text)
  } catch {
    return undefined
  }
}

function matcher(method: string, filter: string): ((value: string) => boolean) | undefined {
  if (method === 'none') return () => true
  if (method === 'exact') return (value) => value === filter
  if (method === 'starts_with') return (value) => value.startsWith(filter)
  if (method === 'ends_with') return (value) => value.endsWith(filter)
  if (method === 'contains') return (value) => value.includes(filter)
  if (method !== 'regex') return undefined
  try {
    const regex = new RegExp(posix(filter))
    return (value) => regex.test(value)
  } catch {
    return undefined
  }
}

// POSIX extended expressions: the classes that JavaScript lacks
function posix(pattern: string): string {
  return pattern
    .replaceAll('[:alpha:]', 'A-Za-z')
    .replaceAll('[:digit:]', '0-9')
    .replaceAll('[:alnum:]', 'A-Za-z0-9')
    .replaceAll('[:space:]', '\\s')
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:lower:]', 'a-z')
}
