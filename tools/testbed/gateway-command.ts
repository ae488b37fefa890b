// The command `amiable-gateway` as a user runs it: built, in a process of its own, with a folder of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ended, type Ran } from './command.ts'

const BIN = fileURLToPath(new URL('../../packages/amiable-gateway/bin/amiable-gateway.cjs', import.meta.url))
/** Milliseconds that a command may take: what hangs is a failure. */
const MOST = 120_000

/** A folder with configurations, and the command in it. */
export class GatewayCommand implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-'))
  readonly bin = BIN
  /** Where an embedded nats-server has its store. */
  readonly state = join(this.folder, 'state')

  /** Writes a file in the folder and returns its path. */
  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  /** Runs a command line to its end. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const child = this.start(args, env)
    child.stdin.end()
    return ended(child)
  }

  /** Starts a command line. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [BIN, ...args], {
      env: this.env(env),
      cwd: this.folder,
      timeout: MOST,
      killSignal: 'SIGKILL',
    })
  }

  /** Nothing of the one who runs the tests, but where programs are. */
  env(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.folder, STATE_DIRECTORY: this.state, LANG: 'C.UTF-8', ...more }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
