import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './paths.ts'

const execute = promisify(execFile)
/** Milliseconds that a program may take: what hangs is a failure, and not a run that never ends. */
const TIME = 120_000

/** Runs a program to its end and gives what it printed; fails with all that it said. */
export async function run(program: string, args: readonly string[], options: { cwd?: string } = {}): Promise<string> {
  // what a program of the repository covers of the library is no test of the library
  // and node:test refuses to start within itself
  const { NODE_V8_COVERAGE: _, NODE_TEST_CONTEXT: __, ...env } = process.env
  try {
    const { stdout } = await execute(program, args, {
      cwd: ROOT,
      timeout: TIME,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      ...options,
      env,
    })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { stdout?: string; stderr?: string; code?: number }
    throw new Error(`${program} ${args.join(' ')} left with ${code}\n${stdout}${stderr}`.trimEnd())
  }
}

/** Runs a tool that is installed with the workspace. */
export function tool(name: string, ...args: readonly string[]): Promise<string> {
  return run(join(ROOT, 'node_modules', '.bin', name), args)
}
