// What lies in `deploy`: a unit, an image and a set of containers. No engine runs here, so their parts are looked at, and
// what they would run is run. The steps of the image run in contract/gateway/soak/image.test.ts, and the containers in
// compose.test.ts beside it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { parseDocument } from 'yaml'
import { NATS_VERSIONS, natsBinary } from '../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { dockerSteps } from '../../../tools/testbed/dockerfile.ts'
import { GatewayCommand } from '../../../tools/testbed/gateway-command.ts'
import { VERBS } from '../src/verbs/verbs.ts'

const line = new GatewayCommand()
after(() => line[Symbol.dispose]())
const text = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8')
const CONFIG = '/etc/amiable/gateway.yaml'

/** Whether the words after the name of the command are a verb that takes a configuration. */
function assertVerb(words: readonly string[]): void {
  const [verb, ...rest] = words
  assert.ok(
    VERBS.some(({ name }) => name === verb),
    `there is no verb ${verb}`,
  )
  assert.deepEqual(rest, ['--config', CONFIG])
}

test('the unit is one that systemd takes, and begins the gateway after a check', () => {
  const unit = text('amiable-gateway.service')
  const sections: Record<string, string[]> = {}
  let section = ''
  for (const one of unit.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, header] = /^\[(\w+)\]$/.exec(one) ?? []
    if (header !== undefined) section = header
    else {
      assert.match(one, /^[A-Z][A-Za-z]+=/)
      sections[section] = [...(sections[section] ?? []), one]
    }
  }
  assert.deepEqual(Object.keys(sections), ['Unit', 'Service', 'Install'])
  const service = sections.Service ?? []
  for (const wanted of ['DynamicUser=yes', 'Restart=always', 'ProtectSystem=strict', 'NoNewPrivileges=yes']) {
    assert.ok(service.includes(wanted), wanted)
  }
  const commands = service.filter((one) => one.startsWith('ExecStart')).map((one) => one.split('='))
  assert.deepEqual(commands.map(([key]) => key).sort(), ['ExecStart', 'ExecStartPre'])
  for (const [, command = ''] of commands) {
    const [node, bin = '', ...words] = command.split(' ')
    assert.equal(node, '/usr/bin/node')
    assert.match(bin, /\/amiable-gateway\/bin\/amiable-gateway\.cjs$/)
    assertVerb(words)
  }
  // with a program that this machine has
  const path = line.file('amiable-gateway.service', unit.replaceAll('/usr/bin/node', process.execPath))
  const { error, status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path])
  if (!error) assert.equal(status, 0, `${stdout}${stderr}`)
})

test('the image is built of words that there are, runs as nobody special, and asks for its health', () => {
  const known = [
    'FROM',
    'WORKDIR',
    'COPY',
    'RUN',
    'ENV',
    'USER',
    'STOPSIGNAL',
    'EXPOSE',
    'HEALTHCHECK',
    'ENTRYPOINT',
    'CMD',
  ]
  const steps = dockerSteps(text('Dockerfile'))
  for (const { word } of steps) assert.ok(known.includes(word), word)
  const all = (wanted: string) => steps.filter(({ word }) => word === wanted).map(({ rest }) => rest)
  for (const from of all('FROM')) assert.match(from, /^(?:node:22-trixie-slim|gateway) AS \w+$/)
  assert.equal(all('USER').at(-1), 'node')
  assert.equal(all('USER')[0], 'node')
  for (const run of all('RUN')) {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', run])
    assert.equal(status, 0, String(stderr))
  }
  assert.deepEqual(JSON.parse(all('ENTRYPOINT')[0] ?? ''), ['amiable-gateway'])
  assertVerb(JSON.parse(all('CMD')[0] ?? ''))
  const [, health = ''] = all('HEALTHCHECK')[0]?.split(' CMD ') ?? []
  const [command, ...words] = JSON.parse(health)
  assert.equal(command, 'amiable-gateway')
  assertVerb(words)
})

test('the containers are those of one cluster and two gateways, and each file that they need is there', () => {
  const { services, volumes, secrets } = parseDocument(text('compose.yaml'), { merge: true }).toJS() as {
    services: Record<
      string,
      {
        image: string
        volumes: string[]
        read_only: boolean
        hostname?: string
        secrets?: string[]
        depends_on?: string[]
      }
    >
    volumes: object
    secrets: Record<string, { file: string }>
  }
  const names = Object.keys(services)
  assert.deepEqual(names, ['nats-1', 'nats-2', 'nats-3', 'gateway-1', 'gateway-2'])
  const brought = Object.values(secrets).map(({ file }) => file)
  const files = readdirSync(new URL('../deploy', import.meta.url)).map((name) => `./${name}`)
  for (const [name, service] of Object.entries(services)) {
    assert.ok(service.image.includes(':'), `${name} names a version`)
    assert.equal(service.read_only, true, name)
    for (const volume of service.volumes) {
      const [from = ''] = volume.split(':')
      assert.ok(files.includes(from) || from in volumes || brought.includes(from), `${name} needs ${from}`)
    }
    for (const other of service.depends_on ?? []) assert.ok(names.includes(other), other)
    if (name.startsWith('gateway')) assert.deepEqual([service.hostname, service.secrets], [name, ['pbx1']])
  }
  const nats = text('nats.conf')
  for (const name of names.filter((one) => one.startsWith('nats')))
    assert.ok(nats.includes(`nats://${name}:6222`), name)
})

test('the configuration of the nodes holds', { skip: (await natsObstacle()) ?? false }, async () => {
  const path = line.file('nats.conf', text('nats.conf'))
  for (const version of NATS_VERSIONS) {
    const { status, stderr } = spawnSync(await natsBinary(version), ['-t', '-c', path, '--name', 'nats-1'])
    assert.equal(status, 0, String(stderr))
  }
})

test('the configuration of the containers holds', async () => {
  const secret = line.file('pbx1', 'lean\n')
  const path = line.file('gateway.yaml', text('gateway.yaml').replace('/run/secrets/pbx1', secret))
  assert.ok(existsSync(secret))
  const { code, stderr } = await line.run(['check', '--config', path])
  assert.equal(code, 0, stderr)
})
