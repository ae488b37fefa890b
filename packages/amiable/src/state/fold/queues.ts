import { type Caller, DEVICE_STATUSES, type Member, type Queue } from '../records.ts'
import { renewed } from '../same.ts'
import { memberKey } from '../table.ts'
import { CALLER, count, kept, partyOf, perhaps, read, says, type Told, text } from '../told.ts'
import { type Draft, type Fold, type Mutable, type Pen, Rows } from './fold.ts'

function callerKey(queue: string, id: string): string {
  return `${queue.toLowerCase()}/${id}`
}

/** The fold of queues. The events of one queue and its rows are made under one lock, so its rows are never older. */
export const queues: Fold = {
  event(pen, told) {
    switch (told.Event) {
      // to look for a queue that is not named takes longest
      case 'Newexten':
      case 'BridgeEnter':
      case 'Hangup':
        if (pen.tables.caller.records.size > 0) moved(pen, told)
        return
      case 'QueueMemberAdded':
      case 'QueueMemberStatus':
      case 'QueueMemberPause':
      case 'QueueMemberPenalty':
      case 'QueueMemberRinginuse': {
        const before = pen.tables.member.named(told)
        const queue = text(told, 'Queue', before?.queue)
        if (before === undefined && !expects(pen, queue)) return
        // one that nobody has added is of a queue that was read again without a word
        if (before === undefined && told.Event !== 'QueueMemberAdded') pen.again('queues', queue.toLowerCase())
        else write(pen, memberFrom(pen, told, queue, before), before)
        return
      }
    }
    const queue = text(told, 'Queue')
    switch (told.Event) {
      case 'QueueMemberRemoved':
        pen.remove('member', memberKey(queue, text(told, 'Interface')))
        return
      case 'QueueCallerJoin':
        if (expects(pen, queue)) join(pen, told, queue)
        return
      case 'QueueCallerLeave':
        left(pen, told, queue)
        return
      case 'AgentConnect':
        inCall(pen, told, queue, { caller: perhaps(told, 'Uniqueid'), since: new Date(pen.now) })
        return
      case 'AgentComplete':
        inCall(pen, told, queue, undefined)
        return
    }
  },
  list(pen, gap, key) {
    const records = { queue: new Rows(pen, 'queue'), member: new Rows(pen, 'member'), caller: new Rows(pen, 'caller') }
    return {
      row(told) {
        const queue = text(told, 'Queue')
        const name = queue.toLowerCase()
        if (told.Event === 'QueueParams') {
          records.queue.add(name, queueFrom(told, queue, pen.get('queue', name)))
        } else if (!records.queue.has(name)) {
          // what is said of a queue that was left out
        } else if (told.Event === 'QueueMember') {
          const one = memberKey(queue, text(told, 'Location'))
          const before = pen.get('member', one)
          const member = memberFrom(pen, told, queue, gap ? undefined : before)
          records.member.add(one, renewed(before, member))
        } else if (told.Event === 'QueueEntry' && !isSurrogate(told)) {
          const one = callerKey(queue, text(told, 'Uniqueid'))
          records.caller.add(one, callerFrom(pen, told, queue, pen.get('caller', one)))
        }
      },
      *done(slice) {
        if (key === undefined) {
          for (const rows of Object.values(records)) yield* rows.replace(slice)
          return
        }
        yield* records.queue.replace(slice, pen.get('queue', key) === undefined ? [] : [key])
        yield* records.member.replace(slice, pen.tables.member.group(key).keys())
        yield* records.caller.replace(slice, pen.tables.caller.group(key).keys())
      },
    } satisfies Draft
  },
}

/** Whether a queue is known; one that is not has come without a word, as by `queue reload`. */
function expects(pen: Pen, queue: string): boolean {
  const key = queue.toLowerCase()
  if (pen.get('queue', key) !== undefined) return true
  const { admission, tables } = pen
  const hasRoom = tables.queue.records.size < admission.limitOf('queue')
  if (hasRoom && admission.wants('queue', queue)) pen.again('queues', key)
  return false
}

/*
 * A Join says where it stands, and nothing of those behind. What is kept is therefore their order. A Join that is older
 * than the rows can put its caller before or behind somebody who had left by then: then the queue is asked again.
 */
function join(pen: Pen, told: Told, queue: string): void {
  const id = text(told, 'Uniqueid')
  const key = callerKey(queue, id)
  const before = pen.get('caller', key)
  const line = lineOf(pen, queue).filter((one) => one !== before)
  const caller = callerFrom(pen, told, queue, before)
  line.splice(Math.max(1, Math.min(caller.position, line.length + 1)) - 1, 0, caller)
  number(pen, queue, line)
  if (before !== undefined && pen.get('caller', key)?.position !== before.position)
    pen.again('queues', queue.toLowerCase())
  check(pen, told, queue)
}

function leave(pen: Pen, queue: string, id: string): Caller | undefined {
  const key = callerKey(queue, id)
  const caller = pen.get('caller', key)
  if (caller === undefined) return undefined
  pen.remove('caller', key)
  number(pen, queue, lineOf(pen, queue))
  return caller
}

function left(pen: Pen, told: Told, queue: string): void {
  const caller = leave(pen, queue, told.get('Uniqueid') ?? '')
  // QueueChangePriorityCaller moves callers without a word
  const moved = caller !== undefined && caller.position !== count(told, 'Position')
  if (moved) pen.again('queues', queue.toLowerCase())
  else check(pen, told, queue)
}

function lineOf(pen: Pen, queue: string): Caller[] {
  return [...pen.tables.caller.group(queue.toLowerCase()).values()].sort((a, b) => a.position - b.position)
}

function number(pen: Pen, queue: string, line: readonly Caller[]): void {
  line.forEach((caller, at) => {
    pen.put('caller', callerKey(queue, caller.id), renewed(caller, { ...caller, position: at + 1 }))
  })
}

/** Notes that a channel that may wait has ended, or is in a bridge or in an application. */
function moved(pen: Pen, told: Told): void {
  const id = read(told, 'Uniqueid') ?? ''
  // a caller without a PBX that is redirected leaves without a word (app_queue.c:queue_channel_to_ami)
  if (told.Event === 'Hangup') gone(pen, id)
  else if (told.Event === 'BridgeEnter' || read(told, 'Application') !== 'Queue') elsewhere(pen, id)
}

function gone(pen: Pen, id: string): void {
  for (const { name } of pen.tables.queue.records.values()) leave(pen, name, id)
}

// a caller whom the actions Bridge or Park take out of its queue leaves without a word. So does one without a PBX that
// Redirect sends elsewhere. The others leave first
function elsewhere(pen: Pen, id: string): void {
  for (const caller of pen.tables.caller.records.values()) {
    if (caller.id === id) pen.again('queues', caller.queue.toLowerCase())
  }
}

// what stands in the place of such a caller until the queue finds it dead; no event tells that it is gone
function isSurrogate(told: Told): boolean {
  return told.get('Channel')?.startsWith('Surrogate/') === true
}

// Join and Leave carry how many wait
function check(pen: Pen, told: Told, queue: string): void {
  const key = queue.toLowerCase()
  if (pen.get('queue', key) === undefined) return
  if (pen.tables.caller.group(key).size !== count(told, 'Count')) pen.again('queues', key)
}

function queueFrom(told: Told, name: string, before: Queue | undefined): Queue {
  const counted = {
    completed: count(told, 'Completed'),
    abandoned: count(told, 'Abandoned'),
    holdTime: count(told, 'Holdtime'),
    talkTime: count(told, 'TalkTime'),
    serviceLevelPerf: count(told, 'ServicelevelPerf'),
  }
  return renewed(before, {
    name,
    strategy: text(told, 'Strategy', before?.strategy),
    max: count(told, 'Max'),
    weight: count(told, 'Weight'),
    serviceLevel: count(told, 'ServiceLevel'),
    members: before?.members ?? NONE,
    callers: before?.callers ?? NONE,
    counted: renewed(before?.counted, counted),
  })
}

const NONE: readonly never[] = Object.freeze([])
const MEMBERSHIPS: ReadonlySet<string> = new Set(['static', 'dynamic', 'realtime'])

function memberFrom(pen: Pen, told: Told, queue: string, before: Member | undefined): Member {
  const isRow = told.Event === 'QueueMember'
  // in the order in which they stand
  const name = text(told, isRow ? 'Name' : 'MemberName', before?.name)
  const one = text(told, isRow ? 'Location' : 'Interface', before?.interface)
  const stateInterface = text(told, 'StateInterface', before?.stateInterface)
  const said = read(told, 'Membership', before?.membership) ?? ''
  // a row says `static` of a realtime member too (app_queue.c:manager_queues_status)
  const membership = isRow && said === 'static' && before?.membership === 'realtime' ? 'realtime' : said
  const penalty = count(told, 'Penalty', before?.penalty)
  // a Status can be of before the end of a call that was heard; a row shows what somebody has set to zero as well
  const calls = count(told, 'CallsTaken', before?.calls)
  const lastCallAt = momentOf(pen, told, 'LastCall', before?.lastCallAt)
  const loggedInAt = momentOf(pen, told, 'LoginTime', before?.loggedInAt)
  const inCall = inCallOf(pen, told, isRow, before)
  const status = DEVICE_STATUSES[count(told, 'Status')] ?? 'unknown'
  const paused = pauseOf(pen, told, before?.paused)
  const member = {
    queue: kept(before?.queue, queue),
    interface: one,
    name,
    stateInterface,
    membership: (MEMBERSHIPS.has(membership) ? membership : 'dynamic') as Member['membership'],
    penalty,
    ringInUse: isRow ? before?.ringInUse : says(told, 'Ringinuse', before?.ringInUse),
    wrapUpTime: count(told, 'Wrapuptime', before?.wrapUpTime),
    status,
    paused,
    loggedInAt,
    calls: isRow ? calls : Math.max(calls, before?.calls ?? 0),
    lastCallAt: isRow ? lastCallAt : later(lastCallAt, before?.lastCallAt),
    inCall,
    state: 'ready' as Member['state'],
  }
  member.state = stateOf(member, pen.now)
  return member
}

function write(pen: Pen, member: Member, before: Member | undefined): void {
  if (before !== undefined && isSameMember(before, member)) return
  // whoever rests is noted where it is put
  const rests = member.state === 'wrap-up' || before?.state === 'wrap-up'
  const isNamedSo = before?.interface === member.interface && before.queue === member.queue
  const quiet = before === undefined || rests || !isNamedSo ? undefined : pen.quiet('member', before)
  if (quiet === undefined) pen.put('member', memberKey(member.queue, member.interface), member, before)
  else {
    rewrite(quiet, member)
    pen.wrote()
  }
}

/** Makes a member what an event says of it. */
function rewrite(one: Mutable<Member>, after: Member): void {
  one.name = after.name
  one.stateInterface = after.stateInterface
  one.membership = after.membership
  one.penalty = after.penalty
  one.ringInUse = after.ringInUse
  one.wrapUpTime = after.wrapUpTime
  one.status = after.status
  one.paused = after.paused
  one.loggedInAt = after.loggedInAt
  one.calls = after.calls
  one.lastCallAt = after.lastCallAt
  one.inCall = after.inCall
  one.state = after.state
}

/** Whether all is the same that an event can change; where nothing differs the parts are the same objects. */
function isSameMember(one: Member, other: Member): boolean {
  return (
    one.status === other.status &&
    one.state === other.state &&
    one.paused === other.paused &&
    one.calls === other.calls &&
    one.lastCallAt === other.lastCallAt &&
    one.inCall === other.inCall &&
    one.penalty === other.penalty &&
    one.loggedInAt === other.loggedInAt &&
    one.wrapUpTime === other.wrapUpTime &&
    one.ringInUse === other.ringInUse &&
    one.membership === other.membership &&
    one.interface === other.interface &&
    one.name === other.name &&
    one.stateInterface === other.stateInterface
  )
}

// `starttime` is set behind AgentConnect and cleared before the Status event, so events say 0 of all (AsterNET#255)
function inCallOf(pen: Pen, told: Told, isRow: boolean, before: Member | undefined): Member['inCall'] {
  const known = before?.inCall
  if (!isRow) return known
  if (says(told, 'InCall')) return known ?? Object.freeze({ caller: undefined, since: new Date(pen.now) })
  // the AgentComplete of a channel that was masqueraded never comes (app_queue.c:queue_channel_to_ami)
  return known !== undefined && pen.now - known.since.getTime() < ROWS_LAG ? known : undefined
}

// a row can be behind an event by what a thread needs from one line to the next
const ROWS_LAG = 5_000

function pauseOf(pen: Pen, told: Told, before: Member['paused']): Member['paused'] {
  if (!says(told, 'Paused', before !== undefined)) return undefined
  const reason = perhaps(told, 'PausedReason', before?.reason)
  return renewed(before, { reason, since: momentOf(pen, told, 'LastPause', before?.since) })
}

/** Returns a moment that a header gives in seconds; the one before where it is the same. */
function momentOf(pen: Pen, told: Told, name: string, before: Date | undefined): Date | undefined {
  const second = count(told, name)
  return second > 0 ? pen.ours(second, before) : undefined
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === other || one === undefined || other === undefined) return one ?? other
  return one.getTime() > other.getTime() ? one : other
}

/** Returns what a board shows of a member. */
export function stateOf(member: Omit<Member, 'state'>, now: number): Member['state'] {
  const { status, paused, inCall, wrapUpTime, lastCallAt } = member
  if (status === 'unavailable' || status === 'invalid') return 'unavailable'
  if (inCall !== undefined) return 'in call'
  if (status === 'ringing' || status === 'ringInUse') return 'ringing'
  if (paused !== undefined) return 'paused'
  if (status === 'inUse' || status === 'busy' || status === 'onHold') return 'on another call'
  const rests = wrapUpTime > 0 && lastCallAt !== undefined && now < lastCallAt.getTime() + wrapUpTime * 1_000
  return rests ? 'wrap-up' : 'ready'
}

function inCall(pen: Pen, told: Told, queue: string, call: Member['inCall']): void {
  const key = memberKey(queue, text(told, 'Interface'))
  const before = pen.get('member', key)
  if (before === undefined) return
  const ended = call === undefined && { calls: before.calls + 1, lastCallAt: new Date(pen.now) }
  const after = { ...before, ...ended, inCall: call && Object.freeze(call) }
  pen.put('member', key, renewed(before, { ...after, state: stateOf(after, pen.now) }))
}

function callerFrom(pen: Pen, told: Told, queue: string, before: Caller | undefined): Caller {
  const isRow = told.Event === 'QueueEntry'
  return renewed(before, {
    id: text(told, 'Uniqueid', before?.id),
    queue: before?.queue ?? queue,
    channel: text(told, 'Channel', before?.channel),
    position: count(told, 'Position'),
    party: partyOf(told, CALLER, before?.party),
    priority: isRow ? count(told, 'Priority') : before?.priority,
    joinedAt: before?.joinedAt ?? new Date(pen.now - (isRow ? count(told, 'Wait') * 1_000 : 0)),
  })
}
