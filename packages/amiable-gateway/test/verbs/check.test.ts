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

/** Each kind of fault: the text, and where and what the command says. */
const KINDS: readonly (readonly [kind: string, text: () => string, says: RegExp])[] = [
  ['no YAML', () => `asterisks: { pbx1: ${asterisk()}\nlog: {}\n`, /:2:1: the configuration must be YAML/],
  ['no object', () => '- pbx1\n', /the configuration must be an object/],
  ['nothing', () => '', /asterisks is missing/],
  [
    'a key twice',
    () => `asterisks:\n  a: ${asterisk()}\n  a: ${asterisk()}\n`,
    /:3:3: .*must be YAML: Map keys must be/,
  ],
  [
    'an unknown key',
    () => `asterisks: { a: ${asterisk()} }\nhttpp: false\n`,
    /:2:1: httpp is unknown; did you mean http/,
  ],
  [
    'a deep unknown key',
    () => `asterisks:\n  a: ${asterisk('evens: [call]')}\n`,
    /:2:\d+: asterisks\.a\.evens is unknown; .*events/,
  ],
  ['a missing key', () => 'asterisks:\n  a: { host: x, username: y }\n', /:2:3: asterisks\.a\.secret is missing/],
  [
    'another type',
    () => `asterisks:\n  a: ${asterisk().replace(String(port), '"x"')}\n`,
    /:2:\d+: asterisks\.a\.port must be a/,
  ],
  [
    'out of range',
    () => `asterisks: { a: ${asterisk()} }\nlog: { takeover: 5m }\n`,
    /:2:8: log\.takeover must be a time/,
  ],
  [
    'no such file',
    () => `asterisks: { a: ${asterisk()} }\nnats:\n  servers: [n1]\n  credsFile: /no/file\n`,
    /:4:3: nats\.credsFile must be a file/,
  ],
  [
    'a secret for all',
    () => `asterisks:\n  a: ${asterisk().replace(secret, readable)}\n`,
    /:2:\d+: asterisks\.a\.secret\.file cannot be used: .*read by other users/,
  ],
  [
    'an empty secret',
    () => `asterisks:\n  a: ${asterisk().replace(secret, empty)}\n`,
    /:2:\d+: asterisks\.a\.secret\.file must be a file that holds/,
  ],
  [
    'a secret in it',
    () => `asterisks:\n  a: ${asterisk().replace(/\{ file: [^}]*\}/, 'lean')}\n`,
    /:2:\d+: asterisks\.a\.secret must be where the secret is/,
  ],
  [
    'a variable',
    () => `asterisks:\n  a: ${asterisk().replace(/\{ file: [^}]*\}/, '{ env: NONE }')}\n`,
    /:2:\d+: asterisks\.a\.secret\.env must name a variable/,
  ],
  [
    'a password in a URL',
    () => `asterisks: { a: ${asterisk()} }\nnats: { servers: ["nats://u:lean@n1"] }\n`,
    /:2:19: nats\.servers\[0\] must be an address/,
  ],
  [
    'two that clash',
    () => `asterisks: { a: ${asterisk()} }\nlog: { replicas: 3 }\n`,
    /:2:8: log\.replicas must be 1 where nats\.servers/,
  ],
  ['a name', () => `asterisks:\n  "a b": ${asterisk()}\n`, /:2:3: asterisks\.a b must have a name of letters/],
  [
    'a class without contexts',
    () => `asterisks: { a: ${asterisk()} }\nactions:\n  classes: [call]\n`,
    /:3:|:2:\d*.*actions\.contexts is missing/,
  ],
  [
    'what nobody may do',
    () => `asterisks: { a: ${asterisk()} }\nactions: { allow: [Logoff] }\n`,
    /:2:\d+: actions\.allow\[0\] cannot be Logoff/,
  ],
  [
    'no port',
    () => `asterisks: { a: ${asterisk()} }\nhttp: { listen: localhost }\n`,
    /:2:9: http\.listen must be an address and a port/,
  ],
]

/** Whether nothing has been opened, run or made. */
function untouched(): void {
  assert.equal(connections, 0)
  assert.equal(existsSync(line.state), false, 'there is a state directory')
  assert.equal(existsSync(marker), false, 'the command of a secret was run')
}

for (const [verb, kinds] of [
  ['check', KINDS],
  ['run', KINDS.slice(-4)],
] as const) {
  test(`${verb} names each kind of fault with its path and line, and opens nothing`, async () => {
    const ran = kinds.map(async ([kind, text, says], n) => {
      const path = line.file(`${verb}-${n}.yaml`, text())
      const { code, stdout, stderr } = await line.run([verb, '-c', path])
      assert.deepEqual([code, stdout], [2, ''], `${kind}: ${stderr}`)
      assert.ok(stderr.startsWith(`amiable-gateway: ${path}:`), `${kind}: ${stderr}`)
      assert.match(stderr, says, kind)
      assert.doesNotMatch(stderr, /lean/, kind)
    })
    await Promise.all(ran)
    untouched()
  })
}

test('all faults are said at once, in the order of their lines, as text and as JSON', async () => {
  const text = `asterisks:\n  a: ${asterisk('tls: maybe')}\n  any: ${asterisk()}\nlog: { ring: 1 }\nprefx: x\n`
  const path = line.file('many.yaml', text)
  const { code, stderr } = await line.run(['check', '-c', path])
  assert.equal(code, 2)
  assert.deepEqual(
    stderr
      .trim()
      .split('\n')
      .map((one) => one.replace(/^(?:amiable-gateway:)?\s*.*\.yaml:(\d+):\d+: (\S+) .*$/, '$1 $2')),
    ['2 asterisks.a.tls', '3 asterisks.any', '4 log.ring', '5 prefx'],
  )
  const json = await line.run(['check', '-c', path, '-o', 'json'])
  assert.deepEqual([json.code, json.stderr], [2, ''])
  const { holds, faults } = JSON.parse(json.stdout)
  assert.equal(holds, false)
  assert.deepEqual(
    faults.map((fault: { line: number; path: string }) => `${fault.line} ${fault.path}`),
    ['2 asterisks.a.tls', '3 asterisks.any', '4 log.ring', '5 prefx'],
  )
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
