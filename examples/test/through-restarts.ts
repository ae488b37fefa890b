// What people copy must survive the bad night: the examples run as programs of their own while their server restarts.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { findRunning, type RunningAsterisk } from '../../tools/servers/asterisk/asterisk.ts'
import { until } from '../../tools/servers/asterisk/process.ts'
import { ACCOUNTS } from '../../tools/servers/asterisk/settings.ts'
import { FROM_SOURCES } from '../../tools/testbed/child.ts'
import { RawClient } from '../../tools/testbed/raw-client.ts'
import { EXAMPLES, printsInOrder } from './examples.ts'

/** Enough for a boot of a second and more. */
export const PHONES = 2_000
const BOUND = 60_000
const TOKEN = 'a token of the tests'
// states.ts waits for a device to be in use, and the others use it as well
const SHORT = [['events.ts', 'queues.ts', 'originate.ts', 'user-events.ts', 'fleet.ts'], ['states.ts']] as const

/** Runs the examples while the Asterisk of ours of that version restarts and crashes. */
export function throughRestarts(version: 22 | 16): void {
  const server = process.env.AMIABLE_TARGETS?.includes(`"version":${version}`) ? findRunning(version) : undefined
  if (!server) {
    test(`with Asterisk ${version}`, { skip: `no Asterisk ${version} (npm test brings it up)` }, () => {})
    return
  }

  test(`examples that begin while ${server.name} boots print what they print on any day`, async () => {
    await server.asLarge(PHONES, async () => {
      for (const names of SHORT) {
        const outputs = await beginInBoot(server, ({ AMI_PORT }) => {
          const own = `frank:${ACCOUNTS.frank}@127.0.0.1:${AMI_PORT}`
          return names.map((name) => new Program(name, [], { AMIABLE_EXAMPLE: own }, true))
        })
        for (const [n, name] of names.entries()) printsInOrder(name, outputs[n] ?? '')
      }
    })
  })

  test(`examples that run for long outlive a restart and a crash of ${server.name}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'amiable-night-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'queue.sqlite')
    await server.asLarge(PHONES, async () => {
      await using collector = new Program('queue-events/main.mjs', [file], environment(server, 'nosystem'))
      await using clicker = new Program('click-to-call/server.mjs', [], {
        ...environment(server, 'calls'),
        CLICK_TOKEN: TOKEN,
        CLICK_PORT: '0',
        CLICK_TECHNOLOGY: 'Local',
      })
      const url = await clicker.said(/http:\S+/)
      let logins = 0
      // a server that dies before it has said that it is ready is one gap with the loss before
      const ready = () => collector.said(RegExp(`(?:: ready[^]*){${++logins}}`))
      await ready()
      await pauseAgent(server)
      const first = await click(url)
      assert.deepEqual([first.status, first.body.outcome], [201, 'answered'])

      await clicksThrough(url, server.restart('now'))
      assert.notEqual(await stateOf(url, first.body.id), 'talking')
      await ready()
      await pauseAgent(server)

      const second = await click(url)
      assert.deepEqual([second.status, second.body.outcome], [201, 'answered'])
      const crash = server.kill().then(() => server.start())
      await clicksThrough(url, crash)
      assert.notEqual(await stateOf(url, second.body.id), 'talking')
      await ready()
      await pauseAgent(server)

      await until('three pauses in the table', BOUND, async () => (await stored(file)).pauses === 3)
      assert.equal(await collector.end('SIGTERM'), 0, collector.output)
    })
    assert.deepEqual(await stored(file), { pauses: 3, gaps: ['connection lost', 'connection lost'] })
  })
}

export function environment({ host, port }: RunningAsterisk, username: keyof typeof ACCOUNTS): Record<string, string> {
  return { AMI_HOST: host, AMI_PORT: String(port), AMI_USERNAME: username, AMI_SECRET: ACCOUNTS[username] }
}

/** Stops the server in its tracks as soon as it listens again, until each of these examples has come to log in. */
export async function beginInBoot(
  server: RunningAsterisk,
  programs: (env: Record<string, string>) => readonly Program[],
): Promise<readonly string[]> {
  await using gate = await Gate.open(server.port)
  const began = programs({ ...environment(server, 'frank'), AMI_PORT: String(gate.port) })
  try {
    await Promise.all(began.map((program) => program.held))
    const boot = await stoppedInBoot(server)
    for (const program of began) program.go()
    await until('each example', BOUND, () => gate.passed >= began.length)
    server.thaw()
    const ends = await Promise.all(began.map((program) => program.end()))
    await boot.over
    return began.map(({ output }, n) => {
      assert.equal(ends[n], 0, output)
      return output
    })
  } finally {
    server.thaw()
    await Promise.all(began.map((program) => program[Symbol.asyncDispose]()))
  }
}

/** Restarts a server and stops it in its tracks while it boots; once more where a busy machine came too late for that. */
async function stoppedInBoot(server: RunningAsterisk): Promise<{ readonly over: Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const before = server.bootMark()
    let booted = false
    const over = server.restart('now').then(() => {
      booted = true
    })
    // the old one takes its mark away while it still listens
    await until('the next boot', BOUND, () => ![before, undefined].includes(server.bootMark()))
    await until('the server that boots', BOUND, () => listens(server.port))
    server.freeze()
    if (!booted) return { over }
    server.thaw()
    assert.ok(attempt < 5, 'they must come in the middle of the boot, or this proves nothing')
  }
}

/** Passes bytes on, and counts who came. */
class Gate {
  passed = 0
  readonly port: number
  readonly #close: () => Promise<unknown>

  private constructor(port: number, close: () => Promise<unknown>) {
    this.port = port
    this.#close = close
  }

  static async open(target: number): Promise<Gate> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(target, '127.0.0.1', () => {
        gate.passed++
      })
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.pipe(other)
      }
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const gate = new Gate((server.address() as AddressInfo).port, async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return gate
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

/** An example in a process of its own. */
export class Program {
  output = ''
  /** It has loaded what it needs, and waits for `go`. */
  readonly held: Promise<unknown>
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>

  constructor(file: string, args: readonly string[], env: Record<string, string>, held = false) {
    const holding = held ? ['--import', pathToFileURL(join(EXAMPLES, 'test/held.ts')).href] : []
    this.#child = spawn(process.execPath, [...FROM_SOURCES, ...holding, file, ...args], {
      cwd: EXAMPLES,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.held = held ? once(this.#child, 'message') : Promise.resolve()
    this.#ended = once(this.#child, 'close').then(([code]) => code)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  go(): void {
    this.#child.send('go')
  }

  async said(pattern: RegExp): Promise<string> {
    return until(`${pattern} of ${this.#child.spawnargs.at(-1)}`, BOUND, () => {
      if (this.#child.exitCode !== null) throw new Error(this.output)
      return pattern.exec(this.output)?.[0]
    })
  }

  /** How it ended, by itself or by a signal. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.#child.kill(signal)
    const late = setTimeout(() => this.#child.kill('SIGKILL'), BOUND)
    return this.#ended.finally(() => clearTimeout(late))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** What the collector of queue events is to store: one pause of an agent. */
async function pauseAgent({ port }: RunningAsterisk): Promise<void> {
  using session = await RawClient.login(port)
  const agent = { Queue: 'support', Interface: 'Local/member@default/n' }
  const answer = await session.ask({ Action: 'QueuePause', ...agent, Paused: 'true' })
  assert.match(answer, /Response: Success/)
}

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Calls the phone 202, which answers at once; the number is good as well. */
async function click(url: string): Promise<Answer> {
  const response = await fetch(`${url}calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ from: '202', to: '202' }),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

async function stateOf(url: string, id: unknown): Promise<unknown> {
  const response = await fetch(`${url}calls/${id}`, { headers: { authorization: `Bearer ${TOKEN}` } })
  return ((await response.json()) as Answer['body']).state
}

/** Clicks until a call after the boot is answered: until then one is answered or is told to be in doubt, and never failed. */
async function clicksThrough(url: string, boot: Promise<unknown>): Promise<void> {
  let over = false
  const ended = boot.finally(() => {
    over = true
  })
  await until('a call after the boot', BOUND, async () => {
    const after = over
    const { status, body } = await click(url)
    if (status === 201) assert.equal(body.outcome, 'answered', JSON.stringify(body))
    else assert.equal(status, 503, JSON.stringify(body))
    return after && status === 201
  })
  await ended
}

/** What the collector has saved so far. */
async function stored(file: string): Promise<{ pauses: number; gaps: unknown[] }> {
  if (!existsSync(file)) return { pauses: 0, gaps: [] }
  const { openStore } = (await import(pathToFileURL(join(EXAMPLES, 'queue-events/sqlite.mjs')).href)) as {
    openStore(file: string): Promise<{ rows(query: string): Record<string, unknown>[]; close(): void }>
  }
  const store = await openStore(file)
  const pauses = store.rows("SELECT * FROM queue_event WHERE event = 'QueueMemberPause'").length
  const gaps = store.rows('SELECT why FROM gap ORDER BY began').map(({ why }) => why)
  store.close()
  return { pauses, gaps }
}
