// needs: asterisk-22
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../../targets.ts'
import { stormOver } from '../storm.ts'
import { networkObstacle } from '../support/network.ts'

const skip = (await natsObstacle()) ?? networkObstacle() ?? false

withAsterisk(22, (target) => {
  stormOver(target, { version: '2.15', nodes: 3, skip, server: target.server })
  stormOver(target, { version: '2.10', nodes: 1, skip, server: target.server })
})
