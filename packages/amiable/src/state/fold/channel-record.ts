// How the record of a channel is changed: in place where nobody has it, and by a copy otherwise.
import type { Channel, Party } from '../records.ts'
import { differs } from '../same.ts'
import { Undo } from '../undo.ts'
import type { Mutable, Pen } from './fold.ts'

/** Puts a channel into a bridge, or into none. */
export function moveTo(pen: Pen, before: Channel, id: string | undefined): void {
  if (before.bridge === id) return
  const quiet = pen.quiet('channel', before)
  // a call is answered when it is known of all that are up when they were: of this one it is not, as long as it is up
  const answers = before.state !== 'Up' || before.answeredAt !== undefined
  if (quiet !== undefined && pen.makeLate(before, answers)) {
    quiet.bridge = id
    pen.wrote()
    return
  }
  const own = pen.own('channel', before)
  const undo = new Undo('bridge', before.bridge, undefined)
  const after = own ?? copyOf(before)
  after.bridge = id
  if (own !== undefined) pen.tables.channel.changed(own.id, own, undo)
  else pen.put('channel', before.id, after, before)
}

/**
 * Writes a caller id into the one before, and returns that; the new one where somebody has the one before. An object
 * that is kept for long costs V8 more than one that goes at once.
 */
export function partyIn(before: Mutable<Party>, now: Party): Party {
  if (Object.isFrozen(before)) return now
  before.number = now.number
  before.name = now.name
  return before
}

/** Replaces some fields of a channel that is known. */
export function alter(pen: Pen, id: string | undefined, fields: Partial<Channel>): void {
  const before = id === undefined ? undefined : pen.get('channel', id)
  if (before !== undefined) pen.put('channel', before.id, altered(before, fields), before)
}

/** Whether all is the same that one event or row can change; where nothing differs the parts are the same objects. */
export function isSameChannel(one: Channel, other: Channel): boolean {
  return (
    one.state === other.state &&
    one.caller === other.caller &&
    one.connected === other.connected &&
    one.exten === other.exten &&
    one.priority === other.priority &&
    one.application === other.application &&
    one.applicationData === other.applicationData &&
    one.context === other.context &&
    one.accountCode === other.accountCode &&
    one.name === other.name &&
    one.call === other.call &&
    one.bridge === other.bridge &&
    one.answeredAt === other.answeredAt &&
    one.held === other.held &&
    one.variables === other.variables
  )
}

/** Returns a channel with some fields replaced; itself where nothing differs. */
export function altered(before: Channel, fields: Partial<Channel>): Channel {
  return differs(before, fields) ? Object.assign(copyOf(before), fields) : before
}

/** Returns a copy that can be written; a spread of a frozen record takes ten times as long. */
export function copyOf(one: Channel): Mutable<Channel> {
  return {
    id: one.id,
    name: one.name,
    technology: one.technology,
    device: one.device,
    state: one.state,
    caller: one.caller,
    connected: one.connected,
    accountCode: one.accountCode,
    context: one.context,
    exten: one.exten,
    priority: one.priority,
    application: one.application,
    applicationData: one.applicationData,
    call: one.call,
    bridge: one.bridge,
    createdAt: one.createdAt,
    answeredAt: one.answeredAt,
    held: one.held,
    dialing: one.dialing,
    dialedBy: one.dialedBy,
    spiedBy: one.spiedBy,
    recording: one.recording,
    localPeer: one.localPeer,
    variables: one.variables,
  }
}
