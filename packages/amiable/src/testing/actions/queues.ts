import type { Queue, QueueMember } from '../model/queues.ts'
import { fromWire, isFalse, isTrue } from '../protocol/byte-text.ts'
import type { ActionContext, Handlers } from './context.ts'

function memberRow(queue: Queue, member: QueueMember): string {
  return (
    `Queue: ${queue.name}\r\nName: ${member.name}\r\nLocation: ${member.interface}\r\n` +
    `StateInterface: ${member.stateInterface}\r\nMembership: ${member.membership}\r\nPenalty: ${member.penalty}\r\n` +
    `CallsTaken: ${member.callsTaken}\r\nLastCall: ${member.lastCall}\r\nLastPause: ${member.lastPause}\r\n` +
    `LoginTime: ${member.loginTime}\r\nInCall: ${member.inCall ? 1 : 0}\r\nStatus: ${member.status}\r\n` +
    `Paused: ${member.paused ? 1 : 0}\r\nPausedReason: ${member.pausedReason}\r\nWrapuptime: ${member.wrapupTime}\r\n`
  )
}

function queueStatus({ action, reply, world }: ActionContext) {
  const wanted = action.header('Queue')
  const member = action.header('Member')
  const now = world.core.clock.now()
  reply.start('Queue status will follow')
  for (const queue of world.queues.all.values()) {
    if (wanted !== '' && queue.name.toLowerCase() !== wanted.toLowerCase()) continue
    reply.item(
      'QueueParams',
      `Queue: ${queue.name}\r\nMax: ${queue.max}\r\nStrategy: ${queue.strategy}\r\nCalls: ${queue.callers.length}\r\n` +
        `Holdtime: ${queue.holdTime}\r\nTalkTime: ${queue.talkTime}\r\nCompleted: ${queue.completed}\r\n` +
        `Abandoned: ${queue.abandoned}\r\nServiceLevel: 0\r\nServicelevelPerf: 0.0\r\nServicelevelPerf2: 0.0\r\nWeight: 0\r\n`,
      'last',
    )
    for (const one of queue.members) {
      if (member === '' || one.interface === member) reply.item('QueueMember', memberRow(queue, one), 'last')
    }
    for (const [index, { channel, joinedAt, priority }] of queue.callers.entries()) {
      if (member !== '') continue
      reply.item(
        'QueueEntry',
        `Queue: ${queue.name}\r\nPosition: ${index + 1}\r\nChannel: ${channel.name}\r\nUniqueid: ${channel.uniqueid}\r\n` +
          `CallerIDNum: ${channel.callerNum || 'unknown'}\r\nCallerIDName: ${channel.callerName || 'unknown'}\r\n` +
          `ConnectedLineNum: ${channel.connectedNum || 'unknown'}\r\nConnectedLineName: ${channel.connectedName || 'unknown'}\r\n` +
          `Wait: ${Math.floor((now - joinedAt) / 1000)}\r\nPriority: ${priority}\r\n`,
        'last',
      )
    }
  }
  reply.complete('QueueStatusComplete')
}

function queueSummary({ action, reply, world }: ActionContext) {
  const wanted = action.header('Queue')
  const now = world.core.clock.now()
  reply.start('Queue summary will follow')
  for (const queue of world.queues.all.values()) {
    if (wanted !== '' && queue.name.toLowerCase() !== wanted.toLowerCase()) continue
    const free = queue.members.filter((member) => member.status === 1 && !member.paused && !member.inCall).length
    const longest = Math.max(0, ...queue.callers.map((caller) => Math.floor((now - caller.joinedAt) / 1000)))
    reply.item(
      'QueueSummary',
      `Queue: ${queue.name}\r\nLoggedIn: ${queue.members.length}\r\nAvailable: ${free}\r\nCallers: ${queue.callers.length}\r\n` +
        `HoldTime: ${queue.holdTime}\r\nTalkTime: ${queue.talkTime}\r\nLongestHoldTime: ${longest}\r\n`,
      'last',
    )
  }
  reply.complete('QueueSummaryComplete')
}

function queueAdd({ action, reply, world }: ActionContext) {
  const name = action.header('Queue')
  const device = action.header('Interface')
  if (name === '') return reply.error("'Queue' not specified.")
  if (device === '') return reply.error("'Interface' not specified.")
  const queue = world.queues.all.get(name)
  if (queue === undefined) return reply.error('Unable to add interface to queue: No such queue')
  if (queue.find(device) !== undefined) return reply.error('Unable to add interface: Already there')
  reply.success('Added interface to queue')
  const memberName = action.header('MemberName')
  const state = action.header('StateInterface')
  // defined from bytes that are in wire form already
  world.queues.addMember(queue, {
    interface: fromWire(device),
    penalty: Number.parseInt(action.header('Penalty'), 10) || 0,
    paused: isTrue(action.header('Paused')),
    ...(memberName === '' ? {} : { name: fromWire(memberName) }),
    ...(state === '' ? {} : { stateInterface: fromWire(state) }),
  })
}

function queueRemove({ action, reply, world }: ActionContext) {
  const name = action.header('Queue')
  const device = action.header('Interface')
  if (name === '' || device === '') return reply.error("Need 'Queue' and 'Interface' parameters.")
  const queue = world.queues.all.get(name)
  if (queue === undefined) return reply.error('Unable to remove interface from queue: No such queue')
  const member = queue.find(device)
  if (member === undefined) return reply.error('Unable to remove interface: Not there')
  if (member.membership === 'static') return reply.error('Unable to remove interface: Member not dynamic')
  reply.success('Removed interface from queue')
  world.queues.removeMember(queue, member)
}

/** Returns the members of an interface in one queue, or in all. */
function members({ action, world }: ActionContext): [Queue, QueueMember][] {
  const name = action.header('Queue')
  const found: [Queue, QueueMember][] = []
  for (const queue of world.queues.all.values()) {
    if (name !== '' && queue.name !== name) continue
    const member = queue.find(action.header('Interface'))
    if (member !== undefined) found.push([queue, member])
  }
  return found
}

/** Returns who waits in a queue under a channel's name, letter for letter; what is missing is answered. */
function waiting({ action, reply, world }: ActionContext, refusal: string) {
  const queue = world.queues.named(action.header('Queue'))
  const caller = queue?.callers.find(({ channel }) => channel.name === action.header('Caller'))
  if (queue !== undefined && caller !== undefined) return { queue, caller }
  reply.error(`${refusal}: No such ${queue === undefined ? 'queue' : 'caller'}`)
  return undefined
}

function queuePause(context: ActionContext) {
  const { action, reply, world } = context
  const paused = action.header('Paused')
  if (action.header('Interface') === '' || paused === '')
    return reply.error("Need 'Interface' and 'Paused' parameters.")
  const found = members(context)
  if (found.length === 0) return reply.error('Interface not found')
  const on = !isFalse(paused)
  reply.success(on ? 'Interface paused successfully' : 'Interface unpaused successfully')
  for (const [queue, member] of found) world.queues.pause(queue, member, on, action.header('Reason'))
}

function queuePenalty(context: ActionContext) {
  const { action, reply, world } = context
  const penalty = action.header('Penalty')
  if (action.header('Interface') === '' || penalty === '')
    return reply.error("Need 'Interface' and 'Penalty' parameters.")
  const found = members(context)
  if (found.length === 0) return reply.error('Invalid interface, queuename or penalty')
  reply.success('Interface penalty set successfully')
  for (const [queue, member] of found) world.queues.setPenalty(queue, member, Number.parseInt(penalty, 10) || 0)
}

function ringInUse(context: ActionContext) {
  const { action, reply, world } = context
  const value = action.header('RingInUse')
  if (action.header('Interface') === '' || value === '')
    return reply.error("Need 'Interface' and 'RingInUse' parameters.")
  const found = members(context)
  if (found.length === 0) return reply.error('Invalid interface, queuename, or ringinuse value\n')
  reply.success('Interface ringinuse set successfully')
  for (const [queue, member] of found) world.queues.setRingInUse(queue, member, isTrue(value))
}

/** Queues. */
export const queueActions: Handlers = {
  QueueStatus: queueStatus,
  QueueSummary: queueSummary,
  QueueAdd: queueAdd,
  QueueRemove: queueRemove,
  QueuePause: queuePause,
  QueuePenalty: queuePenalty,
  QueueMemberRingInUse: ringInUse,
  QueueRule({ reply }) {
    // app_queue.c:manager_queue_rule_show ends with a blank line of its own
    reply.write(`Response: Success\r\n${reply.idLine()}\r\n\r\n`)
  },
  QueueReset({ action, reply, world }) {
    const name = action.header('Queue')
    for (const queue of world.queues.all.values()) {
      if (name !== '' && queue.name !== name) continue
      queue.completed = 0
      queue.abandoned = 0
      queue.holdTime = 0
      queue.talkTime = 0
      for (const member of queue.members) member.callsTaken = 0
    }
    reply.success('Queue stats reset successfully')
  },
  QueueReload({ reply }) {
    reply.success('Queue reloaded successfully')
  },
  QueueLog({ action, reply }) {
    if (action.header('Queue') === '' || action.header('Event') === '') {
      return reply.error("Need 'Queue' and 'Event' parameters.")
    }
    reply.success('Event added successfully')
  },
  QueueChangePriorityCaller(context) {
    const { action, reply, world } = context
    if (action.header('Queue') === '') return reply.error("'Queue' not specified.")
    if (action.header('Caller') === '') return reply.error("'Caller' not specified.")
    if (action.header('Priority') === '') return reply.error("'Priority' not specified.")
    // sscanf reads the number that it begins with
    const priority = Number.parseInt(action.header('Priority'), 10)
    if (Number.isNaN(priority)) return reply.error("'Priority' need integer.")
    const found = waiting(context, 'Unable to change priority caller on queue')
    if (found === undefined) return
    world.queues.setPriority(found.queue, found.caller, priority, isTrue(action.header('Immediate')))
    reply.success('Priority change for caller on queue')
  },
  QueueWithdrawCaller(context) {
    const { action, reply } = context
    if (action.header('Queue') === '') return reply.error("'Queue' not specified.")
    if (action.header('Caller') === '') return reply.error("'Caller' not specified.")
    const found = waiting(context, 'Unable to request withdraw from queue')
    if (found === undefined) return
    const { caller } = found
    if (caller.withdrawn !== undefined) {
      return reply.error('Unable to request withdraw from queue: Already requested')
    }
    caller.withdrawn = action.header('WithdrawInfo')
    reply.success('Withdraw requested successfully')
  },
}
