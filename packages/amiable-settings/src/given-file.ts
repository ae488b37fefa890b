// Files and folders that a user names. What never ends, and a pipe that nobody writes to, must not hold a command up.
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

// bytes of one read, and the most of a file where its reader says nothing
const PIECE = 64 * 1024
const MOST = 16 * 1024 * 1024
// milliseconds that a pipe may stay silent in all, and between two looks at it
const PATIENCE = 10_000
const LOOK = 10

/**
 * Reads a file, or a pipe that somebody writes to, to its end.
 * @throws {Error} that says why it cannot be read, also where it is longer than `most` bytes
 */
export function readGivenFile(path: string, most?: number): string {
  const descriptor = openGiven(path)
  try {
    return readWhole(descriptor, most)
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a file to read it. A pipe that nobody writes to would keep a plain `open` waiting for ever. */
export function openGiven(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
}

/** Reads what was opened to its end, as {@link readGivenFile} does. */
export function readWhole(descriptor: number, most = MOST): string {
  const parts: Buffer[] = []
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  let [size, waited] = [0, 0]
  for (;;) {
    const part = Buffer.allocUnsafe(PIECE)
    const read = readSome(descriptor, part)
    if (read === 0) {
      // of standard input that says nothing is no mistake
      if (size === 0 && descriptor !== 0 && fstatSync(descriptor).isFIFO())
        throw unreadable('nobody writes to the pipe')
      return Buffer.concat(parts).toString('utf8')
    }
    if (read === undefined) {
      if (waited >= PATIENCE) throw unreadable(`nothing came for ${PATIENCE / 1_000} s`)
      Atomics.wait(sleeper, 0, 0, LOOK)
      waited += LOOK
      continue
    }
    size += read
    if (size > most) throw unreadable(`it is longer than ${most} bytes`)
    parts.push(part.subarray(0, read))
  }
}

/** Makes an error like those of the system. */
function unreadable(why: string): Error {
  return Object.assign(new Error(why), { syscall: 'read' })
}

/** Returns how many bytes there were, `undefined` for a pipe that has none yet. */
function readSome(descriptor: number, part: Buffer): number | undefined {
  try {
    return readSync(descriptor, part, 0, part.length, null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}

/**
 * Makes a folder and those above it. Node's own way to do so never ends where the system says of a new folder in one
 * that is there that it is not, as in /proc.
 */
export function makeFolder(path: string, mode?: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (isFolder(path)) return
    const above = dirname(path)
    if (code !== 'ENOENT' || above === path || isFolder(above)) throw error
    makeFolder(above, mode)
    makeFolder(path, mode)
  }
}

/**
 * Writes a file that only this user can read, in a folder of the same kind. A reader sees the old text or the new one.
 * Of a link, the file that it leads to is written.
 * @throws {Error} where another user could say what is written, or get it
 */
export function replaceFile(path: string, text: string): void {
  makeFolder(dirname(path), 0o700)
  refuseOpen(dirname(path))
  const file = targetOf(path)
  const part = `${file}.${process.pid}`
  // of a process that was killed
  rmSync(part, { force: true })
  try {
    writeFileSync(part, text, { mode: 0o600, flag: 'wx' })
    chmodSync(part, 0o600)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

function targetOf(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false })
  if (!link?.isSymbolicLink()) return path
  refuseForeign(path, link.uid)
  const file = realpathSync(path)
  refuseOpen(dirname(file))
  return file
}

const OTHERS_WRITE = 0o022
const STICKY = 0o1000

/** Refuses a folder in which another user could put something else into a file's place. */
function refuseOpen(folder: string): void {
  const { uid, mode } = statSync(folder)
  refuseForeign(folder, uid)
  // in a sticky one, each user has the files that he has made
  if ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0 || process.getuid === undefined) return
  throw new Error(`${folder} can be changed by other users: chmod go-w ${folder}`)
}

function refuseForeign(path: string, owner: number): void {
  const me = process.getuid?.()
  if (me !== undefined && owner !== me && owner !== 0) throw new Error(`${path} belongs to another user`)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
