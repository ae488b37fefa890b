import { lifeOf, readAnswer, StoreError } from './log-store.ts'
import type { Bus } from './nats.ts'

const AT_ONCE = 256
const PATIENCE = 10_000
// nats-server: errors.json
const NO_MESSAGE = 10_037

/** A log as its stream has it now. */
export interface StoredLog {
  readonly log: string
  readonly first: number
  readonly last: number
  /** When the first message was stored. */
  readonly firstAt: string
}

/** Says what a stream has. @throws {StoreError} if there is none */
export async function storedLog(bus: Bus, stream: string): Promise<StoredLog> {
  const answer = await bus.request(`$JS.API.STREAM.INFO.${stream}`, '', PATIENCE)
  const { created, state } = readAnswer<{
    created: string
    state: { first_seq: number; last_seq: number; first_ts: string }
  }>(answer)
  return { log: lifeOf(created), first: state.first_seq, last: state.last_seq, firstAt: state.first_ts }
}

/** A message of a log as it is read. */
export interface ReadMessage {
  readonly seq: number
  /** Undefined where it is not there. */
  readonly text: string | undefined
  readonly storedAt: string
  /** Whether it is not there since the log keeps no more than its limits: whoever reads slowly is overtaken by its end. */
  readonly dropped: boolean
}

/** Yields every message from one sequence to another. */
export async function* readLog(bus: Bus, stream: string, first: number, last: number): AsyncGenerator<ReadMessage> {
  // a log in which nothing is yet begins and ends at 0
  for (let from = Math.max(1, first); from <= last; from += AT_ONCE) {
    const seqs = Array.from({ length: Math.min(AT_ONCE, last - from + 1) }, (_, n) => from + n)
    const messages = await Promise.all(seqs.map((seq) => messageAt(bus, stream, seq)))
    const kept = messages.includes(undefined) ? (await storedLog(bus, stream)).first : 0
    for (const [n, message] of messages.entries()) {
      const { text, storedAt = '' } = message ?? {}
      yield { seq: from + n, text, storedAt, dropped: text === undefined && from + n < kept }
    }
  }
}

async function messageAt(bus: Bus, stream: string, seq: number) {
  try {
    const answer = await bus.request(`$JS.API.STREAM.MSG.GET.${stream}`, JSON.stringify({ seq }), PATIENCE)
    const { message } = readAnswer<{ message: { data?: string; time: string } }>(answer)
    return { text: Buffer.from(message.data ?? '', 'base64').toString(), storedAt: message.time }
  } catch (error) {
    if (error instanceof StoreError && error.code === NO_MESSAGE) return undefined
    throw error
  }
}
