// What the picture is made of. Every record is frozen and replaced, never changed. Every time is a Date in this
// machine's clock.

/** The state of a device, in the words that the client's `getQueues` uses too. */
export type DeviceStatus = (typeof DEVICE_STATUSES)[number]

// include/asterisk/devicestate.h:ast_device_state, by number
export const DEVICE_STATUSES = [
  'unknown',
  'notInUse',
  'inUse',
  'busy',
  'invalid',
  'unavailable',
  'ringing',
  'ringInUse',
  'onHold',
] as const

/** What `ChannelStateDesc` says (main/channel_state.c or main/channel.c:ast_state2str). */
export type ChannelState =
  | 'Down'
  | 'Rsrvd'
  | 'OffHook'
  | 'Dialing'
  | 'Ring'
  | 'Ringing'
  | 'Up'
  | 'Busy'
  | 'Dialing Offhook'
  | 'Pre-ring'
  | 'Mute'
  | 'Unknown'

/** A caller id; what Asterisk prints as `<unknown>` is absent. */
export interface Party {
  readonly number: string | undefined
  readonly name: string | undefined
}

/** A channel that another one dials. */
export interface Dial {
  /** The id of the channel that is dialled. */
  readonly to: string
  /** What is dialled, as Dial() got it. */
  readonly string: string
  /** `RINGING`, `PROGRESS` or `PROCEEDING`, once the other side says so. */
  readonly state: string | undefined
}

/** A channel that lives. */
export interface Channel {
  /** The Uniqueid. */
  readonly id: string
  readonly name: string
  /** `PJSIP`, `Local` … */
  readonly technology: string
  /** The name without its serial: `PJSIP/100`. */
  readonly device: string
  readonly state: ChannelState
  readonly caller: Party
  readonly connected: Party
  readonly accountCode: string
  readonly context: string
  readonly exten: string
  readonly priority: number
  readonly application: string | undefined
  readonly applicationData: string | undefined
  /** The id of its call: the Linkedid. */
  readonly call: string
  /** The bridge that it is in. */
  readonly bridge: string | undefined
  readonly createdAt: Date
  readonly answeredAt: Date | undefined
  /** Absent: not known since the last list, for only events say it. */
  readonly held: boolean | undefined
  readonly dialing: readonly Dial[]
  /** The id of the channel that dialled it. */
  readonly dialedBy: string | undefined
  readonly spiedBy: readonly string[]
  readonly recording: boolean
  /** The id of the other half of a Local channel. */
  readonly localPeer: string | undefined
  /** The variables that `options.variables` names. */
  readonly variables: Readonly<Record<string, string>>
}

/** A bridge, and which channels are in it. */
export interface Bridge {
  readonly id: string
  readonly type: string
  readonly technology: string
  readonly creator: string | undefined
  readonly name: string | undefined
  readonly channels: readonly string[]
  /** Absent for a bridge that was there before anybody looked. */
  readonly createdAt: Date | undefined
}

/** A channel of a call. */
export interface Leg {
  readonly channel: string
  readonly name: string
  readonly state: ChannelState
  readonly bridge: string | undefined
}

/** Somebody who takes part in a call; the halves of Local channels are none where there is anybody else. */
export interface CallParty {
  readonly channel: string
  readonly number: string | undefined
  readonly name: string | undefined
}

/** A call detail record, as the event Cdr carries it. */
export interface Cdr {
  readonly channel: string
  readonly destination: string
  readonly disposition: string
  readonly duration: number
  readonly billable: number
}

/** A transfer that the call went through. */
export interface Transfer {
  readonly kind: 'blind' | 'attended'
  readonly result: string
  readonly to: string | undefined
  readonly at: Date
}

/** The place of a call in a queue. */
export interface CallQueue {
  readonly name: string
  readonly position: number | undefined
  readonly joinedAt: Date
  readonly member: string | undefined
  readonly connectedAt: Date | undefined
}

/** All channels of one Linkedid: a conversation from its first channel to its last. */
export interface Call {
  /** The Linkedid; where two calls merge the one that Asterisk keeps stays, and `merged` names the other. */
  readonly id: string
  readonly phase: 'dialing' | 'ringing' | 'queued' | 'up' | 'held' | 'parked' | 'conference' | 'ended'
  readonly legs: readonly Leg[]
  readonly parties: readonly CallParty[]
  readonly startedAt: Date
  readonly answeredAt: Date | undefined
  readonly endedAt: Date | undefined
  /** The cause of its last channel's Hangup. */
  readonly cause: number | undefined
  readonly causeText: string | undefined
  readonly queue: CallQueue | undefined
  readonly merged: readonly string[]
  readonly transfers: readonly Transfer[]
  readonly cdrs: readonly Cdr[]
  /** False where events were missed during its life. */
  readonly complete: boolean
}

/** The numbers that Asterisk itself counts, as of the last list. */
export interface QueueCounts {
  readonly completed: number
  readonly abandoned: number
  readonly holdTime: number
  readonly talkTime: number
  readonly serviceLevelPerf: number
}

/** A queue with everybody in it. */
export interface Queue {
  readonly name: string
  readonly strategy: string
  /** How many may wait; 0 for any number. */
  readonly max: number
  readonly weight: number
  /** Seconds within which a call counts as answered in time. */
  readonly serviceLevel: number
  readonly members: readonly Member[]
  /** The first in line first. */
  readonly callers: readonly Caller[]
  readonly counted: QueueCounts
}

/** Somebody who answers calls of a queue. */
export interface Member {
  readonly queue: string
  /** What is dialled: `PJSIP/100`. */
  readonly interface: string
  readonly name: string
  /** The device whose state counts. */
  readonly stateInterface: string
  readonly membership: 'static' | 'dynamic' | 'realtime'
  readonly penalty: number
  /** Absent until an event says it: lists do not. */
  readonly ringInUse: boolean | undefined
  /** Seconds of rest after a call. */
  readonly wrapUpTime: number
  readonly status: DeviceStatus
  readonly paused: { readonly reason: string | undefined; readonly since: Date | undefined } | undefined
  readonly loggedInAt: Date | undefined
  readonly calls: number
  readonly lastCallAt: Date | undefined
  readonly inCall: { readonly caller: string | undefined; readonly since: Date } | undefined
  /** What a board shows. */
  readonly state: 'unavailable' | 'paused' | 'ringing' | 'in call' | 'on another call' | 'wrap-up' | 'ready'
}

/** A call that waits in a queue. */
export interface Caller {
  /** The Uniqueid of its channel. */
  readonly id: string
  readonly queue: string
  readonly channel: string
  /** From 1. */
  readonly position: number
  readonly party: Party
  /** Absent until a list says it: events do not. */
  readonly priority: number | undefined
  readonly joinedAt: Date
}

/** A party of a conference. */
export interface RoomParty {
  /** The Uniqueid. */
  readonly id: string
  readonly channel: string
  readonly party: Party
  readonly admin: boolean
  readonly muted: boolean
  /** Absent until it talks or a list says it. */
  readonly talking: boolean
}

/** A conference of ConfBridge. */
export interface Room {
  readonly name: string
  readonly parties: readonly RoomParty[]
  readonly recording: boolean
  /** As of the last list: no event reports it. */
  readonly locked: boolean | undefined
}

/** A call that is parked. */
export interface ParkedCall {
  readonly lot: string
  readonly space: string
  /** The Uniqueid. */
  readonly id: string
  readonly channel: string
  readonly party: Party
  /** The channel that parked it, as it is dialled. */
  readonly parker: string | undefined
  readonly parkedAt: Date
  /** When it comes back by itself; absent where it never does. */
  readonly timeoutAt: Date | undefined
}

/** The state of a device. */
export interface Device {
  readonly name: string
  readonly state: DeviceStatus
}

/** The state of an extension that has a hint. */
export interface Hint {
  readonly exten: string
  readonly context: string
  /** The devices behind it; absent until a list says it. */
  readonly hint: string | undefined
  /** Bits: 1 in use, 2 busy, 4 unavailable, 8 ringing, 16 on hold; -1 deactivated, -2 removed. */
  readonly status: number
  readonly text: string
}

/** An agent of app_agent_pool. */
export interface Agent {
  readonly id: string
  /** As of the last list. */
  readonly name: string | undefined
  /** `idle`: logged in, and in no call. */
  readonly state: 'loggedOff' | 'idle' | 'onCall'
  /** The id of the channel that it is logged in on. */
  readonly channel: string | undefined
  readonly loggedInAt: Date | undefined
}

/** What somebody says of himself; `CustomPresence:` and a name, as dialplan and phones set it. */
export interface Presence {
  readonly name: string
  readonly state: PresenceStatus
  readonly subtype: string
  readonly message: string
}

/** A presence in Asterisk's words (main/presencestate.c). */
export type PresenceStatus = (typeof PRESENCE_STATUSES)[number]

export const PRESENCE_STATUSES = [
  'not_set',
  'unavailable',
  'available',
  'away',
  'xa',
  'chat',
  'dnd',
  'invalid',
] as const

/** A PJSIP endpoint: a phone or a trunk. */
export interface Endpoint {
  readonly name: string
  readonly state: DeviceStatus
  readonly transport: string | undefined
  readonly aors: readonly string[]
}

/** An address at which a PJSIP endpoint is reached. */
export interface Contact {
  readonly endpoint: string
  readonly aor: string
  readonly uri: string
  readonly status: ContactStatus
  /** Milliseconds of the last qualify; absent where none was answered. */
  readonly roundTrip: number | undefined
  /** As of the last list, like all that follows; absent for a contact of the configuration. */
  readonly userAgent: string | undefined
  /** Where its registration came from: `192.0.2.7:5060`. */
  readonly via: string | undefined
  readonly expiresAt: Date | undefined
}

/** What Asterisk knows of a contact (res/res_pjsip/pjsip_options.c). */
export type ContactStatus = 'Reachable' | 'Unreachable' | 'NonQualified' | 'Unknown'

/** A registration of this Asterisk with somebody else. */
export interface Trunk {
  readonly technology: 'PJSIP' | 'IAX2'
  /** What the configuration calls it; of IAX2 `username@server`. */
  readonly name: string
  readonly username: string
  readonly server: string
  /** In Asterisk's words: `Registered`, `Unregistered`, `Rejected` … */
  readonly status: string
}

/** A mailbox of app_voicemail. */
export interface Mailbox {
  readonly box: string
  readonly context: string
  /** As of the last list. */
  readonly name: string | undefined
  readonly new: number
  readonly old: number
}

/** What the records of each kind are; the names of changes begin with these words. */
export interface Records {
  channel: Channel
  bridge: Bridge
  call: Call
  queue: Queue
  member: Member
  caller: Caller
  room: Room
  parked: ParkedCall
  device: Device
  hint: Hint
  agent: Agent
  presence: Presence
  endpoint: Endpoint
  contact: Contact
  trunk: Trunk
  mailbox: Mailbox
}

/** What a change can be about. */
export type ChangeKind = keyof Records
