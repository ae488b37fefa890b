import type { Conference } from '../model/rooms.ts'
import type { ActionContext, Handlers } from './context.ts'

function conference({ action, reply, world }: ActionContext): Conference | undefined {
  const name = action.header('Conference')
  if (name === '') return void reply.error('No Conference name provided.')
  if (world.conferences.all.size === 0) return void reply.error('No active conferences.')
  const found = world.conferences.all.get(name)
  if (found === undefined) return void reply.error('No Conference by that name found.')
  return found
}

function confbridgeList(context: ActionContext) {
  const { reply, world } = context
  const room = conference(context)
  if (room === undefined) return
  const later = world.core.version === 22 ? 'EndMarkedAny: No\r\n' : ''
  reply.start('Confbridge user list will follow')
  const now = world.core.clock.now()
  for (const user of room.users) {
    const answered = Math.floor((now - (user.channel.answeredAt || user.joinedAt)) / 1000)
    reply.item(
      'ConfbridgeList',
      `Conference: ${room.name}\r\nAdmin: ${user.admin ? 'Yes' : 'No'}\r\nMarkedUser: No\r\nWaitMarked: No\r\n` +
        `EndMarked: No\r\n${later}Waiting: No\r\nMuted: ${user.muted ? 'Yes' : 'No'}\r\nTalking: No\r\n` +
        `AnsweredTime: ${answered}\r\n${user.channel.snapshot()}`,
    )
  }
  reply.complete('ConfbridgeListComplete')
}

function rooms({ reply, world }: ActionContext) {
  if (world.conferences.all.size === 0) return reply.error('No active conferences.')
  reply.start('Confbridge conferences will follow')
  for (const room of world.conferences.all.values()) {
    const muted = room.users.every((user) => user.muted) ? 'Yes' : 'No'
    reply.item(
      'ConfbridgeListRooms',
      `Conference: ${room.name}\r\nParties: ${room.users.length}\r\nMarked: 0\r\nLocked: ${room.locked ? 'Yes' : 'No'}\r\nMuted: ${muted}\r\n`,
    )
  }
  reply.complete('ConfbridgeListRoomsComplete')
}

function eachUser(
  needed: boolean,
  done: string,
  act: (context: ActionContext, room: Conference, index: number) => void,
) {
  return (context: ActionContext) => {
    const { action, reply } = context
    const name = action.header('Channel')
    if (action.header('Conference') !== '' && name === '' && needed) return reply.error('No channel name provided.')
    const room = conference(context)
    if (room === undefined) return
    const all = name === '' || /^(all|participants)$/i.test(name)
    const found = room.users.filter((user) => all || user.channel.name === name)
    if (found.length === 0) return reply.error('No Channel by that name found in Conference.')
    reply.success(done)
    for (const user of found) act(context, room, room.users.indexOf(user))
  }
}

function mute(muted: boolean) {
  return eachUser(true, muted ? 'User muted' : 'User unmuted', ({ world }, room, index) => {
    const user = room.users[index]!
    user.muted = muted
    const name = muted ? 'ConfbridgeMute' : 'ConfbridgeUnmute'
    world.conferences.event(name, room, user.channel, `Admin: ${user.admin ? 'Yes' : 'No'}\r\n`)
  })
}

function lock(locked: boolean) {
  return (context: ActionContext) => {
    const room = conference(context)
    if (room === undefined) return
    room.locked = locked
    context.reply.success(locked ? 'Conference locked' : 'Conference unlocked')
  }
}

function parkedCalls({ action, reply, world }: ActionContext) {
  const name = action.header('ParkingLot')
  if (name !== '' && !world.parking.all.has(name)) return reply.error('Requested parking lot could not be found.')
  reply.start('Parked calls will follow')
  let total = 0
  for (const lot of world.parking.all.values()) {
    if (name !== '' && lot.name !== name) continue
    for (const user of lot.users) {
      total++
      reply.item('ParkedCall', world.parking.describe(lot, user), 'last')
    }
  }
  reply.complete('ParkedCallsComplete', { Total: total })
}

/** Conferences, parking lots, bridges. */
export const roomActions: Handlers = {
  ConfbridgeList: confbridgeList,
  ConfbridgeListRooms: rooms,
  ConfbridgeMute: mute(true),
  ConfbridgeUnmute: mute(false),
  ConfbridgeLock: lock(true),
  ConfbridgeUnlock: lock(false),
  ConfbridgeKick: eachUser(false, 'User kicked', ({ world }, room, index) => {
    const { channel } = room.users[index]!
    world.setVariable(channel, 'CONFBRIDGE_RESULT', 'KICKED')
    // the application sees that it is out of the bridge, and goes on in the dialplan
    world.conferences.leave(room, channel)
    channel.interrupt()
  }),
  ConfbridgeSetSingleVideoSrc: eachUser(true, 'Conference single video source set.', () => undefined),
  ConfbridgeStartRecord(context) {
    if (conference(context) !== undefined) context.reply.success('Conference Recording Started.')
  },
  ConfbridgeStopRecord(context) {
    if (conference(context) !== undefined) context.reply.error('Internal error while stopping recording.')
  },
  ParkedCalls: parkedCalls,
  Parkinglots({ reply, world }) {
    reply.start('Parking lots will follow')
    for (const lot of world.parking.all.values()) {
      reply.item(
        'Parkinglot',
        `Name: ${lot.name}\r\nStartSpace: ${lot.start}\r\nStopSpace: ${lot.stop}\r\nTimeout: ${lot.timeout}\r\n`,
      )
    }
    reply.complete('ParkinglotsComplete')
  },
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
