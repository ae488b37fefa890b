// How a reader gets at the live state: by asking for the last record of a name, and by hearing what is written. Neither
// needs a consumer, which a team may not make.
import { type Msg, type NatsConnection, RequestError } from '@nats-io/nats-core'
import { GatewayError } from './request.ts'

const TIMEOUT = 2_000
const AT_ONCE = 64
// nats-server: JSMaxSubjectDetails
const NAMES_AT_ONCE = 100_000

/** Where the live state is. */
export interface SourceOptions {
  /** What all subjects begin with. @default 'ami' */
  readonly prefix?: string | undefined
  /**
   * Where JetStream answers: `ami.API` in the account of a team, `$JS.API` in that of the gateways.
   * @default the first of the two that answers
   */
  readonly apiPrefix?: string | undefined
}

/** Reads a bucket without a consumer. */
export class StateSource {
  readonly #connection: NatsConnection
  readonly #apis: readonly string[]
  #api: string | undefined
  readonly #bucket: string

  constructor(connection: NatsConnection, { prefix = 'ami', apiPrefix }: SourceOptions) {
    this.#connection = connection
    this.#apis = apiPrefix === undefined ? [`${prefix}.API`, '$JS.API'] : [apiPrefix]
    this.#bucket = `${prefix.toUpperCase()}_STATE`
  }

  /** Calls `heard` with each record that is written from now on; returns a function that ends it. */
  async listen(servers: readonly string[] | undefined, heard: (name: string, text: string) => void) {
    if (this.#connection.isClosed()) throw unavailable('the connection to NATS is closed')
    const head = `$KV.${this.#bucket}.`
    const subscriptions = (servers ?? ['*']).map((server) =>
      this.#connection.subscribe(`${head}${server}.>`, {
        callback: (error, message) => {
          if (error === null) heard(message.subject.slice(head.length), message.string())
        },
      }),
    )
    await this.#connection.flush()
    return () => {
      if (!this.#connection.isClosed()) for (const one of subscriptions) one.unsubscribe()
    }
  }

  /**
   * Returns the names of all records of a server, or of all servers.
   * @throws {GatewayError} if there is no live state, or none that this user may read
   */
  async names(server = ''): Promise<string[]> {
    const head = `$KV.${this.#bucket}.`
    const filter = server === '' ? `${head}>` : `${head}${server}.>`
    const found: string[] = []
    for (;;) {
      const asked = JSON.stringify({ subjects_filter: filter, offset: found.length })
      const answer = await this.#ask(`STREAM.INFO.KV_${this.#bucket}`, asked)
      const { state, error } = answer.json<{
        state?: { subjects?: Record<string, number> }
        error?: { description: string }
      }>()
      if (error || !state) throw unavailable(`the live state cannot be read: ${error?.description ?? 'no answer'}`)
      const subjects = Object.keys(state.subjects ?? {})
      for (const subject of subjects) found.push(subject.slice(head.length))
      if (subjects.length < NAMES_AT_ONCE) return found
    }
  }

  /** Returns the records of these names; one that is no more there is left out. */
  async records(names: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    let next = 0
    const work = async () => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        const answer = await this.#ask(`DIRECT.GET.KV_${this.#bucket}.$KV.${this.#bucket}.${name}`, '')
        if (!answer.headers?.code) found.set(name, answer.string())
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return found
  }

  async #ask(what: string, body: string): Promise<Msg> {
    for (const api of this.#api === undefined ? this.#apis : [this.#api]) {
      try {
        const answer = await this.#connection.request(`${api}.${what}`, body, { timeout: TIMEOUT })
        this.#api = api
        return answer
      } catch (error) {
        if (!(error instanceof RequestError && error.isNoResponders())) {
          throw unavailable(`the live state does not answer: ${error instanceof Error ? error.message : error}`)
        }
      }
    }
    throw unavailable('nobody answers for the live state, or this user may not read it')
  }
}

function unavailable(message: string): GatewayError {
  return new GatewayError(message, { code: 'GW_UNAVAILABLE', delivered: 'no', retryable: true })
}
