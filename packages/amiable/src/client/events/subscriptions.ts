import { checkAnswer, checkBoolean, checkFunction, checkOptions, checkSignal, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { onAbort } from '../../util/abort.ts'
import type { AsyncQueue } from '../../util/async-queue.ts'
import { LateSet } from '../../util/late.ts'
import { PASSING } from '../../util/peek.ts'
import { hold, isGone, letGo, linesOf, type Message, originOf, titleOf } from '../../wire/message.ts'
import { INSPECT, listenerText } from '../inspect.ts'
import { AheadListeners } from './ahead-listeners.ts'
import { EventStream, type EventsOptions } from './event-stream.ts'
import { type Filter, parseFilter } from './filter.ts'
import { ListenerTable, type TableEntry } from './listener-table.ts'
import { EVENTS_SHARE } from './message-queue.ts'

/** A listener that `on` has added. */
export interface Listener {
  /** The id that `removeListener` takes. */
  readonly id: string
  /** Removes the listener. A second call does nothing. */
  remove(): void
  [Symbol.dispose](): void
}

/** Receives an event, and the listener that it was called for. */
export type Handler<E> = (event: E, listener: Listener) => unknown

/** The options of `on()`. */
export interface ListenOptions {
  /** Removes the listener when its first event arrives. @default false */
  once?: boolean | undefined
  /** Removes the listener when the signal aborts. */
  signal?: AbortSignal | undefined
  /** Gives the listener the rows and completing events of pending calls as well. @default false */
  all?: boolean | undefined
}

/**
 * Checks how a listener is attached.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function checkListenOptions(options: ListenOptions): ListenOptions {
  const known = { once: true, signal: true, all: true }
  const set = checkOptions<ListenOptions>('', options, known, 'an object such as { once, signal }')
  checkBoolean('once', set.once)
  checkBoolean('all', set.all)
  checkSignal('signal', set.signal)
  return set
}

/**
 * Checks that it can be the id of a listener.
 * @throws {ArgumentError} for what cannot, such as an event's name or the handler
 */
export function checkListenerId(id: unknown): void {
  if (typeof id === 'string' && /^(?:fleet-)?listener-/.test(id)) return
  throw invalid('id', `must be the id of what on() gave, as in removeListener(listener.id), ${got(id)}`)
}

/** Receives the error that a listener threw, and that listener. */
export type ListenerErrorHandler = (error: unknown, listener: Listener) => void

/** What subscriptions report. */
export interface SubscriptionsHost {
  readonly options: {
    readonly source: string
    readonly maxBacklog: number
    readonly onListenerError: ListenerErrorHandler | undefined
  }
  /** Reports events that were lost for a consumer that is too slow, once for each burst. */
  slow(dropped: number): void
  /**
   * Reports that a listener blocked the event loop for so many milliseconds. Which one is not known of predicates that
   * say no.
   */
  blocked(listener: Listener | undefined, milliseconds: number): void
}

interface Entry extends Listener, TableEntry {
  readonly predicate: ((event: Message) => boolean) | undefined
  readonly handler: Handler<Message>
  readonly once: boolean
  unlisten: () => void
  [INSPECT](): string
}

// the machine's clock in nanoseconds. It is read for each event, and `performance.now()` takes half as long again
const now = process.hrtime.bigint
// a listener that takes longer blocks the reading of the socket; Asterisk by default gives a reader 100 ms
const BLOCKED = 100_000_000n
/*
 * After so long the socket gets its turn before the next event is delivered. In that time a listener of ordinary speed
 * delivers more in one turn than the loop reads between two, and 100 ms is what Asterisk gives a reader.
 */
const TURN = 50_000_000n

/** Delivers events to their listeners, in the order of arrival, with a limit on everything that waits. */
export class Subscriptions {
  /** Events delivered to at least one listener or iterator. */
  delivered = 0
  /** Events lost to limits. */
  dropped = 0
  #host: SubscriptionsHost
  #listeners = new ListenerTable<Entry>()
  #ahead = new AheadListeners()
  #iterators = new LateSet<AsyncQueue<Message>>()
  #backlog: Message[] = []
  #next = 0
  /** Those of the backlog that belong to a pending action: only listeners with `all` see them. */
  #claimed = new LateSet<Message>()
  /** Up to where the backlog's events count as held: those that outlast the turn in which they came. */
  #counted = 0
  #scheduled = false
  #delivering = false
  #afterEvent: (() => void) | undefined
  #burst = 0
  #count = 0
  #ended = false

  constructor(host: SubscriptionsHost) {
    this.#host = host
  }

  /** How many listeners there are. */
  get size(): number {
    return this.#listeners.size
  }

  /** Another object whenever a listener came or went. */
  get members(): object {
    return this.#listeners.members
  }

  /** Whether somebody gets events of this name that belong to no action. */
  hears(name: string): boolean {
    return this.#listeners.needOf(name, false) !== 'nothing'
  }

  /** How many events wait for listeners. */
  get waiting(): number {
    return this.#backlog.length - this.#next
  }

  add(filter: Filter<Message>, handler: Handler<Message>, options: ListenOptions = {}): Listener {
    const { names, predicate } = parseFilter(filter)
    checkFunction('handler', handler)
    const { once = false, all = false, signal } = checkListenOptions(options)
    const number = ++this.#count
    const id = `listener-${number}`
    const remove = () => {
      this.remove(id)
    }
    const entry: Entry = {
      id,
      number,
      remove,
      unlisten: () => {},
      [Symbol.dispose]: remove,
      [INSPECT]: () => listenerText(id, names, predicate),
      names,
      predicate,
      handler,
      once,
      all,
      passes: PASSING in handler,
      removed: signal?.aborted ?? false,
    }
    if (entry.removed || this.#ended) return entry
    entry.unlisten = onAbort(signal, remove)
    this.#listeners.add(entry)
    this.#ahead.add(handler)
    return entry
  }

  /** Returns every listener, or the one of this `id`, in the order of adding. */
  listeners(id?: string): Iterable<Readonly<TableEntry>> {
    if (id === undefined) return this.#listeners.values()
    const one = this.#listeners.get(id)
    return one === undefined ? [] : [one]
  }

  /** Removes a listener; says whether it was there. */
  remove(id: string): boolean {
    checkListenerId(id)
    const entry = this.#listeners.get(id)
    if (!entry) return false
    this.#listeners.remove(entry)
    this.#ahead.remove(entry.handler)
    entry.unlisten()
    return true
  }

  iterate(filter: Filter<Message>, options: EventsOptions = {}): AsyncQueue<Message> {
    const host = {
      listen: (handler: Handler<Message>) => this.add(filter, handler, { all: options.all }),
      dropped: () => this.#drop(1),
    }
    const stream = new EventStream(host, options, (ended) => this.#iterators.delete(ended))
    if (this.#ended) stream.end()
    else if (!stream.ended) this.#iterators.add(stream)
    return stream
  }

  /** Takes an event; it is delivered once the chunk that it came in has been read, so that replies go first. */
  take(event: Message, claimed: boolean): void {
    const need = this.#listeners.size === 0 ? 'nothing' : this.#listeners.needOf(titleOf(event), claimed)
    if (need === 'nothing') return
    const lags = this.#next < this.#counted
    if (this.waiting >= this.#host.options.maxBacklog || (lags && !hold(event, EVENTS_SHARE))) {
      this.#drop(1)
      return
    }
    // whoever keeps it keeps neither the bytes that it came in nor its neighbours
    if (need === 'keep') linesOf(event)
    else originOf(event).leave = this.#leave
    if (claimed) this.#claimed.add(event)
    this.#backlog.push(event)
    if (lags) this.#counted = this.#backlog.length
    if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(this.#deliver)
    }
  }

  /** Delivers what waits and ends every iterator, by throwing `error` if there is one. */
  end(error?: unknown): void {
    // a listener that ends the client: the others get the same event first
    if (this.#delivering) {
      this.#afterEvent = () => this.end(error)
      return
    }
    while (this.#next < this.#backlog.length) this.#deliverOne(now())
    this.#ended = true
    this.#reportBurst()
    for (const queue of this.#iterators) queue.end(error)
    for (const { unlisten } of this.#listeners.values()) unlisten()
    this.#listeners.clear()
    this.#ahead = new AheadListeners()
  }

  #deliver = (): void => {
    this.#scheduled = false
    let last = now()
    const until = last + TURN
    while (this.#next < this.#backlog.length) {
      this.#ahead.look(this.#backlog, this.#next)
      last = this.#deliverOne(last)
      if (last > until && this.#next < this.#backlog.length) {
        this.#yield()
        return
      }
    }
    this.#backlog = []
    this.#next = 0
    this.#counted = 0
    this.#ahead.moved()
    this.#reportBurst()
  }

  #leave = (): void => {
    // a listener can be the cause: others of its event come behind it
    for (let at = this.#delivering ? this.#next - 1 : this.#next; at < this.#backlog.length; at++) {
      const event = this.#backlog[at] as Message
      if (!isGone(event)) linesOf(event)
    }
  }

  // the socket is read between two turns, whatever the listeners take
  #yield(): void {
    if (this.#next * 2 > this.#backlog.length) {
      this.#backlog = this.#backlog.slice(this.#next)
      this.#counted = Math.max(0, this.#counted - this.#next)
      this.#next = 0
      this.#ahead.moved()
    }
    this.#scheduled = true
    this.#holdWaiting()
    setImmediate(this.#deliver)
  }

  // from here on they wait for listeners, and no longer for the end of the chunk that they came in
  #holdWaiting(): void {
    const backlog = this.#backlog
    let kept = Math.max(this.#next, this.#counted)
    for (const event of backlog.slice(kept)) {
      if (!isGone(event) && hold(event, EVENTS_SHARE)) backlog[kept++] = event
      else {
        this.#claimed.delete(event)
        this.#drop(1)
      }
    }
    backlog.length = kept
    this.#counted = kept
  }

  #deliverOne(start: bigint): bigint {
    const event = this.#backlog[this.#next++] as Message
    if (this.#next <= this.#counted) letGo(event)
    const claimed = this.#claimed.size > 0 && this.#claimed.delete(event)
    let last = start
    let heard = false
    let untimed: Entry | undefined
    let several = false
    this.#delivering = true
    const listeners = this.#listeners.of(titleOf(event))
    const { length } = listeners
    for (let at = 0; at < length; at++) {
      const entry = listeners[at] as Entry
      if (entry.removed || (claimed && !entry.all)) continue
      // a listener ran the event loop inside of its callback, and a socket has read over what waited
      if (isGone(event)) {
        this.#drop(1)
        break
      }
      several = untimed !== undefined
      untimed = entry
      // reading the clock costs more than most predicates: those that say no are timed together
      if (!this.#run(entry, event)) continue
      heard = true
      last = this.#timed(last, several ? undefined : entry)
      untimed = undefined
    }
    if (untimed) last = this.#timed(last, several ? undefined : untimed)
    if (heard) this.delivered++
    this.#delivering = false
    const after = this.#afterEvent
    this.#afterEvent = undefined
    after?.()
    return last
  }

  #timed(start: bigint, listener: Listener | undefined): bigint {
    const end = now()
    if (end - start > BLOCKED) this.#host.blocked(listener, Math.round(Number(end - start) / 1e6))
    return end
  }

  #run(entry: Entry, event: Message): boolean {
    // it may have come after the event
    if (!entry.passes) linesOf(event)
    try {
      if (entry.predicate && !checkAnswer('filter', entry.predicate(event))) return false
      if (entry.once) this.remove(entry.id)
      const result = entry.handler(event, entry)
      if (result instanceof Promise) this.#settle(result, entry)
    } catch (error) {
      this.#report(error, entry)
    }
    return true
  }

  // apart: a function in `run` would be paid for with every event
  #settle(result: Promise<unknown>, entry: Entry): void {
    result.catch((error: unknown) => this.#report(error, entry))
  }

  #report(error: unknown, entry: Entry): void {
    const { onListenerError } = this.#host.options
    queueMicrotask(() => {
      if (!onListenerError) throw error
      onListenerError(error, entry)
    })
  }

  #drop(count: number): void {
    this.dropped += count
    this.#burst += count
    if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(this.#deliver)
    }
  }

  #reportBurst(): void {
    if (this.#burst === 0) return
    const dropped = this.#burst
    this.#burst = 0
    this.#host.slow(dropped)
  }
}
