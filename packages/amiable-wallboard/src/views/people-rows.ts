// Rows of queues, their members and callers, and of agents.
import type { Channel, Member, Queue, State } from 'amiable/state'
import type { AgentRow, AgentState, CallerRow, FiguresRow, MemberRow, Membership, QueueRow } from '../protocol/rows.ts'
import type { Facts } from './facts.ts'
import { at, keyOf, type Look, levelOf, type Rows, type ServerLook, stampOf } from './look.ts'
import type { WindowCache } from './windows.ts'

/** How bad what is: the limits of the configuration. */
export interface Thresholds {
  readonly waiting: { readonly warning: number; readonly alarm: number }
  readonly longestWait: { readonly warning: number; readonly alarm: number }
  readonly serviceLevel: { readonly warning: number; readonly alarm: number }
}

/** What the rows of people are made with. */
export interface PeopleContext {
  readonly look: Look
  readonly facts: Facts
  readonly windows: WindowCache
  readonly thresholds: Thresholds
  readonly now: number
}

type StateCount = 'ready' | 'ringing' | 'inCall' | 'onAnotherCall' | 'wrapUp' | 'paused' | 'unavailable'

const COUNT_OF: Readonly<Record<AgentState, StateCount>> = {
  ready: 'ready',
  ringing: 'ringing',
  'in call': 'inCall',
  'on another call': 'onAnotherCall',
  'wrap-up': 'wrapUp',
  paused: 'paused',
  unavailable: 'unavailable',
}

/** The queues of a server that a view shows. */
export function queuesOf(look: Look, state: State): Queue[] {
  return [...state.queues].filter(({ name }) => look.seesQueue(name))
}

/** Makes the row of a queue. */
export function queueRow(context: PeopleContext, server: string, queue: Queue): QueueRow {
  const { look, facts, windows, thresholds, now } = context
  const window = windows.of(server, queue.name, look.spec.window)
  const counts = { ready: 0, ringing: 0, inCall: 0, onAnotherCall: 0, wrapUp: 0, paused: 0, unavailable: 0 }
  for (const { state } of queue.members) counts[COUNT_OF[state]]++
  const longestSince = longestOf(queue.callers)
  // a queue without a service level promises nothing
  const inLevel = queue.serviceLevel === 0 ? null : percent(window.answeredInLevel, window.offered)
  return {
    key: keyOf(server, queue.name.toLowerCase()),
    server,
    name: queue.name,
    strategy: queue.strategy,
    max: queue.max,
    waiting: queue.callers.length,
    longestSince,
    ...counts,
    serviceLevel: queue.serviceLevel,
    offered: window.offered,
    answered: window.answered,
    abandoned: window.abandoned,
    inLevel,
    averageWait: window.averageWait,
    averageTalk: window.averageTalk,
    longestWait: window.longestWait,
    complete: window.complete,
    history: facts.waiting(server, queue.name),
    waitingLevel: levelOf(queue.callers.length, thresholds.waiting),
    longestLevel: longestSince === null ? null : levelOf(now - longestSince, thresholds.longestWait),
    inLevelLevel: levelBelow(inLevel, thresholds.serviceLevel),
  }
}

/** Makes the row of what some queues do together. */
export function figuresRow(
  { windows, thresholds, now, look }: PeopleContext,
  key: string,
  queues: readonly { readonly server: string; readonly queue: Queue }[],
): FiguresRow {
  let [waiting, offered, answered, abandoned, inTime, promised] = [0, 0, 0, 0, 0, 0]
  let longestSince: number | null = null
  let complete = true
  const states = new Map<string, Set<AgentState>>()
  for (const { server, queue } of queues) {
    waiting += queue.callers.length
    const longest = longestOf(queue.callers)
    if (longest !== null && (longestSince === null || longest < longestSince)) longestSince = longest
    const window = windows.of(server, queue.name, look.spec.window)
    offered += window.offered
    answered += window.answered
    abandoned += window.abandoned
    if (queue.serviceLevel > 0) {
      inTime += window.answeredInLevel
      promised += window.offered
    }
    complete &&= window.complete
    for (const member of queue.members) {
      const person = keyOf(server, member.interface)
      const all = states.get(person) ?? new Set()
      states.set(person, all.add(member.state))
    }
  }
  const united = [...states.values()].map((all) => unitedState([...all]))
  const count = (...wanted: readonly AgentState[]) => united.filter((state) => wanted.includes(state)).length
  const inLevel = percent(inTime, promised)
  return {
    key,
    waiting,
    longestSince,
    offered,
    answered,
    abandoned,
    inLevel,
    ready: count('ready'),
    loggedIn: united.length - count('unavailable'),
    paused: count('paused'),
    inCall: count('in call', 'on another call'),
    complete,
    waitingLevel: levelOf(waiting, thresholds.waiting),
    longestLevel: longestSince === null ? null : levelOf(now - longestSince, thresholds.longestWait),
    inLevelLevel: levelBelow(inLevel, thresholds.serviceLevel),
  }
}

/** Adds the rows of a queue's members. */
export function addMembers({ look, facts }: PeopleContext, server: string, queue: Queue, rows: Rows<MemberRow>): void {
  for (const member of queue.members) {
    const key = memberKey(server, member)
    const since = sinceOf(facts, server, member)
    const row = look.row(member, [since], () => ({
      key,
      server,
      queue: queue.name,
      queueKey: keyOf(server, queue.name.toLowerCase()),
      agent: keyOf(server, member.interface),
      interface: member.interface,
      name: look.name(member.name) ?? '',
      state: member.state,
      since,
      reason: look.text(member.paused?.reason),
      penalty: member.penalty,
      dynamic: member.membership === 'dynamic',
      calls: member.calls,
      lastCallAt: at(member.lastCallAt),
      loggedInAt: at(member.loggedInAt),
      wrapUpUntil: wrapUpUntil(member),
      stamp: memberStamp(member),
    }))
    rows.set(key, row)
  }
}

/** Adds the rows of those who wait in a queue. */
export function addCallers({ look }: PeopleContext, server: string, queue: Queue, rows: Rows<CallerRow>): void {
  for (const caller of queue.callers) {
    const key = keyOf(server, `${queue.name.toLowerCase()}/${caller.id}`)
    const row = look.row(caller, [], () => ({
      key,
      server,
      queue: queue.name,
      queueKey: keyOf(server, queue.name.toLowerCase()),
      position: caller.position,
      number: look.number(caller.party.number),
      name: look.name(caller.party.name),
      priority: caller.priority ?? null,
      joinedAt: caller.joinedAt.getTime(),
      stamp: stampOf(caller.id, caller.joinedAt.getTime()),
    }))
    rows.set(key, row)
  }
}

/** Adds the rows of the agents of a server: all memberships with one interface are one person. */
export function addAgents(context: PeopleContext, { name: server, state }: ServerLook, rows: Rows<AgentRow>): void {
  const people = new Map<string, Member[]>()
  for (const queue of queuesOf(context.look, state)) {
    for (const member of queue.members) {
      const all = people.get(member.interface)
      if (all) all.push(member)
      else people.set(member.interface, [member])
    }
  }
  if (people.size === 0) return
  const channels = byDevice(state)
  const answered = answeredBy(state)
  for (const [interface_, members] of people) {
    const [first] = members as [Member]
    const own = talkingChannel(channels, first)
    const talking = members.find(({ inCall }) => inCall !== undefined)?.inCall?.caller
    const caller = talking === undefined ? undefined : state.channels.get(talking)
    const sinces = members.map((member) => sinceOf(context.facts, server, member))
    // the row of its first membership is another one, in another view
    const row = context.look.row(first, [...members, own, caller, answered.get(interface_), ...sinces], () =>
      agentRow(context, server, interface_, members, own, caller, answered),
    )
    rows.set(row.key, row)
  }
}

/** Makes the row of a person: `own` is his channel, and `caller` the one whom he answered for a queue. */
function agentRow(
  { look, facts }: PeopleContext,
  server: string,
  interface_: string,
  members: readonly Member[],
  own: Channel | undefined,
  caller: Channel | undefined,
  answered: Answered,
): AgentRow {
  const first = members[0] as Member
  const united = unitedState(members.map((member) => member.state))
  const deciding = members.filter((member) => member.state === united)
  const sinces = deciding.flatMap((member) => sinceOf(facts, server, member) ?? [])
  const talking = deciding.find(({ inCall }) => inCall !== undefined)
  const [withNumber, withName] = look.party(caller?.caller ?? own?.connected)
  const call = own?.call ?? caller?.call
  const isTalking = united === 'in call' || united === 'on another call' || united === 'ringing'
  return {
    key: keyOf(server, interface_),
    server,
    interface: interface_,
    name: look.name(first.name) ?? '',
    state: united,
    since: sinces.length === 0 ? null : Math.max(...sinces),
    reason: united === 'paused' ? look.text(deciding[0]?.paused?.reason) : null,
    queue: talking?.queue ?? null,
    withNumber: isTalking ? withNumber : null,
    withName: isTalking ? withName : null,
    call: isTalking && call !== undefined ? keyOf(server, call) : null,
    wrapUpUntil: united === 'wrap-up' ? Math.max(...deciding.map((member) => wrapUpUntil(member) ?? 0)) : null,
    device: first.status,
    calls: members.reduce((sum, member) => sum + member.calls, 0),
    lastCallAt: latest(members.map(({ lastCallAt }) => lastCallAt)),
    loggedInAt: latest(members.map(({ loggedInAt }) => loggedInAt)),
    memberships: members.map((member) => membership(look, server, member)),
    spied: look.spec.seesSpies && (own?.spiedBy.length ?? 0) > 0,
    stamp: agentStamp(first, own, answered),
  }
}

/** Returns the channels of each device, in lower case. */
export function byDevice(state: State): Map<string, Channel[]> {
  const found = new Map<string, Channel[]>()
  for (const channel of state.channels) {
    const key = channel.device.toLowerCase()
    const all = found.get(key)
    if (all) all.push(channel)
    else found.set(key, [channel])
  }
  return found
}

/** Finds the channel of somebody who talks or is called: that of his real device, also behind a Local channel. */
export function talkingChannel(channels: ReadonlyMap<string, readonly Channel[]>, member: Member): Channel | undefined {
  for (const device of [member.interface, member.stateInterface]) {
    const all = channels.get(device.toLowerCase())
    const found = all?.find(({ state, bridge }) => state === 'Up' && bridge !== undefined) ?? all?.[0]
    if (found) return found
  }
  return undefined
}

/** Returns the key of a member's row. */
export function memberKey(server: string, { queue, interface: device }: Member): string {
  return keyOf(server, `${queue.toLowerCase()}/${device}`)
}

/** The stamp of an agent: on which channel, in which bridge, and with whom of a queue, also behind a Local channel. */
export function agentStamp({ interface: device }: Member, own: Channel | undefined, answered: Answered): string {
  return stampOf(device, own?.id, own?.bridge, answered.get(device))
}

/** The caller that each agent answered, by the agent's interface. */
export type Answered = ReadonlyMap<string, string>

/** Finds whom each agent answered, for whatever queue: what a view leaves out must not make another stamp. */
export function answeredBy(state: State): Answered {
  const found = new Map<string, string>()
  for (const { members } of state.queues) {
    for (const { interface: device, inCall } of members) {
      if (inCall?.caller !== undefined) found.set(device, inCall.caller)
    }
  }
  return found
}

export function memberStamp(member: Member): string {
  return stampOf(member.interface, member.inCall?.caller)
}

function membership(look: Look, server: string, member: Member): Membership {
  return {
    key: memberKey(server, member),
    queue: member.queue,
    penalty: member.penalty,
    paused: member.paused !== undefined,
    reason: look.text(member.paused?.reason),
    dynamic: member.membership === 'dynamic',
    calls: member.calls,
    lastCallAt: at(member.lastCallAt),
    loggedInAt: at(member.loggedInAt),
  }
}

// somebody who talks for one queue talks for all; somebody who is ready in one is ready
const ORDER: readonly AgentState[] = [
  'in call',
  'ringing',
  'on another call',
  'wrap-up',
  'ready',
  'paused',
  'unavailable',
]

function unitedState(states: readonly AgentState[]): AgentState {
  return ORDER.find((state) => states.includes(state)) ?? 'unavailable'
}

function sinceOf(facts: Facts, server: string, member: Member): number | null {
  if (member.state === 'paused' && member.paused?.since) return member.paused.since.getTime()
  if (member.state === 'in call' && member.inCall) return member.inCall.since.getTime()
  const seen = facts.memberSince(server, `${member.queue.toLowerCase()}/${member.interface}`)
  return seen ?? at(member.lastCallAt ?? member.loggedInAt)
}

function wrapUpUntil({ state, lastCallAt, wrapUpTime }: Member): number | null {
  return state === 'wrap-up' && lastCallAt ? lastCallAt.getTime() + wrapUpTime * 1_000 : null
}

/** Returns since when the first of them waits. A queue may be longer than what a function takes as arguments. */
export function longestOf(callers: readonly { readonly joinedAt: Date }[]): number | null {
  let first: number | null = null
  for (const { joinedAt } of callers) {
    if (first === null || joinedAt.getTime() < first) first = joinedAt.getTime()
  }
  return first
}

function latest(dates: readonly (Date | undefined)[]): number | null {
  const times = dates.flatMap((date) => date?.getTime() ?? [])
  return times.length === 0 ? null : Math.max(...times)
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(100, Math.round((part / whole) * 1_000) / 10)
}

function levelBelow(value: number | null, { warning, alarm }: { warning: number; alarm: number }) {
  return value === null ? null : value < alarm ? 'alarm' : value < warning ? 'warning' : null
}
