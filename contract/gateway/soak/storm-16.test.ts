// needs: asterisk-16
import { natsObstacle } from '../../../tools/servers/nats/nats.ts'
import { withAsterisk } from '../../targets.ts'
import { stormOver } from '../storm.ts'
import { networkObstacle } from '../support/network.ts'

const skip = (await natsObstacle()) ?? networkObstacle() ?? false

withAsterisk(16, (target) => {
  stormOver(target, { version: '2.15', nodes: 3, skip, server: target.server })
})
