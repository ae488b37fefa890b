import { checkDuration, checkEach, checkSignal, checkText } from '../../check.ts'
import { ClosedError, TimeoutError } from '../../errors.ts'
import { onAbort } from '../../util/abort.ts'
import type { Clock } from '../../util/clock.ts'
import { type Deferred, deferred } from '../../util/deferred.ts'
import type { WaitOptions } from '../ledger.ts'

interface Waiting {
  readonly file: string | undefined
  readonly done: Deferred<string>
}

/** The files that a caller heard begin, and who waits for one. */
export class Prompts {
  readonly #clock: Clock
  /** Those that nobody was given yet. */
  readonly #heard: string[] = []
  readonly #waiting = new Set<Waiting>()
  #over = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(file: string): void {
    for (const waiting of this.#waiting) {
      if (waiting.file !== undefined && waiting.file !== file) continue
      this.#waiting.delete(waiting)
      waiting.done.resolve(file)
      return
    }
    this.#heard.push(file)
  }

  /** Resolves with the next file, or the next of that name; each file is given to one caller only. */
  async next(file: string | undefined, options: WaitOptions): Promise<string> {
    if (file !== undefined) checkText('file', file, "a file's name")
    checkEach<WaitOptions>('', options, { timeout: checkDuration, signal: checkSignal })
    options.signal?.throwIfAborted()
    const at = file === undefined ? 0 : this.#heard.indexOf(file)
    if (at !== -1 && at < this.#heard.length) return this.#heard.splice(0, at + 1).at(-1)!
    const what = file === undefined ? 'a file' : `'${file}'`
    if (this.#over) throw this.#ended(what)
    const waiting: Waiting = { file, done: deferred<string>() }
    this.#waiting.add(waiting)
    const stop = (reason: unknown): void => {
      if (this.#waiting.delete(waiting)) waiting.done.reject(reason)
    }
    const unlisten = onAbort(options.signal, () => stop(options.signal?.reason))
    const { timeout } = options
    const timer =
      timeout === undefined
        ? undefined
        : this.#clock.setTimeout(
            () => stop(new TimeoutError(`the caller did not hear ${what} in ${timeout} ms`)),
            timeout,
          )
    try {
      return await waiting.done.promise
    } finally {
      unlisten()
      this.#clock.clearTimeout(timer)
    }
  }

  /** Ends it: no more files will begin. */
  end(): void {
    this.#over = true
    for (const { file, done } of this.#waiting) done.reject(this.#ended(file === undefined ? 'a file' : `'${file}'`))
    this.#waiting.clear()
  }

  #ended(what: string): ClosedError {
    const instead = this.#heard.map((file) => `'${file}'`).join(', ') || 'nothing else'
    return new ClosedError(`the AGI ended before the caller heard ${what}; it heard ${instead}`)
  }
}
