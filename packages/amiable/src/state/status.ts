import { onAbort } from '../util/abort.ts'
import { AsyncQueue } from '../util/async-queue.ts'
import type { StaleReason } from './freshness.ts'
import type { Kind } from './kinds.ts'
import type { ChangeKind } from './records.ts'

/** A difference between the picture and a list that no event explains. */
export interface Difference {
  readonly kind: ChangeKind
  readonly key: string
  readonly before: object | undefined
  readonly after: object | undefined
  /** What differs; none where the record came or went. */
  readonly fields: readonly string[]
}

/** The records of a kind are as of `since`: readers keep the last truth. */
export interface KindStale {
  readonly type: 'stale'
  readonly kind: Kind
  readonly since: Date
  readonly why: StaleReason
}

/** The first list of a kind has failed: nothing is known of it, and the model goes on asking. */
export interface KindWaiting {
  readonly type: 'waiting'
  readonly kind: Kind
  readonly since: Date
  readonly why: StaleReason
}

/** A list of a kind is complete, and its events arrive. */
export interface KindLive {
  readonly type: 'live'
  readonly kind: Kind
  readonly listedAt: Date
}

/** The account, the event mask or the server keeps a kind away. */
export interface KindBlind {
  readonly type: 'blind'
  readonly kind: Kind
  readonly action: string
  readonly classes: readonly string[]
}

/** Asterisk changed something without an event, and the model has corrected the picture. */
export interface KindDrift {
  readonly type: 'drift'
  readonly kind: Kind
  readonly differences: readonly Difference[]
}

/** There is more than `limits` allows: the newest are left out. `limit` is how many there may be, or `limits.bytes`. */
export interface KindLimit {
  readonly type: 'limit'
  readonly kind: ChangeKind
  readonly limit: number
}

/** What happens to a kind, as `status()` reports it; match on `type`. */
export type StateStatus = KindWaiting | KindStale | KindLive | KindBlind | KindDrift | KindLimit

// a consumer that lags so far behind loses the oldest news
const CAPACITY = 1_000

/** Passes what happens to every `status()` loop. */
export class StateStatusHub<S = StateStatus> {
  #queues = new Set<AsyncQueue<S>>()
  #ended = false

  iterate(signal: AbortSignal | undefined): AsyncIterableIterator<S> {
    const queue = new AsyncQueue<S>(() => {
      this.#queues.delete(queue)
      unlisten()
    })
    const unlisten = onAbort(signal, () => queue.end(signal?.reason))
    this.#queues.add(queue)
    if (signal?.aborted) queue.end(signal.reason)
    else if (this.#ended) queue.end()
    return queue
  }

  tell(status: S): void {
    for (const queue of this.#queues) {
      if (queue.size >= CAPACITY) queue.shift()
      queue.push(status)
    }
  }

  end(): void {
    this.#ended = true
    for (const queue of [...this.#queues]) queue.end()
  }
}

/** Counts since the model was made. */
export interface StateStats {
  /** Changes reported. What nobody heard of counts once for each time that somebody looks. */
  readonly changes: number
  /** Lists asked for. */
  readonly lists: number
  /** Records left out because of a limit. */
  readonly leftOut: number
  /** Records kept, by kind. */
  readonly records: Readonly<Record<ChangeKind, number>>
}
