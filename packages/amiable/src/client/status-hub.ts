import type { Status } from '../link/status.ts'
import { AsyncQueue } from '../util/async-queue.ts'

// a consumer that lags so far behind a link's life loses the oldest news
const CAPACITY = 1_000

/** Tells every `status()` loop what happens. */
export class StatusHub {
  #queues = new Set<AsyncQueue<Status>>()
  #ended = false

  /** What happens from now on; ends after `closed`. */
  iterate(signal: AbortSignal | undefined): AsyncIterableIterator<Status> {
    const abort = () => queue.end(signal?.reason)
    const queue = new AsyncQueue<Status>(() => {
      this.#queues.delete(queue)
      signal?.removeEventListener('abort', abort)
    })
    if (this.#ended) queue.end()
    else if (signal?.aborted) abort()
    else {
      this.#queues.add(queue)
      signal?.addEventListener('abort', abort, { once: true })
    }
    return queue
  }

  tell(status: Status): void {
    for (const queue of this.#queues) {
      if (queue.size >= CAPACITY) queue.shift()
      queue.push(status)
    }
    if (status.type !== 'closed') return
    this.#ended = true
    for (const queue of this.#queues) queue.end()
    this.#queues.clear()
  }
}
