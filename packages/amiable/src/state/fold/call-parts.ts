// What the record of a call is made from. Where nothing differs it is the same object as before.
import type { Call, Caller, CallParty, CallQueue, Cdr, Channel, Leg } from '../records.ts'
import { renewed } from '../same.ts'
import { count, perhaps, type Told, text } from '../told.ts'
import { Undo } from '../undo.ts'
import type { Mutable, Pen } from './fold.ts'

const NONE: readonly never[] = Object.freeze([])

const OF_LEG: ReadonlySet<string> = new Set<keyof Channel>([
  ...(['state', 'bridge', 'held', 'dialing', 'call', 'name', 'createdAt'] as const),
])

/**
 * Whether nothing of a channel has changed that a call is made from, but for whom it talks for.
 * @param undo what it was, where it was changed in place
 */
export function isSameLeg(one: Channel, other: Channel, undo?: Undo): boolean {
  for (let was = undo; was !== undefined; was = was.next) if (OF_LEG.has(was.field)) return false
  if (one === other) return true
  return (
    one.state === other.state &&
    one.bridge === other.bridge &&
    one.held === other.held &&
    one.dialing === other.dialing &&
    one.call === other.call &&
    one.name === other.name &&
    one.createdAt === other.createdAt
  )
}

/** Whether a channel talks for the same party as before. */
export function isSameParty(one: Channel, other: Channel, undo?: Undo): boolean {
  for (let was = undo; was !== undefined; was = was.next) if (was.field === 'caller') return false
  return one.caller === other.caller
}

/** Returns the phase that channels make. */
export function phaseOf(
  channels: readonly Pick<Channel, 'state' | 'bridge'>[],
  isHeld: boolean,
  dials: boolean,
): Extract<Call['phase'], 'dialing' | 'ringing' | 'up' | 'held'> {
  let isBridged = false
  let rings = false
  let isUp = false
  for (let at = 0; at < channels.length; at++) {
    const { bridge, state } = channels[at] as Channel
    if (bridge !== undefined) isBridged = true
    if (state === 'Ringing') rings = true
    else if (state === 'Up') isUp = true
  }
  if (!isBridged) {
    if (rings) return 'ringing'
    if (dials || !isUp) return 'dialing'
  }
  return isHeld ? 'held' : 'up'
}

/** Whether it is known of each channel that is up when it was answered; of one that a list has shown so it is not. */
export function isAnswerSeen(pen: Pen, legs: readonly Leg[]): boolean {
  return legs.every(({ channel, state }) => state !== 'Up' || pen.get('channel', channel)?.answeredAt !== undefined)
}

/** Returns a list with another value at one place; the list itself where it is the same value. */
export function replacedAt<T>(all: readonly T[], at: number, one: T): readonly T[] {
  if (all[at] === one) return all
  // most calls have two legs, and to copy a frozen array takes ten times as long
  if (all.length === 1) return Object.freeze([one])
  if (all.length === 2) return Object.freeze(at === 0 ? [one, all[1] as T] : [all[0] as T, one])
  const others = all.slice()
  others[at] = one
  return Object.freeze(others)
}

/** Returns the place of a channel among legs or parties; -1 where it is none of them. */
export function placeOf(all: readonly { readonly channel: string }[], channel: string): number {
  for (let at = 0; at < all.length; at++) if (all[at]?.channel === channel) return at
  return -1
}

/** Returns when the first of its channels was made; by the clock of the server they can be out of their order. */
export function startOf(channels: readonly Channel[], before: Date | undefined): Date {
  let first = before
  for (const { createdAt } of channels) {
    if (first === undefined || createdAt.getTime() < first.getTime()) first = createdAt
  }
  return first as Date
}

export function legsOf(channels: readonly Channel[], before: readonly Leg[] = NONE): readonly Leg[] {
  let isSame = channels.length === before.length
  const legs = channels.map((channel, at) => {
    const leg = legOf(channel, before[at])
    if (leg !== before[at]) isSame = false
    return leg
  })
  return isSame ? before : Object.freeze(legs)
}

export function legOf({ id, name, state, bridge }: Channel, before: Leg | undefined): Leg {
  const isSame =
    before !== undefined &&
    before.channel === id &&
    before.name === name &&
    before.state === state &&
    before.bridge === bridge
  return isSame ? before : Object.freeze({ channel: id, name, state, bridge })
}

/**
 * Returns who takes part: the two halves of a Local channel are a hop between others, and parties only where nobody
 * else is.
 */
export function partiesOf(channels: readonly Channel[], before: readonly CallParty[] = NONE): readonly CallParty[] {
  const isParty = channels.some(isNobodysHop) ? isNobodysHop : isFirstHalf
  const parties: CallParty[] = []
  let isSame = true
  for (const channel of channels) {
    if (!isParty(channel)) continue
    const known = before[parties.length]
    const party = partyOf(channel, known)
    if (party !== known) isSame = false
    parties.push(party)
  }
  // a copy of its own length: an array that has grown has room for many
  return isSame && parties.length === before.length ? before : Object.freeze(parties.slice())
}

function isNobodysHop({ technology }: Channel): boolean {
  return technology !== 'Local'
}

function isFirstHalf({ name }: Channel): boolean {
  return !name.endsWith(';2')
}

export function partyOf({ id, caller: { number, name } }: Channel, before: CallParty | undefined): CallParty {
  const isSame = before !== undefined && before.channel === id && before.number === number && before.name === name
  return isSame ? before : Object.freeze({ channel: id, number, name })
}

/**
 * Returns whom or what a transfer leads to. Of one that joins two bridges the target need not be named
 * (main/stasis_bridges.c:attended_transfer_to_ami): it is who is in the bridge beside those that are.
 */
export function targetOf(pen: Pick<Pen, 'get'>, told: Told): string | undefined {
  if (told.Event === 'BlindTransfer') return perhaps(told, 'Extension')
  const named = perhaps(told, 'TransferTargetChannel') ?? perhaps(told, 'DestApp')
  if (named !== undefined) return named
  const others = ['OrigTransfererUniqueid', 'SecondTransfererUniqueid', 'TransfereeUniqueid'].map((name) =>
    told.get(name),
  )
  const inside = pen.get('bridge', told.get('DestBridgeUniqueid') ?? '')?.channels ?? NONE
  const target = inside.find((channel) => !others.includes(channel))
  return target === undefined ? undefined : pen.get('channel', target)?.name
}

/** The calls that must be made again, each with the channels that joined it. */
export class Dirty {
  readonly calls = new Map<string, readonly string[]>()

  add(call: string): void {
    if (!this.calls.has(call)) this.calls.set(call, NONE)
  }

  joins(call: string, channel: string): void {
    const joined = this.calls.get(call)
    if (joined === undefined || joined === NONE) this.calls.set(call, [channel])
    else (joined as string[]).push(channel)
  }

  /** Returns the channels that joined it since this was asked. */
  take(call: string): readonly string[] {
    const joined = this.calls.get(call) ?? NONE
    this.calls.set(call, NONE)
    return joined
  }
}

/** Returns the channels of a call: its legs that are there still, and those that joined it. */
export function channelsOf(pen: Pen, id: string, before: Call | undefined, joined: readonly string[]): Channel[] {
  const { channel } = pen.tables
  const found: Channel[] = []
  for (const leg of before?.legs ?? NONE) {
    const one = channel.get(leg.channel)
    if (one?.call === id) found.push(one)
  }
  for (const key of joined) {
    const one = channel.get(key)
    if (one?.call === id) found.push(one)
  }
  return found
}

/** How many ended calls are kept, and for how long. */
export interface Keep {
  readonly calls: number
  readonly milliseconds: number
}

const NOBODY = { member: undefined, connectedAt: undefined }

/** Returns where a call waits, by the caller in the queue; or where it has waited. */
export function queueFrom(caller: Caller | undefined, before: CallQueue | undefined): CallQueue | undefined {
  if (caller !== undefined) {
    const { queue: name, position, joinedAt } = caller
    // who was connected is known from an event alone: it stays, however often the call is made again
    const isSame = before?.name === name && before.joinedAt.getTime() === joinedAt.getTime()
    const { member, connectedAt } = isSame ? before : NOBODY
    return renewed(before, { name, position, joinedAt, member, connectedAt })
  }
  return before?.position === undefined ? before : Object.freeze({ ...before, position: undefined })
}

type Parties = readonly { readonly id: string }[]

/** Returns who came into a room, with 1, and who left it, with -1. */
export function movesOf(before: Parties = NONE, after: Parties = NONE): (readonly [id: string, by: 1 | -1])[] {
  const was = new Set(before.map(({ id }) => id))
  const is = new Set(after.map(({ id }) => id))
  const came = [...is].filter((id) => !was.has(id))
  const left = [...was].filter((id) => !is.has(id))
  return [...came.map((id) => [id, 1] as const), ...left.map((id) => [id, -1] as const)]
}

export function cdrFrom(told: Told): Cdr {
  return Object.freeze({
    channel: text(told, 'Channel'),
    destination: text(told, 'Destination'),
    disposition: text(told, 'Disposition'),
    duration: count(told, 'Duration'),
    billable: count(told, 'BillableSeconds'),
  })
}

/** Returns the call detail records of a call with one more. */
export function withCdr(call: Call, cdr: Cdr): readonly Cdr[] {
  return Object.freeze([...call.cdrs, cdr].slice(-64))
}

/** What a call is made from. */
export type Parts = Pick<Call, 'phase' | 'legs' | 'parties' | 'startedAt' | 'queue'>

/** Returns a call as it is when it is over. */
export function ended(call: Call, at: number): Call {
  return Object.freeze({ ...call, phase: 'ended', endedAt: new Date(at), legs: NONE })
}

/** Returns what differs from a call before, as it was; undefined where nothing does. */
export function undoOf(before: Call, parts: Parts, answeredAt: Date | undefined): Undo | undefined {
  const { phase, legs, parties, startedAt, queue } = parts
  let undo: Undo | undefined
  if (phase !== before.phase) undo = new Undo('phase', before.phase, undo)
  if (legs !== before.legs) undo = new Undo('legs', before.legs, undo)
  if (parties !== before.parties) undo = new Undo('parties', before.parties, undo)
  if (startedAt !== before.startedAt) undo = new Undo('startedAt', before.startedAt, undo)
  if (answeredAt !== before.answeredAt) undo = new Undo('answeredAt', before.answeredAt, undo)
  if (queue !== before.queue) undo = new Undo('queue', before.queue, undo)
  return undo
}

/** Writes into a call that nobody has. */
export function rewrite(call: Mutable<Call>, parts: Parts, answeredAt: Date | undefined): void {
  call.phase = parts.phase
  call.legs = parts.legs
  call.parties = parts.parties
  call.startedAt = parts.startedAt
  call.answeredAt = answeredAt
  call.queue = parts.queue
}
