import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { ClientOptions } from 'amiable'
import { runProgram } from '../../tools/testbed/child.ts'

const CHILD = fileURLToPath(new URL('./attempt-child.ts', import.meta.url))

/** How an attempt to connect ended. */
export interface Attempt {
  /** The error's code, or `ready`. */
  readonly code: string
  readonly message?: string
}

/** Tries to connect from a process of its own, and resolves once that process has ended by itself. */
export async function attempt(options: ClientOptions): Promise<Attempt> {
  const { code, output } = await runProgram(CHILD, { args: [JSON.stringify(options)] })
  assert.equal(code, 0, `the process did not end by itself: ${output}`)
  return JSON.parse(output) as Attempt
}
