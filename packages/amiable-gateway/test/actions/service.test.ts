// Actions over real nats-servers, with a simulated Asterisk.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { startServer } from 'amiable/testing'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { ActionService } from '../../src/actions/service.ts'
import type { ReplyBody } from '../../src/schema/action.ts'
import { SETTINGS } from './handler-bench.ts'

const skip = (await natsObstacle()) ?? false
type Version = '2.10' | '2.15'

async function arrange(t: TestContext, version: Version, names: readonly string[] = ['gw-a']) {
  const nats = await startNats(version)
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  const admin = await connect({ servers: nats.urls })
  const manager = await jetstreamManager(admin)
  await manager.streams.add({ name: 'AMI-AUDIT', subjects: ['ami.audit.>'] })
  await manager.streams.add({ name: 'AMI-LOG_pbx1', subjects: ['ami.event.pbx1.>'] })
  await new Kvm(admin).create('AMI_KEYS', { history: 1 })
  const said: string[] = []
  const services = await Promise.all(
    names.map(async (gateway) => {
      const inbox = '_INBOX_gateway'
      const connection = await connect({ servers: nats.urls, inboxPrefix: inbox, noEcho: true })
      const service = new ActionService({
        prefix: 'ami',
        gateway,
        version: '0.1.0',
        settings: { ...SETTINGS, inboxes: ['_INBOX.>'] },
        connection,
        inbox,
        keys: await new Kvm(connection).open('AMI_KEYS'),
        servers: {
          pbx1: {
            port: asterisk.port,
            username: 'gateway',
            secret: 'lean',
            reconnect: { initialDelay: 10 },
            keepalive: false,
          },
        },
        say: (_level, what) => said.push(what),
      })
      await service.start()
      await until(() => service.serving.length === 1)
      await connection.flush()
      return { service, connection }
    }),
  )
  t.after(async () => {
    await Promise.all(services.map(({ service }) => service.close(100)))
    await Promise.all([admin, ...services.map(({ connection }) => connection)].map((one) => one.close()))
    await asterisk.close()
    await nats.close()
  })
  return { nats, asterisk, admin, manager, services, said }
}

async function ask(
  connection: NatsConnection,
  subject: string,
  body: unknown = {},
  given: Record<string, string> = {},
): Promise<ReplyBody> {
  const set = headers()
  for (const [name, value] of Object.entries(given)) set.set(name, value)
  const answer = await connection.request(subject, JSON.stringify(body), { timeout: 5_000, headers: set })
  return answer.json<ReplyBody>()
}

for (const version of ['2.10', '2.15'] as const) {
  test(`requests over nats-server ${version}: one gateway runs each, keys hold across gateways, all is audited`, {
    skip,
  }, async (t) => {
    const { asterisk, admin, manager, services } = await arrange(t, version, ['gw-a', 'gw-b'])
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(admin, 'ami.action.pbx1.read.Ping')))
    assert.ok(answers.every(({ ok }) => ok))
    assert.deepEqual(new Set(answers.map(({ gateway }) => gateway)), new Set(['gw-a', 'gw-b']))
    const pings = () => asterisk.calls.filter(({ name }) => name === 'Ping').length
    assert.equal(pings(), 40)

    let runs = 0
    using _ = asterisk.handle('QueuePause', () => ({ Message: `paused ${++runs}` }))
    const pause = { params: { Queue: 'q', Interface: 'PJSIP/1', Paused: true } }
    const keyed = () => ask(admin, 'ami.action.pbx1.queue.QueuePause', pause, { 'Amiable-Key': 'k1' })
    const many = await Promise.all(Array.from({ length: 10 }, keyed))
    assert.equal(runs, 1)
    for (const answer of many) assert.ok(answer.ok || answer.error?.code === 'GW_IN_PROGRESS', JSON.stringify(answer))
    const again = await keyed()
    assert.deepEqual([again.ok, again.replayed, again.response?.Message], [true, true, 'paused 1'])

    const denied = await ask(admin, 'ami.action.pbx1.danger.GetConfig', { params: { Filename: 'manager.conf' } })
    assert.deepEqual([denied.error?.code, denied.delivered], ['GW_DENIED', 'no'])
    // a reply inside a log: no gateway writes there, and nothing runs
    admin.publish('ami.action.pbx1.read.Ping', '{}', { reply: 'ami.event.pbx1.Forged' })
    admin.publish('$SRV.PING', '', { reply: 'ami.event.pbx1.Forged' })
    await admin.flush()
    await until(async () => (await audits(manager)).some(({ rule }) => rule === 'reply'))
    assert.equal((await manager.streams.info('AMI-LOG_pbx1')).state.messages, 0)
    assert.equal(pings(), 40)

    // nobody takes what no gateway can do, and NATS says so at once
    await assert.rejects(ask(admin, 'ami.action.pbx2.read.Ping'), /no responders/)
    await Promise.all(services.map(({ service }) => service.close(1_000)))
    await admin.flush()
    await assert.rejects(ask(admin, 'ami.action.pbx1.read.Ping'), /no responders/)
    const lines = await audits(manager)
    assert.equal(lines.filter(({ action, outcome }) => action === 'Ping' && outcome === 'ok').length, 40)
    assert.ok(lines.some(({ action, outcome }) => action === 'GetConfig' && outcome === 'GW_DENIED'))
    assert.doesNotMatch(JSON.stringify(lines), /manager\.conf/)
  })

  test(`a list in pieces over nats-server ${version}, and gateways that can be found`, { skip }, async (t) => {
    const { asterisk, admin } = await arrange(t, version)
    using _ = asterisk.handle('CoreShowChannels', (_action, reply) => {
      const rows = Array.from({ length: 200 }, (_value, n) => ['CoreShowChannel', { Channel: `PJSIP/${n}` }] as const)
      reply.list({ rows, complete: 'CoreShowChannelsComplete' })
      return undefined
    })
    const set = headers()
    set.set('Amiable-Rows', '10')
    const channels: string[] = []
    let last: ReplyBody | undefined
    const answers = await admin.requestMany('ami.action.pbx1.read.CoreShowChannels', '{}', {
      headers: set,
      strategy: 'sentinel',
      maxWait: 5_000,
    })
    for await (const answer of answers) {
      if (answer.data.length === 0) break
      const body = answer.json<ReplyBody & { rows: { Channel: string }[] }>()
      if (answer.reply === undefined || answer.reply === '') last = body
      else {
        channels.push(...body.rows.map(({ Channel }) => Channel))
        answer.respond()
      }
    }
    assert.deepEqual(
      channels,
      Array.from({ length: 200 }, (_value, n) => `PJSIP/${n}`),
    )
    assert.equal(last?.rows, 200)
    const found = (await admin.request('$SRV.PING.amiable-gateway', '', { timeout: 2_000 })).json<
      Record<string, unknown>
    >()
    assert.equal(found.type, 'io.nats.micro.v1.ping_response')
    assert.deepEqual(found.metadata, { gateway: 'gw-a' })
    const stats = (await admin.request('$SRV.STATS', '', { timeout: 2_000 })).json<{
      endpoints: { num_requests: number }[]
    }>()
    assert.equal(stats.endpoints[0]?.num_requests, 1)
  })

  test(`a gateway without its Asterisk takes no request on nats-server ${version}, and takes them again`, {
    skip,
  }, async (t) => {
    const { asterisk, admin, services } = await arrange(t, version)
    const [one] = services
    assert.ok(one)
    const back = asterisk.restart({ downtime: 300 })
    await until(() => one.service.serving.length === 0)
    await one.connection.flush()
    await assert.rejects(ask(admin, 'ami.action.pbx1.read.Ping'), /no responders/)
    await back
    await until(() => one.service.serving.length === 1)
    await one.connection.flush()
    assert.equal((await ask(admin, 'ami.action.pbx1.read.Ping')).ok, true)
  })
}

async function audits(manager: Awaited<ReturnType<typeof jetstreamManager>>) {
  const { state } = await manager.streams.info('AMI-AUDIT')
  const lines: Record<string, unknown>[] = []
  for (let seq = 1; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage('AMI-AUDIT', { seq })
    if (message) lines.push(message.json())
  }
  return lines
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
