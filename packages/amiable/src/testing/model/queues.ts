import { toWire } from '../protocol/byte-text.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import { type DeviceStates, deviceStateNumbers } from './devices.ts'

/** The options of a member of a queue. */
export interface QueueMemberOptions {
  readonly interface: string
  readonly name?: string
  readonly penalty?: number
  readonly paused?: boolean
  readonly stateInterface?: string
}

/** The options of a queue. */
export interface QueueOptions {
  /** The ring strategy. @default 'ringall' */
  readonly strategy?: string
  /** For how many seconds one member rings. @default 15 */
  readonly timeout?: number
  /** The most callers that may wait. 0 is any number. @default 0 */
  readonly max?: number
  readonly members?: readonly QueueMemberOptions[]
}

/** One member. Texts are byte strings. */
export class QueueMember {
  readonly interface: string
  readonly stateInterface: string
  readonly name: string
  readonly membership: 'static' | 'dynamic'
  penalty: number
  callsTaken = 0
  lastCall = 0
  lastPause: number
  readonly loginTime: number
  inCall = false
  status = 1
  paused: boolean
  pausedReason = ''
  ringInUse = true
  wrapupTime = 0

  constructor(options: QueueMemberOptions, membership: 'static' | 'dynamic', now: number) {
    this.interface = toWire(options.interface)
    this.stateInterface = toWire(options.stateInterface ?? options.interface)
    this.name = toWire(options.name ?? options.interface)
    this.membership = membership
    this.penalty = options.penalty ?? 0
    this.paused = options.paused ?? false
    this.lastPause = this.paused ? now : 0
    this.loginTime = now
  }

  /** The device whose state is the member's (app_queue.c strips what follows the address). */
  get device(): string {
    return this.stateInterface.replace(/\/n?$/, '')
  }
}

/** Who waits in a queue. */
export interface QueueCaller {
  readonly channel: Channel
  readonly joinedAt: number
  readonly joinedAs: number
  priority: number
  /**
   * What QueueWithdrawCaller gave when it asked for it; the caller looks once a second, and not while it rings members.
   */
  withdrawn: string | undefined
}

/** One queue. */
export class Queue {
  readonly name: string
  strategy!: string
  timeout!: number
  max!: number
  readonly members: QueueMember[] = []
  readonly callers: QueueCaller[] = []
  completed = 0
  abandoned = 0
  holdTime = 0
  talkTime = 0
  rotation = 0

  constructor(name: string, options: QueueOptions) {
    this.name = toWire(name)
    this.configure(options)
  }

  /** Takes in what its section of queues.conf says, but for the members. */
  configure(options: QueueOptions): void {
    this.strategy = options.strategy ?? 'ringall'
    this.timeout = options.timeout ?? 15
    this.max = options.max ?? 0
  }

  find(interfaceName: string): QueueMember | undefined {
    return this.members.find((member) => member.interface === interfaceName)
  }
}

/** All queues, with the events of their members and callers. */
export class Queues {
  readonly all = new Map<string, Queue>()
  #core: Core
  #devices: DeviceStates
  #stateOf: (device: string) => string

  constructor(core: Core, devices: DeviceStates, stateOf: (device: string) => string) {
    this.#core = core
    this.#stateOf = stateOf
    this.#devices = devices
    devices.watchers.add((device, state) => this.#deviceChanged(device, state))
  }

  /** Adds a queue, without events. */
  define(name: string, options: QueueOptions = {}): Queue {
    const queue = new Queue(name, options)
    this.all.set(queue.name, queue)
    this.#addStatic(queue, options)
    return queue
  }

  #addStatic(queue: Queue, { members = [] }: QueueOptions): void {
    for (const one of members) {
      const member = new QueueMember(one, 'static', this.#core.seconds())
      queue.members.push(member)
      const paused = member.paused ? 'INUSE' : 'NOT_INUSE'
      this.#devices.preset(`Queue:${queue.name}_pause_${member.interface}`, paused)
    }
    this.#devices.preset(`Queue:${queue.name}_avail`, queue.members.length > 0 ? 'NOT_INUSE' : 'INUSE')
  }

  addMember(queue: Queue, options: QueueMemberOptions): QueueMember {
    const member = new QueueMember(options, 'dynamic', this.#core.seconds())
    member.status = deviceStateNumbers[this.#stateOf(member.device)] ?? 0
    queue.members.push(member)
    this.#devices.raise(`Queue:${queue.name}_pause_${member.interface}`, member.paused ? 'INUSE' : 'NOT_INUSE')
    this.#emit('QueueMemberAdded', queue, member)
    return member
  }

  removeMember(queue: Queue, member: QueueMember): void {
    queue.members.splice(queue.members.indexOf(member), 1)
    this.#emit('QueueMemberRemoved', queue, member)
  }

  pause(queue: Queue, member: QueueMember, paused: boolean, reason: string): void {
    member.paused = paused
    member.pausedReason = reason
    if (paused) member.lastPause = this.#core.seconds()
    this.#devices.raise(`Queue:${queue.name}_pause_${member.interface}`, paused ? 'INUSE' : 'NOT_INUSE')
    this.#emit('QueueMemberPause', queue, member, this.#core.version === 16 ? `Reason: ${reason}\r\n` : '')
    if (!paused) member.pausedReason = ''
  }

  setPenalty(queue: Queue, member: QueueMember, penalty: number): void {
    member.penalty = penalty
    this.#emit('QueueMemberPenalty', queue, member)
  }

  setRingInUse(queue: Queue, member: QueueMember, ringInUse: boolean): void {
    member.ringInUse = ringInUse
    this.#emit('QueueMemberRinginuse', queue, member)
  }

  /** Returns the queue of a name, in any case of letters (app_queue.c:queue_cmp_cb). */
  named(name: string): Queue | undefined {
    const lower = name.toLowerCase()
    for (const queue of this.all.values()) if (queue.name.toLowerCase() === lower) return queue
    return undefined
  }

  /** Puts a caller elsewhere: 22 moves it at once where it is asked to, behind those of its priority. */
  setPriority(queue: Queue, caller: QueueCaller, priority: number, immediate: boolean): void {
    caller.priority = priority
    if (!immediate || this.#core.version === 16) return
    queue.callers.splice(queue.callers.indexOf(caller), 1)
    const behind = queue.callers.findIndex((other) => other.priority < priority)
    queue.callers.splice(behind === -1 ? queue.callers.length : behind, 0, caller)
  }

  join(queue: Queue, channel: Channel): QueueCaller {
    const joinedAs = queue.callers.length + 1
    const caller: QueueCaller = {
      channel,
      joinedAt: this.#core.clock.now(),
      joinedAs,
      priority: 0,
      withdrawn: undefined,
    }
    queue.callers.push(caller)
    this.#devices.raise(`Queue:${queue.name}`, 'RINGING')
    const count = queue.callers.length
    const extra = `Queue: ${queue.name}\r\nPosition: ${count}\r\nCount: ${count}\r\n`
    this.#core.emit('QueueCallerJoin', channel.snapshot() + extra)
    return caller
  }

  /** Lets a caller give up, before it leaves (app_queue.c:record_abandoned). */
  abandon(queue: Queue, caller: QueueCaller): void {
    queue.abandoned++
    const { channel, joinedAs } = caller
    const position = queue.callers.indexOf(caller) + 1
    const hold = this.#held(caller)
    const extra = `Queue: ${queue.name}\r\nPosition: ${position}\r\nOriginalPosition: ${joinedAs}\r\nHoldTime: ${hold}\r\n`
    this.#core.emit('QueueCallerAbandon', channel.snapshot() + extra)
  }

  /** Takes a caller out; gives how many seconds it waited, and where it stood. */
  leave(queue: Queue, caller: QueueCaller): { hold: number; position: number } {
    const { channel } = caller
    const index = queue.callers.indexOf(caller)
    if (index === -1) return { hold: 0, position: 0 }
    queue.callers.splice(index, 1)
    this.#devices.raise(`Queue:${queue.name}`, queue.callers.length > 0 ? 'RINGING' : 'NOT_INUSE')
    const extra = `Queue: ${queue.name}\r\nPosition: ${index + 1}\r\nCount: ${queue.callers.length}\r\n`
    this.#core.emit('QueueCallerLeave', channel.snapshot() + extra)
    return { hold: this.#held(caller), position: index + 1 }
  }

  /**
   * Removes a caller without a PBX that is sent elsewhere. A channel of Asterisk's own replaces it, of which no event
   * says anything (app_queue.c:queue_channel_to_ami, main/pbx.c:ast_async_goto).
   */
  leaveUnsaid(queue: Queue, caller: QueueCaller): void {
    queue.abandoned++
    queue.callers.splice(queue.callers.indexOf(caller), 1)
    this.#devices.raise(`Queue:${queue.name}`, queue.callers.length > 0 ? 'RINGING' : 'NOT_INUSE')
  }

  /**
   * Reads all queues again, as `queue reload all` does: queues come and go, static members are replaced, and no event
   * reports it (app_queue.c:reload_queues). Members that were added, callers and counts stay.
   */
  reload(queues: Readonly<Record<string, QueueOptions>>): void {
    const read = new Set(Object.keys(queues).map(toWire))
    // one that somebody waits in goes when he does
    for (const [name, queue] of this.all) if (!read.has(name) && queue.callers.length === 0) this.all.delete(name)
    for (const [name, options] of Object.entries(queues)) {
      const queue = this.all.get(toWire(name))
      if (queue === undefined) {
        this.define(name, options)
        continue
      }
      queue.configure(options)
      const added = queue.members.filter(({ membership }) => membership === 'dynamic')
      queue.members.splice(0, queue.members.length, ...added)
      this.#addStatic(queue, options)
      for (const member of queue.members) member.status = deviceStateNumbers[this.#stateOf(member.device)] ?? 0
    }
  }

  #held({ joinedAt }: QueueCaller): number {
    return Math.floor((this.#core.clock.now() - joinedAt) / 1000)
  }

  /** Raises `AgentCalled`, `AgentConnect`, `AgentComplete` or `AgentRingNoAnswer`. */
  agentEvent(name: string, queue: Queue, member: QueueMember, caller: Channel, agent: Channel, extra = ''): void {
    this.#core.emit(
      name,
      `${caller.snapshot()}${agent.snapshot('Dest')}Queue: ${queue.name}\r\nInterface: ${member.interface}\r\nMemberName: ${member.name}\r\n${extra}`,
    )
  }

  #deviceChanged(device: string, state: string): void {
    const status = deviceStateNumbers[state] ?? 0
    for (const queue of this.all.values()) {
      for (const member of queue.members) {
        if (member.device !== device || member.status === status) continue
        member.status = status
        this.#emit('QueueMemberStatus', queue, member)
      }
    }
  }

  #emit(name: string, queue: Queue, member: QueueMember, extra = ''): void {
    this.#core.emit(
      name,
      `Queue: ${queue.name}\r\n` +
        `MemberName: ${member.name}\r\n` +
        `Interface: ${member.interface}\r\n` +
        `StateInterface: ${member.stateInterface}\r\n` +
        `Membership: ${member.membership}\r\n` +
        `Penalty: ${member.penalty}\r\n` +
        `CallsTaken: ${member.callsTaken}\r\n` +
        `LastCall: ${member.lastCall}\r\n` +
        `LastPause: ${member.lastPause}\r\n` +
        `LoginTime: ${member.loginTime}\r\n` +
        `InCall: ${member.inCall ? 1 : 0}\r\n` +
        `Status: ${member.status}\r\n` +
        `Paused: ${member.paused ? 1 : 0}\r\n` +
        `PausedReason: ${member.pausedReason}\r\n` +
        `Ringinuse: ${member.ringInUse ? 1 : 0}\r\n` +
        `Wrapuptime: ${member.wrapupTime}\r\n${extra}`,
    )
  }
}
