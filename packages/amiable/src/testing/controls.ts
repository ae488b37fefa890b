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
import { checkEndpoint, checkMailbox, checkMember, checkQueue, checkRegistration } from './check-options.ts'
import { type Channel, type ChannelState, causes, states } from './model/channel.ts'
import { setContact } from './model/contacts.ts'
import type { QueueMemberOptions, QueueOptions } from './model/queues.ts'
import type { RegistrationOptions } from './model/registrations.ts'
import type { ContactStatus, EndpointOptions, MailboxOptions } from './model/stores.ts'
import type { World } from './model/world.ts'
import { fromWire, toWire } from './protocol/byte-text.ts'

/** A channel and its state. */
export interface ChannelInfo {
  readonly name: string
  readonly uniqueid: string
  readonly linkedid: string
  /** `Down`, `Ring`, `Ringing`, `Up` or `Busy`. */
  readonly state: string
  readonly callerIdNum: string
  readonly callerIdName: string
  readonly context: string
  readonly exten: string
  readonly application: string
  /** The bridge it is in, empty for none. */
  readonly bridge: string
}

/** The options of `channels.create`. */
export interface CreateChannelOptions {
  /** The name, such as `PJSIP/100`. The simulator adds a serial number unless the name has one. */
  readonly name: string
  /** @default 'Ring' */
  readonly state?: 'Down' | 'Ring' | 'Ringing' | 'Up'
  readonly callerIdNum?: string
  readonly callerIdName?: string
  /** @default 'default' */
  readonly context?: string
  /** @default 's' */
  readonly exten?: string
  /** Whether the channel runs the dialplan from its context and extension. Otherwise it only exists. @default false */
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

/** Creates and changes channels. Each change sends its events. */
export class ChannelControl {
  #world: World
  #pbx: Pbx

  constructor(world: World, pbx: Pbx) {
    this.#world = world
    this.#pbx = pbx
  }

  /** Creates a channel. Returns its name. */
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

  /** Returns all channels, oldest first. */
  list(): ChannelInfo[] {
    return [...this.#world.channels.all.values()].map(infoOf)
  }

  /** Returns a channel by its name or Uniqueid. */
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

  /** Hangs up a channel. `cause` is a Q.850 number. */
  hangup(nameOrId: string, cause = 16): void {
    if (!Object.hasOwn(causes, checkWhole('cause', cause, 0)))
      throw invalid('cause', `must be a Q.850 number that Asterisk names, ${got(cause)}`)
    this.#world.channels.softHangup(this.#find(nameOrId), cause)
  }

  /** Sets a variable of a channel, or a global one without a channel. */
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

  /** Makes the channel send a digit. `duration` is milliseconds. */
  dtmf(nameOrId: string, digit: string, duration = 100): void {
    checkText('digit', digit)
    checkAmount('duration', duration)
    const channel = this.#find(nameOrId)
    this.#world.channels.emit('DTMFBegin', channel, `Digit: ${digit}\r\nDirection: Received\r\n`)
    const end = `Digit: ${digit}\r\nDurationMs: ${duration}\r\nDirection: Received\r\n`
    this.#world.channels.emit('DTMFEnd', channel, end)
    channel.hear({ kind: 'digit', digit })
  }

  /** Puts two channels into a bridge. Returns the bridge's id. */
  bridge(one: string, two: string): string {
    const bridge = this.#world.bridges.create({ type: 'basic', technology: 'simple_bridge' })
    this.#world.bridges.enter(bridge, this.#find(one))
    this.#world.bridges.enter(bridge, this.#find(two))
    return bridge.id
  }

  /** Takes a channel out of its bridge. The bridge ends with the last one. */
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

/** Changes queues, their members and callers. Each change sends its events. */
export class QueueControl {
  #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds a queue. This sends no event, as a reload of queues.conf sends none. */
  define(queue: string, options: QueueOptions = {}): void {
    checkText('queue', queue, "a queue's name")
    checkQueue('options', options)
    this.#world.queues.define(queue, options)
  }

  /**
   * Reads all queues again: those not named vanish, static members are replaced. No event reports it, as none reports
   * `queue reload all`. Members that were added, callers and counts stay.
   */
  reload(queues: Readonly<Record<string, QueueOptions>>): void {
    checkRecord('queues', queues, 'an object, by name')
    for (const [name, options] of Object.entries(queues)) checkQueue(`queues.${name}`, options)
    this.#world.queues.reload(queues)
  }

  /** Adds a member: sends `QueueMemberAdded`. */
  addMember(queue: string, member: QueueMemberOptions): void {
    checkMember('member', member)
    this.#world.queues.addMember(this.#find(queue), member)
  }

  /** Removes a member: sends `QueueMemberRemoved`. */
  removeMember(queue: string, memberInterface: string): void {
    checkText('memberInterface', memberInterface)
    const found = this.#find(queue)
    const member = found.find(toWire(memberInterface))
    if (member !== undefined) this.#world.queues.removeMember(found, member)
  }

  /** Begins or ends a pause of a member: sends `QueueMemberPause`. */
  pause(queue: string, memberInterface: string, paused: boolean, reason = ''): void {
    checkText('memberInterface', memberInterface)
    if (typeof paused !== 'boolean') throw invalid('paused', `must be true or false, ${got(paused)}`)
    checkString('reason', reason)
    const found = this.#find(queue)
    const member = found.find(toWire(memberInterface))
    if (member !== undefined) this.#world.queues.pause(found, member, paused, toWire(reason))
  }

  /**
   * Makes a channel wait in a queue: sends `QueueCallerJoin`. It calls no member. Run the Queue application for that.
   */
  join(queue: string, channel: string): void {
    checkText('channel', channel, "a channel's name")
    const found = this.#world.channels.find(toWire(channel))
    if (found === undefined) throw invalid('channel', `is unknown, ${got(channel)}`)
    this.#world.queues.join(this.#find(queue), found)
  }

  /**
   * Makes a waiting channel leave: sends `QueueCallerLeave`, and before it `QueueCallerAbandon` if the caller gave up.
   */
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

  /** Returns the channels that wait, in order. */
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

/** Sets endpoints, mailboxes, states, the AstDB, the dialplan and files. */
export class SystemControl {
  #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Adds a PJSIP endpoint, or changes how it answers calls. */
  endpoint(name: string, options: EndpointOptions = {}): void {
    checkText('name', name)
    checkEndpoint('options', options)
    this.#world.endpoints.define(name, options)
  }

  /**
   * Registers an endpoint at a URI, or changes how it is reached: sends `ContactStatus`, and `PeerStatus` and
   * `DeviceStateChange` if the endpoint can be reached now or no longer. With an empty `uri` its contact ends.
   */
  contact(endpoint: string, uri: string, status: ContactStatus = 'NonQualified'): void {
    checkText('endpoint', endpoint)
    checkString('uri', uri)
    checkChoice('status', status, ['Reachable', 'Unreachable', 'NonQualified'])
    const found = this.#world.endpoints.all.get(toWire(endpoint))
    if (found === undefined) throw invalid('endpoint', `must be the name of an endpoint, ${got(endpoint)}`)
    setContact(this.#world, found, toWire(uri), status)
  }

  /** Adds an outbound registration, or changes it: sends `Registry`. */
  registration(name: string, options: RegistrationOptions = {}): void {
    checkText('name', name)
    checkRegistration('options', options)
    this.#world.registrations.define(name, options)
  }

  /** Adds a voicemail box, or changes it: sends `MessageWaiting`. */
  mailbox(address: string, options: MailboxOptions = {}): void {
    checkText('address', address)
    checkMailbox('options', options)
    const box = this.#world.mailboxes.define(address, options)
    const waiting = box.new > 0 ? 1 : 0
    const lines = `Mailbox: ${box.box}@${box.context}\r\nWaiting: ${waiting}\r\nNew: ${box.new}\r\nOld: ${box.old}\r\n`
    this.#world.core.emit('MessageWaiting', lines)
  }

  /** Sets the state of a device: sends `DeviceStateChange`, and what follows from it in queues and hints. */
  deviceState(device: string, state: string): void {
    checkText('device', device)
    checkText('state', state)
    this.#world.devices.raise(toWire(device), state)
  }

  /** Sets a hint and its state: sends `ExtensionStatus`. A hint of the dialplan follows its devices by itself. */
  hint(exten: string, context: string, hint: string, status: number, text: string): void {
    checkText('exten', exten)
    checkText('context', context)
    checkString('hint', hint)
    checkWhole('status', status, -2)
    checkString('text', text)
    this.#world.hints.set(toWire(exten), toWire(context), toWire(hint), status, text)
  }

  /** Sets a presence state: sends `PresenceStateChange`, and `PresenceStatus` for the hints that watch it. */
  presence(provider: string, state: string, subtype = '', message = ''): void {
    checkText('provider', provider)
    checkText('state', state)
    checkString('subtype', subtype)
    checkString('message', message)
    const presence = { state, subtype: toWire(subtype), message: toWire(message) }
    this.#world.presence.raise(toWire(provider), presence)
  }

  /** Adds the text of an `extensions.conf` to the dialplan. */
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

  /** Returns a value of the AstDB. With `value` it is set first. */
  database(family: string, key: string, value?: string): string | undefined {
    checkText('family', family)
    checkText('key', key)
    if (value !== undefined) checkString('value', value)
    if (value !== undefined) this.#world.database.put(toWire(family), toWire(key), toWire(value))
    const found = this.#world.database.get(toWire(family), toWire(key))
    return found === undefined ? undefined : fromWire(found)
  }

  /** Adds a module for ModuleCheck and Reload. */
  module(name: string): void {
    checkText('name', name)
    this.#world.modules.add(name)
  }
}
