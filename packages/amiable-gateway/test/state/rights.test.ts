// The accounts that `permissions` prints: the gateway's user may keep the live state, and teams may read it at most.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { natsObstacle } from '../../../../tools/servers/nats/nats.ts'
import { namesOf } from '../../src/bus/names.ts'
import { accountsText, ROLES } from '../../src/bus/permissions.ts'
import { BucketStore } from '../../src/bus/state-store.ts'
import { state } from '../../src/client/index.ts'
import { stateKey } from '../../src/state/key.ts'
import { agree, arrange, begin, call, until } from './bench.ts'

const skip = (await natsObstacle()) ?? false
const TEAMS = Object.keys(ROLES)
for (const team of TEAMS) process.env[`${team.toUpperCase()}_PASSWORD`] = `${team}-lean`
for (const which of ['LOG', 'ANSWERS']) process.env[`GATEWAY_${which}_PASSWORD`] = `gateway-${which.toLowerCase()}-lean`

for (const version of ['2.10', '2.15'] as const) {
  test(`teams read the live state on nats-server ${version} as they may, and none writes it`, { skip }, async (t) => {
    const configuration = accountsText(TEAMS, 'ami')
    const bench = await arrange(t, version, { configuration, user: 'gateway-log', pass: 'gateway-log-lean' })
    const open: NatsConnection[] = []
    t.after(() => Promise.all(open.map((one) => one.close())))
    const writer = await bench.writer('gw-a')
    begin(writer, 7)
    await call(writer.client, 2)
    await until('all is written', () => writer.keeper.isWriting && writer.keeper.pending === 0)
    for (const team of TEAMS) {
      const own = await connect({ servers: bench.nats.urls, user: team, pass: `${team}-lean`, reconnect: false })
      open.push(own)
      if (!ROLES[team]?.state) {
        await assert.rejects(state(own), { name: 'GatewayError', code: 'GW_UNAVAILABLE' }, team)
        continue
      }
      await using live = await state(own)
      await agree(writer.model, () => live.get('pbx1'))
      const { size } = writer.model.channels
      await call(writer.client, 1)
      await until(`${team} hears of it`, () => live.get('pbx1')?.channels.size === size + 2)
      const [channel = ''] = writer.model.channels.keys()
      const forged = { v: 1, server: 'pbx1', term: 99, n: 1, at: '', kind: 'channel', key: channel }
      own.publish(`$KV.AMI_STATE.${stateKey('pbx1', 'channel', channel)}`, JSON.stringify(forged))
      await own.flush()
      await call(writer.client, 1)
      await agree(writer.model, () => live.get('pbx1'))
    }
    const store = new BucketStore(bench.reading, namesOf('ami'), 'pbx1')
    for (const name of await store.names()) assert.doesNotMatch((await store.get(name))?.text ?? '', /"term":99/)
    // what is left of a deleted record goes, with the rights of the gateway's user
    const [channel = ''] = writer.model.channels.keys()
    const name = stateKey('pbx1', 'channel', channel)
    await writer.client.sendRaw('Hangup', { Channel: '/^Local/' })
    await until('it is deleted', async () => (await store.get(name))?.gone === true)
    await store.forget(name, (await store.get(name))?.revision ?? 0)
    assert.equal(await store.get(name), undefined)
    assert.ok((await store.names()).includes('pbx1.link'))
    assert.deepEqual(writer.interruptions, [])
  })
}
