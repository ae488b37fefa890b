// `log.manage: false`: somebody else makes the streams. The gateway says what is missing, and begins when it is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../tools/servers/asterisk/process.ts'
import { NATS_VERSIONS } from '../../tools/servers/nats/binary.ts'
import { natsObstacle, startNats } from '../../tools/servers/nats/nats.ts'
import { withSimulator } from '../targets.ts'
import { GatewayProcess } from './support/gateway-process.ts'
import { StoredLog } from './support/stored.ts'
import { Traffic } from './support/traffic.ts'

const skip = (await natsObstacle()) ?? false
const TIMEOUT = 60_000

await withSimulator((target) => {
  for (const version of NATS_VERSIONS) {
    test(`a gateway that makes no streams waits for them on nats-server ${version}, and then takes part`, {
      skip,
    }, async (t) => {
      const nats = await startNats(version)
      t.after(() => nats.close())
      const [checks, makes] = ['manage: false', 'manage: true'].map((log, n) => {
        const gateway = new GatewayProcess(`gw-${n}`, target, nats, { log })
        t.after(() => gateway.close())
        return gateway
      })
      assert.ok(checks && makes)
      const log = await StoredLog.open(nats)
      t.after(() => log.close())
      await checks.start()
      await checks.until('what is missing', () => checks.lines.some(({ msg }) => msg === 'the log does not answer'))
      assert.ok(checks.lines.some(({ msg }) => msg === 'a stream was not as wanted'))
      await assert.rejects(log.info(), /not found/)
      await makes.start()
      await checks.until('the log', () => checks.lines.some(({ msg }) => msg === 'the log answers'))
      const traffic = await Traffic.open(target, 50)
      t.after(() => traffic.close())
      await until('events', TIMEOUT, () => traffic.taken.size > 100)
      await makes.kill()
      await checks.until('the writing', () => checks.role === 'writing')
      await traffic.pause()
      await until('the last event', TIMEOUT, async () => {
        const last = (await log.all()).findLast(({ data }) => data?.UserEvent === 'Load')
        return Number(last?.data?.N) === traffic.sent
      })
      assert.equal(traffic.judge(await log.all()).missing, 0)
    })
  }
})
