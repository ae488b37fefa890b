// A configuration is read to its end before anything is opened: no connection, no port, no store, no command.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { GatewayCommand } from '../../../../tools/testbed/gateway-command.ts'

const line = new GatewayCommand()
const secret = line.file('secret', 'lean\n')
const readable = line.file('readable', 'lean\n', 0o644)
const empty = line.file('empty', '')
/** What would be there if the command of a secret had run. */
const marker = join(line.folder, 'marker')
let server: Server
let port = 0
let connections = 0

before(async () => {
  server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as { port: number }).port
})

after(() => {
  server.close()
  line[Symbol.dispose]()
})

const asterisk = (more = '') =>
  `{ host: 127.0.0.1, port: ${port}, username: gateway, secret: { file: ${secret} }${more && `, ${more}`} }`

/** A configuration with every kind of fault that leaves the others readable: line by line. */
const MANY = () => `nats:
  servers: [n1]
  credsFile: /no/such/file
asterisks:
  pbx1:
    host: 127.0.0.1
    port: "x"
    username: gateway
    secret: lean
    evens: [call]
  any: ${asterisk()}
  a: { host: x, username: y }
  "a b": ${asterisk()}
  b: ${asterisk().replace(secret, readable)}
  c: ${asterisk().replace(secret, empty)}
  d: ${asterisk().replace(/\{ file: [^}]*\}/, '{ env: NONE }')}
  e: ${asterisk('tls: maybe')}
actions:
  classes: [read, danger]
  allow: [Logoff]
log: { takeover: 5m }
http: { listen: localhost }
prefx: ami
`

/** What is said of it, by line. */
const SAYS: readonly (readonly [line: number, says: RegExp])[] = [
  [3, /^nats\.credsFile must be a file that can be read: \/no\/such\/file is missing$/],
  [7, /^asterisks\.pbx1\.port must be a whole number from 1 to 65535$/],
  [9, /^asterisks\.pbx1\.secret must be where the secret is, .*no secret belongs into this file$/],
  [10, /^asterisks\.pbx1\.evens is unknown; did you mean events\?$/],
  [11, /^asterisks\.any must have another name/],
  [12, /^asterisks\.a\.secret is missing$/],
  [13, /^asterisks\.a b must have a name of letters/],
  [14, /^asterisks\.b\.secret\.file cannot be used: .* can be read by other users\. chmod 600/],
  [15, /^asterisks\.c\.secret\.file must be a file that holds something/],
  [16, /^asterisks\.d\.secret\.env must name a variable that is set, and NONE is not$/],
  [17, /^asterisks\.e\.tls must be true, false or/],
  [19, /^actions\.classes\[1\] must be read, call, queue, message or admin/],
  [20, /^actions\.allow\[0\] cannot be Logoff/],
  [21, /^log\.takeover must be a time such as 10s/],
  [22, /^http\.listen must be an address and a port/],
  [23, /^prefx is unknown; did you mean prefix\?$/],
]

/** Faults after which nothing else can be read. */
const BROKEN: readonly (readonly [kind: string, text: () => string, says: RegExp])[] = [
  ['no YAML', () => `asterisks: { pbx1: ${asterisk()}\nlog: {}\n`, /:2:1: the configuration must be YAML/],
  [
    'a key twice',
    () => `asterisks:\n  a: ${asterisk()}\n  a: ${asterisk()}\n`,
    /:3:3: .*must be YAML: Map keys must be/,
  ],
  ['nothing', () => '', /asterisks is missing/],
  [
    'a password in a URL',
    () => `asterisks: { a: ${asterisk()} }\nnats: { servers: ["nats://u:lean@n1"] }\n`,
    /:2:19: nats\.servers\[0\] must be an address such as nats:.* without a user name or a password$/m,
  ],
]

/** Whether nothing has been opened, run or made. */
function untouched(): void {
  assert.equal(connections, 0)
  assert.equal(existsSync(line.state), false, 'there is a state directory')
  assert.equal(existsSync(marker), false, 'the command of a secret was run')
}

test('check and run name every fault with its path and line, in their order, and open nothing', async () => {
  const path = line.file('many.yaml', MANY())
  const [checked, ran, json] = await Promise.all([
    line.run(['check', '-c', path]),
    line.run(['run', '-c', path]),
    line.run(['check', '-c', path, '-o', 'json']),
  ])
  assert.deepEqual([checked.code, checked.stdout], [2, ''])
  assert.deepEqual(ran, checked)
  assert.doesNotMatch(checked.stderr, /lean/)
  const said = checked.stderr
    .trim()
    .split('\n')
    .map((one) => one.replace(/^(?:amiable-gateway:)? */, ''))
  for (const [n, [at, says]] of SAYS.entries()) {
    const [, where = '', what = ''] = /^(.*\.yaml:\d+):\d+: (.*)$/.exec(said[n] ?? '') ?? []
    assert.equal(where, `${path}:${at}`, said[n])
    assert.match(what, says)
  }
  assert.equal(said.length, SAYS.length)
  assert.deepEqual([json.code, json.stderr], [2, ''])
  const { holds, faults } = JSON.parse(json.stdout)
  assert.equal(holds, false)
  assert.deepEqual(
    faults.map((fault: { line: number }) => fault.line),
    SAYS.map(([at]) => at),
  )
  untouched()
})

test('a configuration that cannot be read is one line too', async () => {
  const all = BROKEN.map(async ([kind, text, says], n) => {
    const { code, stdout, stderr } = await line.run(['check', '-c', line.file(`broken-${n}.yaml`, text())])
    assert.deepEqual([code, stdout], [2, ''], `${kind}: ${stderr}`)
    assert.match(stderr, says, kind)
    assert.doesNotMatch(stderr, /lean/, kind)
  })
  await Promise.all(all)
  untouched()
})

test('a value that is wrong is not said to be missing, and nothing is said of what depends on it', async () => {
  const credentials = line.file('creds', 'x')
  for (const [n, [text, at]] of (
    [
      [`nats: { servers: ["n1:x"], credsFile: ${credentials} }\n`, 'nats.servers[0]'],
      [`nats: { servers: n1, credsFile: ${credentials} }\nlog: { replicas: 3 }\n`, 'nats.servers'],
      ['actions: { classes: [call], applications: [a b] }\n', 'actions.applications[0]'],
    ] as const
  ).entries()) {
    const path = line.file(`wrong-${n}.yaml`, `asterisks: { a: ${asterisk()} }\n${text}`)
    const { code, stdout } = await line.run(['check', '-c', path, '-o', 'json'])
    const { faults } = JSON.parse(stdout) as { faults: { path: string }[] }
    assert.deepEqual([code, ...faults.map(({ path }) => path)], [2, at], stdout)
  }
  const path = line.file('stray.yaml', `asterisks: { a: ${asterisk()} }\nnats: { credsFile: ${credentials} }\n`)
  assert.match((await line.run(['check', '-c', path])).stderr, /nats\.credsFile needs nats\.servers/)
  untouched()
})

test('a configuration that holds is said with its defaults, and nothing is opened either', async () => {
  const second = asterisk().replace(/\{ file: [^}]*\}/, `{ command: "touch ${marker}" }`)
  const text = `asterisks:\n  a: ${asterisk('tls: true')}\n  b: ${second}\nlog: { rings: 64MiB }\n`
  const path = line.file('good.yaml', text)
  const { code, stdout, stderr } = await line.run(['check', '-c', path])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, new RegExp(`^${path} holds\n`))
  assert.match(stdout, /NATS +a nats-server of its own/)
  assert.match(stdout, new RegExp(`a +amis://gateway@127\\.0\\.0\\.1:${port}, system call`))
  assert.match(stdout, /rings +32 MiB for each Asterisk: 2 share the 64 MiB of log\.rings/)
  assert.doesNotMatch(stdout, /lean/)
  const json = JSON.parse((await line.run(['check', '-c', path, '-o', 'json'])).stdout)
  assert.equal(json.holds, true)
  assert.equal(json.asterisks.b.ring, 33_554_432)
  assert.equal(json.nats, 'embedded')
  untouched()
})

test('two variables are enough for check', async () => {
  const env = { AMIABLE_URL: `ami://gateway@127.0.0.1:${port}`, AMIABLE_SECRET_FILE: secret }
  const { code, stdout } = await line.run(['check'], env)
  assert.equal(code, 0)
  assert.match(stdout, /^AMIABLE_URL holds\n/)
  const { code: refused, stderr } = await line.run(['check'], { ...env, AMIABLE_URL: 'ami://g:lean@pbx1' })
  assert.equal(refused, 2)
  assert.doesNotMatch(stderr, /lean/)
  untouched()
})
