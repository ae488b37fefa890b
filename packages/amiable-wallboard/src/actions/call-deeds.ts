// Deeds on calls and their channels, on rooms and parked calls, and those that make one's own phone ring.
import { randomBytes } from 'node:crypto'
import type { Call, Channel, Member } from 'amiable/state'
import type { Verb, Verbs } from '../protocol/verbs.ts'
import { callStamp, callsInScope } from '../views/call-rows.ts'
import { parkedInScope, parkedStamp, roomsInScope } from '../views/line-rows.ts'
import { channelStamp, stampOf } from '../views/look.ts'
import { agentStamp, answeredBy, byDevice, talkingChannel } from '../views/people-rows.ts'
import { contextOf, type Deed, type Doing, exactName, found, needsLive, needsOwn, needsStamp } from './deed.ts'
import { membersOf } from './people-deeds.ts'
import { gone, Refused } from './refused.ts'

/** Finds a channel of a call that one may see. */
function legOf(doing: Doing): Channel {
  const { look, server, rest } = doing
  needsLive(server.state, 'calls')
  const channel = found(server.state.channels.get(rest))
  const call = server.state.calls.of(channel.id)
  if (call === undefined || !callsInScope(look, server)(call)) throw gone()
  needsOwn(doing, look.isOwn(server.name, channel.device))
  needsStamp(doing, channelStamp(channel))
  return channel
}

/** Hangs up a channel, or all channels of a call. */
export function hangupDeed(doing: Doing): Deed {
  const { look, server, rest } = doing
  needsLive(server.state, 'calls')
  const call = server.state.calls.get(rest)
  const isCall = call !== undefined && (doing.stamp === callStamp(call) || !server.state.channels.has(rest))
  const channels = isCall ? legsOf(doing, call) : [legOf(doing)]
  if (isCall && !callsInScope(look, server)(call)) throw gone()
  if (isCall) {
    needsOwn(
      doing,
      channels.every((channel) => look.isOwn(server.name, channel.device)),
    )
    needsStamp(doing, callStamp(call))
  }
  // Q.850: normal clearing
  const sends = channels.map(({ name }) => ({ action: 'Hangup', params: { Channel: exactName(name), Cause: '16' } }))
  const shows = () => channels.every(({ id }) => !server.state.channels.has(id))
  return { on: channels.map(({ name }) => name).join(', '), sends, shows, ends: true }
}

function legsOf({ server }: Doing, { legs }: Call): Channel[] {
  return legs.flatMap(({ channel }) => server.state.channels.get(channel) ?? [])
}

/** Sends the other side of a channel to a number. */
export function transferDeed(doing: Doing, { to }: Verbs['transfer']): Deed {
  const leg = legOf(doing)
  const { bridge } = leg
  if (bridge === undefined) throw new Refused('impossible', 'talks with nobody')
  const params = { Channel: exactName(leg.name), Context: contextOf(doing), Exten: to }
  const shows = () => doing.server.state.channels.get(leg.id)?.bridge !== bridge
  return { on: leg.name, sends: [{ action: 'BlindTransfer', params }], shows }
}

/** Parks the other side of a channel. */
export function parkDeed(doing: Doing): Deed {
  const leg = legOf(doing)
  const { state } = doing.server
  const others =
    leg.bridge === undefined ? [] : (state.bridges.get(leg.bridge)?.channels ?? []).filter((id) => id !== leg.id)
  const [other] = others
  if (other === undefined || others.length > 1) throw new Refused('impossible', 'does not talk with one other')
  const { name, id } = found(state.channels.get(other))
  const params = { Channel: exactName(name), TimeoutChannel: exactName(leg.name) }
  const shows = () => [...state.parking].some((parked) => parked.id === id)
  return { on: name, sends: [{ action: 'Park', params }], shows }
}

/** Lets one's own phone ring, and then gives it a parked call. */
export function pickDeed(doing: Doing): Deed {
  const { look, server, rest } = doing
  needsLive(server.state, 'parking')
  const parked = found([...server.state.parking].find(({ lot, space }) => `${lot}/${space}` === rest))
  if (!parkedInScope(look, server)(parked)) throw gone()
  needsStamp(doing, parkedStamp(parked))
  if (!/^[\w-]{1,80}$/.test(parked.lot) || !/^\d{1,9}$/.test(parked.space)) {
    throw new Refused('impossible', 'has no space that can be dialled')
  }
  return ringing(doing, `${parked.lot} ${parked.space}`, {
    Application: 'ParkedCall',
    Data: `${parked.lot},${parked.space}`,
  })
}

/** Lets one's own phone ring, and then dials a number. */
export function dialDeed(doing: Doing, { number }: Verbs['dial']): Deed {
  return ringing(doing, number, { Context: contextOf(doing), Exten: number, Priority: 1 })
}

const OPTIONS: Readonly<Record<string, string>> = { listen: '', whisper: 'w', barge: 'B' }

/** Lets one's own phone ring, and then hear somebody who talks: exactly that channel, by its Uniqueid. */
export function spyDeed(doing: Doing, verb: Verb): Deed {
  needsLive(doing.server.state, 'calls', 'queues')
  const channel = spied(doing)
  if (doing.look.isOwn(doing.server.name, channel.device)) throw new Refused('impossible', 'is your own call')
  // the id stands among the arguments of an application: an id that is syntax is none that we use
  if (!/^[\w.-]{1,149}$/.test(channel.id)) throw new Refused('impossible', 'has no id that can be used')
  // app_chanspy.c: u takes an id and no prefix of names, q plays no tone, E ends with the channel
  return ringing(doing, channel.name, { Application: 'ChanSpy', Data: `${channel.id},uqE${OPTIONS[verb] ?? ''}` })
}

/** Finds whom to listen to: a channel, or the real channel of an agent, also behind a Local channel or a hint. */
function spied(doing: Doing): Channel {
  const { server, rest } = doing
  const channel = server.state.channels.has(rest) ? legOf(doing) : agentChannel(doing)
  if (channel.state !== 'Up' || channel.bridge === undefined) {
    throw new Refused('impossible', 'talks with nobody')
  }
  return channel
}

function agentChannel(doing: Doing): Channel {
  const members = membersOf(doing)
  const [first] = members as [Member, ...Member[]]
  const channel = realChannel(doing, first) ?? members.map((member) => realChannel(doing, member)).find(Boolean)
  const { state } = doing.server
  needsStamp(doing, agentStamp(first, talkingChannel(byDevice(state), first), answeredBy(state)))
  if (channel === undefined) throw new Refused('impossible', 'talks with nobody')
  return channel
}

function realChannel({ server: { state } }: Doing, member: Member): Channel | undefined {
  const channels = byDevice(state)
  const own = talkingChannel(channels, member)
  if (own !== undefined && own.technology !== 'Local' && own.bridge !== undefined) return own
  const [, hint] = /^hint:(.+)$/i.exec(member.stateInterface) ?? []
  const devices = hint === undefined ? [] : (state.hints.get(hint)?.hint?.split('&') ?? [])
  for (const device of devices) {
    const found = channels.get(device.toLowerCase())?.find(({ bridge }) => bridge !== undefined)
    if (found) return found
  }
  // the one who answered the caller, behind Local channels: the only other real one of the call that talks
  const caller = member.inCall?.caller
  const call = caller === undefined ? undefined : state.calls.of(caller)
  const others = (call?.legs ?? [])
    .filter(({ channel }) => channel !== caller)
    .flatMap(({ channel }) => state.channels.get(channel) ?? [])
    .filter(({ technology, bridge, state: now }) => technology !== 'Local' && bridge !== undefined && now === 'Up')
  return others.length === 1 ? others[0] : undefined
}

function ringing(doing: Doing, on: string, then: Readonly<Record<string, string | number>>): Deed {
  const { person, server, callerId, ringTime } = doing
  const { device } = person
  if (device === undefined) throw new Refused('impossible', 'needs a phone of your own')
  if (device.server !== server.name) throw new Refused('impossible', 'is on a server where you have no phone')
  const ChannelId = `wallboard-${randomBytes(9).toString('hex')}`
  const rings = { Channel: device.interface, ChannelId, CallerID: callerId, Timeout: ringTime, ...then }
  return { on, sends: [], rings, shows: () => server.state.channels.has(ChannelId) }
}

/** Does something to a party of a room. */
export function partyDeed(doing: Doing, verb: 'mute' | 'unmute' | 'kick'): Deed {
  const { look, server, rest } = doing
  needsLive(server.state, 'rooms')
  for (const room of server.state.rooms) {
    const party = room.parties.find(({ id }) => `${room.name}/${id}` === rest)
    if (party === undefined || !roomsInScope(look, server)(room)) continue
    needsHost(doing, room.name)
    needsStamp(doing, stampOf(room.name, party.id))
    const now = () => server.state.rooms.get(room.name)?.parties.find(({ id }) => id === party.id)
    const action = { mute: 'ConfbridgeMute', unmute: 'ConfbridgeUnmute', kick: 'ConfbridgeKick' }[verb]
    const params = { Conference: room.name, Channel: exactName(party.channel) }
    const shows = () => (verb === 'kick' ? now() === undefined : now()?.muted === (verb === 'mute'))
    const ends = verb === 'kick' ? { ends: true as const } : {}
    return { on: `${party.channel} in ${room.name}`, sends: [{ action, params }], shows, ...ends }
  }
  throw gone()
}

/** Locks a room, or opens it; only a list shows it. */
export function lockDeed(doing: Doing, locked: boolean): Deed {
  const { look, server, rest } = doing
  needsLive(server.state, 'rooms')
  const room = found(server.state.rooms.get(rest))
  if (!roomsInScope(look, server)(room)) throw gone()
  needsHost(doing, room.name)
  const action = locked ? 'ConfbridgeLock' : 'ConfbridgeUnlock'
  const shows = () => server.state.rooms.get(rest)?.locked === locked
  return { on: room.name, sends: [{ action, params: { Conference: room.name } }], shows, again: ['rooms'] }
}

/** An agent acts on rooms that he is a host of. */
function needsHost(doing: Doing, name: string): void {
  const { look, server } = doing
  const hosts = found(server.state.rooms.get(name)).parties.filter(({ admin }) => admin)
  needsOwn(
    doing,
    hosts.some(({ id }) => look.isOwn(server.name, server.state.channels.get(id)?.device ?? '')),
  )
}
