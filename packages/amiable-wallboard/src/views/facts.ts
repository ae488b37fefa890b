// What the model does not keep and the pages show: since when a member is in its state, and the last hour.
import type { Change, States } from 'amiable/state'
import { fits } from './scope.ts'

const MINUTES = 60
// Q.850: a call that was ended as calls are
const NORMAL = 16
const HOUR = 3_600_000
const MOST_ROUND_TRIPS = 30
// failures of one hour and trunk
const MOST_FAILURES = 2_000

/** A call over a trunk that failed. */
interface Failure {
  readonly at: number
  readonly cause: number
  readonly text: string
}

/** Facts about the last hour. Each list has a limit, and what belongs to a record goes with it. */
export class Facts {
  #trunks: readonly string[]
  #states: States
  #since = new Map<string, number>()
  #waiting = new Map<string, number[]>()
  #incoming = new Map<string, number[]>()
  #outgoing = new Map<string, number[]>()
  #roundTrips = new Map<string, number[]>()
  #failures = new Map<string, Failure[]>()
  /** The trunk of each call that has one. */
  #trunkCalls = new Map<string, string>()
  #timer: NodeJS.Timeout

  constructor(states: States, trunks: readonly string[]) {
    this.#states = states
    this.#trunks = trunks
    states.on('*', (change) => this.#changed(change))
    this.#timer = setInterval(() => this.minute(), 60_000)
    this.#timer.unref()
  }

  /** Returns since when a member has been in its state, if that was seen. */
  memberSince(source: string, key: string): number | undefined {
    return this.#since.get(`${source}/${key}`)
  }

  /** Returns how many waited at the end of each of the last minutes. */
  waiting(source: string, queue: string): readonly number[] {
    return this.#waiting.get(`${source}/${queue.toLowerCase()}`) ?? NONE
  }

  /** Returns how many channels a trunk had at the end of each of the last minutes. */
  trunk(source: string, name: string): { incoming: readonly number[]; outgoing: readonly number[] } {
    const key = `${source}/${name}`
    return { incoming: this.#incoming.get(key) ?? NONE, outgoing: this.#outgoing.get(key) ?? NONE }
  }

  roundTrips(source: string, endpoint: string): readonly number[] {
    return this.#roundTrips.get(`${source}/${endpoint}`) ?? NONE
  }

  /** Returns the failures of the last hour by cause, the most frequent first. */
  failures(source: string, trunk: string): { cause: number; text: string; count: number }[] {
    const counts = new Map<number, { cause: number; text: string; count: number }>()
    const from = Date.now() - HOUR
    for (const { at, cause, text } of this.#failures.get(`${source}/${trunk}`) ?? []) {
      if (at < from) continue
      const one = counts.get(cause) ?? { cause, text, count: 0 }
      counts.set(cause, { ...one, count: one.count + 1 })
    }
    return [...counts.values()].sort((one, other) => other.count - one.count)
  }

  /** Whether a device is the way to a trunk. */
  isTrunk(device: string): boolean {
    return this.#trunks.length > 0 && fits(this.#trunks, device.slice(device.indexOf('/') + 1))
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Takes the samples of a minute. */
  minute(): void {
    const waiting = new Map<string, number[]>()
    const incoming = new Map<string, number[]>()
    const outgoing = new Map<string, number[]>()
    for (const { source, value } of this.#states.queues) {
      sample(`${source}/${value.name.toLowerCase()}`, value.callers.length, this.#waiting, waiting)
    }
    for (const [key, counts] of this.usage()) {
      sample(key, counts.incoming, this.#incoming, incoming)
      sample(key, counts.outgoing, this.#outgoing, outgoing)
    }
    this.#waiting = waiting
    this.#incoming = incoming
    this.#outgoing = outgoing
    const from = Date.now() - HOUR
    for (const [key, all] of this.#failures) {
      const rest = all.filter(({ at }) => at >= from)
      if (rest.length === 0) this.#failures.delete(key)
      else this.#failures.set(key, rest)
    }
  }

  /** Returns how many channels each trunk has, by server and name. One that nobody dialled is a call that came in. */
  usage(): Map<string, { incoming: number; outgoing: number }> {
    const found = new Map<string, { incoming: number; outgoing: number }>()
    for (const { source, value } of this.#states.endpoints) {
      if (this.isTrunk(`PJSIP/${value.name}`)) found.set(`${source}/${value.name}`, { incoming: 0, outgoing: 0 })
    }
    for (const { source, value } of this.#states.channels) {
      if (!this.isTrunk(value.device)) continue
      const key = `${source}/${value.device.slice(value.device.indexOf('/') + 1)}`
      const counts = found.get(key) ?? { incoming: 0, outgoing: 0 }
      if (value.dialedBy === undefined) counts.incoming++
      else counts.outgoing++
      found.set(key, counts)
    }
    return found
  }

  #changed(change: Change): void {
    const { source, key } = change
    if (change.kind === 'member') {
      if (change.type === 'removed') this.#since.delete(`${source}/${key}`)
      else if (change.type === 'changed' && change.fields.includes('state')) {
        this.#since.set(`${source}/${key}`, change.at.getTime())
      }
    } else if (change.kind === 'contact') {
      if (change.type === 'removed') this.#roundTrips.delete(`${source}/${change.before.endpoint}`)
      else if (
        change.after.roundTrip !== undefined &&
        (change.type === 'added' || change.fields.includes('roundTrip'))
      ) {
        const where = `${source}/${change.after.endpoint}`
        const all = [...(this.#roundTrips.get(where) ?? []), change.after.roundTrip].slice(-MOST_ROUND_TRIPS)
        this.#roundTrips.set(where, all)
      }
    } else if (change.kind === 'channel' && change.type === 'added' && this.isTrunk(change.after.device)) {
      const { device, call } = change.after
      this.#trunkCalls.set(`${source}/${call}`, device.slice(device.indexOf('/') + 1))
    } else if (change.kind === 'call' && change.type === 'removed') {
      this.#ended(source, key, change.at.getTime())
    }
  }

  #ended(source: string, key: string, at: number): void {
    const trunk = this.#trunkCalls.get(`${source}/${key}`)
    if (trunk === undefined) return
    this.#trunkCalls.delete(`${source}/${key}`)
    const call = this.#states.get(source)?.calls.ended.findLast(({ id }) => id === key)
    if (call?.cause === undefined || call.cause === NORMAL || call.answeredAt !== undefined) return
    const all = this.#failures.get(`${source}/${trunk}`) ?? []
    if (all.length >= MOST_FAILURES) all.shift()
    all.push({ at, cause: call.cause, text: call.causeText ?? '' })
    this.#failures.set(`${source}/${trunk}`, all)
  }
}

const NONE: readonly number[] = Object.freeze([])

function sample(key: string, value: number, before: Map<string, number[]>, after: Map<string, number[]>): void {
  after.set(key, [...(before.get(key) ?? []), value].slice(-MINUTES))
}
