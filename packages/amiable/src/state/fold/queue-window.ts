import { count, type Told } from '../told.ts'
import type { Pen } from './fold.ts'

/** What a queue did within a span of time, counted from events. */
export interface QueueWindow {
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  /** How many left without an answer and without hanging up: a timeout, a key, nobody to answer. */
  readonly left: number
  /** How many were answered within the service level. */
  readonly answeredInLevel: number
  /** Seconds. */
  readonly averageWait: number
  readonly averageTalk: number
  readonly longestWait: number
  /** False where events were missed within the span. */
  readonly complete: boolean
}

const MINUTE = 60_000
const DAY = 24 * 60
// events that have waited may be older than what has been counted, by so many minutes
const LATE = 2
// ten numbers and a place in a list
const BUCKET = 128

/** What happened in one minute. */
interface Bucket {
  minute: number
  offered: number
  answered: number
  abandoned: number
  leaves: number
  inLevel: number
  waited: number
  talks: number
  talked: number
  longest: number
}

/**
 * Counts of the model's own. Asterisk's numbers count once where a member holds several calls
 * (app_queue.c:update_queue). Anybody can reset them, and they cannot say anything of the last quarter of an hour.
 */
export class QueueWindows {
  #queues = new Map<string, Bucket[]>()
  /** Since when no event was missed. */
  #heardSince = Number.POSITIVE_INFINITY
  #latest = 0

  event(pen: Pen, told: Told): void {
    const key = (told.get('Queue') ?? '').toLowerCase()
    const queue = pen.get('queue', key)
    if (queue === undefined) return
    const minute = Math.floor(pen.now / MINUTE)
    this.#follow(minute)
    const bucket = this.#bucket(key, minute)
    switch (told.Event) {
      case 'QueueCallerJoin':
        bucket.offered++
        return
      case 'QueueCallerLeave':
        bucket.leaves++
        return
      case 'QueueCallerAbandon':
        bucket.abandoned++
        bucket.longest = Math.max(bucket.longest, count(told, 'HoldTime'))
        return
      case 'AgentConnect': {
        const waited = count(told, 'HoldTime')
        bucket.answered++
        bucket.waited += waited
        bucket.longest = Math.max(bucket.longest, waited)
        if (waited <= queue.serviceLevel) bucket.inLevel++
        return
      }
      case 'AgentComplete':
        bucket.talks++
        bucket.talked += count(told, 'TalkTime')
    }
  }

  /** How many bytes it takes. */
  get weight(): number {
    let buckets = 0
    for (const all of this.#queues.values()) buckets += all.length
    return buckets * BUCKET
  }

  /** Forgets all: what is counted from here on is not complete. */
  forget(now: number): void {
    this.#queues.clear()
    this.#heardSince = Math.max(this.#heardSince, now)
  }

  /** Notes that events were missed. */
  gap(): void {
    this.#heardSince = Number.POSITIVE_INFINITY
  }

  /** Notes that nothing is missed from here on. */
  hears(at: number): void {
    this.#heardSince = Math.min(this.#heardSince, at)
  }

  /** Returns what a queue did from a moment on; a minute that had begun counts. */
  of(key: string, from: number, now: number): QueueWindow {
    this.#follow(Math.floor(now / MINUTE))
    const first = Math.floor(from / MINUTE)
    const sum = empty(0)
    for (const bucket of this.#queues.get(key) ?? []) {
      if (bucket.minute < first) continue
      for (const name of SUMS) sum[name] += bucket[name]
      sum.longest = Math.max(sum.longest, bucket.longest)
    }
    return Object.freeze({
      offered: sum.offered,
      answered: sum.answered,
      abandoned: sum.abandoned,
      left: Math.max(0, sum.leaves - sum.answered - sum.abandoned),
      answeredInLevel: sum.inLevel,
      averageWait: sum.answered === 0 ? 0 : sum.waited / sum.answered,
      averageTalk: sum.talks === 0 ? 0 : sum.talked / sum.talks,
      longestWait: sum.longest,
      complete: this.#heardSince <= first * MINUTE,
    })
  }

  /** Forgets queues that are gone. */
  keep(queues: ReadonlyMap<string, unknown>): void {
    for (const key of [...this.#queues.keys()]) if (!queues.has(key)) this.#queues.delete(key)
  }

  /** Sets what was counted back with the clock: it would be of the future, and count in each span. */
  #follow(minute: number): void {
    const back = this.#latest - minute
    if (back >= 0 && back <= LATE) return
    this.#latest = minute
    if (back < 0) return
    this.#heardSince -= back * MINUTE
    for (const all of this.#queues.values()) for (const bucket of all) bucket.minute -= back
  }

  #bucket(key: string, minute: number): Bucket {
    let buckets = this.#queues.get(key)
    if (buckets === undefined) {
      buckets = []
      this.#queues.set(key, buckets)
    }
    const last = buckets.at(-1)
    if (last !== undefined && last.minute >= minute) return last
    while (buckets.length > 0 && (buckets[0] as Bucket).minute <= minute - DAY) buckets.shift()
    const bucket = empty(minute)
    buckets.push(bucket)
    return bucket
  }
}

const SUMS = ['offered', 'answered', 'abandoned', 'leaves', 'inLevel', 'waited', 'talks', 'talked'] as const

function empty(minute: number): Bucket {
  return {
    minute,
    offered: 0,
    answered: 0,
    abandoned: 0,
    leaves: 0,
    inLevel: 0,
    waited: 0,
    talks: 0,
    talked: 0,
    longest: 0,
  }
}
