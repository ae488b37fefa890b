// Files that this program believes: their content runs commands or is a secret, so nobody else may have written them.
import { closeSync, fstatSync } from 'node:fs'
import { openGiven, readWhole } from './given-file.ts'
import { SettingsError } from './settings-error.ts'

// no secret and no settings are longer
const MOST = 1024 * 1024
const OTHERS_WRITE = 0o022
const OTHERS_ANYTHING = 0o077

export interface OwnedFileOptions {
  /** What the file is, for messages. */
  readonly what: string
  /** Whether only its owner may read it. */
  readonly secret: boolean
}

/** Reads a file that belongs to this user or to root, and that nobody else can change. `undefined` if there is none. */
export function readOwnedFile(path: string, { what, secret }: OwnedFileOptions): string | undefined {
  let descriptor: number
  try {
    descriptor = openGiven(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fault(`the ${what} ${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    // of what was opened, and not of what has the name by now
    const { uid, mode } = fstatSync(descriptor)
    const why = process.getuid === undefined ? undefined : whyNot(uid, mode, process.getuid(), secret)
    if (why !== undefined) throw fault(`the ${what} ${path} ${why[0]}`, why[1].replace('FILE', path))
    return readWhole(descriptor, MOST)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw fault(`the ${what} ${path} cannot be read: ${(error as Error).message}`)
  } finally {
    closeSync(descriptor)
  }
}

/** Says why a file with this owner and mode is not believed, and what to do. */
export function whyNot(
  owner: number,
  mode: number,
  me: number,
  secret: boolean,
): [why: string, fix: string] | undefined {
  if (owner !== me && owner !== 0) return ['belongs to another user', 'Only your own files and those of root are read.']
  if ((mode & OTHERS_WRITE) !== 0) return ['can be changed by other users', 'chmod go-w FILE']
  if (!secret) return undefined
  // a file of root may be shared with a group, as a service's is
  const closed = owner === me ? OTHERS_ANYTHING : 0o007
  return (mode & closed) === 0 ? undefined : ['can be read by other users', 'chmod 600 FILE']
}

function fault(message: string, ...hints: string[]): SettingsError {
  return new SettingsError('CONFIG', message, ...hints)
}
