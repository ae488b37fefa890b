import { spawn } from 'node:child_process'

/** How a program ended. */
export interface Ended {
  /** `null` where it was killed. */
  readonly code: number | null
  /** All that it printed. */
  readonly output: string
}

export interface ChildOptions {
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Node's own, such as `--expose-gc`. */
  readonly flags?: readonly string[]
  /** Milliseconds after which it is killed. @default 30_000 */
  readonly most?: number
}

/** What Node needs to run our TypeScript from the sources. */
export const FROM_SOURCES: readonly string[] = ['--import', new URL('../loader/typescript.mjs', import.meta.url).href]

// a timer or a socket that is left behind would hold a process for a minute and more
const MOST = 30_000

/** Runs a TypeScript program in a process of its own to its end; one that does not end by itself is killed. */
export function runProgram(program: string, options: ChildOptions = {}): Promise<Ended> {
  return runNode(program, { ...options, flags: [...(options.flags ?? []), ...FROM_SOURCES] })
}

/** Runs a program of JavaScript, or of what the flags load, in the same way. */
export function runNode(
  program: string,
  { args = [], cwd, env, flags = [], most = MOST }: ChildOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, program, ...args], {
      ...(cwd && { cwd }),
      ...(env && { env }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: most,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
