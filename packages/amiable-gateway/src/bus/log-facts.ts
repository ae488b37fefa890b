// What the streams themselves say of a log: how long it is, who writes it, and which gaps it has.
import type { GapMessage, StatusMessage } from '../log/message.ts'
import { statusSubject } from '../log/subjects.ts'
import { lifeOf, readAnswer, StoreError } from './log-store.ts'
import type { Names } from './names.ts'
import type { Bus } from './nats.ts'

// nats-server: errors.json
const NO_MESSAGE = 10_037
/** How long whoever looks on waits: a server may have much to do. */
const PATIENCE = 10_000
/** The writer says something at least every 5 s. */
const SILENT = 10_000

/** One log as its streams have it now. */
export interface LogFacts {
  readonly server: string
  /** The life of the stream. */
  readonly log: string
  readonly messages: number
  readonly bytes: number
  readonly first: number
  readonly last: number
  /** How many milliseconds ago the last message was stored; null where there is none. */
  readonly age: number | null
  readonly gaps: number
  readonly lastGap: GapMessage | null
  /** Whether somebody writes the log, which its writer says every five seconds. */
  readonly isWritten: boolean
  readonly writer: { readonly gateway: string; readonly since: string; readonly reason: string | null } | null
  /** The writer's, of its account and its classes of events; null where it has not said any. */
  readonly digest: string | null
  /** Whether the writer has a session to Asterisk; null where nobody has said. */
  readonly link: {
    readonly up: boolean
    readonly since: string
    readonly version: string | null
    readonly error: string | null
  } | null
}

interface StreamInfo {
  readonly created: string
  readonly ts?: string
  readonly state: {
    readonly messages: number
    readonly bytes: number
    readonly first_seq: number
    readonly last_seq: number
    readonly last_ts: string
    readonly subjects?: Readonly<Record<string, number>>
  }
}

/** Reads what streams say of a log. @throws {StoreError} if there is no such log */
export async function logFacts(bus: Bus, names: Names, prefix: string, server: string): Promise<LogFacts> {
  const gapSubject = statusSubject(prefix, server, 'gap')
  const stream = names.logStream(server)
  const question = JSON.stringify({ subjects_filter: gapSubject })
  const { created, ts, state } = readAnswer<StreamInfo>(
    await bus.request(`$JS.API.STREAM.INFO.${stream}`, question, PATIENCE),
  )
  const said = (status: StatusMessage['status']) =>
    lastOf<StatusMessage>(bus, names.status, statusSubject(prefix, server, status))
  const [gap, writer, up, down, beat] = await Promise.all([
    lastOf<GapMessage>(bus, stream, gapSubject),
    said('writer'),
    said('up'),
    said('down'),
    said('beat'),
  ])
  // by the clock of the store, for no other has stamped them
  const now = ts === undefined ? Date.now() : Date.parse(ts)
  const age = state.messages === 0 ? null : Math.max(0, now - Date.parse(state.last_ts))
  const heard = [writer, up, down, beat].map((one) => (one ? now - Date.parse(one.storedAt) : Number.POSITIVE_INFINITY))
  const link = [up, down].filter((one) => one !== undefined).sort((one, other) => other.seq - one.seq)[0]?.message
  return {
    server,
    log: lifeOf(created),
    messages: state.messages,
    bytes: state.bytes,
    first: state.first_seq,
    last: state.last_seq,
    age,
    gaps: state.subjects?.[gapSubject] ?? 0,
    lastGap: gap?.message ?? null,
    isWritten: Math.min(age ?? Number.POSITIVE_INFINITY, ...heard) < SILENT,
    writer: writer
      ? { gateway: writer.message.gateway, since: writer.message.at, reason: writer.message.reason ?? null }
      : null,
    digest: writer?.message.digest ?? null,
    link: link
      ? { up: link.status === 'up', since: link.at, version: link.version ?? null, error: link.error ?? null }
      : null,
  }
}

/** Returns the last message of a subject. */
async function lastOf<M extends object>(bus: Bus, stream: string, subject: string) {
  try {
    const question = JSON.stringify({ last_by_subj: subject })
    const answer = await bus.request(`$JS.API.STREAM.MSG.GET.${stream}`, question, PATIENCE)
    const { message } = readAnswer<{ message: { seq: number; data?: string; time: string } }>(answer)
    const text = Buffer.from(message.data ?? '', 'base64').toString()
    return { seq: message.seq, message: JSON.parse(text) as M, storedAt: message.time }
  } catch (error) {
    if (error instanceof StoreError && error.code === NO_MESSAGE) return undefined
    throw error
  }
}
