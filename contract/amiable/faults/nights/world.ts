import type { Client, ClientOptions, Clock, Timer } from 'amiable'
import { createClient } from 'amiable'
import { ManualClock, SeededRandom, type SimulatedAsterisk, startServer } from 'amiable/testing'
import { Relay } from './relay.ts'

/** The client's view of the world's clock: knows which timers are its own, so that one left behind shows. */
class OwnTimers implements Clock {
  #clock: Clock
  readonly pending = new Set<Timer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  elapsed(): number {
    return this.#clock.elapsed()
  }

  setTimeout(callback: () => void, delay: number): Timer {
    const timer = this.#clock.setTimeout(() => {
      this.pending.delete(timer)
      callback()
    }, delay)
    this.pending.add(timer)
    return timer
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer) this.pending.delete(timer)
    this.#clock.clearTimeout(timer)
  }
}

/** Small, so that the faults reach them. */
export const LIMITS = { line: 8_192, message: 65_536, headers: 256, rows: 100 }

/** A simulated Asterisk, a relay before it and a client behind that, all on one clock that moves when it is told to. */
export class World implements AsyncDisposable {
  readonly clock: ManualClock
  readonly server: SimulatedAsterisk
  readonly relay: Relay
  readonly random: SeededRandom
  readonly timers: OwnTimers
  client: Client
  #options: ClientOptions
  #away = false
  #busy = 0

  private constructor(clock: ManualClock, server: SimulatedAsterisk, relay: Relay, seed: number) {
    this.clock = clock
    this.server = server
    this.relay = relay
    // the server draws its identifiers from the seed itself: the world draws from another sequence
    this.random = new SeededRandom(~seed)
    this.timers = new OwnTimers(clock)
    this.#options = {
      host: relay.host,
      port: relay.port,
      username: 'frank',
      secret: 'lean',
      auth: this.random.chance(0.7) ? 'md5' : 'plain',
      clock: this.timers,
      random: () => this.random.next(),
      connectTimeout: 1_000,
      loginTimeout: 2_000,
      actionTimeout: 4_000,
      keepalive: { interval: 3_000, timeout: 1_000 },
      // a refused login is tried again here, so that the night goes on
      reconnect: (attempt) => Math.min(50 * 2 ** attempt, 800),
      maxInFlight: 24,
      maxQueued: 48,
      limits: LIMITS,
    }
    this.client = createClient(this.#options)
  }

  static async make(seed: number): Promise<World> {
    const clock = new ManualClock()
    const server = await startServer({ clock, seed, answerDelay: 0 })
    return new World(clock, server, await Relay.start(server), seed)
  }

  /** Another client in place of the one that has ended. */
  renew(): void {
    this.client = createClient(this.#options)
  }

  /** Ends every fault. */
  clear(): void {
    this.server.faults.clear()
    this.relay.flow()
    this.relay.admit = 'forward'
  }

  /** A graceful restart of the server, which is away for so long. */
  restart(downtime: number): void {
    if (this.#away) return
    this.#away = true
    const start = async () => {
      await this.#outside(() => this.server.restart())
      this.#away = false
    }
    void this.#outside(() => this.server.shutdown({ restart: true })).then(() => {
      this.clock.setTimeout(() => void start(), downtime)
    })
  }

  // it takes the machine's time and not the world's: until it is done, the world's stands still
  async #outside(work: () => Promise<void>): Promise<void> {
    this.#busy++
    await work()
    this.#busy--
  }

  /**
   * Moves the time on, at most by `ms`, until `test` holds; says whether it does. Between two steps everything that is
   * on its way arrives, so that what happens depends on the clock and not on the machine.
   */
  async until(test: () => boolean, ms: number): Promise<boolean> {
    const end = this.clock.now() + ms
    for (;;) {
      await this.quiet(test)
      if (test()) return true
      const left = end - this.clock.now()
      if (left <= 0) return false
      // `tick` runs what is due now, also where nothing is
      this.clock.tick(Math.min(Math.max(this.clock.next ?? left, 1), left))
    }
  }

  /** Lets promises and sockets work until nothing moves any more, or `test` holds. */
  async quiet(test?: () => boolean): Promise<void> {
    let before = ''
    for (let still = 0; still < STILL; ) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (test?.()) return
      const now = this.#motion()
      still = now === before && this.#busy === 0 ? still + 1 : 0
      before = now
    }
  }

  #motion(): string {
    const { client, relay, server } = this
    const { bytesRead, bytesWritten, inFlight, queued, backlog } = client.stats()
    const { up, down } = relay.forwarded
    return [bytesRead, bytesWritten, inFlight, queued, backlog, client.state, up, down, relay.accepted, relay.open]
      .concat(server.calls.length, server.sessions.length)
      .join()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy()
    while (this.#busy > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    await this.relay[Symbol.asyncDispose]()
    await this.server.close()
  }
}

// turns of the event loop without a change: on loopback what one turn sends the next one finds
const STILL = 5
