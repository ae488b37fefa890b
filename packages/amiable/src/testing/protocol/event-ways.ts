import type { Clock, Timer } from '../../util/clock.ts'
import type { SeededRandom } from '../time/seeded-random.ts'
import type { SimulatedEvent } from './event-filters.ts'

/**
 * How late the events of each way may come, in milliseconds. Asterisk's lists read what is so now; its events travel.
 * Most take the one router of `manager:core` (main/manager.c:manager_subscriptions_init). Those of rooms, parking and
 * hints take a subscription of their own each. A few are written at once by the thread that raises them.
 */
export interface Lag {
  /** Channels, bridges, dials, queues, agents, devices: whatever is not named here. */
  core: number
  /** `Confbridge…` (apps/confbridge/confbridge_manager.c). */
  rooms: number
  /** `Parked…` and `UnParkedCall` (res/parking/parking_manager.c). */
  parking: number
  /** `ExtensionStatus` and `PresenceStatus` (main/manager.c:manager_state_cb), `PeerStatus` and `ContactStatus`. */
  hints: number
}

/** The ways of `Lag`, and that of `ConfbridgeEnd`: the next conference of its name may begin before it arrives. */
type Way = keyof Lag | 'roomEnds'

/** Returns the way of an event; none for what overtakes all others. */
function wayOf(event: string): Way | undefined {
  if (/^(UserEvent|OriginateResponse|Rename|LogChannel|Shutdown|Cdr|CEL)$/.test(event)) return undefined
  // app_confbridge.c:conf_ended takes it off the list first
  if (event === 'ConfbridgeEnd') return 'roomEnds'
  if (event.startsWith('Confbridge')) return 'rooms'
  if (event.startsWith('Parked') || event === 'UnParkedCall') return 'parking'
  return /^(ExtensionStatus|PresenceStatus|PeerStatus|ContactStatus)$/.test(event) ? 'hints' : 'core'
}

interface Travelling {
  readonly event: SimulatedEvent
  readonly due: number
}

/** Brings events to the sessions, each by its way: in order within one, and in none between two. */
export class EventWays {
  #lag: Readonly<Lag>
  #clock: Clock
  #random: SeededRandom
  #deliver: (event: SimulatedEvent) => void
  #travelling: Record<Way, Travelling[]> = { core: [], rooms: [], roomEnds: [], parking: [], hints: [] }
  #timers: Partial<Record<Way, Timer>> = {}
  #raised = 0
  #told = 0

  constructor(lag: Readonly<Lag>, clock: Clock, random: SeededRandom, deliver: (event: SimulatedEvent) => void) {
    this.#lag = lag
    this.#clock = clock
    this.#random = random
    this.#deliver = deliver
  }

  /** Sends an event on its way. */
  send(event: SimulatedEvent): void {
    const way = wayOf(event.name)
    if (way === 'core') this.#raised++
    const before = way && this.#lastBefore(way)
    const lag = way && this.#lag[way === 'roomEnds' ? 'rooms' : way]
    if (way === undefined || (before === undefined && lag === 0)) {
      this.#arrive(way, event)
      return
    }
    const due = this.#clock.elapsed() + this.#random.next() * (lag ?? 0)
    this.#travelling[way].push({ event, due: Math.max(due, before?.due ?? 0) })
    this.#arm(way)
  }

  /** How many events were raised so far that go through the router: the place of the next one. */
  get raised(): number {
    return this.#raised
  }

  /** Whether the event of this place has not arrived yet. */
  isTravelling(place: number): boolean {
    return place > this.#told
  }

  /** Returns what must arrive before the next event of a way. A conference ends behind all that was said of it. */
  #lastBefore(way: Way): Travelling | undefined {
    const last = this.#travelling[way].at(-1)
    const said = way === 'roomEnds' ? this.#travelling.rooms.at(-1) : undefined
    return said !== undefined && (last === undefined || said.due > last.due) ? said : last
  }

  #arrive(way: Way | undefined, event: SimulatedEvent): void {
    if (way === 'core') this.#told++
    this.#deliver(event)
  }

  #arm(way: Way): void {
    const first = this.#travelling[way][0]
    if (first === undefined || this.#timers[way] !== undefined) return
    const wait = Math.max(1, first.due - this.#clock.elapsed())
    this.#timers[way] = this.#clock.setTimeout(() => {
      delete this.#timers[way]
      if (way === 'roomEnds') this.#deliverDue('rooms')
      this.#deliverDue(way)
      this.#arm(way)
    }, wait)
  }

  #deliverDue(way: Way): void {
    const now = this.#clock.elapsed()
    const due = this.#travelling[way].findIndex((one) => one.due > now)
    const count = due === -1 ? this.#travelling[way].length : due
    for (const { event } of this.#travelling[way].splice(0, count)) this.#arrive(way, event)
  }
}
