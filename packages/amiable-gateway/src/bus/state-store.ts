// The live state of one server in a bucket of NATS. A bucket is a stream, and each request names the node that decides:
// another one may be late, and what it says of a revision old.
import { headers } from '@nats-io/transport-node'
import { RevisionError, type StateStore, type StoredRecord } from '../state/store.ts'
import { readAnswer, StoreError } from './log-store.ts'
import type { Names } from './names.ts'
import type { Bus } from './nats.ts'

// nats-server: errors.json
const NO_MESSAGE = 10_037
// a cluster says one or the other
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10_071, 10_164])
const TIMEOUT = 2_000
// nats-server: JSMaxSubjectDetails
const NAMES_AT_ONCE = 100_000
const DEFAULT_PAYLOAD = 1_048_576

interface Message {
  readonly seq: number
  readonly data?: string
  readonly hdrs?: string
}

/** Stores the live state of one server. */
export class BucketStore implements StateStore {
  readonly #bus: Bus
  readonly #names: Names
  readonly #server: string
  readonly #stream: string
  readonly #prefix: string

  constructor(bus: Bus, names: Names, server: string) {
    this.#bus = bus
    this.#names = names
    this.#server = server
    this.#stream = `KV_${names.state}`
    this.#prefix = `$KV.${names.state}.`
  }

  get connected(): boolean {
    return this.#bus.connected
  }

  get maxPayload(): number {
    return this.#bus.connection.info?.max_payload ?? DEFAULT_PAYLOAD
  }

  async names(): Promise<readonly string[]> {
    const found: string[] = []
    for (;;) {
      const asked = { subjects_filter: `${this.#prefix}${this.#server}.>`, offset: found.length }
      const { state } = await this.#api<{ state: { subjects?: Record<string, number> } }>('STREAM.INFO', asked)
      const subjects = Object.keys(state.subjects ?? {})
      for (const subject of subjects) found.push(subject.slice(this.#prefix.length))
      if (subjects.length < NAMES_AT_ONCE) return found
    }
  }

  async get(name: string): Promise<StoredRecord | undefined> {
    const message = await this.#last(this.#stream, `${this.#prefix}${name}`)
    if (message === undefined) return undefined
    const { seq, data = '', hdrs = '' } = message
    const gone = /^KV-Operation: *(?:DEL|PURGE)\r?$/m.test(Buffer.from(hdrs, 'base64').toString())
    return { revision: seq, text: Buffer.from(data, 'base64').toString(), gone }
  }

  async put(name: string, text: string, revision: number, gone: boolean): Promise<number> {
    const set = headers()
    set.set('Nats-Expected-Last-Subject-Sequence', String(revision))
    if (gone) set.set('KV-Operation', 'DEL')
    try {
      return readAnswer<{ seq: number }>(await this.#bus.request(`${this.#prefix}${name}`, text, TIMEOUT, set)).seq
    } catch (error) {
      if (!(error instanceof StoreError) || !WRONG_LAST_SEQUENCE.has(error.code)) throw error
      throw new RevisionError(`another writer has stored ${name}`)
    }
  }

  async forget(name: string, revision: number): Promise<void> {
    await this.#api('STREAM.PURGE', { filter: `${this.#prefix}${name}`, seq: revision + 1 })
  }

  async newestTerm(): Promise<number | undefined> {
    const [first = ''] = this.#names.statusSubjects
    const message = await this.#last(this.#names.status, first.replace('*', this.#server))
    return message?.seq
  }

  async #last(stream: string, subject: string): Promise<Message | undefined> {
    try {
      return (await this.#api<{ message: Message }>('STREAM.MSG.GET', { last_by_subj: subject }, stream)).message
    } catch (error) {
      if (error instanceof StoreError && error.code === NO_MESSAGE) return undefined
      throw error
    }
  }

  async #api<T>(what: string, body: object, stream = this.#stream): Promise<T> {
    return readAnswer<T>(await this.#bus.request(`$JS.API.${what}.${stream}`, JSON.stringify(body), TIMEOUT))
  }
}
