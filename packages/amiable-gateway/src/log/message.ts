// What a message of a log holds: plain JSON that says all about itself, so that every tool reads it without us.

/** What every message of a log holds. */
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
  /** The number of the writer. Later writers have higher ones. */
  readonly term: number
  /** Begins with a `gap` message: between two events of one run no event is missing. */
  readonly run: string
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
  /** The size of the data in bytes where NATS takes no message so large; then `data` holds the name alone. */
  readonly truncated?: number
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

/** Events may be missing before this message: read the live state again. */
export interface GapMessage extends LogMessage {
  readonly status: 'gap'
  readonly gateway: string
  readonly cause: GapCause
  /** The last message before the gap. */
  readonly from: { readonly seq: number; readonly at: string | null }
  /** When events could be received again. */
  readonly to: { readonly at: string }
  /** How many events are missing; null where nobody knows. */
  readonly lost: number | null
  readonly resync: true
}

/** Belongs to the gap before it. An earlier writer may still have messages under way, and a fence takes their places. */
export interface FenceMessage extends LogMessage {
  readonly status: 'fence'
}

/** Any message of a log: one with `event` is an event, one with `status` says something about the log. */
export type AnyMessage = EventMessage | GapMessage | FenceMessage

/** Whether a message is an event of Asterisk. */
export function isEvent(message: AnyMessage): message is EventMessage {
  return 'event' in message
}

/** Reads a message of a log, or returns undefined for what no gateway has written. */
export function readMessage(text: string): AnyMessage | undefined {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return undefined
  }
  const { v, id, server, log, seq, term, run, at, event, hash, status } = (found ?? {}) as Record<string, unknown>
  const isOne = event === undefined ? status === 'gap' || status === 'fence' : isText(event) && isText(hash)
  const texts = [id, server, log, run, at].every(isText)
  return v === 1 && isOne && texts && Number.isSafeInteger(seq) && Number.isSafeInteger(term)
    ? (found as AnyMessage)
    : undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** What a gateway says about itself and a server, beside the log and in no order with it. */
export interface StatusMessage {
  readonly v: 1
  readonly server: string
  readonly gateway: string
  readonly at: string
  /**
   * `writer`: the gateway begins to write, with its `reason`. `up` and `down`: the writer has a session to Asterisk, or
   * none. `beat`: the log is being written, though nothing may happen.
   */
  readonly status: 'writer' | 'up' | 'down' | 'beat'
  /** That of the writer; absent in its first message, whose sequence it is. */
  readonly term?: number
  readonly reason?: string
  /** Of `writer`: stands for the account and the classes of events. What has another one does not hear the same. */
  readonly digest?: string
  readonly error?: string
  readonly version?: string | null
  readonly epoch?: number
}
