import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  createWriteStream,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { invalid, LimitError, quoted } from '../../errors.ts'
import { type Deferred, deferred } from '../../util/deferred.ts'
import type { LineSink } from './writer.ts'

// one write
const SIZE = 256 * 1024
// so many bytes wait when the file is behind
const BEHIND = 8 << 20
// with so many, from a source that does not wait, the recording ends
const MOST = 64 << 20
// so many milliseconds one write may take: the disk of a far server can hang
const LONGEST_WRITE = 30_000
// what was written is filled again: fresh memory costs more than filling it
const KEPT = 4

/**
 * Opens a file of its own that only its owner can read, and returns its descriptor. A file of that name is replaced
 * when the new one is there, so that nobody who has it open or linked reads on. Anything else of that name, such as a
 * symbolic link or a pipe, is refused.
 */
function open(file: string): number {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    throw invalid('file', `must be a new name or a plain file: ${file} is a link, a directory or a device`)
  }
  const { O_WRONLY, O_CREAT, O_EXCL } = constants
  const fresh = join(dirname(file), `.amiable-${randomBytes(6).toString('hex')}`)
  const descriptor = openSync(fresh, O_WRONLY | O_CREAT | O_EXCL, 0o600)
  try {
    renameSync(fresh, file)
  } catch (error) {
    closeSync(descriptor)
    unlinkSync(fresh)
    throw error
  }
  return descriptor
}

/** Lines on their way to a file, gzipped where its name ends in `.gz`: many in one write, and one write at a time. */
export class RecordingFile implements LineSink {
  #name: string
  #out: Writable
  #sink: Writable
  #descriptor: number | undefined
  #finished = deferred<void>()
  #memory: Buffer = Buffer.allocUnsafeSlow(SIZE)
  #used = 0
  #waiting: Buffer[] = []
  #held = 0
  #free: Buffer[] = []
  #writing = false
  #ended = false
  #turn: NodeJS.Immediate | undefined
  #behind: Deferred<void> | undefined
  #stuck: NodeJS.Timeout | undefined

  constructor(file: string) {
    this.#name = file
    try {
      this.#descriptor = open(file)
      this.#sink = createWriteStream(file, { fd: this.#descriptor })
    } catch (error) {
      this.#sink = new PassThrough().destroy(error as Error)
    }
    // higher levels take two to four times as long for a tenth less
    const gzip = file.endsWith('.gz') ? createGzip({ level: 1, chunkSize: 1 << 16 }) : undefined
    gzip?.pipe(this.#sink)
    this.#out = gzip ?? this.#sink
    this.#sink.on('close', () => this.#finished.resolve())
    this.#sink.on('error', (error: unknown) => this.abandon(error))
    this.#finished.promise.catch(() => undefined)
  }

  /** Whether nothing is taken any more: it was closed, or the disk is full or too slow. */
  get ended(): boolean {
    return this.#ended
  }

  /** While much waits for the disk: resolves when it has caught up. */
  get behind(): Promise<void> | undefined {
    if (this.#held >= BEHIND) this.#behind ??= deferred()
    return this.#behind?.promise
  }

  /** Takes lines; the memory they are in may be filled again at once. */
  add(lines: Buffer): void {
    if (this.#ended || lines.length === 0) return
    if (this.#held >= MOST) {
      this.abandon(this.#tooSlow(`has more than ${MOST >> 20} MiB waiting`))
      return
    }
    if (this.#used + lines.length > SIZE) this.#turnOver()
    // what is longer than a write is a write of its own
    if (lines.length > SIZE) this.#wait(Buffer.from(lines))
    else this.#used += lines.copy(this.#memory, this.#used)
    this.#schedule()
  }

  /**
   * Resolves when the file is complete. Rejects with what the file system said, or with `AMI_LIMIT` where too much
   * waited for it.
   */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#turnOver()
      for (const lines of this.#waiting) this.#out.write(lines, () => this.#stuck?.refresh())
      if (this.#isRemoved())
        this.#finished.reject(invalid('file', `must stay until the end: ${this.#name} was removed`))
      this.#out.end()
      this.#end()
      this.#watch()
    }
    await this.#finished.promise.finally(() => clearTimeout(this.#stuck))
  }

  /** Takes nothing more, and warns at once: {@link close} rejects with the error, but it may be called days later. */
  abandon(error: unknown): void {
    if (!this.#ended) {
      // an error of a caller's rule may say what it was to hide
      const { code, message, name } = error as NodeJS.ErrnoException
      const text = `${quoted(this.#name)}: the recording has ended before its end: ${code === undefined ? name : message}`
      process.emitWarning(text, { type: 'AmiableWarning', code: 'AMIABLE_RECORDING' })
    }
    // a write that hangs would keep the streams from reporting
    this.#finished.reject(error)
    clearTimeout(this.#stuck)
    this.#end()
    this.#out.destroy()
    this.#sink.destroy()
  }

  /** Gives up where the write that begins now does not end. */
  #watch(): void {
    clearTimeout(this.#stuck)
    const why = `waits for a write of more than ${LONGEST_WRITE / 1000} s`
    this.#stuck = setTimeout(() => this.abandon(this.#tooSlow(why)), LONGEST_WRITE)
  }

  #tooSlow(what: string): LimitError {
    const why = `the disk is too slow: the recording ${what}`
    return new LimitError(why, { source: this.#name, limit: 'recording', value: MOST })
  }

  /** Whether the file has no name any more, so that it is gone when it is closed. */
  #isRemoved(): boolean {
    return this.#descriptor !== undefined && fstatSync(this.#descriptor).nlink === 0
  }

  #wait(lines: Buffer): void {
    this.#waiting.push(lines)
    this.#held += lines.length
  }

  #end(): void {
    this.#ended = true
    clearImmediate(this.#turn)
    this.#waiting = []
    this.#held = 0
    this.#caughtUp()
  }

  #caughtUp(): void {
    this.#behind?.resolve()
    this.#behind = undefined
  }

  // what gathers in a turn, or while a write is under way, goes as one
  #schedule(): void {
    if (!this.#writing) this.#turn ??= setImmediate(() => this.#write())
  }

  #turnOver(): void {
    if (this.#used > 0) this.#wait(this.#memory.subarray(0, this.#used))
    this.#memory = this.#free.pop() ?? Buffer.allocUnsafeSlow(SIZE)
    this.#used = 0
  }

  #write(): void {
    this.#turn = undefined
    if (this.#ended) return
    if (this.#waiting.length === 0 && this.#used > 0) this.#turnOver()
    const lines = this.#waiting.shift()
    if (lines === undefined) return
    this.#held -= lines.length
    this.#writing = true
    this.#watch()
    this.#out.write(lines, () => {
      this.#writing = false
      // from then on the end is waited for
      if (this.#ended) return
      clearTimeout(this.#stuck)
      const memory = Buffer.from(lines.buffer)
      if (memory.length === SIZE && this.#free.length < KEPT) this.#free.push(memory)
      if (this.#held < BEHIND / 2) this.#caughtUp()
      this.#write()
    })
  }
}
