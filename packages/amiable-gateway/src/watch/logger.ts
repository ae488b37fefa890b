// What a gateway says of itself, one line of JSON each. A log that cannot be written never holds the gateway up.
import { type Logger, pino } from 'pino'

/** Bytes that may wait for whoever reads the log; lines past it are dropped. */
const MOST = 1_048_576

/** A log on standard output. */
export interface GatewayLogger {
  readonly logger: Logger
  /** Writes what waits, as far as that is possible. */
  close(): void
}

/** Opens the log. What cannot be written, such as onto a full disk, is lost: the events are not. */
export function openLogger(gateway: string, level: string): GatewayLogger {
  const to = pino.destination({ fd: 1, sync: false, maxLength: MOST })
  to.on('error', () => {})
  return {
    logger: pino({ level, base: { gateway } }, to),
    close() {
      try {
        to.flushSync()
      } catch {
        // a full disk, or nobody who reads
      }
    },
  }
}
