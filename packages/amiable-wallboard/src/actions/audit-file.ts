// The file of the audit log. A disk that is full, or a folder that is gone, is a matter of time: lines wait for it.
import { type FileHandle, open } from 'node:fs/promises'
import { jsonLine } from 'amiable-settings'

/** How long until a file that could not be written is tried again. */
const AGAIN = 1_000
/** How many bytes of lines wait for a file that cannot be written. */
const MOST_WAITING = 1_024 * 1_024
const NEWLINE = 0x0a

/** Appends lines to a file, which it opens anew each time: it may be moved away, or come back. */
export class AuditFile {
  /** How many lines will never be written. */
  lost = 0
  #path: string
  #say: (text: string) => void
  #waiting: Buffer[] = []
  #bytes = 0
  /** Lines that were lost since the last one that was written. */
  #missing = 0
  #writing: Promise<void> | undefined
  #again: NodeJS.Timeout | undefined
  #isBroken = false

  constructor(path: string, say: (text: string) => void) {
    this.#path = path
    this.#say = say
  }

  /** How many lines wait for the file. */
  get waiting(): number {
    return this.#waiting.length
  }

  add(entry: unknown): void {
    const line = Buffer.from(`${jsonLine(entry)}\n`)
    // after a gap nothing is taken until the gap has been written: it stands where it was
    if (this.#missing > 0 || this.#bytes + line.length > MOST_WAITING) {
      this.lost++
      this.#missing++
      return
    }
    this.#waiting.push(line)
    this.#bytes += line.length
    if (this.#again === undefined) this.#begin()
  }

  /** Writes what waits, once more; what cannot be written is lost. */
  async close(): Promise<void> {
    clearTimeout(this.#again)
    await this.#writing
    clearTimeout(this.#again)
    if (this.#waiting.length > 0 || this.#missing > 0) await this.#write()
    clearTimeout(this.#again)
    this.lost += this.#waiting.length
    this.#missing += this.#waiting.length
    this.#waiting = []
    if (this.#missing > 0) this.#say(`the audit file could not be written: ${counted(this.#missing)} lost`)
  }

  #begin(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 || this.#missing > 0) {
      const missing = this.#missing
      const gap = missing > 0 ? [Buffer.from(`${jsonLine({ at: Date.now(), lost: missing })}\n`)] : []
      const { written, error } = await append(this.#path, Buffer.concat([...this.#waiting, ...gap]))
      this.#forget(written)
      if (error !== undefined) return this.#broke(error)
      this.#missing -= missing
      if (this.#isBroken) {
        this.#say(`the audit file is written again: ${missing === 0 ? 'no line is' : counted(missing)} lost`)
      }
      this.#isBroken = false
    }
  }

  /** Forgets the whole lines among so many bytes. */
  #forget(written: number): void {
    let [left, count] = [written, 0]
    for (const { length } of this.#waiting) {
      if (length > left) break
      left -= length
      this.#bytes -= length
      count++
    }
    this.#waiting.splice(0, count)
  }

  #broke(error: Error): void {
    if (!this.#isBroken) this.#say(`the audit file cannot be written, and is tried again: ${error.message}`)
    this.#isBroken = true
    this.#again = setTimeout(() => {
      this.#again = undefined
      this.#begin()
    }, AGAIN).unref()
  }
}

function counted(lines: number): string {
  return lines === 1 ? '1 line is' : `${lines} lines are`
}

/** Appends to a file; says how many bytes of the text are there, also where it failed. */
async function append(path: string, text: Buffer): Promise<{ written: number; error?: Error }> {
  let file: FileHandle | undefined
  let written = 0
  try {
    file = await open(path, 'a+', 0o600)
    // a line that a full disk or a kill has cut ends here
    if (await isCut(file)) await file.write('\n')
    while (written < text.length) written += (await file.write(text, written)).bytesWritten
    return { written }
  } catch (error) {
    return { written, error: error as Error }
  } finally {
    await file?.close().catch(() => {})
  }
}

async function isCut(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return bytesRead === 1 && buffer[0] !== NEWLINE
}
