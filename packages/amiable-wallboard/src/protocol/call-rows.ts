// Rows of calls, lines, rooms and parking.
import type { ServerOwned } from './rows.ts'
/** Where a call is in its life. */
export type CallPhase = 'dialing' | 'ringing' | 'queued' | 'up' | 'held' | 'parked' | 'conference' | 'ended'

/** Tells of a call. */
export interface CallRow extends ServerOwned {
  readonly phase: CallPhase
  readonly startedAt: number
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly fromNumber: string | null
  readonly fromName: string | null
  readonly toNumber: string | null
  readonly toName: string | null
  readonly queue: string | null
  readonly trunk: string | null
  /** How many channels it has. */
  readonly channels: number
  /** False where events were missed during its life. */
  readonly complete: boolean
  readonly spied: boolean
  readonly own: boolean
  readonly stamp: string
}

/** Tells of a channel of the call that the page `call` shows; of one that has ended too. */
export interface LegRow extends ServerOwned {
  /** The name of the channel; masked for viewers. */
  readonly name: string
  readonly technology: string
  readonly device: string
  readonly state: string
  readonly number: string | null
  readonly partyName: string | null
  readonly bridge: string | null
  readonly createdAt: number
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly held: boolean | null
  /** Half of a Local channel: folded away. */
  readonly local: boolean
  /** The key of the other half. */
  readonly localPeer: string | null
  readonly dialedBy: string | null
  readonly application: string | null
  readonly spied: boolean
  readonly recording: boolean
  readonly own: boolean
  readonly stamp: string
}

/** Tells one thing that happened in the call of the page `call`, in order. */
export interface MarkRow extends ServerOwned {
  readonly at: number
  readonly type:
    | 'channel'
    | 'dial'
    | 'ringing'
    | 'dialEnd'
    | 'answered'
    | 'bridged'
    | 'unbridged'
    | 'held'
    | 'resumed'
    | 'queued'
    | 'connected'
    | 'abandoned'
    | 'leftQueue'
    | 'parked'
    | 'unparked'
    | 'room'
    | 'transfer'
    | 'merged'
    | 'hangup'
    | 'gap'
  /** The keys of the legs that it is about. */
  readonly legs: readonly string[]
  /** What Asterisk says of it: a dial status, a queue, a space, a cause. */
  readonly text: string | null
}

/** Tells of an endpoint: a phone, or the way to a trunk. */
export interface EndpointRow extends ServerOwned {
  readonly name: string
  /** In Asterisk's words: `notInUse`, `unavailable` … */
  readonly state: string
  /** Where it is registered from; null where it is not. */
  readonly via: string | null
  readonly userAgent: string | null
  /** Milliseconds of the last answer. */
  readonly roundTrip: number | null
  /** The last 30 of them, the oldest first. */
  readonly roundTrips: readonly number[]
  readonly reachable: boolean | null
  readonly contacts: number
  readonly expiresAt: number | null
  readonly calls: number
  /** The extension that has a hint on it, and its state. */
  readonly hint: string | null
  readonly hintState: string | null
}

/** Tells of a registration with somebody else, or of an endpoint that the configuration calls a trunk. */
export interface TrunkRow extends ServerOwned {
  readonly name: string
  readonly technology: string
  /** The remote server. */
  readonly remote: string | null
  /** In Asterisk's words: `Registered`, `Rejected` …; null where it does not register. */
  readonly status: string | null
  readonly up: boolean
  readonly incoming: number
  readonly outgoing: number
  /** Channels in use at the end of each of the last 60 minutes, the oldest first. */
  readonly incomingHistory: readonly number[]
  readonly outgoingHistory: readonly number[]
  /** Calls of the last hour that failed, by Q.850 cause, the most frequent first. */
  readonly failures: readonly { readonly cause: number; readonly text: string; readonly count: number }[]
}

/** Tells of a conference. */
export interface RoomRow extends ServerOwned {
  readonly name: string
  readonly parties: number
  readonly talking: number
  readonly recording: boolean
  /** As of the last list; null where it is not known. */
  readonly locked: boolean | null
  /** Whether the one who looks is a host of it. */
  readonly own: boolean
}

/** Tells of somebody in a conference. */
export interface PartyRow extends ServerOwned {
  readonly room: string
  readonly roomKey: string
  readonly number: string | null
  readonly name: string | null
  readonly admin: boolean
  readonly muted: boolean
  readonly talking: boolean
  readonly own: boolean
  readonly stamp: string
}

/** Tells of a call that is parked. */
export interface ParkedRow extends ServerOwned {
  readonly lot: string
  readonly space: string
  readonly number: string | null
  readonly name: string | null
  readonly parker: string | null
  readonly parkedAt: number
  readonly timeoutAt: number | null
  readonly stamp: string
}
