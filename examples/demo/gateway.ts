import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type AmiEvent, connect } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { findNats } from './nats.ts'
import { paint, step, under } from './terminal.ts'

const BIN = fileURLToPath(new URL('../../packages/amiable-gateway/bin/amiable-gateway.cjs', import.meta.url))
const PATIENCE = 60_000
const TALK = 400
/** Everything that a gateway asks for by default. */
const CLASSES = ['system', 'call', 'agent', 'user', 'cdr', 'cc', 'security']

/** Shows two gateways of which one is killed in the middle of a call, and that the log has every event once. */
export async function showGateway(signal: AbortSignal): Promise<void> {
  await using scene = await Scene.open(signal)
  // one after the other: whichever is first writes
  const first = scene.gateway('gw-a')
  await first.says('"role":"writing"')
  const second = scene.gateway('gw-b')
  await second.says('"role":"following"')
  step('gateways', 'gw-a writes what it receives into the log of pbx1; gw-b receives the same, and waits')

  const judge = await scene.judge()
  const log = scene.start(['watch', '-o', 'json', '--since', new Date().toISOString()])
  const stored: Stored[] = []
  log.onLine = (line) => {
    const one = JSON.parse(line) as Stored
    stored.push(one)
    if (one.seq !== undefined && SHOWN.has(one.event)) {
      under(
        `${paint('dim', String(one.seq).padStart(4))}  ${paint('cyan', one.event.padEnd(11))}  ${one.data.Channel ?? one.data.DestChannel ?? ''}`,
      )
    }
  }
  await scene.marked('begin', log)
  const dial = [
    'call',
    'pbx1',
    'Originate',
    'Channel=PJSIP/anna',
    'Context=default',
    'Exten=ben',
    'Priority=1',
    '--key',
    'order-4711',
  ]
  await scene.shown(dial)
  await log.sees(() => stored.some(({ event }) => event === 'BridgeEnter'))

  const began = performance.now()
  await first.kill()
  step('kill', `${paint('red', 'gw-a was killed (kill -9)')}, and the two go on talking`)
  await wait(TALK, undefined, { signal })
  for (const { name } of scene.asterisk.channels.list()) {
    if (scene.asterisk.channels.get(name)) scene.asterisk.channels.hangup(name)
  }
  await second.says('"role":"writing"')
  step(
    'take-over',
    `gw-b writes after ${((performance.now() - began) / 1_000).toFixed(1)} s, from the event on that the log lacks`,
  )
  await scene.marked('end', log)

  await scene.shown(dial)
  under(paint('dim', 'the same key: nobody was called a second time'))
  await scene.shown(['verify'])
  under(paint('dim', 'the gap is where the log begins: what was before nobody knows'))
  const { missing, twice, isOrdered, count } = compared(judge.heard, stored)
  const order = isOrdered ? 'in the same order' : 'in another order'
  step(
    'judge',
    `another session received ${count} events meanwhile: of these the log lacks ${missing}, and has ${twice} twice, ${order}`,
  )
  if (missing + twice > 0 || !isOrdered) process.exitCode = 1
  await judge.close()
  console.log(`\n${paint('bold', 'The same with your own Asterisk:')}\n\n${OWN}`)
}

const OWN = `  npx amiable-gateway init gateway       writes gateway/gateway.yaml, which says what each line is for
  npx amiable-gateway check -c gateway/gateway.yaml
  npx amiable-gateway run -c gateway/gateway.yaml`

const SHOWN = new Set(['Newchannel', 'DialBegin', 'DialEnd', 'BridgeEnter', 'BridgeLeave', 'Hangup'])

/** A line of `watch -o json`: an event of the log, or a gap. */
interface Stored {
  readonly seq?: number
  readonly event: string
  readonly data: Readonly<Record<string, string>>
}

/** Compares what a session received between two marks with what is stored between them. */
function compared(heard: readonly string[], stored: readonly Stored[]) {
  const between = (all: readonly string[]) =>
    all.slice(all.findIndex(isMark('begin')), all.findLastIndex(isMark('end')) + 1)
  const truth = between(heard)
  const log = between(stored.filter(({ event }) => event !== undefined).map(({ data }) => JSON.stringify(data)))
  const left = [...log]
  let missing = 0
  for (const one of truth) {
    const at = left.indexOf(one)
    if (at < 0) missing++
    else left.splice(at, 1)
  }
  const isOrdered = truth.every((one, at) => one === log[at])
  return { count: truth.length, missing, twice: left.length, isOrdered }
}

function isMark(name: string): (json: string) => boolean {
  return (json) => json.includes(`"UserEvent":"Demo"`) && json.includes(`"Mark":"${name}"`)
}

/** A nats-server, a simulated Asterisk and a folder for configurations. */
class Scene implements AsyncDisposable {
  readonly asterisk: SimulatedAsterisk
  readonly #folder: string
  readonly #port: number
  readonly #signal: AbortSignal
  readonly #running: Running[] = []

  private constructor(asterisk: SimulatedAsterisk, folder: string, port: number, signal: AbortSignal) {
    this.asterisk = asterisk
    this.#folder = folder
    this.#port = port
    this.#signal = signal
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'demo\n', { mode: 0o600 })
    for (const name of ['gw-a', 'gw-b']) {
      writeFileSync(
        join(folder, `${name}.yaml`),
        `gateway: { name: ${name} }
nats: { servers: ["127.0.0.1:${port}"] }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: demo, secret: { file: ${secret} } }
actions: { classes: [read, call, message], contexts: [default], technologies: [PJSIP] }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
      )
    }
  }

  static async open(signal: AbortSignal): Promise<Scene> {
    const { path, version } = await findNats()
    const asterisk = await startServer({
      users: { demo: 'demo' },
      endpoints: { anna: { answers: 'answer', ringTime: 300 }, ben: { answers: 'answer', ringTime: 300 } },
      dialplan: '[default]\nexten => ben,1,Dial(PJSIP/ben,10)\n same => n,Hangup()\n',
    })
    const scene = new Scene(asterisk, mkdtempSync(join(tmpdir(), 'amiable-demo-')), await freePort(), signal)
    const store = JSON.stringify(join(scene.#folder, 'store'))
    const text = `listen: "127.0.0.1:${scene.#port}"\njetstream { store_dir: ${store}, max_file_store: 1TB }\n`
    writeFileSync(join(scene.#folder, 'nats.conf'), text)
    const nats = new Running(
      spawn(path, ['-c', join(scene.#folder, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] }),
      signal,
    )
    scene.#running.push(nats)
    try {
      await nats.says('Server is ready')
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
    step('nats', `nats-server ${version} on 127.0.0.1:${scene.#port}, with JetStream`)
    step('asterisk', `a simulated Asterisk on 127.0.0.1:${asterisk.port}, called pbx1`)
    return scene
  }

  /** Starts a gateway in a process of its own. */
  gateway(name: string): Running {
    return this.#start(['run', '-c', join(this.#folder, `${name}.yaml`)])
  }

  /** Starts a verb with the configuration of gw-b, which nobody kills. */
  start(words: readonly string[]): Running {
    return this.#start([...words, '-c', join(this.#folder, 'gw-b.yaml')])
  }

  /** Runs a line and shows it as it would be typed. */
  async shown(words: readonly string[]): Promise<void> {
    console.log(`\n${paint('dim', '$')} ${paint('bold', `amiable-gateway ${words.join(' ')}`)}`)
    const running = this.start(words)
    running.onLine = (line) => under(line)
    running.onErrorLine = (line) => under(paint('green', line))
    const code = await running.ended
    this.#signal.throwIfAborted()
    if (code !== 0) throw new Error(`amiable-gateway ${words[0]} left with ${code}`)
  }

  /** Puts a mark among the events, and waits until it is stored. */
  async marked(name: string, log: Running): Promise<void> {
    const mark = ['call', 'pbx1', 'UserEvent', 'UserEvent=Demo', `Mark=${name}`]
    await this.start(mark).ended
    await log.says(`"Mark":"${name}"`)
  }

  /** Opens a session that knows no gateway. */
  async judge() {
    const { port } = this.asterisk
    const ami = await connect({ port, username: 'demo', secret: 'demo', events: CLASSES }, { signal: this.#signal })
    const heard: string[] = []
    ami.on('*', (event: AmiEvent) => heard.push(JSON.stringify(event.toJSON())))
    return { heard, close: () => ami.close() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.reverse()) await running.kill()
    await this.asterisk.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #start(words: readonly string[]): Running {
    const running = new Running(
      spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] }),
      this.#signal,
    )
    this.#running.push(running)
    return running
  }
}

/** A program that runs, and what it has said. */
class Running {
  readonly ended: Promise<number | null>
  onLine: (line: string) => void = () => {}
  onErrorLine: (line: string) => void = () => {}
  readonly #child: ChildProcess
  readonly #signal: AbortSignal
  #said = ''
  #isOver = false
  #looks = new Set<() => void>()

  constructor(child: ChildProcess, signal: AbortSignal) {
    this.#child = child
    this.#signal = signal
    this.#read(child.stdout, (line) => this.onLine(line))
    this.#read(child.stderr, (line) => this.onErrorLine(line))
    this.ended = once(child, 'close').then(([code]) => {
      this.#isOver = true
      this.#look()
      return code as number | null
    })
  }

  /** Waits until it has said a text. */
  says(text: string): Promise<void> {
    return this.sees(() => this.#said.includes(text))
  }

  /** Waits until something is true after what it said. */
  async sees(test: () => boolean): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), PATIENCE)
    const look = () => this.#look()
    this.#signal.addEventListener('abort', look)
    late.signal.addEventListener('abort', look)
    try {
      while (!test()) {
        this.#signal.throwIfAborted()
        if (this.#isOver || late.signal.aborted)
          throw new Error(`a program ended or was late, and had said:\n${this.#said}`)
        await new Promise<void>((resolve) => {
          const one = () => {
            this.#looks.delete(one)
            resolve()
          }
          this.#looks.add(one)
        })
      }
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', look)
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }

  #read(stream: ChildProcess['stdout'], take: (line: string) => void): void {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
      this.#look()
    })
  }

  #look(): void {
    for (const look of [...this.#looks]) look()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
