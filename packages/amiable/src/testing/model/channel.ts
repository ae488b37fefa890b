import type { Timer } from '../../util/clock.ts'
import { type Deferred, deferred } from '../../util/deferred.ts'
import { escapeC } from '../protocol/byte-text.ts'
import type { AgiQueue, AgiTap } from './agi-tap.ts'
import type { Bridge } from './bridge.ts'
import type { Core } from './core.ts'
import type { Frame } from './frames.ts'

/** channelstate.h:ast_channel_state. */
export const states = {
  0: 'Down',
  1: 'Rsrvd',
  2: 'OffHook',
  3: 'Dialing',
  4: 'Ring',
  5: 'Ringing',
  6: 'Up',
  7: 'Busy',
  8: 'Dialing Offhook',
  9: 'Pre-ring',
} as const

/** A channel's state as a number of {@link states}. */
export type ChannelState = keyof typeof states

/** causes.h, the ones that calls end with. */
export const causes: Readonly<Record<number, string>> = {
  0: 'Unknown',
  1: 'Unallocated (unassigned) number',
  3: 'No route to destination',
  16: 'Normal Clearing',
  17: 'User busy',
  18: 'No user responding',
  19: 'User alerting, no answer',
  20: 'Subscriber absent',
  21: 'Call Rejected',
  26: 'Answered elsewhere',
  27: 'Destination out of order',
  28: 'Invalid number format',
  31: 'Normal, unspecified',
  34: 'Circuit/channel congestion',
  38: 'Network out of order',
  41: 'Temporary failure',
  127: 'Interworking, unspecified',
}

/** How a dialled channel came out of it. */
export type DialOutcome = 'answer' | 'busy' | 'congestion' | 'hangup' | 'timeout' | 'unavailable'

/** Where a channel goes next. */
export interface Target {
  readonly context: string
  readonly exten: string
  readonly priority: number
  /** Sent there by a blind transfer, which says so as it leaves the bridge. */
  readonly transferred?: true
}

/** What a new channel begins with. */
export interface ChannelInit {
  readonly name: string
  readonly device: string
  readonly context: string
  readonly exten: string
  readonly state?: ChannelState
  readonly uniqueid?: string
  readonly linkedid?: string
}

/** Where a Gosub came from. */
export interface StackFrame extends Pick<Target, 'context' | 'exten' | 'priority'> {
  /** What the subroutine's own variables were before. */
  readonly locals: ReadonlyMap<string, string | undefined>
  /** Returning to it ends a run of its own (app_stack.c:handle_gosub). */
  special: boolean
}

/** One channel. Texts are byte strings. */
export class Channel {
  readonly name: string
  readonly uniqueid: string
  readonly device: string
  linkedid: string
  state: ChannelState
  callerNum = ''
  callerName = ''
  connectedNum = ''
  connectedName = ''
  language = 'en'
  accountCode = ''
  context: string
  exten: string
  priority = 1
  application = ''
  data = ''
  readonly variables = new Map<string, string>()
  bridge: Bridge<Channel> | undefined
  /** The bridge that it left, and until when lists still say that it is in it. */
  left: { bridge: string; until: number } | undefined
  /** The other half of a Local channel. */
  peer: Channel | undefined
  localOne = false
  /** A Local channel to an extension that does not exist. */
  missing = false
  optimize = false
  readonly createdAt: number
  answeredAt = 0
  cause = 0
  /** It runs dialplan, so that its end is a SoftHangupRequest (pbx.c:__ast_pbx_run). */
  pbx = false
  /** Something runs on it that will hang it up; without, whoever hangs it up does it at once. */
  owned = false
  /** Asked to end; what runs on it sees that at its next step. */
  hungup = false
  /** Its Hangup event is out. */
  gone = false
  /** The row of CoreShowChannels that its last own event gave, the one before, and the place of that event. */
  told = { row: '', before: '', place: 0 }
  target: Target | undefined
  /** Counts who took it over: what ran on it before lets it go without hanging it up. */
  seized = 0
  autohangup: Timer | undefined
  autohangupAt = 0
  /** Gets what comes from the channel while it is dialled. */
  onProgress: ((status: 'RINGING' | 'PROGRESS') => void) | undefined
  /** A loop runs dialplan on it, and goes on behind its priority (channel.h:AST_FLAG_IN_AUTOLOOP). */
  looping = false
  /** Where each Gosub came from, the last one first (app_stack.c). */
  readonly stack: StackFrame[] = []
  agiQueue: AgiQueue | undefined
  agiTap: AgiTap | undefined
  readonly dialled: Deferred<DialOutcome> = deferred<DialOutcome>()
  #core: Core
  #interrupts = new Set<() => void>()
  #listeners = new Set<(frame: Frame) => void>()

  constructor(core: Core, init: ChannelInit) {
    this.#core = core
    this.name = init.name
    this.device = init.device
    this.context = init.context
    this.exten = init.exten
    this.state = init.state ?? 0
    this.uniqueid = init.uniqueid ?? core.uniqueId()
    this.linkedid = init.linkedid ?? this.uniqueid
    this.createdAt = core.clock.now()
  }

  /** Such as `PJSIP`. */
  get tech(): string {
    return this.name.slice(0, this.name.indexOf('/'))
  }

  get up(): boolean {
    return this.state === 6
  }

  /** Asks what runs on it to stop. */
  interrupt(): void {
    for (const wake of [...this.#interrupts]) wake()
  }

  get interrupted(): boolean {
    return this.hungup || this.target !== undefined
  }

  /** Takes it from what runs on it. */
  seize(): void {
    this.seized++
    this.interrupt()
  }

  /** Calls `wake` at the next interruption, until the given function is called. */
  onInterrupt(wake: () => void): () => void {
    this.#interrupts.add(wake)
    return () => this.#interrupts.delete(wake)
  }

  /** Takes what comes in: without a listener it is lost. */
  hear(frame: Frame): void {
    for (const listener of [...this.#listeners]) listener(frame)
  }

  /** Calls `listener` with what comes in, until the given function is called. */
  listen(listener: (frame: Frame) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Waits. Resolves with true when the time went by, false when the channel was hung up or sent elsewhere. */
  wait(ms: number): Promise<boolean> {
    if (this.interrupted) return Promise.resolve(false)
    return new Promise((resolve) => {
      let timer: Timer | undefined
      const off = this.onInterrupt(() => done(false))
      const done = (whole: boolean): void => {
        off()
        this.#core.clock.clearTimeout(timer)
        resolve(whole)
      }
      if (ms !== Number.POSITIVE_INFINITY) timer = this.#core.clock.setTimeout(() => done(true), ms)
    })
  }

  /** Returns a variable, or one of the functions that a channel answers itself. */
  get(name: string): string | undefined {
    const call = /^(CALLERID|CONNECTEDLINE|CHANNEL)\((.*)\)$/i.exec(name)
    if (call !== null) return this.ask(call[1]!.toUpperCase(), call[2]!)
    switch (name.toUpperCase()) {
      case 'CHANNEL':
        return this.name
      case 'UNIQUEID':
        return this.uniqueid
      case 'EXTEN':
        return this.exten
      case 'CONTEXT':
        return this.context
      case 'PRIORITY':
        return String(this.priority)
      case 'HANGUPCAUSE':
        return String(this.cause)
    }
    return this.variables.get(name)
  }

  /** Returns what a row of CoreShowChannels says of it, but for what it says of time and bridge. */
  row(): string {
    return `${this.snapshot()}Application: ${this.application}\r\nApplicationData: ${this.data}\r\n`
  }

  /**
   * Reads one of the functions that a channel answers itself (func_callerid.c, func_channel.c); undefined where it
   * cannot be read.
   */
  ask(name: string, argument: string): string | undefined {
    const wanted = argument.toLowerCase()
    if (name === 'CHANNEL') return this.#own(wanted)
    const [number, text] =
      name === 'CALLERID' ? [this.callerNum, this.callerName] : [this.connectedNum, this.connectedName]
    if (wanted === 'num' || wanted === 'number') return number
    if (wanted === 'name') return text
    return wanted === 'all' ? `"${text}" <${number}>` : undefined
  }

  #own(wanted: string): string | undefined {
    switch (wanted) {
      case 'name':
        return this.name
      case 'state':
        return states[this.state]
      case 'language':
        return this.language
      case 'uniqueid':
        return this.uniqueid
      case 'linkedid':
        return this.linkedid
      case 'accountcode':
        return this.accountCode
      case 'channeltype':
        return this.tech
    }
    return undefined
  }

  /** Returns the `ChanVariable` values that manager.conf's `channelvars` asks for. */
  channelVariables(): [name: string, value: string][] {
    return this.#core.channelVars.map((name) => [name, this.get(name) ?? ''])
  }

  /** Returns the channel snapshot (manager_channels.c:ast_manager_build_channel_state_string_prefix). */
  snapshot(prefix = ''): string {
    let lines =
      `${prefix}Channel: ${this.name}\r\n` +
      `${prefix}ChannelState: ${this.state}\r\n` +
      `${prefix}ChannelStateDesc: ${states[this.state]}\r\n` +
      `${prefix}CallerIDNum: ${this.callerNum || '<unknown>'}\r\n` +
      `${prefix}CallerIDName: ${escapeC(this.callerName) || '<unknown>'}\r\n` +
      `${prefix}ConnectedLineNum: ${this.connectedNum || '<unknown>'}\r\n` +
      `${prefix}ConnectedLineName: ${escapeC(this.connectedName) || '<unknown>'}\r\n` +
      `${prefix}Language: ${this.language}\r\n` +
      `${prefix}AccountCode: ${this.accountCode}\r\n` +
      `${prefix}Context: ${this.context}\r\n` +
      `${prefix}Exten: ${this.exten}\r\n` +
      `${prefix}Priority: ${this.priority}\r\n` +
      `${prefix}Uniqueid: ${this.uniqueid}\r\n` +
      `${prefix}Linkedid: ${this.linkedid}\r\n`
    for (const [name, value] of this.channelVariables()) lines += `${prefix}ChanVariable: ${name}=${escapeC(value)}\r\n`
    return lines
  }
}
