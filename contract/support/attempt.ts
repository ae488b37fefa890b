import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientOptions } from 'amiable'

const CHILD = fileURLToPath(new URL('./attempt-child.ts', import.meta.url))
const HARD_LIMIT = 30_000

/** How an attempt to connect ended. */
export interface Attempt {
  /** The error's code, or `ready`. */
  readonly code: string
  readonly message?: string
}

/**
 * Tries to connect from a process of its own and resolves once that process has ended by itself;
 * rejects if it had to be killed, which is what a timer or a socket that is left behind comes to.
 */
export function attempt(options: ClientOptions): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: HARD_LIMIT,
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(said) as Attempt)
      else reject(new Error(`the process ended by ${signal ?? `code ${code}`} after it said ${said || 'nothing'}`))
    })
  })
}
