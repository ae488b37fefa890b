// The command `amiable` as a user runs it: built, in a process of its own, with a home of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alsoCareful } from './careful.ts'

const BIN =
  process.env.AMIABLE_COMMAND ?? fileURLToPath(new URL('../../packages/amiable-cli/bin/amiable.cjs', import.meta.url))
/** Milliseconds that a command may take: what hangs is a failure. */
const MOST = 120_000

/** How a command ended, and what it printed where. */
export interface Ran {
  /** `null` where it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What it reads. @default nothing */
  readonly input?: string
}

/** A server that a context names. */
export interface Place {
  readonly host?: string
  readonly port: number
  readonly username: string
  readonly secret: string
  /** Further settings of the context. */
  readonly [setting: string]: unknown
}

/** A home folder with contexts, and the command in it. */
export class CommandLine implements Disposable {
  readonly home = mkdtempSync(join(tmpdir(), 'amiable-cli-'))
  readonly bin = BIN
  readonly configPath = join(this.home, '.config/amiable/config.json')

  /** @param places servers by the name of their context; the first is in use */
  constructor(places: Readonly<Record<string, Place>> = {}) {
    const names = Object.keys(places)
    if (names.length === 0) return
    const contexts = Object.fromEntries(
      Object.entries(places).map(([name, { secret, host = '127.0.0.1', ...rest }]) => [
        name,
        { host, ...rest, secret: { file: this.file(`secret-${name}`, `${secret}\n`, 0o600) } },
      ]),
    )
    this.file('.config/amiable/config.json', JSON.stringify({ current: names[0], contexts }), 0o600)
  }

  /** Writes a file in the home and returns its path. */
  file(name: string, text: string, mode = 0o644): string {
    const path = join(this.home, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  /** Runs a command line to its end. */
  run(args: readonly string[], { env, input = '' }: RunOptions = {}): Promise<Ran> {
    const child = this.start(args, env)
    // it may end before it has read everything
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    return ended(child)
  }

  /** Starts a command line. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [BIN, ...args], {
      env: this.env(env),
      cwd: this.home,
      timeout: MOST,
      killSignal: 'SIGKILL',
    })
  }

  /** The environment in which the command has its name, as where it is installed. */
  named(): NodeJS.ProcessEnv {
    this.file('bin/amiable', `#!/bin/sh\nexec ${process.execPath} ${BIN} "$@"\n`, 0o755)
    return this.env({ PATH: `${this.home}/bin:${process.env.PATH}` })
  }

  /** Nothing of the one who runs the tests, but where programs are. No home is used often enough to keep code in it. */
  env(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const own = { HOME: this.home, LANG: 'C.UTF-8', TZ: 'UTC', NODE_DISABLE_COMPILE_CACHE: '1' }
    return { PATH: process.env.PATH, ...alsoCareful(), ...own, ...more }
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Resolves when a command has ended, with everything that it printed. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const ran = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        ran[name] += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...ran }))
  })
}
