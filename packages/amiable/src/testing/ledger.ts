import { checkDuration, checkEach, checkRecord, checkSignal, checkSync, checkText } from '../check.ts'
import { ClosedError, TimeoutError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import type { Clock } from '../util/clock.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
import { PatientClock } from '../util/patient-clock.ts'
import { checkHeaderPatterns, type HeaderPattern, meets } from './patterns.ts'
import type { ReceivedAction } from './protocol/received-action.ts'

/** What an action's headers must be, by the patterns of `expectEvents`; or a function that says so. */
export type Match = Readonly<Record<string, HeaderPattern>> | ((action: ReceivedAction) => boolean)

/** The options of `waitFor`. */
export interface WaitOptions {
  /** After how many milliseconds of the server's clock it rejects with `AMI_TIMEOUT`. @default never */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

interface Waiting {
  readonly name: string
  readonly match: Match | undefined
  readonly done: Deferred<ReceivedAction>
}

/** What came in, and who waits for it. */
export class Ledger {
  readonly calls: ReceivedAction[] = []
  #clock: Clock
  #given = new Set<ReceivedAction>()
  #waiting = new Set<Waiting>()
  #closed = false

  constructor(clock: Clock) {
    this.#clock = new PatientClock(clock, () => this.calls.length)
  }

  add(action: ReceivedAction): void {
    this.calls.push(action)
    for (const waiting of this.#waiting) {
      try {
        if (!fits(action, waiting.name, waiting.match)) continue
        this.#given.add(action)
        waiting.done.resolve(action)
      } catch (error) {
        // of the function that was to say whether it fits
        waiting.done.reject(error)
      }
      this.#waiting.delete(waiting)
      return
    }
  }

  async waitFor(name: string, match?: Match, options: WaitOptions = {}): Promise<ReceivedAction> {
    checkText('action', name, "an action's name")
    if (typeof match === 'function') checkSync('match', match)
    else if (match !== undefined) {
      checkRecord('match', match, 'an object of headers or a function')
      checkHeaderPatterns('match', match)
    }
    checkEach<WaitOptions>('', options, { timeout: checkDuration, signal: checkSignal })
    options.signal?.throwIfAborted()
    const found = this.calls.find((action) => !this.#given.has(action) && fits(action, name, match))
    if (found !== undefined) {
      this.#given.add(found)
      return found
    }
    if (this.#closed) throw closedBefore(name)
    const waiting: Waiting = { name, match, done: deferred<ReceivedAction>() }
    this.#waiting.add(waiting)
    const stop = (reason: unknown): void => {
      if (this.#waiting.delete(waiting)) waiting.done.reject(reason)
    }
    const unlisten = onAbort(options.signal, () => stop(options.signal?.reason))
    const timer =
      options.timeout === undefined
        ? undefined
        : this.#clock.setTimeout(
            () => stop(new TimeoutError(`no ${name} came in ${options.timeout} ms`)),
            options.timeout,
          )
    try {
      return await waiting.done.promise
    } finally {
      unlisten()
      this.#clock.clearTimeout(timer)
    }
  }

  close(): void {
    this.#closed = true
    for (const { name, done } of this.#waiting) done.reject(closedBefore(name))
    this.#waiting.clear()
  }
}

function closedBefore(name: string): ClosedError {
  return new ClosedError(`the simulated server closed before a ${name} came`)
}

function fits(action: ReceivedAction, name: string, match: Match | undefined): boolean {
  if (action.name.toLowerCase() !== name.toLowerCase()) return false
  if (match === undefined) return true
  if (typeof match === 'function') return match(action)
  return Object.entries(match).every(([header, wanted]) => {
    return action.getAll(header).some((value) => meets(wanted, value))
  })
}
