import type { Conference } from '../model/conferences.ts'
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
  for (const user of world.conferences.listed(room)) {
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

/** Conferences. */
export const conferenceActions: Handlers = {
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
}
