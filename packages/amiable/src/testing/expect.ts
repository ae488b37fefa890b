import {
  checkBoolean,
  checkClock,
  checkDuration,
  checkEach,
  checkRecord,
  checkSignal,
  checkText,
  got,
} from '../check.ts'
import { invalid } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { PatientClock } from '../util/patient-clock.ts'
import {
  checkHeaderPatterns,
  describe,
  type EventPattern,
  fits,
  misses,
  type ObservedEvent,
  withoutSecrets,
} from './patterns.ts'

/** A client of the library, or an object with the same `on`. */
export interface EventSource<E extends ObservedEvent> {
  events(filter: '*', options?: { signal?: AbortSignal }): AsyncIterable<E>
}

/** The options of {@link expectEvents}. */
export interface ExpectOptions {
  /** Within how many milliseconds the events must arrive. @default 1_000 */
  readonly within?: number
  /** Whether the events must arrive in the order of the patterns. Other events may come between them. @default true */
  readonly inOrder?: boolean
  /** The clock that measures `within`. @default the machine's */
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

/**
 * Says that events did not arrive as expected. The message shows what arrived instead, and test runners show both
 * lists.
 */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError'
  /** One line for each pattern. */
  readonly expected: readonly string[]
  /** One line for each event that arrived, at most the last fifty. */
  readonly actual: readonly string[]

  constructor(message: string, expected: readonly string[], actual: readonly string[]) {
    super(message)
    this.expected = expected
    this.actual = actual
  }
}

const KEPT = 50

/**
 * Waits for events. Resolves with those that matched, one for each pattern, in the order of the patterns.
 * It listens from the call on: call it, cause the events, then await it. It works in any test framework. A failure
 * rejects with an {@link ExpectationError}.
 */
export function expectEvents<E extends ObservedEvent>(
  source: EventSource<E>,
  patterns: readonly EventPattern[],
  options: ExpectOptions = {},
): Promise<E[]> {
  if (typeof source?.events !== 'function')
    throw invalid('source', `must be a client or have its events(), ${got(source)}`)
  checkPatterns(patterns)
  checkEach<ExpectOptions>('', options, {
    within: checkDuration,
    inOrder: checkBoolean,
    clock: checkClock,
    signal: checkSignal,
  })
  const stop = new AbortController()
  // taken here and not in the first turn of the loop, so that nothing between is missed
  const iterator = source.events('*', { signal: stop.signal })[Symbol.asyncIterator]()
  return watch(iterator, patterns, options, stop)
}

function checkPatterns(patterns: readonly EventPattern[]): void {
  if (!Array.isArray(patterns)) throw invalid('patterns', `must be a list of events, ${got(patterns)}`)
  for (const [at, pattern] of patterns.entries()) {
    const argument = `patterns[${at}]`
    if (typeof pattern === 'string') continue
    checkRecord(argument, pattern, "an event's name, or an object with Event and headers")
    checkText(`${argument}.Event`, (pattern as { Event?: unknown }).Event)
    checkHeaderPatterns(argument, pattern)
  }
}

async function watch<E extends ObservedEvent>(
  iterator: AsyncIterator<E>,
  patterns: readonly EventPattern[],
  options: ExpectOptions,
  stop: AbortController,
): Promise<E[]> {
  const { within = 1000, inOrder = true, clock = systemClock } = options
  const found = new Array<E | undefined>(patterns.length).fill(undefined)
  const seen: E[] = []
  let count = 0
  let timer: object | undefined
  const patient = new PatientClock(clock, () => count)
  const late = new Promise<'late'>((resolve) => {
    timer = patient.setTimeout(() => resolve('late'), within)
  })
  let unlisten = () => {}
  const aborted = new Promise<'aborted'>((resolve) => {
    unlisten = onAbort(options.signal, () => resolve('aborted'))
    if (options.signal?.aborted) resolve('aborted')
  })
  try {
    while (found.includes(undefined)) {
      const next = await Promise.race([iterator.next(), late, aborted])
      if (next === 'aborted') throw options.signal?.reason
      if (next === 'late') throw failure(`not all within ${within} ms`, patterns, found, seen, count, inOrder)
      if (next.done === true) throw failure('the events ended', patterns, found, seen, count, inOrder)
      count++
      seen.push(next.value)
      if (seen.length > KEPT) seen.shift()
      take(patterns, found, next.value, inOrder)
    }
    return found as E[]
  } finally {
    patient.clearTimeout(timer)
    unlisten()
    stop.abort()
    await iterator.return?.().catch(() => undefined)
  }
}

function take<E extends ObservedEvent>(
  patterns: readonly EventPattern[],
  found: (E | undefined)[],
  event: E,
  inOrder: boolean,
): void {
  for (const [index, pattern] of patterns.entries()) {
    if (found[index] !== undefined) continue
    if (fits(pattern, event)) {
      found[index] = event
      return
    }
    if (inOrder) return
  }
}

function failure(
  why: string,
  patterns: readonly EventPattern[],
  found: readonly (ObservedEvent | undefined)[],
  seen: readonly ObservedEvent[],
  count: number,
  inOrder: boolean,
): ExpectationError {
  const expected = patterns.map(describe)
  const actual = seen.map((event) => label(event))
  const lines = [`expected events${inOrder ? ' in this order' : ''}: ${why}`]
  for (const [index, pattern] of patterns.entries()) {
    const hit = found[index]
    lines.push(`  ${hit === undefined ? '✗' : '✓'} ${describe(pattern)}`)
    if (hit !== undefined) continue
    // the one of that name that came nearest
    const near = seen
      .filter((event) => event.Event === (typeof pattern === 'string' ? pattern : pattern.Event))
      .map((event) => ({ event, wrong: misses(pattern, event) }))
      .sort((a, b) => a.wrong.length - b.wrong.length)[0]
    if (near !== undefined && near.wrong.length > 0) lines.push(`      nearest: ${near.wrong.join('; ')}`)
    else if (near !== undefined) lines.push('      it came, but before the one that is expected in front of it')
  }
  lines.push(count === 0 ? 'no event came' : `${count} came${count > seen.length ? `, the last ${seen.length}` : ''}:`)
  for (const line of actual) lines.push(`  ${line}`)
  return new ExpectationError(lines.join('\n'), expected, actual)
}

function label(event: ObservedEvent): string {
  const place = ['Channel', 'DestChannel', 'Device', 'Queue'].find((name) => event.get(name) !== undefined)
  if (place === undefined) return event.Event
  return `${event.Event} ${withoutSecrets([[place, event.get(place) ?? '']], () => undefined).join()}`
}
