// The accounts that `permissions` prints are in force: the gateways have two users that may do what they must and no more.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '@nats-io/transport-node'
import { until } from '../../tools/servers/asterisk/process.ts'
import { NATS_VERSIONS } from '../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { withSimulator } from '../targets.ts'
import { ask } from './actions.ts'
import { type Bed, faultRun, killWriter, terminateWriter } from './faults.ts'

const skip = (await natsObstacle()) ?? false
const PERMISSIONS = new URL('../../packages/amiable-gateway/src/bus/permissions.ts', import.meta.url).href
const { accountsText } = (await import(PERMISSIONS)) as {
  accountsText(roles: readonly string[], prefix: string): string
}
for (const user of ['GATEWAY_LOG', 'GATEWAY_ANSWERS', 'OPS']) process.env[`${user}_PASSWORD`] = `${user}-lean`

const restricted = {
  configuration: accountsText(['ops'], 'ami'),
  settings: {
    users:
      'user: gateway-log, password: { env: GATEWAY_LOG_PASSWORD }, answers: { user: gateway-answers, password: { env: GATEWAY_ANSWERS_PASSWORD } }',
    actions: 'classes: [read, message], inboxes: [], trustRequestInfo: true',
  },
  login: { user: 'gateway-log', pass: 'GATEWAY_LOG-lean' },
}

await withSimulator((target) => {
  for (const version of NATS_VERSIONS) {
    test(`gateways whose two users may do no more than they must do all that they must, on ${version}`, {
      skip,
    }, async () => {
      const faults = async (bed: Bed) => {
        await killWriter(bed)
        await terminateWriter(bed)
        const ops = await connect({ servers: bed.nats.urls, user: 'ops', pass: 'OPS-lean' })
        try {
          await until('an answer', 30_000, async () => (await ask(ops, 'ami.action.pbx1.read.Ping', {}))?.ok)
          const send = () =>
            ask(ops, 'ami.action.pbx1.message.UserEvent', { params: { UserEvent: 'Once' } }, { 'Amiable-Key': 'one' })
          const [first, second] = [await send(), await send()]
          assert.deepEqual([first?.ok, second?.ok, second?.replayed], [true, true, true], JSON.stringify(first))
        } finally {
          await ops.close()
        }
        for (const node of bed.nats.nodes) assert.doesNotMatch(node.logTail(1_000), /iolation/)
      }
      const { missing } = await faultRun({ target, version, nodes: 1, perSecond: 100, restricted, faults })
      assert.equal(missing, 0)
    })
  }
})
