// Rows of endpoints, trunks, rooms and parked calls.
import type { Contact, Hint, ParkedCall, Room, State } from 'amiable/state'
import type { EndpointRow, ParkedRow, PartyRow, RoomRow, TrunkRow } from '../protocol/call-rows.ts'
import { type CallContext, callsInScope, deviceOf } from './call-rows.ts'
import { at, keyOf, type Look, type Rows, type ServerLook, stampOf } from './look.ts'
import { byDevice, queuesOf } from './people-rows.ts'
import { fits } from './scope.ts'

/** Decides which devices of a server one may see. */
function devicesInScope(look: Look, { name, state }: ServerLook): (device: string) => boolean {
  if (look.seesAll) return () => true
  const { devices = [] } = look.spec.scope
  const members = new Set<string>()
  for (const queue of queuesOf(look, state)) {
    for (const member of queue.members)
      members.add(member.interface.toLowerCase()).add(member.stateInterface.toLowerCase())
  }
  return (device) => members.has(device.toLowerCase()) || fits(devices, device) || look.isOwn(name, device)
}

/** Adds the rows of the endpoints of a server. */
export function addEndpoints({ look, facts }: CallContext, server: ServerLook, rows: Rows<EndpointRow>): void {
  const { name, state } = server
  const isSeen = devicesInScope(look, server)
  const contacts = contactsOf(state)
  const hints = hintsOf(state)
  const channels = byDevice(state)
  for (const endpoint of state.endpoints) {
    const device = `PJSIP/${endpoint.name}`
    if (!isSeen(device) || facts.isTrunk(device)) continue
    const own = contacts.get(endpoint.name) ?? []
    const first = own[0]
    const hint = hints.get(device.toLowerCase())
    const calls = channels.get(device.toLowerCase())?.length ?? 0
    const roundTrips = facts.roundTrips(name, endpoint.name)
    const key = keyOf(name, endpoint.name)
    const row = look.row(endpoint, [...own, hint, calls, roundTrips], () => ({
      key,
      server: name,
      name: endpoint.name,
      state: endpoint.state,
      via: look.spec.masked ? null : look.text(first?.via),
      userAgent: look.text(first?.userAgent),
      roundTrip: first?.roundTrip ?? null,
      roundTrips,
      reachable: first === undefined ? null : own.some(({ status }) => status !== 'Unreachable'),
      contacts: own.length,
      expiresAt: at(first?.expiresAt),
      calls,
      hint: hint?.exten ?? null,
      hintState: hint?.text ?? null,
    }))
    rows.set(key, row)
  }
}

/** Adds the rows of the trunks of a server: its registrations, and the endpoints that the configuration calls trunks. */
export function addTrunks(
  { look, facts }: CallContext,
  { name: server, state }: ServerLook,
  rows: Rows<TrunkRow>,
): void {
  if (!look.seesAll) return
  const usage = facts.usage()
  const registered = new Map([...state.trunks].map((trunk) => [trunk.name, trunk]))
  const endpoints = state.endpoints.filter(({ name }) => facts.isTrunk(`PJSIP/${name}`))
  const names = new Set([...registered.keys(), ...endpoints.map(({ name }) => name)])
  for (const name of names) {
    const trunk = registered.get(name)
    const endpoint = endpoints.find((one) => one.name === name)
    const { incoming, outgoing } = usage.get(`${server}/${name}`) ?? { incoming: 0, outgoing: 0 }
    const history = facts.trunk(server, name)
    const key = keyOf(server, name)
    rows.set(key, {
      key,
      server,
      name,
      technology: trunk?.technology ?? 'PJSIP',
      remote: look.text(trunk?.server),
      status: trunk?.status ?? null,
      up: isUp(trunk?.status, endpoint?.state),
      incoming,
      outgoing,
      incomingHistory: history.incoming,
      outgoingHistory: history.outgoing,
      failures: facts.failures(server, name),
    })
  }
}

/** Whether a trunk can be used, by its registration, or else by its endpoint. */
export function isUp(status: string | undefined, device: string | undefined): boolean {
  if (status !== undefined) return status === 'Registered'
  return device !== 'unavailable' && device !== 'invalid'
}

/** Adds the rows of the rooms of a server and of who is in them. */
export function addRooms(look: Look, server: ServerLook, rooms: Rows<RoomRow>, parties: Rows<PartyRow>): void {
  const { name, state } = server
  const isSeen = roomsInScope(look, server)
  for (const room of state.rooms) {
    if (!isSeen(room)) continue
    const key = keyOf(name, room.name)
    const hosts = room.parties.some(({ admin, channel }) => admin && isOwnChannel(look, name, state, channel))
    rooms.set(key, {
      key,
      server: name,
      name: room.name,
      parties: room.parties.length,
      talking: room.parties.filter(({ talking }) => talking).length,
      recording: room.recording,
      locked: room.locked ?? null,
      own: hosts,
    })
    for (const party of room.parties) {
      const partyKey = keyOf(name, `${room.name}/${party.id}`)
      const row = look.row(party, [hosts], () => ({
        key: partyKey,
        server: name,
        room: room.name,
        roomKey: key,
        number: look.number(party.party.number),
        name: look.name(party.party.name),
        admin: party.admin,
        muted: party.muted,
        talking: party.talking,
        own: hosts,
        stamp: stampOf(room.name, party.id),
      }))
      parties.set(partyKey, row)
    }
  }
}

/** Decides which rooms one may see: all, or those with a call that one may see. */
export function roomsInScope(look: Look, server: ServerLook): (room: Room) => boolean {
  if (look.seesAll) return () => true
  const isSeen = callsInScope(look, server)
  return (room) =>
    room.parties.some(({ id }) => {
      const call = server.state.calls.of(id)
      return call !== undefined && isSeen(call)
    })
}

/** Decides which parked calls one may see: all, or one's own calls and those that one's own people parked. */
export function parkedInScope(look: Look, server: ServerLook): (parked: ParkedCall) => boolean {
  if (look.seesAll) return () => true
  const isCallSeen = callsInScope(look, server)
  const isDeviceSeen = devicesInScope(look, server)
  return ({ id, parker }) => {
    const call = server.state.calls.of(id)
    return (call !== undefined && isCallSeen(call)) || (parker !== undefined && isDeviceSeen(deviceOf(parker)))
  }
}

/** Adds the rows of the parked calls of a server. */
export function addParked(look: Look, watched: ServerLook, rows: Rows<ParkedRow>): void {
  const { name: server, state } = watched
  const isSeen = parkedInScope(look, watched)
  for (const parked of state.parking) {
    if (!isSeen(parked)) continue
    const key = keyOf(server, `${parked.lot}/${parked.space}`)
    const row = look.row(parked, [], () => ({
      key,
      server,
      lot: parked.lot,
      space: parked.space,
      number: look.number(parked.party.number),
      name: look.name(parked.party.name),
      parker: look.name(parked.parker),
      parkedAt: parked.parkedAt.getTime(),
      timeoutAt: at(parked.timeoutAt),
      stamp: parkedStamp(parked),
    }))
    rows.set(key, row)
  }
}

export function parkedStamp({ lot, space, id }: ParkedCall): string {
  return stampOf(lot, space, id)
}

/** Whether a channel is of one's own device; it is named by its name. */
function isOwnChannel(look: Look, server: string, state: State, channel: string): boolean {
  return (
    look.spec.device !== undefined &&
    state.channels.filter(({ name }) => name === channel).some(({ device }) => look.isOwn(server, device))
  )
}

function contactsOf(state: State): Map<string, Contact[]> {
  const found = new Map<string, Contact[]>()
  for (const contact of state.contacts) {
    const all = found.get(contact.endpoint)
    if (all) all.push(contact)
    else found.set(contact.endpoint, [contact])
  }
  return found
}

function hintsOf(state: State): Map<string, Hint> {
  const found = new Map<string, Hint>()
  for (const hint of state.hints) {
    for (const device of hint.hint?.split('&') ?? []) found.set(device.toLowerCase(), hint)
  }
  return found
}
