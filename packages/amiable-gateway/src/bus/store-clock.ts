// Compares this machine's clock with the store's: a request says when it expires, and a clock that is wrong runs it late.
import type { KV } from '@nats-io/kv'

/** How much the two may differ. */
const MOST = 1_000
const EVERY = 10_000

/** What it needs of the world, so that a test has its own clock. */
export interface ClockHost {
  readonly now: () => number
  /** A clock that nobody sets. */
  readonly elapsed: () => number
  /** Reports that the clock went wrong, or right again. */
  readonly onChange: (right: boolean, difference: number) => void
}

/** Says whether the clock is right, as long as nothing has shown that it is not. */
export class StoreClock {
  readonly #kv: KV
  readonly #key: string
  readonly #host: ClockHost
  #right = true
  /** How far the clock was ahead of the one that nobody sets when the store answered last. */
  #apart = Number.NaN
  #isComparing = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** @param key the name under which this gateway writes in the store */
  constructor(kv: KV, key: string, host: ClockHost) {
    this.#kv = kv
    this.#key = key
    this.#host = host
  }

  get isRight(): boolean {
    const isSet = Math.abs(this.#now() - this.#apart) > MOST
    // one that was set since then, or stood still, may be wrong until it is compared
    if (isSet && !this.#isComparing) void this.compare()
    return this.#right && !isSet
  }

  /** Compares now, and then every ten seconds. */
  async start(): Promise<void> {
    await this.compare()
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.start(), EVERY)
    this.#timer.unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** Compares once. A store that does not answer proves nothing, and leaves what was known. */
  async compare(): Promise<void> {
    const [before, apart] = [this.#host.now(), this.#now()]
    this.#isComparing = true
    try {
      await this.#kv.put(this.#key, '')
      const after = this.#host.now()
      const entry = await this.#kv.get(this.#key)
      if (entry === null) return
      // it was stored between the two: a slow store is no wrong clock
      const stored = entry.created.getTime()
      const difference = stored < before ? stored - before : Math.max(0, stored - after)
      const right = Math.abs(difference) <= MOST
      if (right !== this.#right) this.#host.onChange(right, difference)
      this.#right = right
      this.#apart = apart
    } catch {
      // as before
    } finally {
      this.#isComparing = false
    }
  }

  #now(): number {
    return this.#host.now() - this.#host.elapsed()
  }
}
