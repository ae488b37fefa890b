import assert from 'node:assert/strict'
import { AmiError, type Client, type ClientOptions, createClient, type Status } from 'amiable'

/** Options under which a dead peer is found within a second. */
export const QUICK = {
  keepalive: { interval: 250, timeout: 250 },
  reconnect: { initialDelay: 20, maxDelay: 100 },
  connectTimeout: 2_000,
  loginTimeout: 3_000,
  actionTimeout: 5_000,
} satisfies Partial<ClientOptions>

/** How a call ended. */
export interface Ended {
  readonly action: string
  readonly error: unknown
  readonly value: unknown
  /** Milliseconds since the fault. */
  readonly took: number
}

/** Calls under way, each with its name: made before a fault, asked after it. */
export class Pending {
  #names: string[]
  #ends: Promise<(Omit<Ended, 'took'> & { at: number })[]>
  #fault: number | undefined

  constructor(calls: Record<string, Promise<unknown>>) {
    this.#names = Object.keys(calls)
    const all = Object.entries(calls).map(([action, promise]) =>
      promise.then(
        (value) => ({ action, value, error: undefined, at: performance.now() }),
        (error: unknown) => ({ action, value: undefined, error, at: performance.now() }),
      ),
    )
    this.#ends = Promise.all(all)
  }

  /** The fault strikes now: from here on the time counts. */
  struck(): void {
    this.#fault = performance.now()
  }

  /** How each of them ended; fails when one is still pending after `ms`. */
  async ended(ms: number): Promise<Ended[]> {
    const since = this.#fault ?? performance.now()
    const ends = await within(ms, `an answer to each of ${this.#names.join(', ')}`, this.#ends)
    return ends.map(({ at, ...end }) => ({ ...end, took: Math.max(0, at - since) }))
  }
}

/** The promise, or a failure that says what did not come. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A client under test with everything that it tells: its statuses, and the marks that it hears. */
export class Night implements AsyncDisposable {
  readonly client: Client
  readonly statuses: Status[] = []
  /** How often each mark was heard. */
  readonly heard = new Map<string, number>()
  /** The marks in the order they were heard. */
  readonly order: string[] = []
  #watching: Promise<void>
  #waiters = new Set<() => void>()
  #marks = 0

  constructor(options: ClientOptions) {
    this.client = createClient({ ...QUICK, ...options })
    this.client.on('UserEvent', (event) => {
      if (event.UserEvent !== 'Mark') return
      const mark = event.get('Mark') ?? ''
      this.heard.set(mark, (this.heard.get(mark) ?? 0) + 1)
      this.order.push(mark)
      this.#wake()
    })
    this.#watching = this.#watch()
  }

  /** A client that is ready. */
  static async begin(options: ClientOptions): Promise<Night> {
    const night = new Night(options)
    await night.client.connect().catch(async (error) => {
      await night[Symbol.asyncDispose]()
      throw error
    })
    return night
  }

  async #watch(): Promise<void> {
    for await (const status of this.client.status()) {
      this.statuses.push(status)
      this.#wake()
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
  }

  /** Resolves once `test` gives something; asked again whenever a status or a mark comes. */
  until<T>(what: string, ms: number, test: () => T | undefined | false): Promise<T> {
    let waiter: (() => void) | undefined
    const promise = new Promise<T>((resolve) => {
      waiter = () => {
        const result = test()
        if (result !== undefined && result !== false) resolve(result)
      }
      this.#waiters.add(waiter)
      waiter()
    })
    return within(ms, what, promise).finally(() => this.#waiters.delete(waiter as () => void))
  }

  /** The next status of this type after the first `from` ones. */
  status<T extends Status['type']>(type: T, from: number, ms = 10_000): Promise<Extract<Status, { type: T }>> {
    const find = () => this.statuses.slice(from).find((status) => status.type === type)
    return this.until(`status ${type}`, ms, find) as Promise<Extract<Status, { type: T }>>
  }

  /** Sends an event through the server and waits until the listener has heard it: once, and listening still. */
  async hearsItself(ms = 5_000): Promise<void> {
    const mark = `own-${++this.#marks}`
    await this.client.sendRaw('UserEvent', { UserEvent: 'Mark', Mark: mark })
    await this.until(`mark ${mark}`, ms, () => this.heard.has(mark))
  }

  /** No mark was heard twice. */
  nothingTwice(): void {
    const twice = [...this.heard].filter(([, count]) => count > 1)
    assert.deepEqual(twice, [], 'an event was delivered twice')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    await this.#watching
  }
}

/** The error's code, or `undefined` where it is not one of the library's. */
export function codeOf(error: unknown): string | undefined {
  return AmiError.is(error) ? error.code : undefined
}
