// Keeps the live state of one server while this gateway writes its log.
import type { State } from 'amiable/state'
import { Pause } from '../log/pause.ts'
import type { StateKind, WriterRecord } from '../schema/state.ts'
import { frameOf } from './frame.ts'
import { stateKey } from './key.ts'
import { Picture } from './picture.ts'
import { type LinkSaid, StateRun } from './run.ts'
import type { StateStore, StoredRecord } from './store.ts'

/** Learns what happens with the live state; nothing depends on it. */
export interface StateObserver {
  /** A record was written. */
  stored?(): void
  /** Writing ended before it was meant to, and begins again. */
  interrupted?(why: string): void
}

export interface KeeperOptions {
  readonly server: string
  readonly gateway: string
  readonly model: State
  readonly kinds: readonly StateKind[]
  readonly store: StateStore
  /** The term in which this gateway writes the log of the server; undefined while it does not. */
  readonly term: () => number | undefined
  /** Called where another gateway has begun to write behind this one, in a later term than this. */
  readonly outdated?: (term: number) => void
  readonly link: () => LinkSaid
  readonly observer?: StateObserver
  readonly now?: () => number
}

const FIRST_DELAY = 100
const MOST_DELAY = 5_000
const IDLE = 1_000
const READ_AT_ONCE = 64

/** Writes the live state of a server as long as this gateway writes its log, and says in which term. */
export class StateKeeper {
  readonly #options: KeeperOptions & Required<Pick<KeeperOptions, 'observer' | 'now' | 'outdated'>>
  readonly #picture: Picture
  readonly #writerKey: string
  readonly #pause = new Pause()
  /** The last number of each record that was sent in this term: readers have heard it, stored or not. */
  readonly #sent = new Map<string, number>()
  #run: StateRun | undefined
  #hasRun = false
  #stopping = false
  #term = 0
  #number = 0
  #failures = 0
  #done: Promise<void> | undefined

  constructor(options: KeeperOptions) {
    this.#options = { observer: {}, now: () => performance.now(), outdated: () => {}, ...options }
    this.#picture = new Picture(options.model, options.kinds)
    this.#writerKey = stateKey(options.server, 'writer')
  }

  /** How many records wait to be written. */
  get pending(): number {
    return this.#run?.pending ?? 0
  }

  /** Whether this gateway writes the live state now. */
  get isWriting(): boolean {
    return this.#run !== undefined
  }

  start(): void {
    this.#done = this.#loop()
  }

  /** Looks at once whether this gateway writes the log: call it when that changes, or NATS is gone or back. */
  look(): void {
    const { store, term } = this.#options
    if (!store.connected) this.#run?.end('the connection to NATS is gone')
    else if (term() !== this.#term) this.#run?.end('another gateway writes')
    this.#pause.end()
  }

  /** Ends; what is stored stays. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#run?.end('the gateway ends')
    this.#pause.end()
    await this.#done
  }

  async #loop(): Promise<void> {
    const { store, observer, term } = this.#options
    while (!this.#stopping) {
      const own = store.connected ? term() : undefined
      if (own === undefined) {
        await this.#pause.wait(IDLE)
        continue
      }
      if (own !== this.#term) this.#begin(own)
      const why = await this.#write(own).catch((error: unknown) => {
        this.#failures++
        return error instanceof Error ? error.message : String(error)
      })
      if (this.#stopping || term() !== own) continue
      observer.interrupted?.(why)
      await this.#pause.wait(Math.min(MOST_DELAY, FIRST_DELAY * 2 ** Math.min(this.#failures, 10)))
    }
  }

  #begin(term: number): void {
    this.#term = term
    this.#number = 0
    this.#hasRun = false
    this.#sent.clear()
  }

  /** Writes until another gateway does, or something goes wrong; gives why it ended. */
  async #write(term: number): Promise<string> {
    const { server, gateway, store, link, now, observer } = this.#options
    await this.#claim(term)
    const found = await this.#read()
    if (this.#stopping || this.#options.term() !== term) return 'another gateway writes'
    const run = new StateRun({
      server,
      gateway,
      term,
      store,
      picture: this.#picture,
      link,
      isAgain: this.#hasRun,
      sent: this.#sent,
      number: () => ++this.#number,
      now,
      stored: () => {
        this.#failures = 0
        observer.stored?.()
      },
    })
    this.#run = run
    this.#hasRun = true
    try {
      run.start(found)
      return await run.ended
    } finally {
      this.#run = undefined
      this.#failures++
    }
  }

  /**
   * Says in the store who writes. All that is read after it is what earlier writers have left, and what they send
   * later is refused, or has a term by which readers know it. It is said again where this gateway wrote before: as soon
   * as that is stored, nothing that was sent before it over this connection is still on its way.
   */
  async #claim(term: number): Promise<void> {
    const { server, gateway, store, outdated } = this.#options
    const stored = await store.get(this.#writerKey)
    const before = stored && frameOf(stored.text)?.term
    // after a step back of the store terms begin lower, so it is the store that says which one is the newest
    if (before !== undefined && before > term && (await store.newestTerm()) !== term) {
      outdated(term)
      throw new Error('a later writer has claimed the live state')
    }
    const at = new Date().toISOString()
    const n = ++this.#number
    const record: WriterRecord = { v: 1, server, kind: 'writer', key: '', term, n, at, gateway }
    await store.put(this.#writerKey, JSON.stringify(record), stored?.revision ?? 0, false)
  }

  async #read(): Promise<Map<string, StoredRecord>> {
    const { store } = this.#options
    const names = await store.names()
    const found = new Map<string, StoredRecord>()
    let next = 0
    const work = async () => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        const record = await store.get(name)
        if (record !== undefined) found.set(name, record)
      }
    }
    await Promise.all(Array.from({ length: READ_AT_ONCE }, work))
    return found
  }
}
