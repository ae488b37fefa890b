// A server's log in JetStream.
import { createInbox, type Msg, type MsgHdrs, type Subscription } from '@nats-io/transport-node'
import { type AnyMessage, readMessage, type StatusMessage } from '../log/message.ts'
import type { Last, LogStore, Outcome } from '../log/store.ts'
import { statusSubject } from '../log/subjects.ts'
import type { Names } from './names.ts'
import type { Bus } from './nats.ts'

// nats-server: errors.json
const WRONG_LAST_SEQUENCE = 10_071
const NO_MESSAGE = 10_037
const RADIX = 36
const DEFAULT_PAYLOAD = 1_048_576

interface ApiError {
  readonly code: number
  readonly err_code?: number
  readonly description?: string
}

/** A request that JetStream refused. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: number

  constructor({ code, err_code, description }: ApiError) {
    super(`JetStream refuses: ${description ?? code}`)
    this.code = err_code ?? code
  }
}

/** Keeps one server's log. */
export class JetStreamLog implements LogStore {
  #bus: Bus
  #prefix: string
  #server: string
  #stream: string
  #inbox: string
  #digest: string | undefined
  #acks: Subscription
  #waiting = new Map<string, (outcome: Outcome) => void>()
  #number = 0
  #lives = 0
  #listener = { lost: (why: string) => this.#lose(why) }

  constructor(bus: Bus, names: Names, prefix: string, server: string, inboxPrefix?: string, digest?: string) {
    this.#bus = bus
    this.#prefix = prefix
    this.#server = server
    this.#digest = digest
    this.#stream = names.logStream(server)
    this.#inbox = createInbox(inboxPrefix)
    this.#acks = bus.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#acknowledged(message)
      },
    })
    bus.listen(this.#listener)
  }

  get maxPayload(): number {
    return this.#bus.connection.info?.max_payload ?? DEFAULT_PAYLOAD
  }

  async peek(): Promise<Last> {
    const answer = await this.#bus.request(`$JS.API.DIRECT.GET.${this.#stream}`, '{"last_by_subj":">"}')
    const seq = Number(answer.headers?.get('Nats-Sequence'))
    const message = answer.headers?.code ? undefined : readMessage(answer.string())
    // an empty stream, a stranger's message, or none that answers directly
    if (message?.seq !== seq) return this.end()
    return { log: message.log, seq, message }
  }

  async end(): Promise<Last> {
    const lives = this.#lives
    const info = await this.#api<{ created: string; state: { last_seq: number } }>(`STREAM.INFO.${this.#stream}`, {})
    const log = lifeOf(info.created)
    const seq = info.state.last_seq
    const message = seq === 0 ? undefined : await this.#get(seq)
    // before and after a loss there may be two truths
    if (lives !== this.#lives) throw new Error('the connection to NATS was lost meanwhile')
    const isOurs = message?.seq === seq && message.log === log && message.server === this.#server
    return { log, seq, message: isOurs ? message : undefined }
  }

  async tail(last: number, count: number): Promise<readonly AnyMessage[]> {
    const first = Math.max(1, last - count + 1)
    const all = await Promise.all(Array.from({ length: last - first + 1 }, (_, n) => this.#get(first + n)))
    return all.filter((message) => message !== undefined)
  }

  append(subject: string, payload: string | Uint8Array, seq: number, done: (outcome: Outcome) => void): void {
    const number = (++this.#number).toString(RADIX)
    this.#waiting.set(number, done)
    if (this.#bus.publish(subject, payload, { reply: `${this.#inbox}.${number}`, headers: expecting(seq - 1) })) return
    this.#waiting.delete(number)
    done({ type: 'failed', why: 'there is no connection to NATS' })
  }

  async say(status: StatusMessage): Promise<number> {
    const subject = statusSubject(this.#prefix, this.#server, status.status)
    const said = status.status === 'writer' && this.#digest ? { ...status, digest: this.#digest } : status
    return readAnswer<{ seq: number }>(await this.#bus.request(subject, JSON.stringify(said))).seq
  }

  close(): void {
    this.#bus.unlisten(this.#listener)
    if (!this.#bus.connection.isClosed()) this.#acks.unsubscribe()
    this.#lose('the log is closed')
  }

  #lose(why: string): void {
    this.#lives++
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const done of waiting) done({ type: 'failed', why })
  }

  #acknowledged(message: Msg): void {
    const number = message.subject.slice(this.#inbox.length + 1)
    const done = this.#waiting.get(number)
    this.#waiting.delete(number)
    done?.(outcomeOf(message))
  }

  async #get(seq: number): Promise<AnyMessage | undefined> {
    try {
      const { message } = await this.#api<{ message: { data?: string } }>(`STREAM.MSG.GET.${this.#stream}`, { seq })
      return readMessage(Buffer.from(message.data ?? '', 'base64').toString())
    } catch (error) {
      if (error instanceof StoreError && error.code === NO_MESSAGE) return undefined
      throw error
    }
  }

  async #api<T>(what: string, question: object): Promise<T> {
    return readAnswer<T>(await this.#bus.request(`$JS.API.${what}`, JSON.stringify(question)))
  }
}

/** Names the life of a stream by the time when it was made. */
export function lifeOf(created: string): string {
  return Date.parse(created).toString(RADIX)
}

/** Reads an answer of JetStream. @throws {StoreError} if it refuses */
export function readAnswer<T>(answer: Msg): T {
  const found = answer.json<T & { error?: ApiError }>()
  if (found.error) throw new StoreError(found.error)
  return found
}

function outcomeOf(message: Msg): Outcome {
  // nobody listens: there is no stream, or it has no leader
  if (message.headers?.code) return { type: 'failed', why: `no stream takes it (${message.headers.code})` }
  const { seq, error } = message.json<{ seq?: number; error?: ApiError }>()
  if (error?.err_code === WRONG_LAST_SEQUENCE) return { type: 'refused' }
  if (error || seq === undefined) return { type: 'failed', why: error?.description ?? 'the answer has no sequence' }
  return { type: 'stored', seq }
}

const encoder = new TextEncoder()

/** Returns headers that make a stream refuse the message where its last one has another sequence. */
function expecting(last: number): MsgHdrs {
  const encode = () => encoder.encode(`NATS/1.0\r\nNats-Expected-Last-Sequence: ${last}\r\n\r\n`)
  // the library asks for nothing else, and a map for each message costs more than the message
  return { encode } as unknown as MsgHdrs
}
