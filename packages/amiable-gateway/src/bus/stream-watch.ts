// Looks again and again whether the streams are there: one that somebody deletes takes nothing more, and says nothing.
import type { Bus } from './nats.ts'
import { repairStreams, type StreamChange, type StreamsOptions } from './streams.ts'

const EVERY = 5_000

/** Learns what was made, and what is not as wanted, each once in a row. */
export interface StreamObserver {
  made(change: StreamChange): void
  differs(changes: readonly StreamChange[]): void
}

/** Keeps an eye on the streams of a gateway at work. */
export class StreamWatch {
  readonly #bus: Bus
  readonly #options: StreamsOptions
  readonly #observer: StreamObserver
  #changes: readonly StreamChange[]
  #timer: NodeJS.Timeout | undefined
  #done: Promise<void> = Promise.resolve()
  #stopped = false

  /** @param known what is known to differ already */
  constructor(bus: Bus, options: StreamsOptions, known: readonly StreamChange[], observer: StreamObserver) {
    this.#bus = bus
    this.#options = options
    this.#changes = options.manage ? [] : known
    this.#observer = observer
    this.#wait()
  }

  /** The streams that are not there. */
  get missing(): string[] {
    return this.#changes.flatMap(({ stream, change }) => (change === 'make' ? [stream] : []))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#done
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#done = this.#look().finally(() => {
        if (!this.#stopped) this.#wait()
      })
    }, EVERY)
  }

  async #look(): Promise<void> {
    if (!this.#bus.connected) return
    try {
      const changes = await repairStreams(this.#bus, this.#options, (change) => this.#observer.made(change))
      const isNews = JSON.stringify(changes) !== JSON.stringify(this.#changes)
      this.#changes = changes
      if (isNews && changes.length > 0 && !this.#stopped) this.#observer.differs(changes)
    } catch {
      // NATS does not answer now, which others say
    }
  }
}
