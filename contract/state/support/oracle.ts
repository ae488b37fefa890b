// What is true, by plain lists of a client that the model knows nothing of.
import type { AmiEvent, Client } from 'amiable'
import type { State } from 'amiable/state'

type Facts = Record<string, unknown[]>

const text = (event: AmiEvent, ...names: string[]) => names.map((name) => event.get(name) ?? '')

/** The truth of a server, by kind, in words that can be compared. */
export async function truthOf(ami: Client): Promise<Facts> {
  const list = async (action: string, params = {}) => (await ami.sendRaw(action, params, { check: false })).events
  const bridges: unknown[] = []
  for (const row of await list('BridgeList')) {
    const id = row.get('BridgeUniqueid') ?? ''
    const members = await list('BridgeInfo', { BridgeUniqueid: id })
    bridges.push([id, row.get('BridgeType'), ...members.map((one) => one.get('Uniqueid') ?? '').sort()])
  }
  const rooms: unknown[] = []
  for (const row of await list('ConfbridgeListRooms')) {
    const name = row.get('Conference') ?? ''
    const parties = await list('ConfbridgeList', { Conference: name })
    rooms.push([name, ...parties.map((one) => text(one, 'Uniqueid', 'Admin', 'Muted').join(' ')).sort()])
  }
  const queues = await list('QueueStatus')
  const channels = await list('CoreShowChannels')
  const names = ['Uniqueid', 'Channel', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum']
  return {
    // a channel can be listed twice: the later row is newer
    channels: sorted([
      ...new Map(channels.map((row) => [row.get('Uniqueid'), text(row, ...names, 'AccountCode')])).values(),
    ]),
    bridges: sorted(bridges),
    queues: sorted(queues.filter((row) => row.Event === 'QueueParams').map((row) => text(row, 'Queue'))),
    members: sorted(
      queues
        .filter((row) => row.Event === 'QueueMember')
        .map((row) =>
          text(row, 'Queue', 'Location', 'Name', 'StateInterface', 'Penalty', 'Paused', 'PausedReason', 'Status'),
        ),
    ),
    callers: sorted(
      queues.filter((row) => row.Event === 'QueueEntry').map((row) => text(row, 'Queue', 'Position', 'Uniqueid')),
    ),
    rooms: sorted(rooms),
    parking: sorted(
      (await list('ParkedCalls')).map((row) => text(row, 'Parkinglot', 'ParkingSpace', 'ParkeeUniqueid')),
    ),
    devices: sorted(
      (await list('DeviceStateList'))
        .map((row) => text(row, 'Device', 'State'))
        .filter(([name]) => !/^(Local|CBAnn|CBRec)\/|_pause_/.test(name ?? '')),
    ),
    hints: sorted((await list('ExtensionStateList')).map((row) => text(row, 'Exten', 'Context', 'Status'))),
  }
}

const STATUSES = ['unknown', 'notInUse', 'inUse', 'busy', 'invalid', 'unavailable', 'ringing', 'ringInUse', 'onHold']
const DEVICES = ['UNKNOWN', 'NOT_INUSE', 'INUSE', 'BUSY', 'INVALID', 'UNAVAILABLE', 'RINGING', 'RINGINUSE', 'ONHOLD']

/** The same of a model. */
export function pictureOf(state: State): Facts {
  const { channels, bridges, queues, rooms, parking, devices, hints } = state.snapshot()
  const unknown = (value: string | undefined) => value ?? '<unknown>'
  return {
    channels: sorted(
      channels.map((one) => [
        one.id,
        one.name,
        one.state,
        unknown(one.caller.number),
        unknown(one.caller.name),
        unknown(one.connected.number),
        one.accountCode,
      ]),
    ),
    bridges: sorted(bridges.map((one) => [one.id, one.type, ...[...one.channels].sort()])),
    queues: sorted(queues.map((queue) => [queue.name])),
    members: sorted(
      queues.flatMap(({ members }) =>
        members.map((one) => [
          one.queue,
          one.interface,
          one.name,
          one.stateInterface,
          String(one.penalty),
          one.paused ? '1' : '0',
          one.paused?.reason ?? '',
          String(STATUSES.indexOf(one.status)),
        ]),
      ),
    ),
    callers: sorted(queues.flatMap((queue) => queue.callers.map((one) => [queue.name, String(one.position), one.id]))),
    rooms: sorted(
      rooms.map((room) => [
        room.name,
        ...room.parties.map((one) => `${one.id} ${one.admin ? 'Yes' : 'No'} ${one.muted ? 'Yes' : 'No'}`).sort(),
      ]),
    ),
    parking: sorted(parking.map((one) => [one.lot, one.space, one.id])),
    devices: sorted(devices.map((one) => [one.name, DEVICES[STATUSES.indexOf(one.state)] ?? ''])),
    hints: sorted(hints.map((one) => [one.exten, one.context, String(one.status)])),
  }
}

function sorted<T>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
