import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Ended } from '../../tools/testbed/child.ts'
import { EXAMPLES } from './examples.ts'

/** Runs the demo with these arguments to its end. */
export async function demo(args: readonly string[], secret?: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return end(start(args, { ...env, ...(secret !== undefined && { AMIABLE_SECRET: secret }) }))
}

/** Starts the demo. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { AMIABLE_SECRET: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo.ts', ...args], {
    cwd: EXAMPLES,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  return child
}

/** Waits for its end. */
export async function end(child: ChildProcess): Promise<Ended> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: string) => {
      output += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}
