import { checkBoolean, checkChoice, checkOptions, checkSignal, checkWhole } from '../../check.ts'
import { OverflowError } from '../../errors.ts'
import { onAbort } from '../../util/abort.ts'
import { type Message, originOf } from '../../wire/message.ts'
import { EVENTS_SHARE, MessageQueue } from './message-queue.ts'

/** Says what happens to an event when `capacity` events already wait: see {@link EventsOptions.overflow}. */
export type Overflow = 'fail' | 'drop-oldest' | 'drop-newest'

/** The options of `events()`. */
export interface EventsOptions {
  /** Ends the loop: it throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** How many events may wait for the loop. @default 1_000 */
  capacity?: number | undefined
  /**
   * What happens when one event more arrives. `'fail'`: the loop throws `AMI_OVERFLOW`. `'drop-oldest'`,
   * `'drop-newest'`: an event is dropped, counted in `stats().dropped` and reported by `status()`. @default 'fail'
   */
  overflow?: Overflow | undefined
  /** Yields the rows and completing events of pending calls as well. @default false */
  all?: boolean | undefined
}

/** Where the events of a stream come from. */
export interface EventStreamHost {
  /** Calls `handler` with every event from now on, until it is removed. */
  listen(handler: (event: Message) => void): { remove(): void }
  /** Counts an event that was lost to the limit; `event` is the one that found the queue full. */
  dropped(event: Message): void
}

/** Events between a producer that never waits and a loop that may be slow: the one bounded queue of `events()`. */
export class EventStream extends MessageQueue {
  /**
   * @param ended called once, when the stream takes no more events
   * @throws {ArgumentError} naming the option that is wrong
   */
  constructor(host: EventStreamHost, options: EventsOptions, ended: (stream: EventStream) => void) {
    const known = { signal: true, capacity: true, overflow: true, all: true }
    const set = checkOptions<EventsOptions>('', options, known, 'an object such as { signal, capacity }')
    const { signal, capacity = 1_000, overflow = 'fail' } = set
    checkSignal('signal', signal)
    checkBoolean('all', set.all)
    checkWhole('capacity', capacity, 1)
    checkChoice('overflow', overflow, ['fail', 'drop-oldest', 'drop-newest'])
    super(EVENTS_SHARE, () => {
      listener.remove()
      unlisten()
      ended(this)
    })
    const abort = () => this.end(signal?.reason)
    const listener = host.listen((event) => {
      while (this.size >= capacity || !this.offer(event)) {
        host.dropped(event)
        if (overflow === 'fail') this.end(this.#tooSlow(event, capacity))
        if (overflow !== 'drop-oldest' || this.size === 0) return
        this.shift()
      }
    })
    const unlisten = onAbort(signal, abort)
    if (signal?.aborted) abort()
  }

  #tooSlow(event: Message, capacity: number): OverflowError {
    const { source } = event
    const more = { source, dropped: 1 }
    if (this.size >= capacity) {
      return new OverflowError(`${source}: the loop over events() is more than ${capacity} events behind`, more)
    }
    const cause = originOf(event).intake.pastHeld('an event')
    return new OverflowError(`${source}: the loop over events() is too far behind: ${cause.message}`, {
      ...more,
      cause,
    })
  }
}
