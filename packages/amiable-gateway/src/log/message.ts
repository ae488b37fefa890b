// What a message of a log holds: plain JSON that says all about itself, so that every tool reads it without us.

/** What every message of a log holds. A message is one line of JSON, and its headers say nothing more. */
export interface LogMessage {
  /** The form of the message; a higher number means that a field changed its meaning. */
  readonly v: 1
  /** `server-log-seq`: no two messages of the world have the same. */
  readonly id: string
  readonly server: string
  /** The life of the stream: one that was deleted and made again has another. */
  readonly log: string
  /** The sequence in the stream. It grows by one from message to message, whatever gateway writes. */
  readonly seq: number
  /** The sequence of the `writer` message under which this one was written. */
  readonly term: number
  /** How many events the log has had, this one included. */
  readonly count: number
  /** The sequence of the last `gap` message; 0 where the log never had one. No event is missing since then. */
  readonly run: number
  /** When the writing gateway received the event, or made the message: an ISO date. */
  readonly at: string
}

/** The headers of an event as `toJSON()` of the library gives them: repeated headers are arrays. */
export type EventData = Readonly<Record<string, string | readonly string[]>>

/** An event of an Asterisk. */
export interface EventMessage extends LogMessage {
  readonly event: string
  /** `Linkedid`, else `Uniqueid`; absent where the event has neither. */
  readonly call?: string
  /** 66 bits of SHA-1 over the headers in their order. Two gateways agree on it. */
  readonly hash: string
  readonly data: EventData
}

/** Why events may be missing. */
export type GapCause =
  /** Asterisk was away, for every gateway. */
  | 'asterisk-down'
  /** No gateway had a connection to Asterisk. */
  | 'link'
  /** No gateway ran. */
  | 'no-gateway'
  /** NATS was away for longer than the rings last. */
  | 'overflow'
  /** A gateway was too slow for its own session. */
  | 'slow'
  /** The place of the log's end among the events that a gateway has could not be proven. */
  | 'alignment'

/** A gateway begins to write. */
export interface WriterMessage extends LogMessage {
  readonly status: 'writer'
  readonly gateway: string
  readonly reason: string
}

/** Events may be missing before this message: read the live state again. */
export interface GapMessage extends LogMessage {
  readonly status: 'gap'
  readonly cause: GapCause
  /** The last message before the gap. */
  readonly from: { readonly seq: number; readonly at: string | null }
  /** When events could be received again. */
  readonly to: { readonly at: string }
  /** How many events are missing; null where nobody knows. */
  readonly lost: number | null
  readonly resync: true
}

/** The writer has a connection to Asterisk. */
export interface UpMessage extends LogMessage {
  readonly status: 'up'
  readonly version: string | null
  /** The number of the connection, as the library counts. */
  readonly epoch: number
}

/** The writer lost its connection to Asterisk. */
export interface DownMessage extends LogMessage {
  readonly status: 'down'
  readonly error: string
}

/** Nothing happened for a while, and the log is written. */
export interface BeatMessage extends LogMessage {
  readonly status: 'beat'
}

export type StatusMessage = WriterMessage | GapMessage | UpMessage | DownMessage | BeatMessage

/** Any message of a log: one with `event` is an event, one with `status` says something about the log. */
export type AnyMessage = EventMessage | StatusMessage

/** Says whether a message is an event of Asterisk. */
export function isEvent(message: AnyMessage): message is EventMessage {
  return 'event' in message
}
