// Real nats-servers for tests, one or a cluster of three: started, killed, frozen and started again at will.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnavailableError } from '../asterisk/machine.ts'
import { until } from '../asterisk/process.ts'
import { type NatsVersion, natsBinary } from './binary.ts'
import { takePorts } from './ports.ts'

const START_TIMEOUT = 60_000
const HOST = '127.0.0.1'

export interface NatsOptions {
  /** How many nodes: one, or a cluster of three. */
  readonly nodes?: 1 | 3
  /** Stands at the end of each node's configuration. */
  readonly configuration?: string
  /** Where the nodes run: an address of each, and a program that runs the command that follows. */
  readonly places?: readonly { readonly host: string; readonly launcher: readonly string[] }[]
}

/** Says why this machine has no nats-server, or nothing. Throws where the environment requires one. */
export async function natsObstacle(env: Readonly<Record<string, string | undefined>> = process.env) {
  try {
    for (const version of ['2.10', '2.15'] as const) await natsBinary(version)
    return undefined
  } catch (error) {
    const required = env.AMIABLE_ASTERISK === 'require' || (env.CI === 'true' && !env.AMIABLE_ASTERISK)
    if (!(error instanceof UnavailableError) || required) throw error
    return error.message
  }
}

/** Starts a server or a cluster with an empty store; resolves when JetStream answers on all of its nodes. */
export async function startNats(version: NatsVersion, options: NatsOptions = {}): Promise<Nats> {
  const { nodes: count = 1, configuration = '', places = [] } = options
  const binary = await natsBinary(version)
  const held = await takePorts()
  const folder = mkdtempSync(join(tmpdir(), 'amiable-nats-'))
  const all = Array.from({ length: count }, (_, n) => ({
    name: `n${n + 1}`,
    host: places[n]?.host ?? HOST,
    launcher: places[n]?.launcher ?? [],
    client: held.ports[n * 3] ?? 0,
    route: held.ports[n * 3 + 1] ?? 0,
    monitor: held.ports[n * 3 + 2] ?? 0,
  }))
  const routes = all.map(({ host, route }) => `nats://${host}:${route}`).join(', ')
  const nodes = all.map(({ name, host, launcher, client, route, monitor }) => {
    const home = join(folder, name)
    mkdirSync(home)
    const cluster = count === 1 ? '' : `cluster { name: tests, listen: "${host}:${route}", routes: [${routes}] }\n`
    const text = `server_name: ${name}
listen: "${host}:${client}"
http: "${host}:${monitor}"
jetstream { store_dir: "${join(home, 'store')}", max_memory_store: 256MB, max_file_store: 20GB }
${cluster}${configuration}`
    writeFileSync(join(home, 'nats.conf'), text)
    return new NatsNode(name, [...launcher, binary], home, { host, port: client, monitor })
  })
  const nats = new Nats(version, nodes, async () => {
    await held.release()
    rmSync(folder, { recursive: true, force: true })
  })
  try {
    await nats.start()
    return nats
  } catch (error) {
    await nats.close()
    throw error
  }
}

/** One server, or a cluster. */
export class Nats {
  readonly version: NatsVersion
  readonly nodes: readonly NatsNode[]
  readonly #release: () => Promise<void>

  constructor(version: NatsVersion, nodes: readonly NatsNode[], release: () => Promise<void>) {
    this.version = version
    this.nodes = nodes
    this.#release = release
  }

  /** Addresses of all nodes, as a client takes them. */
  get urls(): string[] {
    return this.nodes.map(({ url }) => url)
  }

  /** Starts what does not run, and waits for all. */
  async start(): Promise<void> {
    for (const node of this.nodes) node.launch()
    for (const node of this.nodes) await node.ready()
  }

  /** Kills all nodes, as a power cut does. */
  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()))
  }

  /** Kills all nodes and removes what they stored. */
  async close(): Promise<void> {
    await this.kill()
    await this.#release()
  }
}

/** One process. */
export class NatsNode {
  readonly name: string
  readonly port: number
  readonly url: string
  /** Where JetStream keeps its files. */
  readonly store: string
  readonly #command: readonly string[]
  readonly #home: string
  readonly #monitor: string
  #child: ChildProcess | undefined

  constructor(
    name: string,
    command: readonly string[],
    home: string,
    { host, port, monitor }: { readonly host: string; readonly port: number; readonly monitor: number },
  ) {
    this.name = name
    this.#command = command
    this.#home = home
    this.port = port
    this.url = `nats://${host}:${port}`
    this.store = join(home, 'store')
    this.#monitor = `http://${host}:${monitor}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    this.launch()
    await this.ready()
  }

  /** Starts the process without waiting for it. */
  launch(): void {
    if (this.#child) return
    const log = openSync(join(this.#home, 'log'), 'a')
    // whatever ends this process takes the server with it
    const words = ['--pdeathsig', 'KILL', ...this.#command, '-c', join(this.#home, 'nats.conf')]
    const child = spawn('setpriv', words, { stdio: ['ignore', log, log] })
    closeSync(log)
    child.on('error', () => {})
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    this.#child = child
  }

  /** Waits until the node answers and JetStream knows a leader. */
  async ready(): Promise<void> {
    try {
      await until(`nats-server ${this.name}`, START_TIMEOUT, () => {
        if (!this.#child) throw new Error(`nats-server ${this.name} ended`)
        return this.healthy()
      })
    } catch (cause) {
      throw new Error(`nats-server ${this.name} did not come up. Its last lines:\n${this.logTail()}`, { cause })
    }
  }

  /** Whether the node itself says that it is well; its streams may still have to catch up. */
  async healthy(): Promise<boolean> {
    // under load a node of 2.10 calls its streams not current for minutes
    const answer = await fetch(`${this.#monitor}/healthz?js-server-only=true`, {
      signal: AbortSignal.timeout(2_000),
    }).catch(() => undefined)
    await answer?.arrayBuffer()
    return answer?.ok === true
  }

  /** Ends the process by SIGTERM. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Ends the process by SIGKILL, frozen or not. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Stops the process in its tracks: its connections stay open, and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Copies the store of a node that does not run; gives a function that puts the copy back. */
  keepStore(): () => void {
    const copy = `${this.store}.kept`
    rmSync(copy, { recursive: true, force: true })
    cpSync(this.store, copy, { recursive: true })
    return () => {
      rmSync(this.store, { recursive: true, force: true })
      cpSync(copy, this.store, { recursive: true })
    }
  }

  logTail(lines = 20): string {
    const path = join(this.#home, 'log')
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill(signal)
    await gone
  }
}
