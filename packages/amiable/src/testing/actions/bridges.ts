import type { ActionContext, Handlers } from './context.ts'

/** Bridges. */
export const bridgeActions: Handlers = {
  BridgeList({ action, reply, world }) {
    const type = action.header('BridgeType')
    reply.start('Bridge listing will follow')
    for (const bridge of world.bridges.all.values()) {
      if (type === '' || bridge.type === type) reply.item('BridgeListItem', bridge.snapshot())
    }
    reply.complete('BridgeListComplete')
  },
  BridgeInfo({ action, reply, world }) {
    const id = action.header('BridgeUniqueid')
    if (id === '') return reply.error('BridgeUniqueid must be provided')
    const bridge = world.bridges.all.get(id)
    if (bridge === undefined) return reply.error('Specified BridgeUniqueid not found')
    reply.start('Bridge channel listing will follow')
    for (const channel of bridge.channels) reply.item('BridgeInfoChannel', channel.snapshot())
    const items = bridge.channels.length
    reply.lines(
      `Event: BridgeInfoComplete\r\n${reply.idLine()}EventList: Complete\r\nListItems: ${items}\r\n${bridge.snapshot()}`,
    )
  },
  BridgeDestroy({ action, reply, world }) {
    const id = action.header('BridgeUniqueid')
    if (id === '') return reply.error('BridgeUniqueid must be provided')
    const bridge = world.bridges.all.get(id)
    if (bridge === undefined) return reply.error('Specified BridgeUniqueid not found')
    reply.success('Bridge has been destroyed')
    for (const channel of [...bridge.channels]) world.channels.softHangup(channel)
  },
  BridgeKick({ action, reply, world }) {
    const name = action.header('Channel')
    if (name === '') return reply.error('Channel must be provided')
    const channel = world.channels.find(name)
    if (channel === undefined) return reply.error('Channel does not exist')
    if (channel.bridge === undefined) return reply.error('Channel is not in a bridge')
    reply.success('Channel has been kicked')
    world.bridges.leave(channel)
    channel.interrupt()
  },
  BridgeTechnologyList({ reply }) {
    const rows = [
      ['native_rtp', 'Native', 90],
      ['holding_bridge', 'Holding', 50],
      ['simple_bridge', '1to1Mix', 50],
      ['softmix', 'MultiMix', 10],
    ] as const
    reply.start('Bridge technology listing will follow')
    for (const [name, type, priority] of rows) {
      const lines = `BridgeTechnology: ${name}\r\nBridgeType: ${type}\r\nBridgePriority: ${priority}\r\nBridgeSuspended: No\r\n`
      reply.item('BridgeTechnologyListItem', lines, 'last')
    }
    reply.complete('BridgeTechnologyListComplete')
  },
  BridgeTechnologySuspend: technology('Suspended bridge technology'),
  BridgeTechnologyUnsuspend: technology('Unsuspended bridge technology'),
}

function technology(done: string) {
  return ({ action, reply }: ActionContext) => {
    const name = action.header('BridgeTechnology')
    if (name === '') return reply.error('BridgeTechnology must be provided')
    if (!/^(native_rtp|holding_bridge|simple_bridge|softmix)$/.test(name))
      return reply.error('BridgeTechnology not found')
    reply.success(done)
  }
}
