// Standard output that never blocks the event loop. `process.stdout` of a terminal blocks it while nobody reads, and then
// Asterisk ends a connection that it cannot write to (main/utils.c:ast_careful_fwrite and its write timeout).
import { constants, fstatSync, openSync, write as writeTo } from 'node:fs'
import { isatty } from 'node:tty'
import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'

/** Writes bytes as `fs.write` does. */
export type Write = (
  bytes: Uint8Array,
  from: number,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void

export interface WriterOptions {
  /** Bytes that may wait. @default 4_194_304 */
  readonly most?: number
  /** Called once, when nobody reads any more. */
  readonly onClosed?: () => void
}

// more than the events of one turn of the loop, which a disk takes at once
const MOST = 4 * 1024 * 1024
/** How long what was printed may take to be read, in milliseconds: somebody may have stopped the terminal. */
export const DRAIN = {
  /** The rest, at the end of a command that a signal has ended. */
  rest: 3_000,
  /** What stands above the count of a watch. */
  aboveCount: 1_000,
  /** A screen that is left, and the last events above a prompt. */
  screen: 500,
} as const

// a descriptor that does not block says EAGAIN: when to ask again, soon for a reader that is quick
const FIRST_AGAIN = 1
const LAST_AGAIN = 16

/** Writes whole lines in order, with a limit on what waits. */
export class Writer {
  readonly #write: Write
  readonly #most: number
  readonly #onClosed: (() => void) | undefined
  #waiting: string[] = []
  #size = 0
  #writing = 0
  #closed = false
  #again = FIRST_AGAIN
  #failure: CliError | undefined
  #idle: (() => void)[] = []
  #room: (() => void)[] = []

  constructor(write: Write, { most = MOST, onClosed }: WriterOptions = {}) {
    this.#write = write
    this.#most = most
    this.#onClosed = onClosed
  }

  /** Whether nobody reads any more: what is written then is gone. */
  get closed(): boolean {
    return this.#closed
  }

  /** Whether a line that is offered would be taken. */
  get hasRoom(): boolean {
    return !this.#closed && this.waiting <= this.#most
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#size + this.#writing
  }

  /** Writes a line if there is room for it, and drops it otherwise. Returns whether there was room. */
  offer(line: string): boolean {
    if (!this.hasRoom) return false
    this.#add(line)
    return true
  }

  /** Writes a text as it is if there is room for it, such as a frame of a screen. Returns whether there was room. */
  offerText(text: string): boolean {
    if (!this.hasRoom) return false
    this.#add(text, '')
    return true
  }

  /** Writes a line, and resolves when there is room for the next one. */
  line(line: string): Promise<void> | undefined {
    if (this.#closed) {
      if (this.#failure) throw this.#failure
      return undefined
    }
    this.#add(line)
    if (this.waiting <= this.#most) return undefined
    return new Promise((resolve) => this.#room.push(resolve))
  }

  /**
   * Resolves when everything has been written.
   * @param most milliseconds that this may take; `false` when they were over before
   * @param signal from when on they count; without one it is now
   * @throws {CliError} if the output could not be written
   */
  async drain(most?: number, signal?: AbortSignal): Promise<boolean> {
    if (this.waiting > 0 && !this.#closed) {
      let timer: NodeJS.Timeout | undefined
      let start = () => {}
      const over = new Promise<void>((resolve) => {
        start = () => {
          if (most !== undefined) timer = setTimeout(resolve, most)
        }
      })
      if (signal === undefined || signal.aborted) start()
      else signal.addEventListener('abort', start, { once: true })
      await Promise.race([new Promise<void>((resolve) => this.#idle.push(resolve)), over])
      signal?.removeEventListener('abort', start)
      clearTimeout(timer)
    }
    if (this.#failure) throw this.#failure
    return this.waiting === 0 || this.#closed
  }

  #add(line: string, end = '\n'): void {
    this.#waiting.push(line, end)
    this.#size += line.length + end.length
    if (this.#writing === 0) {
      // what is written in this turn of the loop goes out together
      this.#writing = 1
      setImmediate(() => this.#next())
    }
  }

  #next(): void {
    const bytes = Buffer.from(this.#waiting.join(''))
    this.#waiting = []
    this.#size = 0
    this.#writing = bytes.length
    this.#send(bytes, 0)
  }

  #send(bytes: Uint8Array, from: number): void {
    this.#write(bytes, from, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#send(bytes, from), this.#again)
        this.#again = Math.min(this.#again * 2, LAST_AGAIN)
        return
      }
      if (error) return this.#fail(error)
      this.#again = FIRST_AGAIN
      const reached = from + written
      this.#writing = bytes.length - reached
      if (reached < bytes.length) this.#send(bytes, reached)
      else if (this.#waiting.length > 0) this.#next()
      else release(this.#idle)
      if (this.waiting <= this.#most) release(this.#room)
    })
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#closed = true
    this.#waiting = []
    this.#size = this.#writing = 0
    // `| head` has seen enough: that is no failure
    if (error.code !== 'EPIPE') {
      const message = `the output could not be written: ${error.message}`
      this.#failure = new CliError(message, { exit: EXIT.output, code: 'OUTPUT', cause: error })
    }
    release(this.#idle)
    release(this.#room)
    this.#onClosed?.()
  }
}

/** Makes a writer to a file descriptor. */
export function writerTo(descriptor: number, options?: WriterOptions): Writer {
  const to = withoutBlocking(descriptor)
  return new Writer((bytes, from, done) => {
    writeTo(to, bytes, from, bytes.length - from, null, done)
  }, options)
}

/**
 * Opens a terminal or a pipe once more, so that a write to it says "again" while nobody reads: one that blocks would hold
 * the process back at its end, until somebody reads.
 */
function withoutBlocking(descriptor: number): number {
  try {
    if (!isatty(descriptor) && !fstatSync(descriptor).isFIFO()) return descriptor
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return descriptor
  }
}

function release(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) resolve()
}
