// A nats-server of the gateway's own, where no servers are configured.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const LEAST = [2, 10] as const
const START_TIMEOUT = 15_000
const STOP_TIMEOUT = 5_000
const FIRST_DELAY = 250
const MOST_DELAY = 10_000

type Environment = Readonly<Record<string, string | undefined>>

/** There is no nats-server to run, or it does not run. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError'
}

export interface Embedded {
  readonly url: string
  readonly token: string
  readonly version: string
  /** Where the streams are. */
  readonly store: string
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Learns of each start and each end that was not asked for. */
  readonly onChange?: (change: string) => void
}

/**
 * Starts a nats-server with a store in the state directory, and starts it again where it ends.
 * @throws {EmbeddedError} that says what to install or to configure
 */
export async function startEmbedded(env: Environment, { onChange }: EmbeddedOptions = {}): Promise<Embedded> {
  const { path, version } = await findServer(env)
  const home = stateDirectory(env)
  const store = join(home, 'jetstream')
  mkdirSync(store, { recursive: true, mode: 0o700 })
  const pidFile = join(home, 'nats.pid')
  await endOrphan(pidFile, join(home, 'nats.conf'))
  const token = randomBytes(24).toString('base64url')
  const port = await freePort()
  const configuration = join(home, 'nats.conf')
  const text = `listen: "127.0.0.1:${port}"
authorization { token: "${token}" }
pid_file: ${JSON.stringify(pidFile)}
jetstream { store_dir: ${JSON.stringify(store)}, sync_interval: "10s" }
`
  writeFileSync(configuration, text, { mode: 0o600 })
  const supervised = new Supervised(path, configuration, onChange ?? (() => {}))
  await supervised.start(port)
  return { url: `nats://127.0.0.1:${port}`, token, version, store, stop: () => supervised.stop() }
}

class Supervised {
  #path: string
  #configuration: string
  #onChange: (change: string) => void
  #child: ChildProcess | undefined
  #stopping = false
  #delay = FIRST_DELAY
  #timer: NodeJS.Timeout | undefined
  #last = ''

  constructor(path: string, configuration: string, onChange: (change: string) => void) {
    this.#path = path
    this.#configuration = configuration
    this.#onChange = onChange
  }

  /** Resolves when the server listens. */
  async start(port: number): Promise<void> {
    this.#launch()
    const deadline = Date.now() + START_TIMEOUT
    while (!(await isOpen(port))) {
      if (Date.now() > deadline || this.#child === undefined) {
        await this.stop()
        throw new EmbeddedError(`nats-server does not start: ${this.#last || 'it says nothing'}`)
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT)
    await gone
    clearTimeout(timer)
  }

  #launch(): void {
    // a signal to the terminal's group is the gateway's matter: it still writes
    const child = spawn(this.#path, ['-c', this.#configuration], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    this.#child = child
    const began = Date.now()
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#last = lastLine(chunk.toString()) ?? this.#last
    })
    child.on('error', (error) => {
      this.#last = error.message
    })
    child.on('close', (code, signal) => {
      this.#child = undefined
      if (this.#stopping) return
      if (Date.now() - began > MOST_DELAY) this.#delay = FIRST_DELAY
      this.#onChange(`nats-server ended (${signal ?? `code ${code}`}): ${this.#last}`)
      this.#timer = setTimeout(() => {
        this.#launch()
        this.#onChange('nats-server was started again')
      }, this.#delay)
      this.#delay = Math.min(this.#delay * 2, MOST_DELAY)
    })
  }
}

async function findServer(env: Environment): Promise<{ path: string; version: string }> {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  const path = folders.map((folder) => join(folder || '.', 'nats-server')).find(isExecutable)
  const help =
    'install the package nats-server of Debian 13 or later, run the image with nats-server, or name your own in nats.servers'
  if (path === undefined)
    throw new EmbeddedError(`nats-server was not found in PATH, /usr/sbin or /usr/local/bin: ${help}`)
  const { stdout } = await promisify(execFile)(path, ['--version'])
  const [, major, minor, rest] = /v(\d+)\.(\d+)(\S*)/.exec(stdout) ?? []
  const isOld = Number(major) < LEAST[0] || (Number(major) === LEAST[0] && Number(minor) < LEAST[1])
  if (major === undefined || isOld)
    throw new EmbeddedError(`${path} must be version ${LEAST.join('.')} or later, got '${stdout.trim()}': ${help}`)
  return { path, version: `${major}.${minor}${rest}` }
}

function stateDirectory(env: Environment): string {
  // systemd gives several, with colons between them
  const given = env.STATE_DIRECTORY?.split(':')[0]
  const path = given || join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'amiable')
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

/** Ends the server of a gateway that was killed: two servers on one store destroy it. */
async function endOrphan(pidFile: string, configuration: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : Number.NaN
  if (!Number.isInteger(pid) || !commandOf(pid).includes(configuration)) return
  const parent = parentOf(pid)
  if (parent !== undefined && parent !== 1 && commandOf(parent).some((word) => word.includes('amiable-gateway'))) {
    throw new EmbeddedError(`the state directory is in use by the gateway with process ${parent}: set STATE_DIRECTORY`)
  }
  process.kill(pid, 'SIGTERM')
  for (const deadline = Date.now() + STOP_TIMEOUT; commandOf(pid).includes(configuration); ) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function isOpen(port: number): Promise<boolean> {
  const { createConnection } = await import('node:net')
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => setTimeout(() => resolve(false), 50))
  })
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1)
}
