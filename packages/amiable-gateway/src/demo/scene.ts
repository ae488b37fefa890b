// A nats-server, a simulated Asterisk and a folder for configurations: all that the demo needs, and nothing is left of it.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { CliError, EXIT } from 'amiable-settings'
import { findServer } from '../bus/embedded.ts'
import { Running } from './running.ts'
import type { Teller } from './tell.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface SceneOptions {
  readonly env: Environment
  readonly signal: AbortSignal
  readonly teller: Teller
  /** The nats-server; without one it is looked for where a gateway looks. */
  readonly natsServer: string | undefined
}

/** What the demo runs on. */
export class Scene implements AsyncDisposable {
  readonly asterisk: SimulatedAsterisk
  readonly #folder = mkdtempSync(join(tmpdir(), 'amiable-demo-'))
  readonly #options: SceneOptions
  readonly #running: Running[] = []

  private constructor(asterisk: SimulatedAsterisk, options: SceneOptions) {
    this.asterisk = asterisk
    this.#options = options
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { path, version } = await findServer(options.env, options.natsServer)
    const asterisk = await startServer({
      users: { demo: 'demo' },
      endpoints: { anna: { answers: 'answer', ringTime: 300 }, ben: { answers: 'answer', ringTime: 300 } },
      dialplan: '[default]\nexten => ben,1,Dial(PJSIP/ben,10)\n same => n,Hangup()\n',
    })
    const scene = new Scene(asterisk, options)
    try {
      await scene.#begin(path, version)
      return scene
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
  }

  async #begin(path: string, version: string): Promise<void> {
    const { teller } = this.#options
    const store = JSON.stringify(join(this.#folder, 'store'))
    // the server chooses a port that is free, and says which
    const text = `listen: "127.0.0.1:-1"\njetstream { store_dir: ${store}, max_file_store: 1TB }\n`
    const nats = this.#spawn(path, ['-c', this.#file('nats.conf', text)])
    const said = await nats.says('Server is ready')
    const [, address = ''] = /client connections on (127\.0\.0\.1:\d+)/.exec(said) ?? []
    const secret = this.#file('secret', 'demo\n')
    for (const name of ['gw-a', 'gw-b']) {
      this.#file(
        `${name}.yaml`,
        `gateway: { name: ${name} }
nats: { servers: ["${address}"] }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${this.asterisk.port}, username: demo, secret: { file: ${JSON.stringify(secret)} } }
actions: { classes: [read, call, message], contexts: [default], technologies: [PJSIP] }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
      )
    }
    teller.step('nats', `nats-server ${version} on ${address}, with JetStream`)
    teller.step('asterisk', `a simulated Asterisk on 127.0.0.1:${this.asterisk.port}, called pbx1`)
  }

  /** Starts a gateway in a process of its own. */
  gateway(name: string): Running {
    return this.#verb(['run', '-c', join(this.#folder, `${name}.yaml`)])
  }

  /** Starts a verb with the configuration of gw-b, which nobody kills. */
  start(words: readonly string[]): Running {
    return this.#verb([...words, '-c', join(this.#folder, 'gw-b.yaml')])
  }

  /** Runs a line and shows it as it would be typed. */
  async shown(words: readonly string[]): Promise<void> {
    const { teller, signal } = this.#options
    teller.line(`\n${teller.paint('dim', '$')} ${teller.paint('bold', `amiable-gateway ${words.join(' ')}`)}`)
    const running = this.start(words)
    running.onLine = (line) => teller.under(line)
    running.onErrorLine = (line) => teller.under(teller.paint('green', line))
    const status = await running.ended
    signal.throwIfAborted()
    if (status === 0) return
    throw new CliError(`amiable-gateway ${words[0]} left with ${status}`, { exit: EXIT.refused, code: 'DEMO' })
  }

  /** Puts a mark among the events, and waits until it is stored. */
  async marked(name: string, log: Running): Promise<void> {
    await this.start(['call', 'pbx1', 'UserEvent', 'UserEvent=Demo', `Mark=${name}`]).ended
    await log.says(`"Mark":"${name}"`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.reverse()) await running.kill()
    await this.asterisk.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #file(name: string, text: string): string {
    const path = join(this.#folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  /** Runs this very program once more. */
  #verb(words: readonly string[]): Running {
    return this.#spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words])
  }

  #spawn(path: string, words: readonly string[]): Running {
    const { env, signal } = this.#options
    // ^C is for the demo alone, which ends them
    const child = spawn(path, words, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
    const running = new Running(child, signal)
    this.#running.push(running)
    return running
  }
}
