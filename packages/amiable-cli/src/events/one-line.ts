// One line of text for an event, as somebody reads it who watches calls.
import { spoken } from '../lists/short-lists.ts'

/** An event, as far as it is printed. */
export interface Printed {
  readonly Event: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  get(name: string): string | undefined
}

type Write = (get: (name: string) => string) => string

const caller = (get: (name: string) => string, prefix = '') =>
  spoken(get(`${prefix}CallerIDName`), get(`${prefix}CallerIDNum`))
const party = (get: (name: string) => string) => {
  const [channel, who] = [get('Channel'), caller(get)]
  return who === '' ? channel : `${channel}  ${who}`
}
const dial: Write = (get) => `${get('Channel') || '-'} → ${get('DestChannel')}`
const member: Write = (get) => `${get('Queue')}  ${get('MemberName') || get('Interface')}`
const waiting: Write = (get) => `${get('Queue')}  ${party(get)}`
const agent: Write = (get) =>
  `${get('Queue')}  ${get('MemberName') || get('Interface')} ← ${caller(get) || get('Channel')}`
const bridge: Write = (get) => `${get('Channel')}  ${get('BridgeUniqueid')} (${get('BridgeNumChannels')} channels)`
const conference: Write = (get) => `${get('Conference')}  ${party(get)}`
const seconds = (text: string) => (text === '' ? '' : `${text} s`)

const LINES: Readonly<Record<string, Write>> = {
  Newchannel: (get) => `${party(get)}  ${get('ChannelStateDesc')} → ${get('Exten')}@${get('Context')}`,
  Newstate: (get) => `${get('Channel')}  ${get('ChannelStateDesc')}`,
  Newexten: (get) =>
    `${get('Channel')}  ${get('Extension') || get('Exten')}@${get('Context')}:${get('Priority')}  ${get('Application')}(${get('AppData')})`,
  Hangup: (get) => `${get('Channel')}  ${get('Cause')} ${get('Cause-txt')}`,
  HangupRequest: (get) => `${get('Channel')}  ${get('Cause')}`,
  SoftHangupRequest: (get) => `${get('Channel')}  ${get('Cause')}`,
  DialBegin: (get) => `${dial(get)}  ${get('DialString')}`,
  DialState: (get) => `${dial(get)}  ${get('DialStatus')}`,
  DialEnd: (get) => `${dial(get)}  ${get('DialStatus')}`,
  BridgeCreate: (get) => `${get('BridgeUniqueid')}  ${get('BridgeTechnology')}`,
  BridgeDestroy: (get) => get('BridgeUniqueid'),
  BridgeEnter: bridge,
  BridgeLeave: bridge,
  Hold: (get) => get('Channel'),
  Unhold: (get) => get('Channel'),
  BlindTransfer: (get) =>
    `${get('TransfererChannel')} sends ${get('TransfereeChannel')} → ${get('Extension')}@${get('Context')}  ${get('Result')}`,
  AttendedTransfer: (get) => `${get('OrigTransfererChannel')} and ${get('SecondTransfererChannel')}  ${get('Result')}`,
  QueueCallerJoin: (get) => `${waiting(get)}  position ${get('Position')} of ${get('Count')}`,
  QueueCallerLeave: (get) => `${waiting(get)}  position ${get('Position')}, ${get('Count')} left`,
  QueueCallerAbandon: (get) => `${waiting(get)}  after ${seconds(get('HoldTime'))}`,
  QueueMemberAdded: member,
  QueueMemberRemoved: member,
  QueueMemberPause: (get) =>
    `${member(get)}  ${get('Paused') === '1' ? 'paused' : 'back'} ${get('PausedReason') || get('Reason')}`,
  QueueMemberStatus: (get) => `${member(get)}  status ${get('Status')}, ${get('CallsTaken')} calls`,
  AgentCalled: agent,
  AgentConnect: (get) => `${agent(get)}  waited ${seconds(get('HoldTime'))}`,
  AgentComplete: (get) => `${agent(get)}  talked ${seconds(get('TalkTime'))}, ended by ${get('Reason')}`,
  AgentRingNoAnswer: (get) => `${agent(get)}  rang ${get('RingTime')} ms`,
  PeerStatus: (get) => `${get('Peer')}  ${get('PeerStatus')}`,
  ContactStatus: (get) => `${get('EndpointName') || get('AOR')}  ${get('ContactStatus')}  ${get('URI')}`,
  DeviceStateChange: (get) => `${get('Device')}  ${get('State')}`,
  ExtensionStatus: (get) => `${get('Exten')}@${get('Context')}  ${get('StatusText')}`,
  Registry: (get) => `${get('Username')}@${get('Domain')}  ${get('Status')}`,
  DTMFBegin: (get) => `${get('Channel')}  ${get('Digit')} ${get('Direction')}`,
  DTMFEnd: (get) => `${get('Channel')}  ${get('Digit')} ${get('Direction')}, ${get('DurationMs')} ms`,
  ParkedCall: (get) => `${get('ParkeeChannel')}  space ${get('ParkingSpace')} of ${get('Parkinglot')}`,
  UnParkedCall: (get) => `${get('ParkeeChannel')}  by ${get('RetrieverChannel')}`,
  ConfbridgeJoin: conference,
  ConfbridgeLeave: conference,
  VarSet: (get) => `${get('Channel') || 'global'}  ${get('Variable')}=${get('Value')}`,
  OriginateResponse: (get) => `${get('Channel')}  ${get('Response')}, reason ${get('Reason')}`,
  Cdr: (get) => `${get('Source')} → ${get('Destination')}  ${get('Disposition')}, ${get('BillableSeconds')} s`,
  CEL: (get) => `${get('Channel')}  ${get('EventName')}  ${get('Application')}`,
  SuccessfulAuth: (get) => `${get('Service')}  ${get('AccountID')} from ${get('RemoteAddress')}`,
  InvalidPassword: (get) => `${get('Service')}  ${get('AccountID')} from ${get('RemoteAddress')}`,
  ChallengeResponseFailed: (get) => `${get('Service')}  ${get('AccountID')} from ${get('RemoteAddress')}`,
  InvalidAccountID: (get) => `${get('Service')}  ${get('AccountID')} from ${get('RemoteAddress')}`,
  FullyBooted: (get) => `up ${seconds(get('Uptime'))}`,
  Shutdown: (get) => `${get('Shutdown')}, restart: ${get('Restart')}`,
}

// what is known of the channel stands in its name already
const OF_A_CHANNEL =
  /^(?:Event|Privilege|Timestamp|SystemName|ActionID|\w*(?:ChannelState(?:Desc)?|CallerIDNum|CallerIDName|ConnectedLineNum|ConnectedLineName|Language|AccountCode|Context|Exten|Priority|Uniqueid|Linkedid|LinkedID|UniqueID|Tenantid|ChanVariable))$/
const MOST = 6

/** Writes what an event says on one line. */
export function oneLine(event: Printed): string {
  const get = (name: string) => event.get(name) ?? ''
  const write = LINES[event.Event]
  if (write !== undefined) return write(get).trimEnd()
  const channel = get('Channel')
  const rest = event.headers.filter(([name, value]) => value !== '' && name !== 'Channel' && !OF_A_CHANNEL.test(name))
  const words = rest.slice(0, MOST).map(([name, value]) => `${name}=${value}`)
  return [channel, ...words].filter((word) => word !== '').join('  ')
}
