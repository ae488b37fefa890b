// The containers of the compose file as they are written: three nodes and two gateways of the image, each with an address
// of its own and a root that nobody can write to. A simulated Asterisk has the name that gateway.yaml gives it.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { until } from '../../../tools/servers/asterisk/process.ts'
import { natsBinary } from '../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { RunningGateway } from '../../../tools/testbed/gateway-command.ts'
import { Compose, ownedFile } from '../support/compose.ts'
import { buildContext, type Container, Image, imageObstacle } from '../support/image.ts'
import { Network, networkObstacle } from '../support/network.ts'
import { type PlainMessage, PlainSession } from '../support/plain-session.ts'
import { StoredLog } from '../support/stored.ts'

const skip = imageObstacle() ?? networkObstacle() ?? (await natsObstacle()) ?? false
const CLASSES = 'system,call,agent,user,cdr,cc,security'
const PATIENCE = 120_000
/** What gateway.yaml says nothing about. */
const AMI_PORT = 5038

test('the containers of the compose file store a call, and lose nothing where a gateway is killed', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'amiable-compose-'))
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  after(async () => {
    for (const close of closing.reverse()) await close()
  })
  const beside = join(folder, 'context')
  const [steps = []] = await buildContext(beside)
  const image = await Image.from(join(folder, 'gateway'), beside)
  for (const step of steps) await image.step(step)
  t.diagnostic('the image is built')

  const asterisk = await startServer({
    users: { gateway: 'lean', judge: 'lean' },
    endpoints: { anna: { answers: 'answer', ringTime: 100 }, ben: { answers: 'answer', ringTime: 100 } },
    dialplan: '[default]\nexten => ben,1,Dial(PJSIP/ben,10)\n same => n,Hangup()\n',
  })
  closing.push(() => asterisk.close())
  const path = join(beside, 'compose.yaml')
  const network = new Network(Compose.namesIn(path), { bridge: 'amc', net: '10.213.8' })
  closing.push(() => network.close())
  const target = { host: '127.0.0.1', port: asterisk.port, username: 'judge', secret: 'lean' }
  await network.open(target, AMI_PORT)
  // the secret is for the user of the image alone, as the file says
  const { stdout: user } = await image.run(['id', '-u'])
  ownedFile(join(beside, 'pbx1.secret'), 'lean\n', Number(user), 0o400)
  const nats = await natsImage(join(folder, 'nats'))
  const images = (name: string): Container => (name.startsWith('nats:2.10') ? nats : image.container)
  const compose = new Compose(path, network, images, { 'pbx1.example.org': network.host })

  const nodes = compose.names.filter((name) => name.startsWith('nats'))
  const gateways = compose.names.filter((name) => name.startsWith('gateway'))
  assert.deepEqual([nodes.length, gateways.length], [3, 2])
  for (const name of nodes) {
    const child = compose.start(name)
    // what nobody reads fills the pipe
    child.stdout.resume()
    child.stderr.resume()
    closing.push(() => child.kill('SIGKILL'))
  }
  const running = new Map<string, RunningGateway>()
  const start = (name: string) => {
    const gateway = new RunningGateway(compose.start(name))
    closing.push(() => gateway.end('SIGKILL'))
    running.set(name, gateway)
    return gateway.said(({ role }) => role !== undefined)
  }
  await Promise.all(gateways.map(start))
  const writer = () =>
    gateways.find((name) => running.get(name)?.lines.findLast(({ role }) => role)?.role === 'writing')
  await until('a writer', PATIENCE, () => writer() !== undefined)

  for (const name of gateways) {
    await until(`the health of ${name}`, PATIENCE, async () => (await compose.health(name)).code === 0)
    const { stdout, stderr } = await compose.run(name, ['sh', '-c', 'hostname; id -un; touch /opt/amiable/x /tmp/x'])
    assert.equal(stdout, `${name}\nnode\n`)
    for (const place of ['/opt/amiable/x', '/tmp/x'])
      assert.ok(stderr.includes(`'${place}': Read-only file system`), stderr)
    const wrote = await compose.run(name, ['sh', '-c', ': > /run/secrets/pbx1'])
    assert.notEqual(wrote.code, 0)
  }
  t.diagnostic('two gateways run')

  const heard: PlainMessage[] = []
  const judge = new PlainSession(target, CLASSES, (message) => heard.push(message))
  await judge.open()
  closing.push(() => judge.close())
  const mark = (name: string) => judge.send({ Action: 'UserEvent', UserEvent: 'Judge', Mark: name })
  const all = (event: string) => heard.filter(({ Event }) => Event === event)
  const call = async () => {
    const [entered, ends] = [all('BridgeEnter').length, all('Hangup').length]
    const answer = await judge.send({
      ...{ Action: 'Originate', Channel: 'PJSIP/anna', Context: 'default', Exten: 'ben', Priority: '1', Async: 'true' },
    })
    assert.equal(answer?.Response, 'Success')
    await until('two who talk', PATIENCE, () => all('BridgeEnter').length >= entered + 2)
    await judge.send({ Action: 'Hangup', Channel: String(all('BridgeEnter').at(-1)?.Channel) })
    await until('its end', PATIENCE, () => all('Hangup').length >= ends + 2)
  }
  await mark('begin')
  await call()
  const first = writer() ?? ''
  t.diagnostic(`${first} writes, and is killed`)
  await running.get(first)?.end('SIGKILL')
  // what it said last is no more true
  running.delete(first)
  await call()
  await until('another writer', PATIENCE, () => writer() !== undefined && writer() !== first)
  // an engine starts it again
  await start(first)
  await call()
  await mark('end')

  const stored = await StoredLog.open({ urls: nodes.map((name) => `nats://${network.place(name).host}:4222`) })
  closing.push(() => stored.close())
  const isEnd = ({ data }: { data?: Readonly<Record<string, string>> }) => data?.Mark === 'end'
  await until('the end in the log', PATIENCE, async () =>
    isEnd(await stored.message((await stored.info()).state.last_seq)),
  )
  const log = (await stored.all()).filter(({ event }) => event !== undefined).map(({ data }) => data ?? {})
  const from = (all: readonly object[]) => all.findIndex((one) => 'Mark' in one && one.Mark === 'begin')
  assert.ok(from(heard) >= 0)
  assert.deepEqual(log.slice(from(log)), heard.slice(from(heard)))
  t.diagnostic(`${heard.length - from(heard)} events are stored as a session beside the gateways received them`)
  const proof = await compose.run(writer() ?? '', [
    'amiable-gateway',
    'verify',
    '--config',
    '/etc/amiable/gateway.yaml',
  ])
  assert.equal(proof.code, 0, `${proof.stdout}${proof.stderr}`)
  for (const name of gateways) assert.equal(await running.get(name)?.end('SIGTERM'), 0, running.get(name)?.errors)
})

/** What stands for `nats:2.10-alpine`: the same server, of Debian's package. */
async function natsImage(folder: string): Promise<Container> {
  const { root } = await Image.from(folder, folder)
  cpSync(await natsBinary('2.10'), join(root, 'usr/local/bin/nats-server'))
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }
  return { root, user: 'root', folder: '/', env, entrypoint: ['nats-server'], words: [], health: [] }
}
