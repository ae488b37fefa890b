// The lists that people ask for, by a short name: which action, which columns.

/** A row, as far as a column reads it. */
export interface Row {
  get(name: string): string | undefined
}

/** A column of a list. */
export interface ListColumn {
  readonly title: string
  readonly right?: boolean
  readonly value: (row: Row) => string
}

/** A list with a short name. */
export interface ShortList {
  readonly action: string
  readonly parameters?: Readonly<Record<string, string>>
  /** Which of its rows are shown, where it has several kinds. */
  readonly event?: string
  readonly columns: readonly ListColumn[]
  /** The header that names a row. */
  readonly name: string
  /** The header that the table is sorted by. */
  readonly sort?: string
}

/** Makes a column of one header. */
function of(title: string, header: string, right = false): ListColumn {
  return { title, right, value: (row) => row.get(header) ?? '' }
}

/** Makes a column of a name and a number: `Ann <100>`. */
function caller(title: string, prefix: string): ListColumn {
  return { title, value: (row) => spoken(row.get(`${prefix}Name`), row.get(`${prefix}Num`)) }
}

/** Returns `Ann <100>`, or what is known of it. */
export function spoken(name = '', number = ''): string {
  const known = (text: string) => text !== '' && text !== '<unknown>'
  if (!known(name)) return known(number) ? number : ''
  return known(number) && name !== number ? `${name} <${number}>` : name
}

function application(name = '', data = ''): string {
  return name === '' ? '' : `${name}(${data})`
}

const where: ListColumn = {
  title: 'WHERE',
  value: (row) =>
    row.get('Exten') ? `${row.get('Exten')}@${row.get('Context') ?? ''}:${row.get('Priority') ?? ''}` : '',
}

/** Every list with a short name, in the order in which `amiable list` shows them. */
export const SHORT_LISTS: Readonly<Record<string, ShortList>> = {
  channels: {
    action: 'CoreShowChannels',
    name: 'Channel',
    columns: [
      of('CHANNEL', 'Channel'),
      of('STATE', 'ChannelStateDesc'),
      of('SINCE', 'Duration', true),
      caller('CALLER', 'CallerID'),
      caller('CONNECTED', 'ConnectedLine'),
      where,
      { title: 'APPLICATION', value: (row) => application(row.get('Application'), row.get('ApplicationData')) },
    ],
  },
  queues: {
    action: 'QueueSummary',
    name: 'Queue',
    sort: 'Queue',
    columns: [
      of('QUEUE', 'Queue'),
      of('WAITING', 'Callers', true),
      of('LONGEST', 'LongestHoldTime', true),
      of('LOGGED IN', 'LoggedIn', true),
      of('FREE', 'Available', true),
      of('HOLD TIME', 'HoldTime', true),
      of('TALK TIME', 'TalkTime', true),
    ],
  },
  members: {
    action: 'QueueStatus',
    event: 'QueueMember',
    name: 'Location',
    columns: [
      of('QUEUE', 'Queue'),
      of('NAME', 'Name'),
      of('INTERFACE', 'Location'),
      { title: 'STATE', value: (row) => DEVICE_STATES[row.get('Status') ?? ''] ?? row.get('Status') ?? '' },
      { title: 'PAUSED', value: (row) => (row.get('Paused') === '1' ? row.get('PausedReason') || 'yes' : 'no') },
      of('CALLS', 'CallsTaken', true),
      of('PENALTY', 'Penalty', true),
    ],
  },
  callers: {
    action: 'QueueStatus',
    event: 'QueueEntry',
    name: 'Channel',
    columns: [
      of('QUEUE', 'Queue'),
      of('#', 'Position', true),
      of('WAITS', 'Wait', true),
      caller('CALLER', 'CallerID'),
      of('CHANNEL', 'Channel'),
    ],
  },
  endpoints: {
    action: 'PJSIPShowEndpoints',
    name: 'ObjectName',
    sort: 'ObjectName',
    columns: [
      of('ENDPOINT', 'ObjectName'),
      of('STATE', 'DeviceState'),
      of('CALLS', 'ActiveChannels'),
      of('AOR', 'Aor'),
      of('TRANSPORT', 'Transport'),
    ],
  },
  contacts: {
    action: 'PJSIPShowContacts',
    name: 'Uri',
    columns: [
      of('ENDPOINT', 'Endpoint'),
      of('STATUS', 'Status'),
      of('ROUND TRIP µs', 'RoundtripUsec', true),
      of('URI', 'Uri'),
      of('USER AGENT', 'UserAgent'),
    ],
  },
  registrations: {
    action: 'PJSIPShowRegistrationsOutbound',
    event: 'OutboundRegistrationDetail',
    name: 'ObjectName',
    columns: [
      of('NAME', 'ObjectName'),
      of('STATUS', 'Status'),
      of('SERVER', 'ServerUri'),
      of('CLIENT', 'ClientUri'),
      of('NEXT', 'NextReg', true),
    ],
  },
  aors: {
    action: 'PJSIPShowAors',
    name: 'ObjectName',
    sort: 'ObjectName',
    columns: [of('AOR', 'ObjectName'), of('MOST', 'MaxContacts', true), of('CONTACTS', 'Contacts')],
  },
  bridges: {
    action: 'BridgeList',
    name: 'BridgeUniqueid',
    columns: [
      of('BRIDGE', 'BridgeUniqueid'),
      of('TYPE', 'BridgeType'),
      of('TECHNOLOGY', 'BridgeTechnology'),
      of('CHANNELS', 'BridgeNumChannels', true),
      of('NAME', 'BridgeName'),
    ],
  },
  parked: {
    action: 'ParkedCalls',
    name: 'ParkingSpace',
    columns: [
      of('LOT', 'Parkinglot'),
      of('SPACE', 'ParkingSpace', true),
      caller('CALLER', 'ParkeeCallerID'),
      of('CHANNEL', 'ParkeeChannel'),
      of('SINCE', 'ParkingDuration', true),
      of('LEFT', 'ParkingTimeout', true),
    ],
  },
  conferences: {
    action: 'ConfbridgeListRooms',
    name: 'Conference',
    columns: [
      of('CONFERENCE', 'Conference'),
      of('PARTIES', 'Parties', true),
      of('MARKED', 'Marked', true),
      of('LOCKED', 'Locked'),
      of('MUTED', 'Muted'),
    ],
  },
  agents: {
    action: 'Agents',
    name: 'Agent',
    columns: [
      of('AGENT', 'Agent'),
      of('NAME', 'Name'),
      of('STATUS', 'Status'),
      of('TALKS TO', 'TalkingToChan'),
      of('LOGGED IN', 'LoggedInTime', true),
    ],
  },
  devices: {
    action: 'DeviceStateList',
    name: 'Device',
    sort: 'Device',
    columns: [of('DEVICE', 'Device'), of('STATE', 'State')],
  },
  hints: {
    action: 'ExtensionStateList',
    name: 'Exten',
    columns: [of('EXTEN', 'Exten'), of('CONTEXT', 'Context'), of('STATE', 'StatusText'), of('HINT', 'Hint')],
  },
  mailboxes: {
    action: 'VoicemailUsersList',
    name: 'VoiceMailbox',
    columns: [
      of('MAILBOX', 'VoiceMailbox'),
      of('CONTEXT', 'VMContext'),
      of('NAME', 'Fullname'),
      of('NEW', 'NewMessageCount', true),
      of('OLD', 'OldMessageCount', true),
    ],
  },
  dialplan: {
    action: 'ShowDialPlan',
    name: 'Context',
    columns: [
      of('CONTEXT', 'Context'),
      { title: 'EXTEN', value: dialplanPlace },
      of('PRIORITY', 'Priority', true),
      { title: 'APPLICATION', value: (row) => application(row.get('Application'), row.get('AppData')) },
    ],
  },
  db: {
    action: 'DBGetTree',
    name: 'Key',
    columns: [of('KEY', 'Key'), of('VALUE', 'Val')],
  },
  peers: {
    action: 'SIPpeers',
    name: 'ObjectName',
    columns: [
      of('PEER', 'ObjectName'),
      of('ADDRESS', 'IPaddress'),
      of('STATUS', 'Status'),
      of('DYNAMIC', 'Dynamic'),
      of('DESCRIPTION', 'Description'),
    ],
  },
}

/** Returns where a row of the dialplan stands: an extension, or what a context includes. */
function dialplanPlace(row: Row): string {
  const included = row.get('IncludeContext')
  if (included) return `include ${included}`
  const [exten = '', label] = [row.get('Extension'), row.get('ExtensionLabel')]
  return label ? `${exten} (${label})` : exten
}

// include/asterisk/devicestate.h:ast_device_state, as app_queue sends it
const DEVICE_STATES: Readonly<Record<string, string>> = {
  0: 'unknown',
  1: 'free',
  2: 'in use',
  3: 'busy',
  4: 'invalid',
  5: 'unavailable',
  6: 'ringing',
  7: 'ringing, in use',
  8: 'on hold',
}
