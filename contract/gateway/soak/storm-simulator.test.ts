import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withSimulator } from '../../targets.ts'
import { stormOver } from '../storm.ts'
import { networkObstacle } from '../support/network.ts'

const skip = (await natsObstacle()) ?? networkObstacle() ?? false

await withSimulator((target) => {
  stormOver(target, { version: '2.10', nodes: 3, skip })
  stormOver(target, { version: '2.15', nodes: 3, skip })
  stormOver(target, { version: '2.15', nodes: 1, skip })
})
