// The accounts that `permissions` prints, loaded into real servers, and every subject tried by every team.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { startServer } from 'amiable/testing'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { ActionService } from '../../src/actions/service.ts'
import { accountsText, ROLES } from '../../src/bus/permissions.ts'
import type { ReplyBody } from '../../src/schema/action.ts'
import { SETTINGS } from '../actions/handler-bench.ts'

const skip = (await natsObstacle()) ?? false
const TEAMS = Object.keys(ROLES)
const USERS = [
  ...TEAMS.map((team) => [team, `${team.toUpperCase()}_PASSWORD`] as const),
  ...['LOG', 'ANSWERS'].map((which) => [`gateway-${which.toLowerCase()}`, `GATEWAY_${which}_PASSWORD`] as const),
]
for (const [user, variable] of USERS) process.env[variable] = `${user}-lean`
const LOG = 'AMI-LOG_pbx1'

async function arrange(t: TestContext, version: '2.10' | '2.15') {
  const nats = await startNats(version, { configuration: accountsText(TEAMS, 'ami') })
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  const open: NatsConnection[] = []
  const login = async (user: string, pass = `${user}-lean`) => {
    const connection = await connect({ servers: nats.urls, user, pass, reconnect: false })
    open.push(connection)
    return connection
  }
  const log = await login('gateway-log')
  const manager = await jetstreamManager(log)
  await manager.streams.add({ name: LOG, subjects: ['ami.event.pbx1.>', 'ami.status.pbx1.gap'] })
  await manager.streams.add({ name: 'AMI', sources: [{ name: LOG }] })
  await manager.streams.add({ name: 'AMI-AUDIT', subjects: ['ami.audit.>'] })
  const state = await new Kvm(log).create('AMI_STATE', { history: 1 })
  await new Kvm(log).create('AMI_KEYS', { history: 1 })
  for (const team of TEAMS.filter((one) => ROLES[one]?.durable)) {
    await manager.consumers.add('AMI', { durable_name: team, ack_policy: 'explicit' })
  }
  await jetstream(log).publish('ami.event.pbx1.Hangup', '{"seq":1}')
  await state.put('pbx1.link', '{"up":true}')
  const connection = await login('gateway-answers')
  const service = new ActionService({
    prefix: 'ami',
    gateway: 'gw-a',
    version: '0.1.0',
    settings: { ...SETTINGS, inboxes: [], trustRequestInfo: true },
    connection,
    inbox: '_INBOX',
    keys: await new Kvm(connection).open('AMI_KEYS'),
    servers: { pbx1: { port: asterisk.port, username: 'gateway', secret: 'lean' } },
    say: () => {},
  })
  await service.start()
  await until(() => service.serving.length === 1)
  await connection.flush()
  t.after(async () => {
    await service.close(100)
    await Promise.all(open.map((one) => one.close()))
    await asterisk.close()
    await nats.close()
  })
  return { asterisk, log, login, manager, service, connection }
}

for (const version of ['2.10', '2.15'] as const) {
  test(`what each team may do works on nats-server ${version}, and what it may not is refused`, { skip }, async (t) => {
    const { login, manager, asterisk } = await arrange(t, version)
    using _ = asterisk.handle('QueuePause', () => ({ Message: 'paused' }))
    for (const team of TEAMS) {
      const { live, state, durable, classes } = ROLES[team] ?? assert.fail()
      const own = await login(team)
      for (const group of ['read', 'call', 'queue', 'message', 'admin', 'danger']) {
        const request = own.request(`ami.action.pbx1.${group}.Ping`, '{}', { timeout: 2_000 })
        if (!classes.includes(group)) await assert.rejects(request, /no responders/, `${team} ${group}`)
        else {
          const body = (await request).json<ReplyBody>()
          assert.equal(body.ok ? 'ok' : body.error?.code, group === 'read' ? 'ok' : 'GW_DENIED', `${team} ${group}`)
        }
      }
      const js = jetstream(own, { apiPrefix: 'ami.API', timeout: 1_000 })
      if (durable) {
        const message = await (await js.consumers.get('AMI', team)).next({ expires: 2_000 })
        assert.equal(message?.string(), '{"seq":1}', team)
        assert.equal(await message?.ackAck({ timeout: 2_000 }), true)
        assert.equal((await manager.consumers.info('AMI', team)).num_ack_pending, 0)
      }
      for (const other of TEAMS.filter((one) => ROLES[one]?.durable && one !== team)) {
        await assert.rejects(js.consumers.get('AMI', other), team)
      }
      const direct = own.request('ami.API.DIRECT.GET.KV_AMI_STATE.$KV.AMI_STATE.pbx1.link', '', { timeout: 1_000 })
      if (state) assert.equal((await direct).string(), '{"up":true}', team)
      else await assert.rejects(direct, team)
      const heard: string[] = []
      own.subscribe('>', { callback: (_error, message) => void heard.push(message.subject) })
      await own.flush()
      const { log } = { log: await login('gateway-log') }
      await jetstream(log).publish('ami.event.pbx1.Newchannel', '{}')
      log.publish('$KV.AMI_STATE.pbx1.x', '{}')
      await log.flush()
      await own.flush()
      if (live) await until(() => heard.includes('ami.event.pbx1.Newchannel'))
      if (state) await until(() => heard.includes('$KV.AMI_STATE.pbx1.x'))
      await own.flush()
      assert.equal(heard.includes('ami.event.pbx1.Newchannel'), live, team)
      assert.equal(heard.includes('$KV.AMI_STATE.pbx1.x'), state, team)
    }
    await assert.rejects(login('crm', 'bi-lean'), /[Aa]uthorization/)
  })

  test(`no team can write into a log of nats-server ${version}: directly, by a reply, by a consumer`, {
    skip,
  }, async (t) => {
    const { login, manager, log, connection } = await arrange(t, version)
    const before = (await manager.streams.info(LOG)).state.last_seq
    const states = await (await new Kvm(log).open('AMI_STATE')).get('pbx1.link')
    for (const team of TEAMS) {
      const own = await login(team)
      const reply = 'ami.event.pbx1.Forged'
      const evil = JSON.stringify({
        stream_name: 'AMI',
        config: { name: 'evil', deliver_subject: reply, ack_policy: 'none', deliver_policy: 'all' },
      })
      const tries: [subject: string, body: string][] = [
        [reply, '{"direct":1}'],
        ['ami.status.pbx1.gap', '{}'],
        ['$KV.AMI_STATE.pbx1.link', '{"up":false}'],
        ['$KV.AMI_KEYS.x', '{}'],
        ['ami.audit.pbx1.Ping', '{}'],
        ['$SRV.PING', ''],
        ['_R_.x', ''],
      ]
      for (const group of ['read', 'call', 'queue', 'message', 'admin', 'danger']) {
        tries.push([`ami.action.pbx1.${group}.Ping`, '{}'], [`ami.action.any.${group}.Ping`, '{}'])
      }
      tries.push(['ami.flow.gw-a.1', ''])
      for (const api of ['$JS.API', 'ami.API']) {
        for (const [what, body] of [
          [`CONSUMER.MSG.NEXT.AMI.${team}`, '{"batch":5}'],
          [`CONSUMER.INFO.AMI.${team}`, ''],
          ['CONSUMER.CREATE.AMI.evil', evil],
          ['CONSUMER.CREATE.AMI', evil],
          ['CONSUMER.DURABLE.CREATE.AMI.evil', evil],
          ['DIRECT.GET.KV_AMI_STATE.$KV.AMI_STATE.pbx1.link', ''],
          ['STREAM.INFO.KV_AMI_STATE', ''],
          ['STREAM.MSG.GET.AMI', '{"seq":1}'],
          ['STREAM.PURGE.AMI', ''],
          ['STREAM.DELETE.AMI-LOG_pbx1', ''],
          ['STREAM.CREATE.EVIL', JSON.stringify({ name: 'EVIL', subjects: ['ami.action.>'] })],
          ['STREAM.UPDATE.AMI-LOG_pbx1', JSON.stringify({ name: LOG, subjects: ['x'] })],
          // NATS itself would publish, copy or forget for whoever may make or change a stream
          [
            'STREAM.CREATE.EVIL',
            JSON.stringify({ name: 'EVIL', subjects: ['evil'], republish: { src: '>', dest: reply } }),
          ],
          ['STREAM.CREATE.EVIL', JSON.stringify({ name: 'EVIL', mirror: { name: 'AMI' } })],
          ['STREAM.CREATE.EVIL', JSON.stringify({ name: 'EVIL', sources: [{ name: LOG }] })],
          ['STREAM.UPDATE.AMI', JSON.stringify({ name: 'AMI', republish: { src: '>', dest: reply } })],
          ['STREAM.MSG.DELETE.AMI-LOG_pbx1', '{"seq":1}'],
          ['STREAM.RESTORE.AMI-LOG_pbx1', '{}'],
          ['STREAM.SNAPSHOT.AMI-LOG_pbx1', JSON.stringify({ deliver_subject: reply })],
          ['STREAM.LEADER.STEPDOWN.AMI-LOG_pbx1', ''],
          ['STREAM.PURGE.KV_AMI_KEYS', ''],
          ['CONSUMER.DELETE.AMI.crm', ''],
          ['CONSUMER.DELETE.AMI.bi', ''],
          ['CONSUMER.PAUSE.AMI.bi', JSON.stringify({ pause_until: '2099-01-01T00:00:00Z' })],
          ['CONSUMER.UNPIN.AMI.bi', '{"group":"a"}'],
          ['ACCOUNT.PURGE.AMIABLE', ''],
        ] as const) {
          tries.push([`${api}.${what}`, body])
        }
      }
      tries.push([`$JS.ACK.AMI.${team}.1.1.1.1.0`, '+ACK'], [`$JS.ACK.AMI.${team}.1.1.1.1.0`, '+NXT 5'])
      for (const other of ['bi', 'crm'].filter((one) => one !== team)) {
        tries.push(
          [`$JS.ACK.AMI.${other}.1.1.1.1.0`, '+TERM'],
          [`ami.API.CONSUMER.MSG.NEXT.AMI.${other}`, '{"batch":1}'],
        )
      }
      tries.push(['$SYS.REQ.SERVER.PING.RELOAD', ''], ['$SYS.REQ.ACCOUNT.AMIABLE.CLAIMS.UPDATE', '{}'])
      const set = headers()
      set.set('Nats-Expected-Last-Sequence', '99')
      for (const [subject, body] of tries) {
        own.publish(subject, body, { reply })
        own.publish(subject, body, { reply: '_R_.x.y' })
        own.publish(subject, body, { reply, headers: set })
      }
      await own.flush()
      // whatever was to be answered has been answered before this
      await own.request(`ami.API.CONSUMER.INFO.AMI.${team}`, '', { timeout: 500 }).catch(() => {})
    }
    // NATS and the gateway have carried out what came before these
    await manager.streams.info('AMI')
    await connection.flush()
    await manager.streams.info(LOG)
    assert.equal((await manager.streams.info(LOG)).state.last_seq, before)
    assert.deepEqual((await manager.streams.info(LOG)).config.subjects, ['ami.event.pbx1.>', 'ami.status.pbx1.gap'])
    const consumers = await manager.consumers.list('AMI').next()
    assert.deepEqual(consumers.map(({ name }) => name).sort(), TEAMS.filter((one) => ROLES[one]?.durable).sort())
    assert.equal((await (await new Kvm(log).open('AMI_STATE')).get('pbx1.link'))?.revision, states?.revision)
  })

  test(`no team hears what another asks or is answered on nats-server ${version}`, { skip }, async (t) => {
    const { login } = await arrange(t, version)
    const heard: string[] = []
    for (const team of TEAMS.filter((one) => one !== 'crm')) {
      const own = await login(team)
      own.subscribe('>', { callback: (_error, message) => void heard.push(`${team} ${message.subject}`) })
      for (const subject of ['_INBOX.>', '_R_.>', 'ami.action.>', '$JS.API.>', 'ami.API.>', '$JS.ACK.>'])
        own.subscribe(subject)
      await own.flush()
    }
    const crm = await login('crm')
    const secret = JSON.stringify({ actionId: 'between-us' })
    assert.equal(
      (await crm.request('ami.action.pbx1.read.Ping', secret, { timeout: 2_000 })).json<ReplyBody>().ok,
      true,
    )
    const js = jetstream(crm, { apiPrefix: 'ami.API', timeout: 1_000 })
    await (await (await js.consumers.get('AMI', 'crm')).next({ expires: 2_000 }))?.ackAck()
    // whatever would reach them has been sent by now, but what everybody may hear
    await (await login('gateway-log')).flush()
    for (const team of TEAMS.filter((one) => one !== 'crm')) await (await login(team)).flush()
    assert.deepEqual(
      heard.filter((one) => !one.startsWith('ops ami.audit.')),
      [],
    )
  })

  test(`the user that answers can write no log on nats-server ${version}, and who asks is known`, {
    skip,
  }, async (t) => {
    const { login, manager } = await arrange(t, version)
    const answers = await login('gateway-answers')
    const log = await login('gateway-log')
    const refused: string[] = []
    for (const one of [answers, log]) {
      void (async () => {
        for await (const status of one.status()) if (status.type === 'error') refused.push(String(status.error))
      })()
    }
    answers.publish('ami.event.pbx1.Forged', '{}')
    answers.publish('$KV.AMI_STATE.pbx1.link', '{}')
    log.publish('_R_.a.b', '{}')
    log.publish('ami.audit.pbx1.Ping', '{}')
    await until(() => refused.length >= 4)
    assert.equal((await manager.streams.info(LOG)).state.messages, 1)
    const crm = await login('crm')
    const set = headers()
    set.set('Nats-Request-Info', JSON.stringify({ acc: 'OPS', user: 'root' }))
    set.set('Amiable-Caller', 'screen-pop')
    await crm.request('ami.action.pbx1.read.Ping', '{}', { timeout: 2_000, headers: set })
    await until(async () => (await manager.streams.info('AMI-AUDIT')).state.messages > 0)
    const line = await manager.streams.getMessage('AMI-AUDIT', { seq: 1 })
    assert.deepEqual(line?.json<{ caller: unknown }>().caller, {
      from: 'account CRM',
      claimed: 'screen-pop',
      account: 'CRM',
      user: 'crm',
    })
  })
}

for (const version of ['2.10', '2.15'] as const) {
  test(`within one account nats-server ${version} itself writes into a log: so a team has its own`, {
    skip,
  }, async (t) => {
    const rights = 'publish: "$JS.API.CONSUMER.INFO.AMI.crm", subscribe: "_INBOX_crm.>"'
    const users = `{ user: gw, password: gw }, { user: crm, password: crm, permissions: { ${rights} } }`
    const nats = await startNats(version, { configuration: `authorization { users: [${users}] }` })
    t.after(() => nats.close())
    const log = await connect({ servers: nats.urls, user: 'gw', pass: 'gw' })
    t.after(() => log.close())
    const manager = await jetstreamManager(log)
    await manager.streams.add({ name: LOG, subjects: ['ami.event.pbx1.>'] })
    await manager.streams.add({ name: 'AMI', sources: [{ name: LOG }] })
    await manager.consumers.add('AMI', { durable_name: 'crm', ack_policy: 'explicit' })
    const crm = await connect({ servers: nats.urls, user: 'crm', pass: 'crm', inboxPrefix: '_INBOX_crm' })
    t.after(() => crm.close())
    crm.publish('$JS.API.CONSUMER.INFO.AMI.crm', '', { reply: 'ami.event.pbx1.Forged' })
    await crm.flush()
    await until(async () => (await manager.streams.info(LOG)).state.messages === 1)
  })
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
