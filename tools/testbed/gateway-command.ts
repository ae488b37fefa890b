// The command `amiable-gateway` as a user runs it: built, in a process of its own, with a folder of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alsoCareful } from './careful.ts'
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

  /** Waits until each log is written and each Asterisk is there. */
  async up(config: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const deadline = Date.now() + MOST
    for (;;) {
      const { code, stdout, stderr } = await this.run(['status', '-c', config], env)
      if (code === 0) return
      if (Date.now() > deadline) throw new Error(`the gateway does not come up:\n${stdout}\n${stderr}`)
    }
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
    return {
      PATH: process.env.PATH,
      HOME: this.folder,
      STATE_DIRECTORY: this.state,
      LANG: 'C.UTF-8',
      ...alsoCareful(),
      ...more,
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a gateway says of itself. */
export interface Said {
  readonly msg: string
  readonly [about: string]: unknown
}

/** A gateway that runs, with what it has said so far. */
export class RunningGateway {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: Said[] = []
  readonly ended: Promise<number | null>
  #errors = ''
  #isOver = false
  #looks = new Set<() => void>()

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child
    child.stdin.end()
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const all = (rest + text).split('\n')
      rest = all.pop() ?? ''
      for (const line of all) this.lines.push(JSON.parse(line))
      this.#look()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        this.#isOver = true
        resolve(code)
        this.#look()
      })
    })
  }

  /** What stands on its standard error. */
  get errors(): string {
    return this.#errors
  }

  /** Waits for a line that it says from now on, or said before if `from` is the number of an earlier one. */
  said(test: (line: Said) => boolean, from = 0): Promise<Said> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        this.#looks.delete(look)
        settle()
      }
      const all = () => `${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.#errors}`
      const look = () => {
        const found = this.lines.slice(from).find(test)
        if (found) end(() => resolve(found))
        else if (this.#isOver) end(() => reject(new Error(`the gateway ended:\n${all()}`)))
      }
      const timer = setTimeout(() => end(() => reject(new Error(`the gateway did not say it:\n${all()}`))), MOST)
      this.#looks.add(look)
      look()
    })
  }

  /** Waits until it writes a log. */
  async writes(from = 0): Promise<void> {
    await this.said(({ role }) => role === 'writing', from)
  }

  /** Ends it and gives its exit status. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return await this.ended
  }

  #look(): void {
    for (const look of this.#looks) look()
  }
}
