// THE TABLE: of each kind, where its truth comes from. docs/reference/state.md is made from it.
import type { ChangeKind } from './records.ts'

/** A list that a kind is read from. */
export interface ListFacts {
  readonly action: string
  /** What the server says instead of an empty list. */
  readonly empty?: RegExp
  /** Asked for each record that the first list gave: the parameter that names it. */
  readonly parameter?: string
}

/** What is known of a kind. */
export interface KindFacts {
  readonly records: readonly ChangeKind[]
  /** The list of all, and where that does not say everything, the one of each. */
  readonly list: ListFacts
  readonly each?: ListFacts
  /** The list for accounts that may not have the first one. */
  readonly instead?: ListFacts
  /** A second list, of what the first one does not say. */
  readonly also?: ListFacts
  /** Why it is kept only where somebody asks for it: what it costs. */
  readonly price?: string
  /** The events that say it; each fact comes one way only. */
  readonly events: readonly string[]
  /** What finds a record in its collection. */
  readonly key: string
  /** Fields that change without an event; all others are the same as in a list whenever the server is quiet. */
  readonly weak: Readonly<Partial<Record<ChangeKind, readonly string[]>>>
  /** Whether its list can still show what an event has ended. It is listed once more a second after a login. */
  readonly lags?: true
  /** Modules whose reload changes it without an event. */
  readonly modules: readonly string[]
}

export const KINDS = {
  channels: {
    records: ['channel'],
    list: { action: 'CoreShowChannels' },
    instead: { action: 'Status' },
    events: [
      'Newchannel',
      'Newstate',
      'NewCallerid',
      'NewConnectedLine',
      'NewAccountCode',
      'Newexten',
      'Rename',
      'Hangup',
      'Hold',
      'Unhold',
      'DialBegin',
      'DialState',
      'DialEnd',
      'ChanSpyStart',
      'ChanSpyStop',
      'MixMonitorStart',
      'MixMonitorStop',
      'LocalBridge',
      'VarSet',
    ],
    key: 'the Uniqueid',
    weak: {
      channel: [
        'context',
        'exten',
        'priority',
        'application',
        'applicationData',
        'call',
        'bridge',
        'answeredAt',
        'createdAt',
        'held',
        'dialing',
        'dialedBy',
        'spiedBy',
        'recording',
        'localPeer',
        'variables',
      ],
    },
    lags: true,
    modules: [],
  },
  bridges: {
    records: ['bridge'],
    list: { action: 'BridgeList' },
    each: { action: 'BridgeInfo', parameter: 'BridgeUniqueid', empty: /not found|does not exist/i },
    events: ['BridgeCreate', 'BridgeEnter', 'BridgeLeave', 'BridgeDestroy', 'Hangup'],
    key: 'the BridgeUniqueid',
    weak: { bridge: ['technology', 'name', 'createdAt'] },
    modules: [],
  },
  queues: {
    records: ['queue', 'member', 'caller'],
    list: { action: 'QueueStatus', parameter: 'Queue' },
    events: [
      'QueueMemberAdded',
      'QueueMemberRemoved',
      'QueueMemberStatus',
      'QueueMemberPause',
      'QueueMemberPenalty',
      'QueueMemberRinginuse',
      'QueueCallerJoin',
      'QueueCallerLeave',
      'QueueCallerAbandon',
      'AgentConnect',
      'AgentComplete',
      'BridgeEnter',
      'Newexten',
      'Hangup',
    ],
    key: 'the name of the queue, in upper or lower case. A member has `queue/interface`, and a caller `queue/Uniqueid`',
    weak: {
      queue: ['counted', 'strategy', 'max', 'weight', 'serviceLevel'],
      member: ['membership', 'ringInUse', 'calls', 'lastCallAt', 'inCall', 'state', 'loggedInAt'],
      caller: ['priority', 'joinedAt', 'party'],
    },
    modules: ['app_queue.so'],
  },
  rooms: {
    records: ['room'],
    list: { action: 'ConfbridgeListRooms', empty: /No active conferences/i },
    each: { action: 'ConfbridgeList', parameter: 'Conference', empty: /No (active conferences|Conference)/i },
    events: [
      'ConfbridgeStart',
      'ConfbridgeJoin',
      'ConfbridgeLeave',
      'ConfbridgeMute',
      'ConfbridgeUnmute',
      'ConfbridgeTalking',
      'ConfbridgeRecord',
      'ConfbridgeStopRecord',
      'ConfbridgeEnd',
    ],
    key: 'the name of the conference',
    weak: { room: ['locked', 'recording'] },
    lags: true,
    modules: ['app_confbridge.so'],
  },
  parking: {
    records: ['parked'],
    list: { action: 'ParkedCalls' },
    events: ['ParkedCall', 'ParkedCallSwap', 'UnParkedCall', 'ParkedCallTimeOut', 'ParkedCallGiveUp', 'Hangup'],
    key: '`lot/space`',
    weak: { parked: ['party', 'parkedAt', 'timeoutAt'] },
    lags: true,
    modules: ['res_parking.so'],
  },
  devices: {
    records: ['device'],
    list: { action: 'DeviceStateList' },
    events: ['DeviceStateChange'],
    key: 'the device',
    weak: {},
    modules: [],
  },
  hints: {
    records: ['hint'],
    list: { action: 'ExtensionStateList', empty: /No hints|no extension state/i },
    events: ['ExtensionStatus'],
    key: '`exten@context`',
    weak: { hint: ['hint'] },
    modules: ['pbx_config.so', 'pbx_ael.so', 'pbx_lua.so'],
  },
  agents: {
    records: ['agent'],
    list: { action: 'Agents' },
    events: ['AgentLogin', 'AgentLogoff', 'BridgeEnter'],
    key: 'the agent',
    weak: { agent: ['name', 'state', 'loggedInAt'] },
    modules: ['app_agent_pool.so'],
    price: 'its list needs write class agent, with which an account may also log agents off and change queues',
  },
  presence: {
    records: ['presence'],
    list: { action: 'PresenceStateList' },
    events: ['PresenceStateChange'],
    key: 'the presence, such as `CustomPresence:desk`',
    weak: {},
    modules: [],
    price: 'few servers have any',
  },
  endpoints: {
    records: ['endpoint'],
    list: { action: 'PJSIPShowEndpoints', empty: /No endpoints found/i },
    events: ['DeviceStateChange'],
    key: 'the name of the endpoint',
    weak: { endpoint: ['transport', 'aors'] },
    modules: ['res_pjsip.so'],
    price: 'its list needs write class system, with which an account may do anything',
  },
  contacts: {
    records: ['contact'],
    list: { action: 'PJSIPShowEndpoints', empty: /No endpoints found/i },
    also: { action: 'PJSIPShowContacts', empty: /No Contacts found/i },
    events: ['ContactStatus'],
    key: '`aor/uri`',
    weak: { contact: ['roundTrip', 'userAgent', 'via', 'expiresAt'] },
    modules: ['res_pjsip.so'],
    price:
      'its lists need write class system, with which an account may do anything. Its events need read class system',
  },
  trunks: {
    records: ['trunk'],
    list: { action: 'PJSIPShowRegistrationsOutbound' },
    also: { action: 'IAXregistry' },
    events: ['Registry'],
    key: '`PJSIP/name`, or `IAX2/username@server`',
    weak: { trunk: ['username', 'server'] },
    modules: ['res_pjsip_outbound_registration.so', 'res_pjsip.so', 'chan_iax2.so'],
    price: 'its events need read class system',
  },
  mailboxes: {
    records: ['mailbox'],
    list: { action: 'VoicemailUsersList', empty: /no voicemail users/i },
    events: ['MessageWaiting'],
    key: '`box@context`',
    weak: { mailbox: ['name'] },
    modules: ['app_voicemail.so'],
    price: 'its list opens every mailbox, on disk or in the database',
  },
} as const satisfies Record<string, KindFacts>

/** What a model can keep; `calls` is made from channels and bridges. */
export type Kind = keyof typeof KINDS | 'calls'

/** A kind that has lists of its own. */
export type ListedKind = keyof typeof KINDS

/** In the order in which they are listed. */
export const LISTED_KINDS = Object.keys(KINDS) as readonly ListedKind[]

/** Returns what is known of a kind. */
export function kindFacts(kind: ListedKind): KindFacts {
  return KINDS[kind]
}

/** Returns the lists that a kind is read from. */
export function actionsOf(kind: ListedKind): readonly string[] {
  const { list, each, instead, also } = kindFacts(kind)
  return [list, each, instead, also].flatMap((facts) => (facts === undefined ? [] : [facts.action]))
}

/** Returns the records whose changes are reported together with a list of that kind. */
export function heldWith(kind: ListedKind): readonly ChangeKind[] {
  if (kind === 'channels') return ['channel', 'call']
  if (kind === 'bridges') return ['channel', 'bridge', 'call']
  return kindFacts(kind).records
}

/** The records of each kind, by the word with which the names of their changes begin. */
export const RECORD_OF = {
  channels: 'channel',
  bridges: 'bridge',
  calls: 'call',
  queues: 'queue',
  rooms: 'room',
  parking: 'parked',
  devices: 'device',
  hints: 'hint',
  agents: 'agent',
  presence: 'presence',
  endpoints: 'endpoint',
  contacts: 'contact',
  trunks: 'trunk',
  mailboxes: 'mailbox',
} as const satisfies Record<Kind, ChangeKind>

/** The type of {@link RECORD_OF}. */
export type RecordOf = typeof RECORD_OF
