// What a log holds, read over NATS as any consumer reads it.
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Nats } from '../../../tools/servers/nats/nats.ts'

/** A message of a log, as far as a judge looks at it. */
export interface StoredMessage {
  readonly seq: number
  readonly status?: string
  readonly cause?: string
  readonly lost?: number | null
  readonly event?: string
  readonly data?: Readonly<Record<string, string>>
}

interface StreamInfo {
  readonly state: { readonly first_seq: number; readonly last_seq: number }
  readonly cluster?: { readonly leader?: string }
}

const AT_ONCE = 200

/** A consumer of one server's log. */
export class StoredLog {
  readonly #connection: NatsConnection
  readonly #stream = 'AMI-LOG_pbx1'

  private constructor(connection: NatsConnection) {
    this.#connection = connection
  }

  static async open(
    nats: Pick<Nats, 'urls'>,
    user: { readonly user?: string; readonly pass?: string } = {},
  ): Promise<StoredLog> {
    const options = { ...user, maxReconnectAttempts: -1, reconnectTimeWait: 100, pingInterval: 1_000 }
    return new StoredLog(await connect({ servers: nats.urls, ...options }))
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  async info(): Promise<StreamInfo> {
    return await this.#ask(`STREAM.INFO.${this.#stream}`, '')
  }

  async message(seq: number): Promise<StoredMessage> {
    const { message } = await this.#ask<{ message: { data: string } }>(
      `STREAM.MSG.GET.${this.#stream}`,
      JSON.stringify({ seq }),
    )
    return JSON.parse(Buffer.from(message.data, 'base64').toString())
  }

  async all(): Promise<StoredMessage[]> {
    const { first_seq, last_seq } = (await this.info()).state
    const found: StoredMessage[] = []
    for (let from = first_seq; from <= last_seq; from += AT_ONCE) {
      const seqs = Array.from({ length: Math.min(AT_ONCE, last_seq - from + 1) }, (_, n) => from + n)
      found.push(...(await Promise.all(seqs.map((seq) => this.message(seq)))))
    }
    return found
  }

  async #ask<T>(what: string, question: string): Promise<T> {
    const answer = (await this.#connection.request(`$JS.API.${what}`, question, { timeout: 5_000 })).json<T>()
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(JSON.stringify(answer))
    return answer
  }
}
