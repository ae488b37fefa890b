import { type Ahead, MOST_AHEAD, PLACES } from '../util/peek.ts'
import type { Channel } from './records.ts'
import type { Tables } from './table.ts'
import type { Told } from './told.ts'

// with fewer channels, what events are about fits into the caches of a processor
const MANY = 1_000

/** What an event is about beside its channel: what of the record is looked at. */
const [NOTHING, CALLER, CONNECTED, APPLICATION, BRIDGE, MEMBER] = [1, 2, 3, 4, 5, 6]

/**
 * Touches the memory that the next events are about, and has no other effect. With ten thousand channels a model waits
 * for memory longer than it reads: for a slot, then for the record in it, then for its parts. So the slots of all events
 * are touched first, then all records, then all parts: a processor waits for many of them at once. One event after
 * the other gains nothing.
 */
export class LookAhead {
  /** A sum of what was touched: what nobody uses would not be read at all. */
  sum = 0
  #tables: Tables
  /** Of each event the slot of its channel, and what else it is about; and the slots of bridges and members. */
  #slots = new Int32Array(MOST_AHEAD)
  #parts = new Int32Array(MOST_AHEAD)
  #bridges = new Int32Array(MOST_AHEAD)
  #members = new Int32Array(MOST_AHEAD)
  #count = 0
  #bridgeCount = 0
  #memberCount = 0

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** Looks at the events from `from` to `end`. */
  look: Ahead<Told> = (events, from, end) => {
    if (this.#tables.channel.records.size < MANY) return
    this.#find(events, from, Math.min(end, from + MOST_AHEAD))
    this.sum = (this.#touchSlots() + this.#touchRecords() + this.#touchParts() + this.#touchTexts()) | 0
  }

  #find(events: readonly Told[], from: number, end: number): void {
    const { channel, bridge, member } = this.#tables
    let count = 0
    let bridges = 0
    let members = 0
    for (let at = from; at < end; at++) {
      const told = events[at] as Told
      const part = partOf(told.Event)
      // where its bytes are gone, or were never scanned, it has none
      const places = part === undefined ? undefined : told[PLACES]
      if (part === undefined || places === undefined) continue
      if (part === BRIDGE) this.#bridges[bridges++] = bridge.slotOf(places, 'BridgeUniqueid')
      if (part === MEMBER) {
        this.#members[members++] = member.slotOf(places)
        continue
      }
      this.#parts[count] = part
      this.#slots[count++] = channel.slotOf(places, 'Uniqueid')
    }
    this.#count = count
    this.#bridgeCount = bridges
    this.#memberCount = members
  }

  #touchSlots(): number {
    const { channel, bridge, member } = this.#tables
    let sum = 0
    for (let at = 0; at < this.#count; at++) {
      const slot = this.#slots[at] as number
      sum += channel.noteIn(slot)
      if (channel.recordIn(slot) !== undefined) sum++
    }
    for (let at = 0; at < this.#bridgeCount; at++) if (bridge.recordIn(this.#bridges[at] as number)) sum++
    for (let at = 0; at < this.#memberCount; at++) if (member.recordIn(this.#members[at] as number)) sum++
    return sum
  }

  #touchRecords(): number {
    const { channel, bridge, member } = this.#tables
    let sum = 0
    for (let at = 0; at < this.#count; at++) {
      const slot = this.#slots[at] as number
      const one = channel.recordIn(slot)
      if (one === undefined) continue
      // a record lies on four lines of a cache: these fields are on the first three, and the last is seldom read
      sum += one.priority + lastOf(channel.idIn(slot))
      if (one.id !== undefined) sum++
      if (one.answeredAt !== undefined) sum++
    }
    for (let at = 0; at < this.#bridgeCount; at++) {
      const slot = this.#bridges[at] as number
      sum += lastOf(bridge.idIn(slot))
      if (bridge.recordIn(slot)?.channels !== undefined) sum++
    }
    for (let at = 0; at < this.#memberCount; at++) {
      const one = member.recordIn(this.#members[at] as number)
      if (one?.queue !== undefined) sum += one.calls
    }
    return sum
  }

  #touchParts(): number {
    const { channel, bridge, member } = this.#tables
    let sum = 0
    for (let at = 0; at < this.#count; at++) {
      const one = channel.recordIn(this.#slots[at] as number)
      if (one === undefined) continue
      const part = this.#parts[at] as number
      sum += lastOf(one.call)
      if (part === APPLICATION) sum += lastOf(one.applicationData)
      else if (partyOf(one, part)?.number !== undefined) sum++
    }
    for (let at = 0; at < this.#bridgeCount; at++) {
      sum += bridge.recordIn(this.#bridges[at] as number)?.channels.length ?? 0
    }
    for (let at = 0; at < this.#memberCount; at++) {
      const one = member.recordIn(this.#members[at] as number)
      if (one === undefined) continue
      sum += lastOf(one.queue) + lastOf(one.interface) + lastOf(one.name) + lastOf(one.stateInterface)
    }
    return sum
  }

  #touchTexts(): number {
    const { channel, bridge } = this.#tables
    let sum = 0
    for (let at = 0; at < this.#count; at++) {
      const one = channel.recordIn(this.#slots[at] as number)
      const party = one && partyOf(one, this.#parts[at] as number)
      if (party !== undefined) sum += lastOf(party.number) + lastOf(party.name)
    }
    for (let at = 0; at < this.#bridgeCount; at++) {
      const channels = bridge.recordIn(this.#bridges[at] as number)?.channels
      // most have two, and more are not read
      if (channels !== undefined) sum += lastOf(channels[0]) + lastOf(channels[1])
    }
    return sum
  }
}

/** Returns what an event is about, if it is looked at. A map would take as long as all else that a look does. */
function partOf(name: string): number | undefined {
  switch (name) {
    case 'Newexten':
      return APPLICATION
    case 'NewConnectedLine':
      return CONNECTED
    case 'NewCallerid':
      return CALLER
    case 'BridgeEnter':
    case 'BridgeLeave':
      return BRIDGE
    case 'QueueMemberStatus':
      return MEMBER
    case 'Newstate':
    case 'NewAccountCode':
    case 'Hangup':
      return NOTHING
  }
  return undefined
}

function partyOf(one: Channel, part: number): Channel['caller'] | undefined {
  if (part === CALLER) return one.caller
  return part === CONNECTED ? one.connected : undefined
}

/** Returns the last character of a text: both its ends are touched. */
function lastOf(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : text.charCodeAt(text.length - 1)
}
