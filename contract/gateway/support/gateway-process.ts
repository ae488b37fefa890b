import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Nats } from '../../../tools/servers/nats/nats.ts'
import { type Ended, runNode } from '../../../tools/testbed/child.ts'
import type { Target } from '../../targets.ts'

const PROGRAM = fileURLToPath(new URL('../../../packages/amiable-gateway/bin/amiable-gateway.cjs', import.meta.url))
const COMMAND = [process.execPath, PROGRAM]
const TIMEOUT = 60_000

/** What a gateway says of itself, one line each. */
interface Line {
  readonly msg: string
  readonly role?: string
  readonly why?: string
  readonly cause?: string
}

/** What stands in parts of the configuration, and before the command. */
export interface Settings {
  readonly log?: string
  readonly actions?: string
  /** Names for the one Asterisk. */
  readonly servers?: readonly string[]
  /** The users of NATS. */
  readonly users?: string
  /** A program that runs the command that follows. */
  readonly launcher?: readonly string[]
  /** What runs as the gateway; the program as it is published where it is left out. */
  readonly command?: readonly string[]
}

type Address = Pick<Target, 'host' | 'port' | 'username' | 'secret'>

/** A gateway in a process of its own, to be killed and stopped at will. */
export class GatewayProcess {
  readonly name: string
  readonly lines: Line[] = []
  #folder: string
  #launcher: readonly string[]
  #command: readonly string[]
  #child: ChildProcess | undefined
  #waiting = new Set<() => void>()
  #errors = ''

  constructor(name: string, target: Address, nats: Pick<Nats, 'urls'>, settings: Settings = {}) {
    const { log = '', actions = '', users = '', servers = ['pbx1'], launcher = [], command = COMMAND } = settings
    this.name = name
    this.#command = command
    this.#launcher = launcher
    this.#folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-'))
    const secret = join(this.#folder, 'secret')
    writeFileSync(secret, `${target.secret}\n`, { mode: 0o600 })
    const text = `gateway: { name: ${name} }
nats: { servers: [${nats.urls.map((url) => `"${url}"`).join(', ')}], ${users} }
asterisks:
${servers.map((server) => `  ${server}: { host: ${target.host}, port: ${target.port}, username: ${target.username}, secret: { file: ${secret} } }`).join('\n')}
log: { maxBytes: 512MiB, keepBytes: 512MiB, ${log} }
actions: { ${actions} }
http: false
`
    writeFileSync(this.configuration, text, { mode: 0o600 })
  }

  get configuration(): string {
    return join(this.#folder, 'gateway.yaml')
  }

  /** All that it has said since it began. */
  get said(): string {
    return `${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.#errors}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get role(): string | undefined {
    return this.lines.findLast(({ role }) => role !== undefined)?.role
  }

  /** Starts the process, and waits until it has a session to Asterisk. */
  async start(): Promise<void> {
    this.lines.length = 0
    const words = [...this.#launcher, ...this.#command, 'run', '-c', this.configuration]
    const child = spawn(words[0] as string, words.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const all = (rest + text).split('\n')
      rest = all.pop() ?? ''
      for (const line of all) this.lines.push(JSON.parse(line))
      for (const look of this.#waiting) look()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    child.on('close', () => {
      if (this.#child === child) this.#child = undefined
      for (const look of this.#waiting) look()
    })
    await this.until('a session', () => this.role !== undefined)
  }

  /** Waits until what the gateway has said makes `test` true. */
  until(what: string, test: () => boolean, timeout = TIMEOUT): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        if (error) reject(error)
        else resolve()
      }
      const look = () => {
        if (test()) end()
        else if (this.#child === undefined) end(new Error(`${this.name} ended before ${what}:\n${this.said}`))
      }
      const timer = setTimeout(() => end(new Error(`${this.name}: no ${what} in time:\n${this.said}`)), timeout)
      this.#waiting.add(look)
      look()
    })
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  terminate(): Promise<void> {
    return this.#end('SIGTERM')
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Runs `verify` of the package on what this gateway writes. */
  verify(): Promise<Ended> {
    return runNode(PROGRAM, { args: ['verify', '--json', '-c', this.configuration], most: TIMEOUT })
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill(signal)
    await gone
  }
}
