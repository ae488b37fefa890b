// A nats-server of the gateway's own, where no servers are configured.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeFolder } from 'amiable-settings'
import { NatsChild, type OnChange } from './nats-child.ts'

const LEAST = [2, 10] as const
const VERSION_TIMEOUT = 10_000
const STOP_TIMEOUT = 5_000
const LOOK_AGAIN = 50
/** How often a port is chosen: somebody else may take it before the server does. */
const ATTEMPTS = 3
const HELP =
  'install the package nats-server of Debian 13 or later, run the image with nats-server, or name your own in nats.servers'

type Environment = Readonly<Record<string, string | undefined>>

/** There is no nats-server to run, or it does not run. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError'
}

/** How to reach a nats-server of a gateway's own. */
export interface EmbeddedAddress {
  readonly url: string
  readonly token: string
}

export interface Embedded extends EmbeddedAddress {
  readonly version: string
  /** Where the streams are. */
  readonly store: string
  /** Ends the server so that it is started again, and reads its store. */
  restart(): void
  stop(): Promise<void>
}

/**
 * Starts a nats-server with a store in the state directory, and starts it again where it ends.
 * @throws {EmbeddedError} that says what to install or to configure
 */
export async function startEmbedded(env: Environment, onChange: OnChange = () => {}): Promise<Embedded> {
  const { path, version } = await findServer(env)
  const home = stateDirectory(env)
  const store = join(home, 'jetstream')
  const configuration = join(home, 'nats.conf')
  const pidFile = join(home, 'nats.pid')
  try {
    makeFolder(store, 0o700)
  } catch (error) {
    const text = `the state directory ${home} cannot be used: ${(error as Error).message}. Set STATE_DIRECTORY`
    throw new EmbeddedError(text, { cause: error })
  }
  const unlock = await lock(home)
  try {
    await endOrphan(pidFile, configuration)
    const token = randomBytes(24).toString('base64url')
    for (let attempt = 1; ; attempt++) {
      const port = await freePort()
      const text = `listen: "127.0.0.1:${port}"
authorization { token: "${token}" }
pid_file: ${JSON.stringify(pidFile)}
# each stream has its own limit, and three quarters of a small disk would be too little for all of them
jetstream { store_dir: ${JSON.stringify(store)}, sync_interval: "10s", max_file_store: 1TB }
`
      writeFileSync(configuration, text, { mode: 0o600 })
      const child = new NatsChild(path, configuration, onChange)
      if (await child.start(port)) {
        const stop = async () => {
          await child.stop()
          await unlock()
        }
        return { url: `nats://127.0.0.1:${port}`, token, version, store, restart: () => child.restart(), stop }
      }
      if (attempt === ATTEMPTS || !/address already in use/.test(child.last)) {
        throw new EmbeddedError(`nats-server does not start: ${child.last}`)
      }
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/**
 * Finds the nats-server of the gateway that runs with the same state directory.
 * @throws {EmbeddedError} if none has run with it
 */
export function findEmbedded(env: Environment): EmbeddedAddress {
  const path = join(stateDirectory(env), 'nats.conf')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const [, address] = /^listen: "([\d.:]+)"$/m.exec(text) ?? []
  const [, token] = /^authorization \{ token: "([\w-]+)" \}$/m.exec(text) ?? []
  if (address !== undefined && token !== undefined) return { url: `nats://${address}`, token }
  throw new EmbeddedError(
    `no gateway has run with the state directory ${stateDirectory(env)}: start one, set STATE_DIRECTORY, or name nats.servers`,
  )
}

/**
 * Finds a nats-server that is new enough: the one that is given, or one of this machine.
 * @throws {EmbeddedError} that says what to install or to configure
 */
export async function findServer(env: Environment, given?: string): Promise<{ path: string; version: string }> {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
  const path = given ?? folders.map((folder) => join(folder || '.', 'nats-server')).find(isExecutable)
  if (path === undefined) {
    throw new EmbeddedError(`nats-server was not found in PATH, /usr/sbin or /usr/local/bin: ${HELP}`)
  }
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: VERSION_TIMEOUT }).catch((cause) => {
    throw new EmbeddedError(`${path} cannot be run: ${(cause as Error).message.split('\n')[0]}`, { cause })
  })
  const [, major, minor, rest] = /v(\d+)\.(\d+)(\S*)/.exec(stdout) ?? []
  const isOld = Number(major) < LEAST[0] || (Number(major) === LEAST[0] && Number(minor) < LEAST[1])
  if (major === undefined || isOld) {
    const got = stdout.trim().split('\n')[0]?.slice(0, 100)
    throw new EmbeddedError(`${path} must be version ${LEAST.join('.')} or later, got '${got}': ${HELP}`)
  }
  return { path, version: `${major}.${minor}${rest}` }
}

function stateDirectory(env: Environment): string {
  // systemd gives several, with colons between them
  const given = env.STATE_DIRECTORY?.split(':')[0]
  return given || join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'amiable')
}

/**
 * Makes this process the only one that uses a state directory: two servers on one store destroy it. An abstract socket of
 * the kernel is the lock, since it goes with the process whatever ends that.
 */
function lock(home: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(realpathSync(home)).digest('hex')
  const holder = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    holder.once('error', (cause) => {
      const text = `the state directory ${home} is in use by another gateway: set STATE_DIRECTORY, or end that one`
      reject(new EmbeddedError(text, { cause }))
    })
    holder.listen(`\0amiable-gateway-${name}`, () => {
      holder.unref()
      resolve(() => new Promise((done) => holder.close(() => done())))
    })
  })
}

/** Ends the server of a gateway that was killed. */
async function endOrphan(pidFile: string, configuration: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : Number.NaN
  const runs = () => Number.isInteger(pid) && commandOf(pid).includes(configuration)
  if (!runs()) return
  process.kill(pid, 'SIGTERM')
  for (const deadline = performance.now() + STOP_TIMEOUT; runs(); ) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL')
    await delay(LOOK_AGAIN)
  }
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
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
