import type { Channel } from '../model/channel.ts'
import { type Requested, request } from '../model/dialing.ts'
import type { Queue, QueueCaller, QueueMember } from '../model/queues.ts'
import type { World } from '../model/world.ts'
import { bridgeTwo, firstAnswer, release, setTimes, technologyOf } from './dial.ts'
import type { Application, ApplicationCall, Pbx } from './pbx.ts'

const emptied = ['ANSWEREDTIME', 'ANSWEREDTIME_MS', 'DIALEDTIME', 'DIALEDTIME_MS', 'QUEUEWAIT', 'QUEUEWAIT_MS']

// app_queue.c:queue_exec
const queueApp: Application = async (call) => {
  const { world, channel, data } = call
  const [name = '', , , , seconds = ''] = data.split(',')
  if (timed(world)) for (const variable of emptied) world.setVariable(channel, variable, '')
  const queue = world.queues.named(name)
  if (queue === undefined) return 'next'
  if (queue.max > 0 && queue.callers.length >= queue.max) {
    world.setVariable(channel, 'QUEUESTATUS', 'FULL')
    return 'next'
  }
  const caller = world.queues.join(queue, channel)
  world.channels.music(channel, 'Start')
  const until = world.core.clock.elapsed() + (Number.parseFloat(seconds) || Number.POSITIVE_INFINITY) * 1000
  const waits = (): boolean => queue.callers.includes(caller)
  while (waits() && !channel.interrupted && caller.withdrawn === undefined && world.core.clock.elapsed() < until) {
    const members = nextMembers(world, queue)
    if (members.length === 0) {
      await channel.wait(Math.min(1000, until - world.core.clock.elapsed()))
      continue
    }
    if (await tryMembers(call, queue, caller, members)) return channel.target === undefined ? 'hangup' : 'next'
    if (!channel.interrupted) await channel.wait(Math.min(1000, until - world.core.clock.elapsed()))
  }
  if (waits() && channel.target !== undefined && !channel.pbx) world.queues.leaveUnsaid(queue, caller)
  else if (waits()) giveUp(world, queue, caller)
  // a test took it out
  else world.channels.music(channel, 'Stop')
  return channel.hungup ? 'hangup' : 'next'
}

// app_queue.c:queue_exec, behind its loop
function giveUp(world: World, queue: Queue, caller: QueueCaller): void {
  const { channel, withdrawn } = caller
  const abandon = (): void => {
    world.setVariable(channel, 'ABANDONED', 'TRUE')
    world.queues.abandon(queue, caller)
  }
  const status = channel.interrupted ? undefined : withdrawn === undefined ? 'TIMEOUT' : 'WITHDRAW'
  if (channel.interrupted) world.channels.music(channel, 'Stop')
  if (status === 'TIMEOUT') abandon()
  if (timed(world)) {
    const now = world.core.clock.now()
    setWait(world, channel, Math.floor((now - caller.joinedAt) / 1000))
    for (const [name, ms] of [
      ['DIALEDTIME', now - caller.joinedAt],
      ['ANSWEREDTIME', 0],
    ] as const) {
      world.setVariable(channel, name, String(Math.floor(ms / 1000)))
      world.setVariable(channel, `${name}_MS`, String(ms))
    }
  }
  if (status !== 'TIMEOUT') abandon()
  if (status === 'WITHDRAW') world.setVariable(channel, 'QUEUE_WITHDRAW_INFO', withdrawn ?? '')
  if (!channel.interrupted) world.channels.music(channel, 'Stop')
  const { position } = world.queues.leave(queue, caller)
  world.setVariable(channel, 'QUEUEPOSITION', String(position))
  if (status !== undefined) world.setVariable(channel, 'QUEUESTATUS', status)
}

// app_queue.c of 16 sets no variables with times
function timed(world: World): boolean {
  return world.core.version > 16
}

function setWait(world: World, channel: Channel, hold: number): void {
  world.setVariable(channel, 'QUEUEWAIT', String(hold))
  world.setVariable(channel, 'QUEUEWAIT_MS', String(hold * 1000))
}

function nextMembers(world: World, queue: Queue): QueueMember[] {
  const free = queue.members.filter((member) => {
    const state = world.devices.all.get(member.device)
    return (
      !member.paused &&
      !member.inCall &&
      (state === undefined || state === 'NOT_INUSE' || /^Local\//.test(member.device))
    )
  })
  const penalty = Math.min(...free.map((member) => member.penalty))
  const best = free.filter((member) => member.penalty === penalty)
  if (queue.strategy === 'ringall' || best.length === 0) return best
  return [best[queue.rotation++ % best.length]!]
}

// app_queue.c:try_calling
async function tryMembers(
  call: ApplicationCall,
  queue: Queue,
  caller: QueueCaller,
  members: readonly QueueMember[],
): Promise<boolean> {
  const { world, channel, runner } = call
  const began = world.core.clock.now()
  const legs: (Requested & { member: QueueMember })[] = []
  for (const member of members) {
    const asked = request(world, ...technologyOf(member.interface), { linkedid: channel.linkedid })
    if (asked === undefined) continue
    const leg = asked.channel
    leg.callerNum = channel.exten
    leg.connectedNum = channel.callerNum
    leg.connectedName = channel.callerName
    world.channels.newExten(leg, 'AppQueue', '(Outgoing Line)')
    world.channels.setCaller(leg, leg.callerNum, '')
    // main/manager_channels.c: each part of a snapshot that has changed has an event of its own
    if (leg.connectedNum !== '' || leg.connectedName !== '') {
      world.channels.setConnected(leg, leg.connectedNum, leg.connectedName)
    }
    leg.context = channel.context
    leg.exten = channel.exten
    world.channels.newExten(leg, 'AppQueue', '(Outgoing Line)')
    world.setVariable(leg, 'DIALEDPEERNUMBER', asked.dialString)
    if (!asked.call(runner)) {
      world.channels.hangup(leg)
      continue
    }
    legs.push({ ...asked, member })
    world.queues.agentEvent('AgentCalled', queue, member, channel, leg)
    world.core.emit('DialBegin', `${channel.snapshot()}${leg.snapshot('Dest')}DialString: ${member.interface}\r\n`)
  }
  const [result, answered] = await firstAnswer(world, channel, legs, queue.timeout * 1000)
  for (const leg of legs) {
    if (leg.channel === answered?.channel) continue
    const status = answered !== undefined || result === 'hangup' ? 'CANCEL' : result === 'busy' ? 'BUSY' : 'NOANSWER'
    world.core.emit('DialEnd', `${channel.snapshot()}${leg.channel.snapshot('Dest')}DialStatus: ${status}\r\n`)
    const rang = Math.floor(world.core.clock.now() - began)
    if (answered === undefined && result !== 'hangup') {
      world.queues.agentEvent('AgentRingNoAnswer', queue, leg.member, channel, leg.channel, `RingTime: ${rang}\r\n`)
    }
    world.channels.hangup(leg.channel)
  }
  if (answered === undefined) return false
  const { member } = legs.find((leg) => leg.channel === answered.channel)!
  await talk(call, queue, caller, member, answered.channel, began)
  return true
}

async function talk(
  call: ApplicationCall,
  queue: Queue,
  caller: QueueCaller,
  member: QueueMember,
  agent: Channel,
  began: number,
): Promise<void> {
  const { world, channel, runner } = call
  const ring = Math.floor((world.core.clock.now() - began) / 1000)
  world.core.emit('DialEnd', `${channel.snapshot()}${agent.snapshot('Dest')}DialStatus: ANSWER\r\n`)
  world.channels.music(channel, 'Stop')
  // as with queues.conf's `setinterfacevar`, for the caller and for the member
  for (const one of [channel, agent]) {
    for (const [variable, value] of memberVariables(member)) world.setVariable(one, variable, value)
  }
  const { hold, position } = world.queues.leave(queue, caller)
  world.setVariable(channel, 'QUEUEPOSITION', String(position))
  if (timed(world)) setWait(world, channel, hold)
  const times = `HoldTime: ${hold}\r\nRingTime: ${ring}\r\n`
  world.queues.agentEvent('AgentConnect', queue, member, channel, agent, times)
  member.inCall = true
  queue.holdTime = Math.floor((queue.holdTime * 3 + hold) / 4)
  const bridged = world.core.clock.now()
  const { seized } = agent
  await bridgeTwo(world, channel, agent, { over: () => complete(call, queue, member, agent, hold, bridged) })
  member.inCall = false
  member.callsTaken++
  member.lastCall = world.core.seconds()
  queue.completed++
  if (agent.seized === seized) release(world, runner, agent)
  if (timed(world)) setTimes(world, channel, began, bridged)
  if (channel.target === undefined && channel.cause === 0) channel.cause = 16
}

function memberVariables(member: QueueMember): [name: string, value: string][] {
  return [
    ['MEMBERINTERFACE', member.interface],
    ['MEMBERNAME', member.name],
    ['MEMBERCALLS', String(member.callsTaken)],
    ['MEMBERLASTCALL', String(member.lastCall)],
    ['MEMBERPENALTY', String(member.penalty)],
    ['MEMBERDYNAMIC', member.membership === 'dynamic' ? '1' : '0'],
    ['MEMBERREALTIME', '0'],
  ]
}

function complete(
  { world, channel }: ApplicationCall,
  queue: Queue,
  member: QueueMember,
  agent: Channel,
  hold: number,
  bridged: number,
): void {
  const talked = Math.floor((world.core.clock.now() - bridged) / 1000)
  const reason = channel.hungup || channel.gone ? 'caller' : channel.target !== undefined ? 'transfer' : 'agent'
  const end = `HoldTime: ${hold}\r\nTalkTime: ${talked}\r\nReason: ${reason}\r\n`
  world.queues.agentEvent('AgentComplete', queue, member, channel, agent, end)
  queue.talkTime = Math.floor((queue.talkTime * 3 + talked) / 4)
}

/** Adds Queue. */
export function addQueue(pbx: Pbx): void {
  pbx.add('Queue', queueApp)
}
