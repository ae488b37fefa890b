// How many bytes a record takes, roughly: of each text two for a character, and what its parts need beside them.
import type { Bridge, Call, ChangeKind, Channel, Queue } from './records.ts'
import type { Undo } from './undo.ts'

const CHANNEL = 400
const CALL = 400
const BRIDGE = 200
const PART = 100
const SLOT = 16
const FIELD = 40

/** Returns how many bytes a record takes; those that there are many of are not looked through by names. */
export function weightOf(kind: ChangeKind, record: object): number {
  if (kind === 'channel') return channelWeight(record as Channel)
  if (kind === 'call') return callWeight(record as Call)
  if (kind === 'queue') return queueWeight(record as Queue)
  return kind === 'bridge' ? bridgeWeight(record as Bridge) : weigh(record)
}

function texts(one = '', two = '', three = '', four = ''): number {
  return (one.length + two.length + three.length + four.length) * 2
}

function channelWeight(one: Channel): number {
  let weight = CHANNEL + texts(one.id, one.name, one.device, one.technology)
  weight += texts(one.accountCode, one.context, one.exten, one.application)
  weight += texts(one.applicationData, one.caller.name, one.caller.number)
  weight += texts(one.connected.name, one.connected.number, one.localPeer, one.dialedBy)
  for (const { to, string, state } of one.dialing) weight += PART + texts(to, string, state)
  for (const by of one.spiedBy) weight += SLOT + texts(by)
  for (const name in one.variables) weight += SLOT + texts(one.variables[name])
  return weight
}

function callWeight(one: Call): number {
  let weight = CALL + texts(one.id, one.causeText)
  weight += (one.legs.length + one.parties.length) * PART
  // until it ends, their texts are those of the channels
  if (one.phase === 'ended') for (const { channel, number, name } of one.parties) weight += texts(channel, number, name)
  for (const id of one.merged) weight += SLOT + texts(id)
  for (const { to, result } of one.transfers) weight += PART + texts(to, result)
  for (const { channel, destination, disposition } of one.cdrs)
    weight += PART + texts(channel, destination, disposition)
  return weight
}

function bridgeWeight(one: Bridge): number {
  let weight = BRIDGE + texts(one.id, one.type, one.technology, one.creator) + texts(one.name)
  for (const id of one.channels) weight += SLOT + texts(id)
  return weight
}

/** Returns how many bytes take the fields that are kept of what a record was. */
export function undoWeight(undo: Undo): number {
  let weight = 0
  for (let one: Undo | undefined = undo; one !== undefined; one = one.next) weight += FIELD + weigh(one.value)
  return weight
}

// its members and callers are records of their own
function queueWeight({ members, callers, ...own }: Queue): number {
  return weigh(own) + (members.length + callers.length) * SLOT
}

function weigh(value: unknown): number {
  if (typeof value === 'string') return SLOT + texts(value)
  if (typeof value !== 'object' || value === null) return SLOT
  let weight = SLOT
  if (Array.isArray(value)) for (const one of value) weight += weigh(one)
  else for (const name in value) weight += SLOT + weigh((value as Record<string, unknown>)[name])
  return weight
}
