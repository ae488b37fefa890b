import {
  checkAmount,
  checkBoolean,
  checkChoice,
  checkEach,
  checkRecord,
  checkString,
  checkText,
  checkWhole,
  got,
} from '../check.ts'
import { invalid } from '../errors.ts'
import type { Pbx } from './apps/pbx.ts'
import { checkEndpoint, checkMailbox, checkMember, checkQueue } from './check-options.ts'
import { type Channel, type ChannelState, causes, states } from './model/channel.ts'
import type { QueueMemberOptions, QueueOptions } from './model/queues.ts'
import type { EndpointOptions, MailboxOptions } from './model/stores.ts'
import type { World } from './model/world.ts'
import { fromWire, toWire } from './protocol/byte-text.ts'

/** A channel as it stands. */
export interface ChannelInfo {
  readonly name: string
  readonly uniqueid: string
  readonly linkedid: string
  /** `Down`, `Ring`, `Ringing`, `Up`, `Busy`. */
  readonly state: string
  readonly callerIdNum: string
  readonly callerIdName: string
  readonly context: string
  readonly exten: string
  readonly application: string
  /** The bridge it is in, empty for none. */
  readonly bridge: string
}

/** What a new channel begins with. */
export interface CreateChannelOptions {
  /** Such as `PJSIP/100`; a serial number is added unless the name has one. */
  readonly name: string
  /** Default `Ring`. */
  readonly state?: 'Down' | 'Ring' | 'Ringing' | 'Up'
  readonly callerIdNum?: string
  readonly callerIdName?: string
  /** Default `default`. */
  readonly context?: string
  /** Default `s`. */
  readonly exten?: string
  /** Runs the dialplan from its context and extension; default false: the channel only exists. */
  readonly run?: boolean
}

const createChecks = {
  name: checkText,
  state: (argument: string, value: unknown) => checkChoice(argument, value, ['Down', 'Ring', 'Ringing', 'Up']),
  callerIdNum: checkString,
  callerIdName: checkString,
  context: checkText,
  exten: checkText,
  run: checkBoolean,
}

/** The channels, in a test's hands. Each change raises its events. */
export class ChannelControl {
  #world: World
  #pbx: Pbx

  constructor(world: World, pbx: Pbx) {
    this.#world = world
    this.#pbx = pbx
  }

  /** Makes a channel; gives its name. */
  create(options: CreateChannelOptions): string {
    checkEach<CreateChannelOptions>('', options, createChecks, 'an object such as { name }')
    checkText('name', options.name, "a channel's name")
    const device = toWire(options.name)
    const name = /-[0-9a-f]{8}(;[12])?$/.test(device) ? device : `${device}-${this.#world.channels.serial()}`
    const state = Number(
      Object.entries(states).find(([, text]) => text === (options.state ?? 'Ring'))![0],
    ) as ChannelState
    const channel = this.#world.channels.create({
      name,
      device: name.replace(/-[0-9a-f]{8}(;[12])?$/, ''),
      context: toWire(options.context ?? 'default'),
      exten: toWire(options.exten ?? 's'),
      state,
    })
    if (options.callerIdNum !== undefined || options.callerIdName !== undefined) {
      this.#world.channels.setCaller(channel, toWire(options.callerIdNum ?? ''), toWire(options.callerIdName ?? ''))
    }
    if (options.run === true) this.#pbx.pbx(channel)
    return fromWire(channel.name)
  }

  /** All of them, oldest first. */
  list(): ChannelInfo[] {
    return [...this.#world.channels.all.values()].map(infoOf)
  }

  /** One by name or Uniqueid. */
  get(nameOrId: string): ChannelInfo | undefined {
    checkText('channel', nameOrId, "a channel's name")
    const channel = this.#world.channels.find(toWire(nameOrId))
    return channel === undefined ? undefined : infoOf(channel)
  }

  ring(nameOrId: string): void {
    this.#world.channels.setState(this.#find(nameOrId), 5)
  }

  answer(nameOrId: string): void {
    this.#world.channels.answer(this.#find(nameOrId))
  }

  /** Hangs up; `cause` is a Q.850 number, default 16. */
  hangup(nameOrId: string, cause = 16): void {
    if (!Object.hasOwn(causes, checkWhole('cause', cause, 0)))
      throw invalid('cause', `must be a Q.850 number that Asterisk names, ${got(cause)}`)
    this.#world.channels.softHangup(this.#find(nameOrId), cause)
  }

  /** Sets a variable; without a channel a global one. */
  setVariable(nameOrId: string | undefined, variable: string, value: string): void {
    checkText('variable', variable)
    checkString('value', value)
    const channel = nameOrId === undefined ? undefined : this.#find(nameOrId)
    this.#world.setVariable(channel, toWire(variable), toWire(value))
  }

  getVariable(nameOrId: string | undefined, variable: string): string | undefined {
    checkText('variable', variable)
    const channel = nameOrId === undefined ? undefined : this.#find(nameOrId)
    const value = this.#world.getVariable(channel, toWire(variable))
    return value === undefined ? undefined : fromWire(value)
  }

  /** A digit that the channel sends in. */
  dtmf(nameOrId: string, digit: string, duration = 100): void {
    checkText('digit', digit)
    checkAmount('duration', duration)
    const channel = this.#find(nameOrId)
    this.#world.channels.emit('DTMFBegin', channel, `Digit: ${digit}\r\nDirection: Received\r\n`)
    const end = `Digit: ${digit}\r\nDurationMs: ${duration}\r\nDirection: Received\r\n`
    this.#world.channels.emit('DTMFEnd', channel, end)
  }

  /** Puts two channels into a bridge; gives its id. */
  bridge(one: string, two: string): string {
    const bridge = this.#world.bridges.create({ type: 'basic', technology: 'simple_bridge' })
    this.#world.bridges.enter(bridge, this.#find(one))
    this.#world.bridges.enter(bridge, this.#find(two))
    return bridge.id
  }

  /** Takes a channel out of its bridge; the last one out ends it. */
  unbridge(nameOrId: string): void {
    const channel = this.#find(nameOrId)
    const { bridge } = channel
    this.#world.bridges.leave(channel)
    if (bridge !== undefined && bridge.channels.length === 0) this.#world.bridges.destroy(bridge)
  }

  #find(nameOrId: string): Channel {
    checkText('channel', nameOrId, "a channel's name")
    const channel = this.#world.channels.find(toWire(nameOrId))
    if (channel === undefined) throw invalid('channel', `is unknown, ${got(nameOrId)}`)
    return channel
  }
}

function infoOf(channel: Channel): ChannelInfo {
  return {
    name: fromWire(channel.name),
    uniqueid: fromWire(channel.uniqueid),
    linkedid: fromWire(channel.linkedid),
    state: states[channel.state],
    callerIdNum: fromWire(channel.callerNum),
    callerIdName: fromWire(channel.callerName),
    context: fromWire(channel.context),
    exten: fromWire(channel.exten),
    application: fromWire(channel.application),
    bridge: channel.bridge?.id ?? '',
  }
}

/** The queues, in a test's hands. */
export class QueueControl {
  #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds a queue; no event, as a reload of queues.conf raises none. */
  define(queue: string, options: QueueOptions = {}): void {
    checkText('queue', queue, "a queue's name")
    checkQueue('options', options)
    this.#world.queues.define(queue, options)
  }

  /**
   * Reads all queues anew: those not named vanish, static members are replaced. No event tells of it, as none tells of
   * `queue reload all`; members that were added, callers and counts stay.
   */
  reload(queues: Readonly<Record<string, QueueOptions>>): void {
    checkRecord('queues', queues, 'an object, by name')
    for (const [name, options] of Object.entries(queues)) checkQueue(`queues.${name}`, options)
    this.#world.queues.reload(queues)
  }

  /** A member comes: `QueueMemberAdded`. */
  addMember(queue: string, member: QueueMemberOptions): void {
    checkMember('member', member)
    this.#world.queues.addMember(this.#find(queue), member)
  }

  /** A member goes: `QueueMemberRemoved`. */
  removeMember(queue: string, memberInterface: string): void {
    checkText('memberInterface', memberInterface)
    const found = this.#find(queue)
    const member = found.find(toWire(memberInterface))
    if (member !== undefined) this.#world.queues.removeMember(found, member)
  }

  /** Pauses a member or lets it work again: `QueueMemberPause`. */
  pause(queue: string, memberInterface: string, paused: boolean, reason = ''): void {
    checkText('memberInterface', memberInterface)
    if (typeof paused !== 'boolean') throw invalid('paused', `must be true or false, ${got(paused)}`)
    checkString('reason', reason)
    const found = this.#find(queue)
    const member = found.find(toWire(memberInterface))
    if (member !== undefined) this.#world.queues.pause(found, member, paused, toWire(reason))
  }

  /** A channel waits in a queue: `QueueCallerJoin`. No member is called; for that run the Queue application. */
  join(queue: string, channel: string): void {
    checkText('channel', channel, "a channel's name")
    const found = this.#world.channels.find(toWire(channel))
    if (found === undefined) throw invalid('channel', `is unknown, ${got(channel)}`)
    this.#world.queues.join(this.#find(queue), found)
  }

  /** A waiting channel leaves: `QueueCallerLeave`, before it `QueueCallerAbandon` when it gave up. */
  leave(queue: string, channel: string, abandoned = false): void {
    checkText('channel', channel, "a channel's name")
    checkBoolean('abandoned', abandoned)
    const found = this.#world.channels.find(toWire(channel))
    const from = this.#find(queue)
    const caller = from.callers.find((one) => one.channel === found)
    if (caller === undefined) return
    if (abandoned) this.#world.queues.abandon(from, caller)
    this.#world.queues.leave(from, caller)
  }

  /** The channels that wait, first come first. */
  callers(queue: string): string[] {
    return this.#find(queue).callers.map(({ channel }) => fromWire(channel.name))
  }

  #find(name: string) {
    checkText('queue', name, "a queue's name")
    const queue = this.#world.queues.all.get(toWire(name))
    if (queue === undefined) throw invalid('queue', `is unknown, ${got(name)}`)
    return queue
  }
}

/** What else a test can set: endpoints, mailboxes, states, AstDB, dialplan, files. */
export class SystemControl {
  #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds a PJSIP endpoint, or changes how it takes calls. */
  endpoint(name: string, options: EndpointOptions = {}): void {
    checkText('name', name)
    checkEndpoint('options', options)
    this.#world.endpoints.define(name, options)
  }

  /** Adds a voicemail box, or changes it; `MessageWaiting` is raised. */
  mailbox(address: string, options: MailboxOptions = {}): void {
    checkText('address', address)
    checkMailbox('options', options)
    const box = this.#world.mailboxes.define(address, options)
    const waiting = box.new > 0 ? 1 : 0
    const lines = `Mailbox: ${box.box}@${box.context}\r\nWaiting: ${waiting}\r\nNew: ${box.new}\r\nOld: ${box.old}\r\n`
    this.#world.core.emit('MessageWaiting', lines)
  }

  /** Sets a device's state: `DeviceStateChange`, and what queues make of it. */
  deviceState(device: string, state: string): void {
    checkText('device', device)
    checkText('state', state)
    this.#world.devices.raise(toWire(device), state)
  }

  /** Sets a hint and what it says: `ExtensionStatus`. One of the dialplan follows its devices by itself. */
  hint(exten: string, context: string, hint: string, status: number, text: string): void {
    checkText('exten', exten)
    checkText('context', context)
    checkString('hint', hint)
    checkWhole('status', status, -2)
    checkString('text', text)
    this.#world.hints.set(toWire(exten), toWire(context), toWire(hint), status, text)
  }

  /** Sets a presence state: `PresenceStateChange`, and `PresenceStatus` of the hints that watch it. */
  presence(provider: string, state: string, subtype = '', message = ''): void {
    checkText('provider', provider)
    checkText('state', state)
    checkString('subtype', subtype)
    checkString('message', message)
    const presence = { state, subtype: toWire(subtype), message: toWire(message) }
    this.#world.presence.raise(toWire(provider), presence)
  }

  /** Adds to the dialplan what an `extensions.conf` says. */
  dialplan(text: string): void {
    if (typeof text !== 'string') throw invalid('text', `must be the text of a dialplan, ${got(text)}`)
    this.#world.dialplan.load(text)
  }

  /** Adds a configuration file, or replaces it. */
  config(name: string, text: string): void {
    checkText('name', name)
    if (typeof text !== 'string') throw invalid('text', `must be the text of a file, ${got(text)}`)
    this.#world.configs.define(name, text)
  }

  /** A value of AstDB; with `value` it is set first. */
  database(family: string, key: string, value?: string): string | undefined {
    checkText('family', family)
    checkText('key', key)
    if (value !== undefined) checkString('value', value)
    if (value !== undefined) this.#world.database.put(toWire(family), toWire(key), toWire(value))
    const found = this.#world.database.get(toWire(family), toWire(key))
    return found === undefined ? undefined : fromWire(found)
  }

  /** Adds a module that ModuleCheck and Reload know. */
  module(name: string): void {
    checkText('name', name)
    this.#world.modules.add(name)
  }
}
