import type { State } from 'amiable/state'
import type { Facts, Picture } from '../lists.ts'

const STATUSES = ['unknown', 'notInUse', 'inUse', 'busy', 'invalid', 'unavailable', 'ringing', 'ringInUse', 'onHold']
const DEVICES = ['UNKNOWN', 'NOT_INUSE', 'INUSE', 'BUSY', 'INVALID', 'UNAVAILABLE', 'RINGING', 'RINGINUSE', 'ONHOLD']
const ENDPOINTS = [
  ...['Unknown', 'Not in use', 'In use', 'Busy', 'Invalid', 'Unavailable', 'Ringing', 'Ring+Inuse', 'On Hold'],
]

/** What a model holds, in the words of the oracle. */
export function pictured(state: Pick<State, 'snapshot'>): Picture {
  const { channels, bridges, queues, rooms, parking, devices, hints, ...others } = state.snapshot()
  const told = (value: string | undefined) => value ?? '<unknown>'
  return {
    channels: facts(channels, (one) => [
      one.id,
      {
        name: one.name,
        state: one.state,
        callerNumber: told(one.caller.number),
        callerName: told(one.caller.name),
        connectedNumber: told(one.connected.number),
        connectedName: told(one.connected.name),
        accountCode: one.accountCode,
      },
    ]),
    bridges: facts(bridges, (one) => [one.id, { members: one.channels.toSorted().join(' ') }]),
    queues: facts(queues, (one) => [one.name, { strategy: one.strategy, max: String(one.max) }]),
    members: facts(
      queues.flatMap(({ members }) => members),
      (one) => [
        `${one.queue} ${one.interface}`,
        {
          name: one.name,
          penalty: String(one.penalty),
          paused: one.paused ? '1' : '0',
          status: String(STATUSES.indexOf(one.status)),
          stateInterface: one.stateInterface,
        },
      ],
    ),
    callers: facts(
      queues.flatMap(({ callers }) => callers),
      (one) => [`${one.queue} ${one.id}`, { position: String(one.position) }],
    ),
    rooms: new Map(
      rooms.flatMap((room) =>
        room.parties.map((one) => [`${room.name} ${one.id}`, { muted: one.muted ? 'Yes' : 'No' }] as const),
      ),
    ),
    parking: facts(parking, (one) => [`${one.lot} ${one.space}`, { channel: one.id }]),
    devices: facts(devices, (one) => [one.name, { state: DEVICES[STATUSES.indexOf(one.state)] ?? '' }]),
    hints: facts(hints, (one) => [`${one.exten}@${one.context}`, { status: String(one.status) }]),
    agents: facts(others.agents, (one) => [
      one.id,
      { name: one.name ?? '', loggedIn: String(one.state !== 'loggedOff'), channel: one.channel ?? '' },
    ]),
    presence: facts(others.presence, ({ name, state, subtype, message }) => [name, { state, subtype, message }]),
    endpoints: facts(others.endpoints, (one) => [
      one.name,
      { state: ENDPOINTS[STATUSES.indexOf(one.state)] ?? '', aors: one.aors.join(',') },
    ]),
    contacts: facts(others.contacts, ({ aor, uri, endpoint, status }) => [`${aor} ${uri}`, { endpoint, status }]),
    trunks: facts(others.trunks, (one) => [one.name, { client: one.username, server: one.server, status: one.status }]),
    mailboxes: facts(others.mailboxes, (one) => [
      `${one.box}@${one.context}`,
      { new: String(one.new), old: String(one.old), name: one.name ?? '' },
    ]),
  }
}

function facts<T>(all: readonly T[], read: (one: T) => [key: string, facts: Record<string, string>]): Facts {
  return new Map(all.map(read))
}
