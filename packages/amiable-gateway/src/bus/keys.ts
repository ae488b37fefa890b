// Idempotency keys: of all that ask for the same, exactly one is told that it is the first. The store decides it.
import { setTimeout as delay } from 'node:timers/promises'
import type { KV } from '@nats-io/kv'

/** What is kept under a key. */
export interface KeyRecord {
  readonly state: 'started' | 'done'
  /** The gateway that runs the action. */
  readonly gateway: string
  /** A digest of the request: another request with the same key is a mistake. */
  readonly digest: string
  /** When the action is over at the latest, in milliseconds since 1970. */
  readonly until: number
  readonly reply?: unknown
}

/** A store of keys. A store that cannot be reached rejects. */
export interface KeyStore {
  /** Keeps a record under a key that has none, and gives its revision; or gives what is there. */
  create(key: string, record: KeyRecord): Promise<{ revision: number } | { found: KeyRecord }>
  /** Replaces a record. */
  update(key: string, record: KeyRecord, revision: number): Promise<void>
  /** Removes a record: its action never ran. */
  remove(key: string, revision: number): Promise<void>
}

// err_code of JetStream: the sequence that was expected is not the last one. A cluster says the second of a record that
// is about to be stored.
const WRONG_LAST_SEQUENCE: ReadonlySet<number | undefined> = new Set([10_071, 10_164])

/** How long to wait before each attempt. */
const WAITS = [0, 10, 50, 250]

/** Keys in a bucket of NATS. */
export class NatsKeys implements KeyStore {
  readonly #kv: KV

  constructor(kv: KV) {
    this.#kv = kv
  }

  async create(key: string, record: KeyRecord): Promise<{ revision: number } | { found: KeyRecord }> {
    // a record can expire, or be removed, between the refusal and the read, and a node can be late
    for (const wait of WAITS) {
      if (wait > 0) await delay(wait)
      try {
        return { revision: await this.#kv.create(key, JSON.stringify(record)) }
      } catch (error) {
        if (!isTaken(error)) throw error
      }
      const entry = await this.#kv.get(key)
      if (entry !== null && entry.operation === 'PUT') return { found: entry.json<KeyRecord>() }
    }
    throw new Error('the record of a key comes and goes')
  }

  async update(key: string, record: KeyRecord, revision: number): Promise<void> {
    await this.#kv.update(key, JSON.stringify(record), revision)
  }

  async remove(key: string, revision: number): Promise<void> {
    await this.#kv.delete(key, { previousSeq: revision })
  }
}

function isTaken(error: unknown): boolean {
  return WRONG_LAST_SEQUENCE.has((error as { code?: number }).code)
}
