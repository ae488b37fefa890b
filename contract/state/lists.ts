import type { AmiEvent, Client, Params } from 'amiable'

/** What is so of one kind of object: by its key, and of each by the name of the fact. */
export type Facts = ReadonlyMap<string, Readonly<Record<string, string>>>

/** What is so, kind by kind, in words that do not depend on who says it. */
export interface Picture {
  readonly channels: Facts
  readonly bridges: Facts
  readonly queues: Facts
  readonly members: Facts
  readonly callers: Facts
  readonly rooms: Facts
  readonly parking: Facts
  readonly devices: Facts
  readonly hints: Facts
  readonly agents: Facts
  readonly presence: Facts
  readonly endpoints: Facts
  readonly contacts: Facts
  readonly trunks: Facts
  readonly mailboxes: Facts
}

/**
 * Asks a server what is so, by its lists alone and read plainly; an error that says that there are none is an empty
 * list. To be asked at a quiet point, by a client that nobody else uses.
 */
export async function listed(ami: Client): Promise<Picture> {
  const channels = await rows(ami, 'CoreShowChannels', 'CoreShowChannel')
  const bridges = await rows(ami, 'BridgeList', 'BridgeListItem')
  const inBridges = await Promise.all(
    bridges.map(async (bridge) => {
      const BridgeUniqueid = of(bridge, 'BridgeUniqueid')
      const inside = await rows(ami, 'BridgeInfo', 'BridgeInfoChannel', { BridgeUniqueid })
      return [BridgeUniqueid, { members: ids(inside) }] as const
    }),
  )
  const queues = await rows(ami, 'QueueStatus')
  const rooms = await Promise.all(
    (await rows(ami, 'ConfbridgeListRooms', 'ConfbridgeListRooms')).map((room) =>
      rows(ami, 'ConfbridgeList', 'ConfbridgeList', { Conference: of(room, 'Conference') }),
    ),
  )
  const endpoints = await rows(ami, 'PJSIPShowEndpoints', 'EndpointList')
  const registered = await rows(ami, 'PJSIPShowContacts', 'ContactList')
  const statuses = new Map(registered.map((row) => [`${of(row, 'Endpoint')} ${of(row, 'Uri')}`, of(row, 'Status')]))
  const contacts = await Promise.all(endpoints.map((row) => contactsOf(ami, of(row, 'ObjectName'), statuses)))
  return {
    channels: facts(channels, 'Uniqueid', channelFacts),
    bridges: new Map(inBridges),
    queues: facts(named(queues, 'QueueParams'), 'Queue', (row) => ({
      strategy: of(row, 'Strategy'),
      max: of(row, 'Max'),
    })),
    members: new Map(
      named(queues, 'QueueMember').map((row) => [`${of(row, 'Queue')} ${of(row, 'Location')}`, memberFacts(row)]),
    ),
    callers: new Map(
      named(queues, 'QueueEntry').map((row) => [
        `${of(row, 'Queue')} ${of(row, 'Uniqueid')}`,
        { position: of(row, 'Position') },
      ]),
    ),
    rooms: new Map(
      rooms.flat().map((row) => [`${of(row, 'Conference')} ${of(row, 'Uniqueid')}`, { muted: of(row, 'Muted') }]),
    ),
    parking: new Map(
      (await rows(ami, 'ParkedCalls', 'ParkedCall')).map((row) => [
        `${of(row, 'Parkinglot')} ${of(row, 'ParkingSpace')}`,
        { channel: of(row, 'ParkeeUniqueid') },
      ]),
    ),
    devices: new Map(
      (await rows(ami, 'DeviceStateList', 'DeviceStateChange'))
        .filter((row) => !/^(?:Local|CBAnn|CBRec|Announcer|Recorder|Snoop)\/|^Queue:.*_pause_/.test(of(row, 'Device')))
        .map((row) => [of(row, 'Device'), { state: of(row, 'State') }]),
    ),
    hints: new Map(
      (await rows(ami, 'ExtensionStateList', 'ExtensionStatus')).map((row) => [
        `${of(row, 'Exten')}@${of(row, 'Context')}`,
        { status: of(row, 'Status') },
      ]),
    ),
    agents: facts(await rows(ami, 'Agents', 'Agents'), 'Agent', (row) => ({
      name: of(row, 'Name'),
      loggedIn: String(of(row, 'Status') !== 'AGENT_LOGGEDOFF'),
      channel: of(row, 'Uniqueid'),
    })),
    presence: facts(await rows(ami, 'PresenceStateList', 'PresenceStateChange'), 'Presentity', (row) => ({
      state: of(row, 'Status'),
      subtype: of(row, 'Subtype'),
      message: of(row, 'Message'),
    })),
    endpoints: facts(endpoints, 'ObjectName', (row) => ({ state: of(row, 'DeviceState'), aors: of(row, 'Aor') })),
    contacts: new Map(contacts.flat()),
    trunks: facts(
      await rows(ami, 'PJSIPShowRegistrationsOutbound', 'OutboundRegistrationDetail'),
      'ObjectName',
      (row) => ({ client: of(row, 'ClientUri'), server: of(row, 'ServerUri'), status: of(row, 'Status') }),
    ),
    mailboxes: new Map(
      (await rows(ami, 'VoicemailUsersList', 'VoicemailUserEntry')).map((row) => [
        `${of(row, 'VoiceMailbox')}@${of(row, 'VMContext')}`,
        { new: of(row, 'NewMessageCount'), old: of(row, 'OldMessageCount'), name: of(row, 'Fullname') },
      ]),
    ),
  }
}

/**
 * A contact's status stands in the list of its endpoint alone, where it was configured and nobody registered it.
 * @param registered the status of those that somebody registered, by their endpoints and URIs
 */
async function contactsOf(
  ami: Client,
  endpoint: string,
  registered: ReadonlyMap<string, string>,
): Promise<[string, Readonly<Record<string, string>>][]> {
  const all = await rows(ami, 'PJSIPShowEndpoint', 'ContactStatusDetail', { Endpoint: endpoint })
  return all.map((row) => {
    const status = registered.get(`${endpoint} ${of(row, 'URI')}`)
    return [`${of(row, 'AOR')} ${of(row, 'URI')}`, { endpoint, ...(status !== undefined && { status }) }]
  })
}

/** Says in words what two pictures say differently. */
export function differences(listed: Picture, told: Picture): string[] {
  const found: string[] = []
  for (const kind of Object.keys(listed) as (keyof Picture)[]) {
    for (const [key, wanted] of listed[kind]) {
      const got = told[kind].get(key)
      if (got === undefined) found.push(`${kind}: ${key} is missing`)
      for (const [name, value] of got === undefined ? [] : Object.entries(wanted)) {
        if (got?.[name] !== value) found.push(`${kind}: ${key}: ${name} is '${got?.[name]}' and must be '${value}'`)
      }
    }
    for (const key of told[kind].keys()) if (!listed[kind].has(key)) found.push(`${kind}: ${key} is gone`)
  }
  return found
}

function channelFacts(row: AmiEvent): Record<string, string> {
  return {
    name: of(row, 'Channel'),
    state: of(row, 'ChannelStateDesc'),
    callerNumber: of(row, 'CallerIDNum'),
    callerName: of(row, 'CallerIDName'),
    connectedNumber: of(row, 'ConnectedLineNum'),
    connectedName: of(row, 'ConnectedLineName'),
    accountCode: of(row, 'AccountCode'),
  }
}

function memberFacts(row: AmiEvent): Record<string, string> {
  return {
    name: of(row, 'Name'),
    penalty: of(row, 'Penalty'),
    paused: of(row, 'Paused'),
    status: of(row, 'Status'),
    stateInterface: of(row, 'StateInterface'),
  }
}

function of(row: AmiEvent, header: string): string {
  return row.get(header) ?? ''
}

function ids(members: readonly AmiEvent[]): string {
  const all = members.map((row) => of(row, 'Uniqueid'))
  return all.toSorted().join(' ')
}

function named(all: readonly AmiEvent[], event: string): AmiEvent[] {
  return all.filter((row) => row.Event === event)
}

function facts(all: readonly AmiEvent[], key: string, read: (row: AmiEvent) => Record<string, string>): Facts {
  return new Map(all.map((row) => [of(row, key), read(row)]))
}

async function rows(ami: Client, action: string, event?: string, params: Params = {}): Promise<AmiEvent[]> {
  const { events } = await ami.sendRaw(action, params, { check: false })
  return event === undefined ? [...events] : named(events, event)
}
