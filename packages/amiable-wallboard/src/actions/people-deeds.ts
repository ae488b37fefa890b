// Deeds on agents and members, on callers of queues, on queues and servers.
import type { Caller, Member, Queue } from 'amiable/state'
import type { Verbs } from '../protocol/verbs.ts'
import { keyOf, stampOf } from '../views/look.ts'
import { memberKey, queuesOf } from '../views/people-rows.ts'
import {
  contextOf,
  type Deed,
  type Doing,
  exactName,
  found,
  needsLive,
  needsOwn,
  needsStamp,
  type Sent,
} from './deed.ts'
import { gone, Refused } from './refused.ts'

/** Those whom a key names: one membership, or all of one person's within one's scope. */
export function membersOf({ look, server, rest }: Doing): Member[] {
  const all = queuesOf(look, server.state).flatMap(({ members }) => members)
  const key = keyOf(server.name, rest)
  const one = all.find((member) => memberKey(server.name, member) === key)
  const members = one === undefined ? all.filter((member) => member.interface === rest) : [one]
  if (members.length === 0) throw gone()
  return members
}

/** Finds members again, by their keys. */
function again({ look, server }: Doing, members: readonly Member[]): Member[] {
  const keys = new Set(members.map((member) => memberKey(server.name, member)))
  const all = queuesOf(look, server.state).flatMap((queue) => queue.members)
  return all.filter((member) => keys.has(memberKey(server.name, member)))
}

/** Whether all of them are so; nobody shows what was done to those who have left. */
function areAll(members: readonly Member[], test: (member: Member) => boolean): boolean {
  return members.length > 0 && members.every(test)
}

function ownMembers(doing: Doing): Member[] {
  needsLive(doing.server.state, 'queues')
  const members = membersOf(doing)
  needsOwn(
    doing,
    members.every((member) => doing.look.isOwn(doing.server.name, member.interface)),
  )
  return members
}

/** Pauses somebody, or brings him back; in each queue of the scope, so that no other queue is touched. */
export function pauseDeed(doing: Doing, paused: boolean, { reason }: Verbs['pause']): Deed {
  const { pauseReasons } = doing
  if (reason !== undefined && pauseReasons.length > 0 && !pauseReasons.includes(reason)) {
    throw new Refused('invalid', 'has a reason that the configuration does not name')
  }
  const members = ownMembers(doing)
  const sends = members.map(({ queue, interface: device }): Sent => {
    const why = paused && reason !== undefined ? { Reason: reason } : {}
    return { action: 'QueuePause', params: { Queue: queue, Interface: device, Paused: String(paused), ...why } }
  })
  const shows = () => areAll(again(doing, members), (member) => (member.paused !== undefined) === paused)
  return { on: onMembers(members), sends, shows }
}

export function loginDeed(doing: Doing, { queue: name, penalty }: Verbs['login']): Deed {
  const { look, server } = doing
  needsLive(server.state, 'queues')
  const queue = found(queuesOf(look, server.state).find((one) => one.name.toLowerCase() === name.toLowerCase()))
  const isOwn = look.isOwn(server.name, doing.rest)
  needsOwn(doing, isOwn)
  const known = queuesOf(look, server.state).flatMap(({ members }) =>
    members.filter((one) => one.interface === doing.rest),
  )[0]
  // one's own phone, or somebody who is in another queue already: no other device can be named
  if (known === undefined && !isOwn) throw gone()
  const device = known?.interface ?? doing.person.device?.interface ?? ''
  if (queue.members.some((member) => member.interface === device))
    throw new Refused('impossible', 'is in that queue already')
  const params = {
    Queue: queue.name,
    Interface: device,
    ...(known && { MemberName: known.name, StateInterface: known.stateInterface }),
    ...(penalty !== undefined && { Penalty: String(penalty) }),
  }
  const isIn = () => found(server.state.queues.get(queue.name)).members.some((member) => member.interface === device)
  return { on: `${device} in ${queue.name}`, sends: [{ action: 'QueueAdd', params }], shows: isIn }
}

export function logoutDeed(doing: Doing): Deed {
  const members = ownMembers(doing)
  const leaving = members.filter(({ membership }) => membership !== 'static')
  if (leaving.length === 0) throw new Refused('impossible', 'belongs to the queue by its configuration')
  const sends = leaving.map(({ queue, interface: device }) => ({
    action: 'QueueRemove',
    params: { Queue: queue, Interface: device },
  }))
  return { on: onMembers(leaving), sends, shows: () => again(doing, leaving).length === 0, ends: true }
}

export function penaltyDeed(doing: Doing, { penalty }: Verbs['penalty']): Deed {
  const members = ownMembers(doing)
  const sends = members.map(({ queue, interface: device }) => ({
    action: 'QueuePenalty',
    params: { Queue: queue, Interface: device, Penalty: String(penalty) },
  }))
  const shows = () => areAll(again(doing, members), (one) => one.penalty === penalty)
  return { on: onMembers(members), sends, shows }
}

/** Finds a caller of a queue: `queue/Uniqueid`. */
function callerOf(doing: Doing): { queue: Queue; caller: Caller } {
  const { look, server, rest } = doing
  needsLive(server.state, 'queues')
  for (const queue of queuesOf(look, server.state)) {
    const caller = queue.callers.find(({ id }) => `${queue.name.toLowerCase()}/${id}` === rest)
    if (caller === undefined) continue
    needsStamp(doing, stampOf(caller.id, caller.joinedAt.getTime()))
    return { queue, caller }
  }
  throw gone()
}

export function priorityDeed(doing: Doing, { priority }: Verbs['priority']): Deed {
  const { queue, caller } = callerOf(doing)
  const params = { Queue: queue.name, Caller: exactName(caller.channel), Priority: String(priority) }
  const shows = () => waiting(doing, queue, caller)?.priority === priority
  const sends = [{ action: 'QueueChangePriorityCaller', params }]
  return { on: `${caller.channel} in ${queue.name}`, sends, shows, again: ['queues'] }
}

export function withdrawDeed(doing: Doing): Deed {
  const { queue, caller } = callerOf(doing)
  const params = { Queue: queue.name, Caller: exactName(caller.channel) }
  const shows = () => waiting(doing, queue, caller) === undefined
  return { on: `${caller.channel} in ${queue.name}`, sends: [{ action: 'QueueWithdrawCaller', params }], shows }
}

export function redirectDeed(doing: Doing, { to }: Verbs['redirect']): Deed {
  const { queue, caller } = callerOf(doing)
  const params = { Channel: exactName(caller.channel), Context: contextOf(doing), Exten: to, Priority: '1' }
  const shows = () => waiting(doing, queue, caller) === undefined
  return { on: `${caller.channel} in ${queue.name}`, sends: [{ action: 'Redirect', params }], shows }
}

function waiting({ server }: Doing, queue: Queue, { id }: Caller): Caller | undefined {
  return server.state.queues.get(queue.name)?.callers.find((one) => one.id === id)
}

export function resetDeed({ look, server, rest }: Doing): Deed {
  needsLive(server.state, 'queues')
  const queue = found(queuesOf(look, server.state).find(({ name }) => name.toLowerCase() === rest))
  const shows = () => {
    const { completed, abandoned } = found(server.state.queues.get(queue.name)).counted
    return completed === 0 && abandoned === 0
  }
  return { on: queue.name, sends: [{ action: 'QueueReset', params: { Queue: queue.name } }], shows, again: ['queues'] }
}

/** Reads queues.conf again. No event reports it: that the queues have been listed since is all that can be seen. */
export function reloadDeed({ server }: Doing): Deed {
  const listed = () => {
    const { freshness } = server.state.queues
    return freshness.type === 'live' ? freshness.listedAt.getTime() : 0
  }
  const before = listed()
  return {
    on: server.name,
    sends: [{ action: 'QueueReload', params: { Queue: '', Members: 'yes', Rules: 'yes', Parameters: 'yes' } }],
    shows: () => listed() > before,
    again: ['queues'],
  }
}

function onMembers(members: readonly Member[]): string {
  return members.map(({ queue, interface: device }) => `${device} in ${queue}`).join(', ')
}
