import { checkClient, checkRecord, checkText } from '../../check.ts'
import { awaited } from '../caller-frames.ts'
import type { CallOptions } from '../calls/call.ts'
import { checkHelperOptions } from '../calls/check-call.ts'
import type { Client } from '../client.ts'
import type { AmiEvent, EventBase } from '../types.ts'

/** A queue with its members and callers. */
export interface QueueInfo {
  readonly name: string
  readonly strategy: string
  /** How many callers may wait. 0 is any number. */
  readonly max: number
  /** How many callers wait. */
  readonly calls: number
  /** How many seconds callers wait, on average. */
  readonly holdTime: number
  readonly talkTime: number
  readonly completed: number
  readonly abandoned: number
  /** Seconds within which a call counts as answered in time. */
  readonly serviceLevel: number
  /** Percent of the calls that were answered within `serviceLevel`. */
  readonly serviceLevelPerf: number
  readonly weight: number
  readonly members: readonly QueueMemberInfo[]
  /** The callers that wait, in order. */
  readonly callers: readonly QueueCallerInfo[]
  /** The row that the server sent. */
  readonly event: AmiEvent<'QueueParams'>
}

/** A member of a queue: somebody who answers its calls. */
export interface QueueMemberInfo {
  readonly name: string
  /** The address that the queue dials, such as `PJSIP/100`. */
  readonly interface: string
  /** The device whose state counts for the member. */
  readonly stateInterface: string
  readonly membership: 'static' | 'dynamic' | 'realtime' | (string & {})
  readonly penalty: number
  readonly callsTaken: number
  /** When the last call ended. `undefined` before the first. */
  readonly lastCall: Date | undefined
  readonly inCall: boolean
  readonly status: DeviceState
  readonly paused: boolean
  readonly pausedReason: string
  /** The row that the server sent. */
  readonly event: AmiEvent<'QueueMember'>
}

/** A call that waits in a queue. */
export interface QueueCallerInfo {
  /** The caller's place in the queue, from 1. */
  readonly position: number
  readonly channel: string
  readonly uniqueid: string
  readonly callerIdNum: string
  readonly callerIdName: string
  /** How many seconds the caller has waited. */
  readonly wait: number
  readonly priority: number
  /** The row that the server sent. */
  readonly event: AmiEvent<'QueueEntry'>
}

/** The state of a device. */
export type DeviceState = (typeof deviceStates)[number]

// include/asterisk/devicestate.h:ast_device_state, by number
const deviceStates = [
  'unknown',
  'notInUse',
  'inUse',
  'busy',
  'invalid',
  'unavailable',
  'ringing',
  'ringInUse',
  'onHold',
] as const

/**
 * Reads every queue with its members and callers, or one queue. The account needs no right.
 * Rejects with `AMI_ARGUMENT` for a wrong name. Asterisk would take an empty name as all queues.
 * @param options.name reads this queue only; resolves with an empty array if there is no such queue
 */
export function getQueues(
  client: Pick<Client, 'send'>,
  options: Omit<CallOptions, 'variables'> & { name?: string | undefined } = {},
): Promise<QueueInfo[]> {
  return awaited(readQueues(client, options))
}

async function readQueues(
  client: Pick<Client, 'send'>,
  options: Omit<CallOptions, 'variables'> & { name?: string | undefined },
): Promise<QueueInfo[]> {
  checkClient(client, 'send')
  checkRecord('options', options)
  const { name, ...call } = options
  if (name !== undefined) checkText('name', name, "a queue's name")
  checkHelperOptions(call, ['variables'])
  const { events } = await client.send('QueueStatus', { Queue: name }, call)
  const queues: (QueueInfo & { members: QueueMemberInfo[]; callers: QueueCallerInfo[] })[] = []
  // apps/app_queue.c:manager_queues_status lists flatly: members and callers come behind their queue
  for (const event of events) {
    if (event.Event === 'QueueParams') queues.push(queueOf(event))
    else if (event.Event === 'QueueMember') queues.at(-1)?.members.push(memberOf(event))
    else if (event.Event === 'QueueEntry') queues.at(-1)?.callers.push(callerOf(event))
  }
  return queues
}

function queueOf(
  event: AmiEvent<'QueueParams'>,
): QueueInfo & { members: QueueMemberInfo[]; callers: QueueCallerInfo[] } {
  return {
    name: text(event, 'Queue'),
    strategy: text(event, 'Strategy'),
    max: count(event, 'Max'),
    calls: count(event, 'Calls'),
    holdTime: count(event, 'Holdtime'),
    talkTime: count(event, 'TalkTime'),
    completed: count(event, 'Completed'),
    abandoned: count(event, 'Abandoned'),
    serviceLevel: count(event, 'ServiceLevel'),
    serviceLevelPerf: count(event, 'ServicelevelPerf'),
    weight: count(event, 'Weight'),
    members: [],
    callers: [],
    event,
  }
}

function memberOf(event: AmiEvent<'QueueMember'>): QueueMemberInfo {
  const lastCall = count(event, 'LastCall')
  return {
    name: text(event, 'Name'),
    interface: text(event, 'Location'),
    stateInterface: text(event, 'StateInterface'),
    membership: text(event, 'Membership'),
    penalty: count(event, 'Penalty'),
    callsTaken: count(event, 'CallsTaken'),
    lastCall: lastCall === 0 ? undefined : new Date(lastCall * 1000),
    inCall: text(event, 'InCall') === '1',
    status: deviceStates[count(event, 'Status')] ?? 'unknown',
    paused: text(event, 'Paused') === '1',
    pausedReason: text(event, 'PausedReason'),
    event,
  }
}

function callerOf(event: AmiEvent<'QueueEntry'>): QueueCallerInfo {
  return {
    position: count(event, 'Position'),
    channel: text(event, 'Channel'),
    uniqueid: text(event, 'Uniqueid'),
    callerIdNum: text(event, 'CallerIDNum'),
    callerIdName: text(event, 'CallerIDName'),
    wait: count(event, 'Wait'),
    priority: count(event, 'Priority'),
    event,
  }
}

function text(event: EventBase, header: Capitalize<string>): string {
  return event.get(header) ?? ''
}

// headers come and go with the versions: what is not there counts as nothing
function count(event: EventBase, header: Capitalize<string>): number {
  return Number(event.get(header)) || 0
}
