// The lines that were typed, for the next time: in a file that only its owner can read, without secrets.
import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from 'amiable-settings'

/** Lines that are kept. */
export const MOST_LINES = 1_000
// of the end of the file
const MOST_BYTES = 1024 * 1024
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)

const SECRET = /secret|passw|passphrase|\bpwd\b|credential|token|md5|\bpin\b/i

/** Whether a line may be kept. One that begins with a blank is not wanted there, as in other shells. */
export function isKept(line: string): boolean {
  return line.trim() !== '' && !/^\s/.test(line) && !SECRET.test(line)
}

/** A file with lines. Where it cannot be used, the lines of this time are all that there are. */
export class History {
  #file: number | undefined
  /** The lines of earlier times, the oldest first. */
  readonly lines: readonly string[]
  /** Why there is no file; `undefined` where there is one. */
  problem: string | undefined

  constructor(path: string) {
    let lines: string[] = []
    try {
      makeFolder(dirname(path), 0o700)
      this.#file = openSync(path, FLAGS, 0o600)
      lines = linesIn(this.#file)
    } catch (error) {
      this.#fail(error)
    }
    this.lines = lines
  }

  /** Adds a line, if it may be kept. */
  add(line: string): void {
    if (this.#file === undefined || !isKept(line)) return
    try {
      writeSync(this.#file, `${line}\n`)
    } catch (error) {
      this.#fail(error)
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #fail(error: unknown): void {
    this.problem = `no history: ${(error as Error).message}`
    this.close()
  }
}

function linesIn(file: number): string[] {
  const { uid, size } = fstatSync(file)
  if (process.getuid !== undefined && uid !== process.getuid()) throw new Error('the file belongs to another user')
  fchmodSync(file, 0o600)
  const bytes = Buffer.alloc(Math.min(size, MOST_BYTES))
  const read = readSync(file, bytes, 0, bytes.length, size - bytes.length)
  const all = bytes.toString('utf8', 0, read).split('\n')
  // the first of a part may be the end of a line
  if (size > MOST_BYTES) all.shift()
  const lines = all.filter(isKept).slice(-MOST_LINES)
  if (all.length > 2 * MOST_LINES || size > MOST_BYTES) {
    ftruncateSync(file)
    writeSync(file, lines.map((line) => `${line}\n`).join(''))
  }
  return lines
}
