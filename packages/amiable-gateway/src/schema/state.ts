// What the live state holds: the records of each Asterisk, and what is said of all of them. The types and the JSON
// Schema come from here.
import type { ChangeKind, Kind } from 'amiable/state'
import { z } from 'zod'

/** The kinds of `amiable/state`, each with the word for one of its records. */
export const STATE_KINDS = {
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

/** A kind, such as `channels`. */
export type StateKind = keyof typeof STATE_KINDS
/** The word for a record of a kind, such as `channel`. */
export type RecordKind = (typeof STATE_KINDS)[StateKind]

const text = z.string()
const number = z.number()
const date = z.iso.datetime()
const texts = z.array(text)
const party = z.object({ number: text.optional(), name: text.optional() })
const status = z.enum([
  'unknown',
  'notInUse',
  'inUse',
  'busy',
  'invalid',
  'unavailable',
  'ringing',
  'ringInUse',
  'onHold',
])

/** The records as `JSON.stringify` writes those of `amiable/state`: what is not known is absent, a time is an ISO date. */
const VALUES = {
  channel: z.object({
    id: text,
    name: text,
    technology: text,
    device: text,
    state: text,
    caller: party,
    connected: party,
    accountCode: text,
    context: text,
    exten: text,
    priority: number,
    application: text.optional(),
    applicationData: text.optional(),
    call: text,
    bridge: text.optional(),
    createdAt: date,
    answeredAt: date.optional(),
    held: z.boolean().optional(),
    dialing: z.array(z.object({ to: text, string: text, state: text.optional() })),
    dialedBy: text.optional(),
    spiedBy: texts,
    recording: z.boolean(),
    localPeer: text.optional(),
    variables: z.record(text, text),
  }),
  bridge: z.object({
    id: text,
    type: text,
    technology: text,
    creator: text.optional(),
    name: text.optional(),
    channels: texts,
    createdAt: date.optional(),
  }),
  call: z.object({
    id: text,
    phase: z.enum(['dialing', 'ringing', 'queued', 'up', 'held', 'parked', 'conference', 'ended']),
    legs: z.array(z.object({ channel: text, name: text, state: text, bridge: text.optional() })),
    parties: z.array(z.object({ channel: text, number: text.optional(), name: text.optional() })),
    startedAt: date,
    answeredAt: date.optional(),
    endedAt: date.optional(),
    cause: number.optional(),
    causeText: text.optional(),
    queue: z
      .object({
        name: text,
        position: number.optional(),
        joinedAt: date,
        member: text.optional(),
        connectedAt: date.optional(),
      })
      .optional(),
    merged: texts,
    transfers: z.array(z.object({ kind: z.enum(['blind', 'attended']), result: text, to: text.optional(), at: date })),
    cdrs: z.array(
      z.object({ channel: text, destination: text, disposition: text, duration: number, billable: number }),
    ),
    complete: z.boolean(),
  }),
  queue: z.object({
    name: text,
    strategy: text,
    max: number,
    weight: number,
    serviceLevel: number,
    members: z.array(
      z.object({
        queue: text,
        interface: text,
        name: text,
        stateInterface: text,
        membership: z.enum(['static', 'dynamic', 'realtime']),
        penalty: number,
        ringInUse: z.boolean().optional(),
        wrapUpTime: number,
        status,
        paused: z.object({ reason: text.optional(), since: date.optional() }).optional(),
        loggedInAt: date.optional(),
        calls: number,
        lastCallAt: date.optional(),
        inCall: z.object({ caller: text.optional(), since: date }).optional(),
        state: z.enum(['unavailable', 'paused', 'ringing', 'in call', 'on another call', 'wrap-up', 'ready']),
      }),
    ),
    callers: z.array(
      z.object({
        id: text,
        queue: text,
        channel: text,
        position: number,
        party,
        priority: number.optional(),
        joinedAt: date,
      }),
    ),
    counted: z.object({
      completed: number,
      abandoned: number,
      holdTime: number,
      talkTime: number,
      serviceLevelPerf: number,
    }),
  }),
  room: z.object({
    name: text,
    parties: z.array(
      z.object({
        id: text,
        channel: text,
        party,
        admin: z.boolean(),
        muted: z.boolean(),
        talking: z.boolean().optional(),
      }),
    ),
    recording: z.boolean(),
    locked: z.boolean().optional(),
  }),
  parked: z.object({
    lot: text,
    space: text,
    id: text,
    channel: text,
    party,
    parker: text.optional(),
    parkedAt: date,
    timeoutAt: date.optional(),
  }),
  device: z.object({ name: text, state: status }),
  hint: z.object({ exten: text, context: text, hint: text.optional(), status: number, text }),
  agent: z.object({
    id: text,
    name: text.optional(),
    state: z.enum(['loggedOff', 'idle', 'onCall']),
    channel: text.optional(),
    loggedInAt: date.optional(),
  }),
  presence: z.object({ name: text, state: text, subtype: text, message: text }),
  endpoint: z.object({ name: text, state: status, transport: text.optional(), aors: texts }),
  contact: z.object({
    endpoint: text,
    aor: text,
    uri: text,
    status: z.enum(['Reachable', 'Unreachable', 'NonQualified', 'Unknown']),
    roundTrip: number.optional(),
    userAgent: text.optional(),
    via: text.optional(),
    expiresAt: date.optional(),
  }),
  trunk: z.object({ technology: z.enum(['PJSIP', 'IAX2']), name: text, username: text, server: text, status: text }),
  mailbox: z.object({ box: text, context: text, name: text.optional(), new: number, old: number }),
} as const satisfies Record<RecordKind, z.ZodType>

const frame = {
  /** The form of the record; a higher number means that a field changed its meaning. */
  v: z.literal(1),
  server: text,
  /** That of the writer, as in the log: later writers have higher ones. */
  term: z.int(),
  /** Grows by one with each record that a writer of a term sends, whatever its key: a reader sees what it missed. One is left out where readers are to read again. */
  n: z.int(),
  at: date,
}

const recordOf = (kind: RecordKind) =>
  z.object({
    ...frame,
    kind: z.literal(kind),
    /** As `amiable/state` has it, such as the `Uniqueid` of a channel. */
    key: text,
    /** Absent where it is gone, or too large for NATS. */
    value: VALUES[kind].optional(),
  })

const kindNames = Object.keys(STATE_KINDS) as [StateKind, ...StateKind[]]

const freshness = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), since: date.optional(), why: text.optional() }),
  z.object({ type: z.literal('listing'), since: date, known: z.boolean() }),
  z.object({ type: z.literal('live'), listedAt: date }),
  z.object({ type: z.literal('stale'), since: date, why: text }),
  z.object({ type: z.literal('blind'), action: text, classes: texts }),
])

/** What is said of all records of a server: written at each change, and every five seconds. */
export const linkSchema = z.object({
  ...frame,
  kind: z.literal('link'),
  key: z.literal(''),
  gateway: text,
  /** Whether the writer has a session to Asterisk. */
  up: z.boolean(),
  version: text.nullable(),
  kinds: z.partialRecord(
    z.enum(kindNames),
    z.object({
      /** How fresh the writer's own picture of this kind is, as `amiable/state` says it. */
      freshness,
      /** A record of an earlier term than this one does not count any more. */
      from: z.int(),
      /** How many records are missing since they are too large for NATS. */
      leftOut: z.int(),
    }),
  ),
})

/** Who writes: no writer of an earlier term may change anything after it. */
export const writerSchema = z.object({ ...frame, kind: z.literal('writer'), key: z.literal(''), gateway: text })

/** Any record of the live state. */
export const stateSchema = z.discriminatedUnion('kind', [
  linkSchema,
  writerSchema,
  recordOf('channel'),
  recordOf('bridge'),
  recordOf('call'),
  recordOf('queue'),
  recordOf('room'),
  recordOf('parked'),
  recordOf('device'),
  recordOf('hint'),
  recordOf('agent'),
  recordOf('presence'),
  recordOf('endpoint'),
  recordOf('contact'),
  recordOf('trunk'),
  recordOf('mailbox'),
])

export type LinkRecord = z.infer<typeof linkSchema>
export type WriterRecord = z.infer<typeof writerSchema>
/** What every record says beside its value. */
export type StateFrame = Pick<LinkRecord, 'v' | 'server' | 'term' | 'n' | 'at'> & {
  readonly kind: 'link' | 'writer' | RecordKind
  readonly key: string
  readonly value?: object
}
