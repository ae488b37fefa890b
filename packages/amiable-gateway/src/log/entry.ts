import { hash } from 'node:crypto'
import type { EventBase } from 'amiable'

/** An event as a gateway keeps it until it is stored. */
export interface Entry {
  /** The event's name. */
  readonly event: string
  /** `Linkedid`, else `Uniqueid`. */
  readonly call: string | undefined
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number
  /** When it arrived, by a clock that nobody sets. */
  readonly heard: number
  /** 66 bits of SHA-1 over its headers as they stood on the wire. */
  readonly hash: string
  /** Whether no second event can have the same headers: it holds a time or the one birth of a channel. */
  readonly unique: boolean
  /** For a subject: the name of a user's event. */
  readonly userEvent: string | undefined
  /** Its headers as JSON. */
  readonly json: string
  /** What it costs in memory. */
  readonly bytes: number
}

/** What an entry costs beside its JSON. */
const OVERHEAD = 128
const HASH_LENGTH = 11
// a channel has one of each
const ONCE = new Set(['Newchannel', 'Hangup'])

/** Reads all that a log needs of an event, so that the event itself and the bytes that it came in can go. */
export function entryOf(message: EventBase, now: number): Entry {
  let text = ''
  let stamped = false
  for (const [name, value] of message.headers) {
    text += `${name}: ${value}\r\n`
    if (name === 'Timestamp' || name === 'EventTV') stamped = true
  }
  const event = message.get('Event') ?? ''
  const uniqueid = message.get('Uniqueid')
  const json = JSON.stringify(message.toJSON())
  return {
    event,
    call: message.get('Linkedid') ?? uniqueid,
    at: message.receivedAt,
    heard: now,
    hash: hash('sha1', text, 'base64url').slice(0, HASH_LENGTH),
    unique: stamped || (uniqueid !== undefined && ONCE.has(event)),
    userEvent: event === 'UserEvent' ? message.get('UserEvent') : undefined,
    json,
    bytes: OVERHEAD + Buffer.byteLength(json),
  }
}
