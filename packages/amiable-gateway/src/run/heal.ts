import type { Embedded } from '../bus/embedded.ts'
import type { LogObserver } from '../log/observer.ts'

/** So many refusals one after the other are no matter of another writer. */
const REFUSALS = 5
const BETWEEN = 30_000

/**
 * Starts the gateway's own nats-server again where it refuses everything. After a full disk a stream expects sequences that
 * it has not stored (nats-server: stream.go processJetStreamMsg), until it is read from the disk again.
 */
export class Healer {
  readonly #embedded: Embedded
  #healedAt = Number.NEGATIVE_INFINITY

  constructor(embedded: Embedded) {
    this.#embedded = embedded
  }

  /** Returns an observer that sees what heals, and passes everything on. */
  watch(log: LogObserver): LogObserver {
    let refusals = 0
    return {
      ...log,
      stored: (events, latency) => {
        refusals = 0
        log.stored?.(events, latency)
      },
      interrupted: (why) => {
        refusals = why === 'refused' ? refusals + 1 : 0
        log.interrupted?.(why)
        if (refusals < REFUSALS || performance.now() - this.#healedAt < BETWEEN) return
        this.#healedAt = performance.now()
        this.#embedded.restart()
      },
    }
  }
}
