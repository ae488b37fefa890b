import { onAbort } from '../util/abort.ts'
import { AsyncQueue } from '../util/async-queue.ts'

// a consumer that lags so far behind a link's life loses the oldest news
const CAPACITY = 1_000
// a server can make any number of faults: they leave room for the rest
const FAULTS = 100
const NOBODY: Iterable<never> = []

/** Under which a client offers its hub to the fleet that it is of. */
export const STATUSES: unique symbol = Symbol('statuses')

/** What a fleet passes on to its loops: what happens to a member, with the member's name. */
interface Passing<S> {
  readonly watched: boolean
  tell(status: S & { readonly source: string }): void
  tellFault(make: () => S & { readonly source: string }): void
}

/** Passes what happens to every `status()` loop. */
export class StatusHub<S extends { readonly type: string }> {
  #queues: Set<AsyncQueue<S>> | undefined
  #ended = false
  #fleet: Passing<S> | undefined
  #source = ''

  /** Whether anybody listens. */
  get watched(): boolean {
    return (this.#queues !== undefined && this.#queues.size > 0) || this.#fleet !== undefined
  }

  /** Passes everything that happens to a fleet's hub as well, at once: a loop in its place takes some kilobytes. */
  passTo(fleet: Passing<S>, source: string): void {
    this.#fleet = fleet
    this.#source = source
  }

  /** Yields what happens from now on, until the end. */
  iterate(signal: AbortSignal | undefined): AsyncIterableIterator<S> {
    const queue = new AsyncQueue<S>(() => {
      this.#queues?.delete(queue)
      unlisten()
    })
    const abort = () => queue.end(signal?.reason)
    const unlisten = onAbort(signal, abort)
    this.#queues ??= new Set()
    this.#queues.add(queue)
    if (this.#ended) queue.end()
    else if (signal?.aborted) abort()
    return queue
  }

  /** Passes a fault to those loops that have room for one. The fault is made only where there is such a loop. */
  tellFault(make: () => S): void {
    this.#fleet?.tellFault(() => ({ ...make(), source: this.#source }))
    let status: S | undefined
    for (const queue of this.#queues ?? NOBODY) {
      if (queue.size >= FAULTS) continue
      status ??= make()
      queue.push(status)
    }
  }

  tell(status: S): void {
    if (this.#fleet?.watched) this.#fleet.tell({ ...status, source: this.#source })
    if (this.#queues === undefined) return
    for (const queue of this.#queues) {
      if (queue.size >= CAPACITY) queue.shift()
      queue.push(status)
    }
  }

  /** Ends every loop: nothing more happens. */
  end(): void {
    this.#ended = true
    for (const queue of this.#queues ?? NOBODY) queue.end()
  }
}
