import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigError } from 'amiable-settings/yaml'
import { loadConfig, parseConfig } from '../../src/config/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-gateway-config-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const SECRET = join(folder, 'secret')
writeFileSync(SECRET, 'lean\n', { mode: 0o600 })
const OPEN = join(folder, 'open')
writeFileSync(OPEN, 'lean\n', { mode: 0o600 })
chmodSync(OPEN, 0o644)

const SMALL = `asterisks:
  pbx1: { host: 10.0.0.1, username: gateway, secret: { file: ${SECRET} } }
`

/** The faults of a text, as `line path message`. */
function faultsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    parseConfig(text, 'gw.yaml', env)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.faults.map(({ path, line, message }) => `${line} ${path} ${message}`)
  }
}

test('the smallest file holds, and everything has its default', () => {
  const config = parseConfig(SMALL, 'gw.yaml', {})
  assert.deepEqual(config.actions.classes, ['read'])
  assert.deepEqual(config.actions.technologies, ['Local'])
  assert.equal(config.nats.servers, undefined)
  assert.equal(config.log.takeover, 1_000)
  assert.equal(config.log.ring, 64 * 1024 * 1024)
  assert.deepEqual(config.http, { listen: '127.0.0.1:9464' })
  assert.match(config.gateway.name, /^[\w-]{1,32}$/)
  assert.ok(!config.asterisks.pbx1?.events.includes('dialplan'))
})

test('all that a configuration can have is read', () => {
  const config = parseConfig(
    `gateway: { name: gw-a }
nats:
  servers: [nats://n1, "nats://n2:4222", tls://n3]
  credsFile: ${SECRET}
  answers: { nkeyFile: ${SECRET} }
  tls: { caFile: ${OPEN} }
asterisks:
  pbx1: { host: pbx1, port: 5039, username: gateway, secret: { env: S }, tls: { caFile: ${OPEN} }, events: [call, agent] }
  pbx2: { host: "fe80::1", username: gateway, secret: { command: "pass show pbx2" }, tls: true }
  pbx3: { host: pbx3, username: gateway, secret: { credential: secret } }
actions: { classes: [read, call], allow: [Command], contexts: [from-crm], perCaller: 10, inboxes: [_INBOX_crm.>] }
log: { replicas: 3, maxAge: 24h, maxBytes: 2GiB, takeover: 500ms, ring: 64MiB, keepAge: 30d }
http: false
`,
    'gw.yaml',
    { S: 'lean', CREDENTIALS_DIRECTORY: folder },
  )
  assert.equal(config.log.maxAge, 86_400_000)
  assert.equal(config.log.maxBytes, 2_147_483_648)
  assert.equal(config.log.takeover, 500)
  assert.equal(config.http, false)
  assert.deepEqual(config.asterisks.pbx1?.tls, { caFile: OPEN })
})

test('every fault is named at once, each with its path and line', () => {
  const text = `gateway: { name: "a b" }
nats:
  servers: [nats://user:lean@n1]
  credFile: /x
asterisks:
  pbx1:
    host: 10.0.0.1
    port: "5038"
    username: gateway
    secret: lean
  any: { host: b, username: c, secret: { file: ${SECRET} } }
  pbx2: { username: c, secret: { file: /no/such/file } }
  pbx3: { host: b, username: c, secret: { file: ${OPEN} }, tls: maybe }
actions:
  classes: [read, danger]
  contexts: []
log: { maxAge: 24 hours, takeover: 5m }
htp: {}
`
  assert.deepEqual(faultsOf(text), [
    '1 gateway.name must be a name of letters, digits, - and _',
    '3 nats.servers[0] must be an address such as nats://n1:4222, without a user name or a password',
    '4 nats.credFile is unknown; did you mean credsFile?',
    '8 asterisks.pbx1.port must be a whole number from 1 to 65535',
    '10 asterisks.pbx1.secret must be where the secret is, as in { file: /run/secrets/pbx1 }: no secret belongs into this file',
    '11 asterisks.any must have another name: any stands for every Asterisk in the subject of an action',
    '12 asterisks.pbx2.host is missing',
    '12 asterisks.pbx2.secret.file must be a file that can be read: /no/such/file is missing',
    '13 asterisks.pbx3.tls must be true, false or { caFile: … }',
    `13 asterisks.pbx3.secret.file cannot be used: the file ${OPEN} can be read by other users. chmod 600 ${OPEN}`,
    '15 actions.classes[1] must be read, call, queue, message or admin; an action of class danger stands in actions.allow',
    '17 log.maxAge must be a time such as 10s, from 60000 ms to 315360000000 ms',
    '17 log.takeover must be a time such as 10s, from 200 ms to 60000 ms',
    '18 htp is unknown; did you mean http?',
  ])
})

test('no fault shows a value, which may be a secret', () => {
  const text = `nats: { servers: ["nats://u:lean@n1"], user: lean1, password: lean2 }
asterisks: { pbx1: { host: "lean 3", username: "le\\tan", secret: { file: [lean], lean: lean } } }
lean5: lean6
`
  const said = faultsOf(text).join('\n')
  assert.doesNotMatch(said.replaceAll('lean5', '').replaceAll('secret.lean ', ''), /lean/)
  const broken = `asterisks:\n  pbx1: { secret: lean\n   "lean": lean: lean\n`
  assert.doesNotMatch(faultsOf(broken).join('\n'), /lean/)
})

const FAULTS: readonly (readonly [text: string, says: RegExp])[] = [
  ['', /asterisks is missing/],
  ['- a', /the configuration|must be an object/],
  ['asterisks: {}', /1 asterisks must name at least one Asterisk/],
  [
    `asterisks: { "pbx 1": { host: a, username: b, secret: { file: ${SECRET} } } }`,
    /asterisks\.pbx 1 must have a name/,
  ],
  [`asterisks: { a.b: { host: a, username: b, secret: { file: ${SECRET} } } }`, /must have a name/],
  [`${SMALL}  PBX1: { host: a, username: b, secret: { env: S } }`, /3 asterisks\.PBX1 must differ from pbx1/],
  [`${SMALL}  pbx1: { host: a, username: b, secret: { env: S } }`, /3 {2}must be YAML: Map keys must be unique/],
  [
    SMALL.replace('{ file:', '{ env: S, file:'),
    /asterisks\.pbx1\.secret must have one of file, env, command, credential/,
  ],
  [SMALL.replace(/secret.*/, 'secret: {} }'), /asterisks\.pbx1\.secret must have one of/],
  [SMALL.replace(/secret.*/, 'secret: { env: S } }'), /secret\.env must name a variable that is set, and S is not/],
  [SMALL.replace(/secret.*/, 'secret: { credential: c } }'), /secret\.credential needs CREDENTIALS_DIRECTORY/],
  [SMALL.replace(' }', ', events: [all] }').replace('lean', ''), /(?:events\[0\] must be one class|secret)/],
  [`${SMALL}actions: { classes: [read, call] }`, /3 actions\.contexts is missing: class call needs/],
  [`${SMALL}actions: { allow: [originate] }`, /actions\.contexts is missing/],
  [`${SMALL}actions: { allow: [logOFF] }`, /actions\.allow\[0\] cannot be logOFF/],
  [`${SMALL}actions: { inboxes: ["ami.>"] }`, /actions\.inboxes\[0\] must be a subject such as/],
  [`${SMALL}actions: { inboxes: [">"] }`, /actions\.inboxes\[0\] must be/],
  [`${SMALL}actions: { classes: [read, read] }`, /must name nothing twice/],
  [`${SMALL}log: { replicas: 3 }`, /log\.replicas must be 1 where nats\.servers is absent/],
  [`${SMALL}nats: { credsFile: ${SECRET} }`, /nats\.credsFile needs nats\.servers/],
  [`${SMALL}nats: { servers: [n1], user: a }`, /nats must have user and password/],
  [`${SMALL}nats: { servers: [n1], credsFile: ${SECRET}, nkeyFile: ${SECRET} }`, /nats\.nkeyFile cannot stand beside/],
  [`${SMALL}nats: { servers: [n1], tls: { certFile: ${SECRET} } }`, /nats\.tls must have certFile and keyFile/],
  [`${SMALL}http: { listen: 9464 }`, /http\.listen must be an address and a port/],
  [`${SMALL}http: { listen: "127.0.0.1:65536" }`, /http\.listen must be an address and a port/],
  [`${SMALL}nats: { servers: ["n1:99999"] }`, /nats\.servers\[0\] must be an address such as/],
  [`${SMALL}x: &a [1]\ny: [${'*a, '.repeat(60)}]`, /must be YAML with at most 50 uses of an anchor/],
  [`${SMALL}actions: { classes: reed }`, /actions\.classes must be a list of classes/],
]

for (const [text, says] of FAULTS) {
  test(`a fault is named: ${says.source}`, () => {
    assert.match(faultsOf(text).join('\n'), says)
  })
}

test('a file that somebody else can change is not believed', () => {
  const path = join(folder, 'gw.yaml')
  writeFileSync(path, SMALL)
  chmodSync(path, 0o644)
  assert.ok(loadConfig(path, {}).asterisks.pbx1)
  chmodSync(path, 0o666)
  assert.throws(() => loadConfig(path, {}), /cannot be used: the configuration .* can be changed by other users/)
  assert.throws(() => loadConfig(join(folder, 'none'), {}), /none: the configuration is missing/)
})

test('two variables are enough', () => {
  const env = { AMIABLE_URL: 'amis://gateway@pbx1.example.net', AMIABLE_SECRET_FILE: SECRET }
  const { asterisks } = loadConfig(undefined, env)
  assert.deepEqual(Object.keys(asterisks), ['pbx1'])
  assert.equal(asterisks.pbx1?.tls, true)
  assert.deepEqual(Object.keys(loadConfig(undefined, { ...env, AMIABLE_URL: 'ami://g@10.0.0.1' }).asterisks), [
    '10-0-0-1',
  ])
  assert.throws(() => loadConfig(undefined, {}), /AMIABLE_URL: the configuration is missing/)
  assert.throws(() => loadConfig(undefined, { AMIABLE_URL: env.AMIABLE_URL }), /AMIABLE_SECRET_FILE/)
  assert.throws(
    () => loadConfig(undefined, { ...env, AMIABLE_URL: 'ami://g:lean@pbx1' }),
    (error: Error) => /must not hold a password/.test(error.message) && !/lean/.test(error.message),
  )
  assert.throws(() => loadConfig(undefined, { ...env, AMIABLE_SECRET_FILE: OPEN }), /can be read by other users/)
})
