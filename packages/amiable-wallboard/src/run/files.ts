// Files that are read again while the wallboard runs.
import { statSync } from 'node:fs'

/** How often they are looked at. */
const AGAIN = 2_000

/** What is done with files that have changed. */
export interface FileChange {
  /** What they were when they were read. */
  readonly read: string
  /** Takes them. Where it throws they are tried again: what was wrong may be a mode, or a file half written. */
  take(): void
  /** Hears why they cannot be taken, once for each reason. */
  failed(message: string): void
}

/** Looks at files again and again, and takes them when they are no longer what they were. */
export function watchFiles(paths: readonly string[], { read, take, failed }: FileChange): NodeJS.Timeout {
  let last = read
  let said: string | undefined
  const look = () => {
    const now = stampOf(...paths)
    if (now === last) return
    try {
      take()
      last = now
      said = undefined
    } catch (error) {
      const { message } = error as Error
      if (message !== said) failed(message)
      said = message
    }
  }
  return setInterval(look, AGAIN).unref()
}

/** Says which files these are, and of when. */
export function stampOf(...paths: readonly string[]): string {
  return paths.map(one).join()
}

function one(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`
  } catch {
    return 'missing'
  }
}
