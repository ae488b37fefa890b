// A gateway with a nats-server of its own, as somebody runs it: real servers, killed and in the way of each other.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import { natsBinary } from '../../../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { GatewayCommand, RunningGateway } from '../../../../tools/testbed/gateway-command.ts'

const skip = (await natsObstacle()) ?? false
let asterisk: SimulatedAsterisk

before(async () => {
  asterisk = await startServer({ users: { gateway: 'lean' } })
})
after(() => asterisk.close())

/** A folder with a configuration for the simulator, and the gateways that run in it. */
class Place implements AsyncDisposable {
  readonly line = new GatewayCommand()
  readonly config: string
  readonly #path: string
  readonly #running: RunningGateway[] = []
  #happened = 0

  constructor(path: string, http = 'false') {
    this.#path = path
    const secret = this.line.file('secret', 'lean\n')
    this.config = this.line.file(
      'gateway.yaml',
      `asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${secret} } }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
actions: { classes: [read, message] }
http: ${http}
`,
    )
  }

  static async of(version: '2.10' | '2.15', http?: string): Promise<Place> {
    return new Place([dirname(await natsBinary(version)), process.env.PATH].join(delimiter), http)
  }

  run(): RunningGateway {
    const gateway = new RunningGateway(this.line.start(['run', '-c', this.config], { PATH: this.#path }))
    this.#running.push(gateway)
    return gateway
  }

  call(...args: string[]) {
    return this.line.run([...args, '-c', this.config], { PATH: this.#path })
  }

  /** Waits until a gateway acts, makes something happen, and waits until that is stored. */
  async happens(gateway: RunningGateway, name: string): Promise<void> {
    await gateway.writes()
    await gateway.said(({ msg }) => msg === 'acting session: ready')
    const watch = this.call('watch', '--since', '2020-01-01', '-e', 'UserEvent', '-n', `${++this.#happened}`)
    const { code, stderr } = await this.call('call', 'pbx1', 'UserEvent', `UserEvent=${name}`)
    assert.equal(code, 0, stderr)
    assert.equal((await watch).code, 0)
  }

  up(): Promise<void> {
    return this.line.up(this.config, { PATH: this.#path })
  }

  get serverPid(): number {
    return Number(readFileSync(join(this.line.state, 'nats.pid'), 'utf8'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((gateway) => gateway.end('SIGTERM')))
    this.line[Symbol.dispose]()
  }
}

/** Whether a process is there and no zombie. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

for (const version of ['2.10', '2.15'] as const) {
  test(`with nats-server ${version} a gateway runs alone, and SIGTERM leaves nothing`, { skip }, async () => {
    await using place = await Place.of(version)
    const gateway = place.run()
    const said = await gateway.said(({ msg }) => msg.startsWith('nats-server runs for this gateway alone'))
    assert.ok(Number(String(said.version).split('.')[1]) >= Number(version.split('.')[1]), String(said.version))
    await gateway.writes()
    await place.up()
    const { code, stdout, stderr } = await place.call('status')
    assert.deepEqual([code, stderr], [0, ''], stdout)
    assert.match(stdout, /^pbx1\n {2}Asterisk +up since .*\n {2}writer +\S+ since /)
    const pid = place.serverPid
    assert.equal(isAlive(pid), true)
    assert.equal(await gateway.end(), 0, gateway.errors)
    assert.equal(isAlive(pid), false)
    // who looks on is told that nobody is there
    const after = await place.call('verify')
    assert.deepEqual([after.code, after.stdout], [3, ''])
    assert.match(after.stderr, /^amiable-gateway: NATS: .*\n {2}Does nats-server run/)
  })
}

test('a nats-server that is killed is started again, and the log goes on without a gap', { skip }, async () => {
  await using place = await Place.of('2.15')
  const gateway = place.run()
  await place.happens(gateway, 'one')
  const before = JSON.parse((await place.call('verify', '--json')).stdout)
  const pid = place.serverPid
  const from = gateway.lines.length
  process.kill(pid, 'SIGKILL')
  const said = await gateway.said(({ msg }) => msg === 'nats-server ended', from)
  assert.equal(said.by, 'SIGKILL')
  await gateway.said(({ msg }) => msg === 'nats-server was started again', from)
  await gateway.writes(from)
  assert.notEqual(place.serverPid, pid)
  const { code, stdout } = await place.call('verify', '--json')
  assert.equal(code, 0, stdout)
  assert.deepEqual(JSON.parse(stdout).gaps, before.gaps)
})

test('after kill -9 of the gateway the next one ends its nats-server, and has its store', { skip }, async () => {
  await using place = await Place.of('2.15')
  const empty = place.run()
  await empty.writes()
  await empty.end('SIGKILL')
  // nothing has happened, and that is a log too
  assert.equal((await place.call('verify')).code, 0)
  const first = place.run()
  await place.happens(first, 'one')
  const pid = place.serverPid
  await first.end('SIGKILL')
  assert.equal(isAlive(pid), true)
  const second = place.run()
  await place.happens(second, 'two')
  assert.equal(isAlive(pid), false)
  const { stdout } = await place.call('watch', '--since', '2020-01-01', '-n', '2', '-e', 'UserEvent', '-o', 'json')
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.filter(({ event }) => event !== undefined).map(({ data }) => data.UserEvent),
    ['one', 'two'],
  )
  assert.equal((await place.call('verify')).code, 0)
})

test('a second gateway on the same store is refused, and the first one goes on', { skip }, async () => {
  await using place = await Place.of('2.10')
  const first = place.run()
  await first.writes()
  const second = place.run()
  assert.equal(await second.ended, 3)
  assert.match(second.errors, /^amiable-gateway: the state directory .* is in use by another gateway: set STATE_DIR/)
  await place.up()
})

test('a port that is taken ends it before anything else is opened', { skip }, async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  await using place = await Place.of('2.15', `{ listen: "127.0.0.1:${port}" }`)
  const gateway = place.run()
  assert.equal(await gateway.ended, 2)
  assert.match(
    gateway.errors,
    new RegExp(`^amiable-gateway: http\\.listen 127\\.0\\.0\\.1:${port} cannot be used: another`),
  )
  assert.equal(existsSync(place.line.state), false)
  taken.close()
})

for (const [what, script, says] of [
  [
    'too old',
    'echo "nats-server: v2.9.10"',
    /must be version 2\.10 or later, got 'nats-server: v2\.9\.10': install the package/,
  ],
  ['no nats-server', 'echo hello', /must be version 2\.10 or later, got 'hello'/],
  ['broken', 'exit 3', /cannot be run: /],
  [
    'one that does not start',
    'test "$1" = --version && echo "nats-server: v2.15.1" && exit; echo "[1] 2026/11/26 10:00:00 [FTL] no room" >&2; exit 1',
    /nats-server does not start: no room\n$/,
  ],
] as const) {
  test(`a nats-server that is ${what} is one line and exit status 3`, async () => {
    await using place = new Place(dirname(process.execPath))
    mkdirSync(join(place.line.folder, 'bin'))
    place.line.file('bin/nats-server', `#!/bin/sh\n${script}\n`, 0o755)
    const path = [join(place.line.folder, 'bin'), '/usr/bin', '/bin'].join(delimiter)
    const { code, stdout, stderr } = await place.line.run(['run', '-c', place.config], { PATH: path })
    assert.deepEqual([code, stdout], [3, ''], stderr)
    assert.match(stderr, says)
    assert.match(stderr, /^amiable-gateway: [^\n]*\n$/)
  })
}

test('SIGTERM ends a gateway that waits for NATS, which it says', async () => {
  const line = new GatewayCommand()
  const secret = line.file('secret', 'lean\n')
  const config = line.file(
    'gateway.yaml',
    `nats: { servers: ["127.0.0.1:1"] }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${secret} } }
http: false
`,
  )
  const gateway = new RunningGateway(line.start(['run', '-c', config]))
  await gateway.said(({ msg }) => /^NATS is not connected yet: /.test(msg))
  assert.equal(await gateway.end(), 0, gateway.errors)
  line[Symbol.dispose]()
})

test('SIGTERM ends a gateway whose user that answers is not let in, which it says', { skip }, async (t) => {
  const users = 'authorization { users: [{ user: log, password: right }, { user: answers, password: right }] }\n'
  const nats = await startNats('2.15', { configuration: users })
  t.after(() => nats.close())
  const line = new GatewayCommand()
  t.after(() => line[Symbol.dispose]())
  const [secret, right, wrong] = ['lean', 'right', 'wrong'].map((text) => line.file(text, `${text}\n`))
  const config = line.file(
    'gateway.yaml',
    `nats:
  servers: ["${nats.urls[0]}"]
  user: log
  password: { file: ${right} }
  answers: { user: answers, password: { file: ${wrong} } }
asterisks:
  pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${secret} } }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
  )
  const gateway = new RunningGateway(line.start(['run', '-c', config]))
  await gateway.said(({ msg }) => /^the user of NATS that answers is not connected yet: /.test(msg))
  // the log is written all the same
  await gateway.writes()
  assert.equal(await gateway.end(), 0, gateway.errors)
})
