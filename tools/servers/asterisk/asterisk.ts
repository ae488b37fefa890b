// Real Asterisks for the tests: built from Debian's packages into a chroot, started and ended at will.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { authorityFile, isCurrent, writeConfiguration } from './config.ts'
import { largeInstallation } from './large.ts'
import { withLock } from './lock.ts'
import { obstacle, UnavailableError } from './machine.ts'
import { accepts, banner, cli, ended, pidsIn, type Started, startProcess, until } from './process.ts'
import { ACCOUNTS, type AsteriskVersion, type Settings, settingsFor } from './settings.ts'

const BUILD = fileURLToPath(new URL('./build.sh', import.meta.url))
const NETWORK_UNAVAILABLE = 69
const BOOT_TIMEOUT = 60_000
const STOP_TIMEOUT = 10_000
const PORT_TIMEOUT = 3_000
const HOST = '127.0.0.1'

export interface BringUpOptions {
  /** Told what takes long. */
  log?: (line: string) => void
}

/**
 * An Asterisk of ours that answers. One that already runs with today's configuration is taken as it is (`adopted`);
 * otherwise it is built where need be and started with an empty state: no recordings, no records, no database.
 */
export async function bringUp(version: AsteriskVersion, options: BringUpOptions = {}): Promise<RunningAsterisk> {
  const why = obstacle()
  if (why) throw new UnavailableError(why)
  const settings = settingsFor(version)
  await build(settings, options.log ?? (() => {}))
  return withLock(join(settings.directory, 'start.lock'), async () => {
    const asterisk = new RunningAsterisk(settings)
    if (asterisk.pid !== undefined && isCurrent(settings) && (await asterisk.answers())) {
      asterisk.adopted = true
      return asterisk
    }
    await asterisk.stop()
    forget(settings)
    await asterisk.start()
    return asterisk
  })
}

/** The server of this version if one of ours runs, without starting anything. */
export function findRunning(version: AsteriskVersion): RunningAsterisk | undefined {
  const asterisk = new RunningAsterisk(settingsFor(version))
  if (asterisk.pid === undefined) return undefined
  asterisk.adopted = true
  return asterisk
}

export class RunningAsterisk {
  readonly version: AsteriskVersion
  readonly name: string
  readonly host = HOST
  readonly port: number
  readonly tlsPort: number
  /** The path of the pem that a client must trust for the TLS port. */
  readonly ca: string
  readonly users: Readonly<Record<keyof typeof ACCOUNTS, string>> = ACCOUNTS
  readonly root: string
  /** Asterisk's own log (notice and above), and what it wrote to its console. */
  readonly logFile: string
  readonly consoleFile: string
  /** Call records as comma-separated values, one line each. */
  readonly cdrFile: string
  /** It ran before we came, so it is not ours to stop at the end. */
  adopted = false
  readonly #settings: Settings
  #process: Started | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.version = settings.version
    this.name = `Asterisk ${settings.version}`
    this.port = settings.ports.ami
    this.tlsPort = settings.ports.tls
    this.ca = authorityFile(settings)
    this.root = settings.root
    this.logFile = join(settings.root, 'var/log/asterisk/messages')
    this.consoleFile = join(settings.directory, 'console.log')
    this.cdrFile = join(settings.root, 'var/log/asterisk/cdr-csv/Master.csv')
  }

  get pid(): number | undefined {
    return pidsIn(this.root)[0]
  }

  /** Starts it, or waits for it where it runs; resolves when it is fully booted and the AMI answers. */
  async start(): Promise<void> {
    if (this.pid === undefined) {
      writeConfiguration(this.#settings)
      await this.#awaitPorts()
      this.#process = startProcess(this.root, this.consoleFile)
    }
    await this.ready()
  }

  /** Whether it runs, serves the AMI and has booted: one that could not bind its port never does. */
  async answers(): Promise<boolean> {
    this.thaw()
    return (await banner(this.host, this.port)) !== undefined && (await this.ready().then(() => true))
  }

  async ready(): Promise<void> {
    try {
      await until('fully booted', BOOT_TIMEOUT, async () => {
        const how = this.#process?.ended()
        if (how !== undefined) throw new Error(`the process ended (${how})`)
        // The port opens in the middle of booting, and of a restart it may still be the old server's that answers;
        // the command returns at the end of booting, and fails while no server listens to it. `core restart` and others
        // of its kind are registered a little later (main/asterisk.c:asterisk_daemon), and `core show version` with them.
        const isBooted = async () => {
          await cli(this.root, 'core waitfullybooted', BOOT_TIMEOUT)
          return !(await cli(this.root, 'core show version')).includes('No such command')
        }
        return (await banner(this.host, this.port)) && (await isBooted().catch(() => false))
      })
    } catch (cause) {
      throw new Error(`${this.name} did not come up. Its last lines:\n${this.logTail()}`, { cause })
    }
  }

  /** Ends it as an administrator would, calls and all; by force when it does not follow. */
  async stop(): Promise<void> {
    const pids = pidsIn(this.root)
    if (pids.length === 0) return
    this.thaw()
    await cli(this.root, 'core stop now', STOP_TIMEOUT).catch(() => {}) // it may be too young or too stuck to listen
    if (!(await ended(pids, STOP_TIMEOUT))) await this.kill()
  }

  /** What a crash is to its clients: SIGKILL, and no farewell. */
  async kill(): Promise<void> {
    const pids = this.#signal('SIGKILL')
    if (!(await ended(pids, STOP_TIMEOUT))) throw new Error(`${this.name} survived SIGKILL`)
  }

  /** `core restart`: the process stays, all its connections go. `gracefully` waits for the calls to end. */
  async restart(how: 'gracefully' | 'now' = 'gracefully', timeout = BOOT_TIMEOUT): Promise<void> {
    const before = this.bootMark()
    await cli(this.root, `core restart ${how}`)
    await until(`${this.name} restarting ${how}`, timeout, () => this.bootMark() !== before)
    await this.ready()
  }

  /**
   * Restarts it as an installation of so many phones and hints, runs `work`, and restarts it as it was. Should this
   * process end meanwhile, `bringUp` sees that the configuration is not today's.
   */
  async asLarge<T>(phones: number, work: () => Promise<T>): Promise<T> {
    writeConfiguration(this.#settings, largeInstallation(phones))
    try {
      await this.restart('now')
      return await work()
    } finally {
      writeConfiguration(this.#settings)
      await this.restart('now')
    }
  }

  /** Stops it in its tracks: connections stay open, and nothing is answered. */
  freeze(): void {
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  /** What `asterisk -rx` prints. */
  cli(command: string, timeout?: number): Promise<string> {
    return cli(this.root, command, timeout)
  }

  logTail(lines = 30): string {
    const tail = (file: string) => {
      const text = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : ''
      return `--- ${file}\n${text.split('\n').slice(-lines).join('\n')}`
    }
    return `${tail(this.consoleFile)}\n${tail(this.logFile)}`
  }

  #signal(signal: NodeJS.Signals): number[] {
    const pids = pidsIn(this.root)
    for (const pid of pids) process.kill(pid, signal)
    return pids
  }

  /** Asterisk writes this file once in each boot; the pid itself outlives a restart. */
  bootMark(): bigint | undefined {
    return statSync(join(this.root, 'run/asterisk/asterisk.pid'), { bigint: true, throwIfNoEntry: false })?.mtimeNs
  }

  async #awaitPorts(): Promise<void> {
    for (const port of [this.port, this.tlsPort]) {
      // one that was killed from outside may still be on its way out
      const free = until('a free port', PORT_TIMEOUT, async () => !(await accepts(this.host, port)))
      await free.catch(() => {
        const help = 'end it, or set AMIABLE_ASTERISK_PORT_BASE'
        throw new Error(`${this.name} needs port ${port}, and another program listens there: ${help}`)
      })
    }
  }
}

async function build(settings: Settings, log: (line: string) => void): Promise<void> {
  const child = spawn('bash', [BUILD, String(settings.version), settings.directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  createInterface({ input: child.stdout }).on('line', log)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code === 0) return
  const message = `Asterisk ${settings.version} could not be built: ${errors.trim() || `build.sh left with ${code}`}`
  throw code === NETWORK_UNAVAILABLE ? new UnavailableError(message) : new Error(message)
}

/** A test run starts from nothing; a restart within it keeps what a real one keeps. */
function forget(settings: Settings): void {
  const at = (path: string) => join(settings.root, path)
  for (const path of ['var/lib/asterisk/astdb.sqlite3', 'var/lib/asterisk/astdb.sqlite3-journal'])
    rmSync(at(path), { force: true })
  for (const path of ['var/spool/asterisk', 'var/log/asterisk']) rmSync(at(path), { recursive: true, force: true })
  const needed = ['var/log/asterisk/cdr-csv', 'var/spool/asterisk/voicemail', 'var/spool/asterisk/monitor']
  for (const path of [...needed, 'var/lib/asterisk/keys']) mkdirSync(at(path), { recursive: true })
  const consoleFile = join(settings.directory, 'console.log')
  if (existsSync(consoleFile)) truncateSync(consoleFile)
  else writeFileSync(consoleFile, '')
}
