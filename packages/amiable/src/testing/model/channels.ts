import { escapeC } from '../protocol/byte-text.ts'
import type { Bridges } from './bridges.ts'
import { Channel, type ChannelInit, type ChannelState, causes, type Target } from './channel.ts'
import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'

/** All channels, and the events of their lives. */
export class ChannelTable {
  /** In the order of their creation. */
  readonly all = new Map<string, Channel>()
  #core: Core
  #devices: DeviceStates
  #bridges: Bridges
  #locals = 0
  #serials = 0

  constructor(core: Core, devices: DeviceStates, bridges: Bridges) {
    this.#core = core
    this.#devices = devices
    this.#bridges = bridges
  }

  /** Finds a channel by name or Uniqueid, in any case of letters (channel.c:ast_channel_get_by_name). */
  find(nameOrId: string): Channel | undefined {
    const exact = this.all.get(nameOrId)
    if (exact !== undefined || nameOrId === '') return exact
    const lower = nameOrId.toLowerCase()
    for (const channel of this.all.values()) {
      if (channel.uniqueid.toLowerCase() === lower || channel.name.toLowerCase() === lower) return channel
    }
    return undefined
  }

  /** Finds a channel by the beginning of its name or Uniqueid (channel.c:ast_channel_get_by_name_prefix). */
  findByPrefix(prefix: string): Channel | undefined {
    const lower = prefix.toLowerCase()
    if (lower === '') return undefined
    const all = [...this.all.values()]
    const begins = (text: string): boolean => text.toLowerCase().startsWith(lower)
    return all.find(({ name }) => begins(name)) ?? all.find(({ uniqueid }) => begins(uniqueid))
  }

  create(init: ChannelInit): Channel {
    const channel = new Channel(this.#core, init)
    this.all.set(channel.name, channel)
    this.emit('Newchannel', channel)
    return channel
  }

  /** Returns the suffix of a device's channel: `PJSIP/ep1-00000003`. */
  serial(): string {
    return (this.#serials++).toString(16).padStart(8, '0')
  }

  /** Creates the two halves of `Local/exten@context[/options]` (core_unreal.c, core_local.c). */
  createLocal(data: string, ids: { uniqueid?: string; other?: string; linkedid?: string }): [Channel, Channel] {
    const [address = '', options = ''] = data.split('/')
    const at = address.indexOf('@')
    const exten = at === -1 ? address : address.slice(0, at)
    const context = at === -1 ? 'default' : address.slice(at + 1)
    const name = `Local/${exten}@${context}-${(this.#locals++).toString(16).padStart(8, '0')}`
    const common = { device: `Local/${exten}@${context}`, context, exten }
    const link = ids.linkedid === undefined ? {} : { linkedid: ids.linkedid }
    const one = this.create({
      ...common,
      ...link,
      name: `${name};1`,
      ...(ids.uniqueid === undefined ? {} : { uniqueid: ids.uniqueid }),
    })
    const otherId = ids.other ?? (ids.uniqueid === undefined ? undefined : `${ids.uniqueid};2`)
    const two = this.create({
      ...common,
      name: `${name};2`,
      state: 4,
      linkedid: one.linkedid,
      ...(otherId === undefined ? {} : { uniqueid: otherId }),
    })
    one.peer = two
    two.peer = one
    one.localOne = true
    one.optimize = !options.includes('n')
    return [one, two]
  }

  emit(event: string, channel: Channel, extra = ''): void {
    this.#core.emit(event, channel.snapshot() + extra)
    if (!OWN.has(event)) return
    channel.told = { row: channel.row(), before: channel.told.row, place: this.#core.ways.raised }
  }

  setState(channel: Channel, state: ChannelState): void {
    if (channel.state === state) return
    channel.state = state
    if (state === 6 && channel.answeredAt === 0) channel.answeredAt = this.#core.clock.now()
    this.emit('Newstate', channel)
    this.#devices.raise(channel.device, state === 5 ? 'RINGING' : 'INUSE')
  }

  /** Indicates ringing: the other half of a Local channel rings, and whoever dialled it gets that. */
  ring(channel: Channel): void {
    const { peer } = channel
    if (peer === undefined || peer.up) return
    this.setState(peer, 5)
    peer.onProgress?.('RINGING')
  }

  /** Answers, and lets the other half of a Local channel know. */
  answer(channel: Channel): void {
    if (channel.gone || channel.up) return
    this.setState(channel, 6)
    const peer = channel.peer
    if (peer !== undefined && !peer.gone && !peer.up && peer.localOne) {
      this.setState(peer, 6)
      peer.dialled.resolve('answer')
    }
    channel.dialled.resolve('answer')
  }

  setVariable(channel: Channel | undefined, name: string, value: string, globals: Map<string, string>): void {
    if (channel === undefined) {
      globals.set(name, value)
      this.#core.emit('VarSet', `Channel: none\r\nUniqueid: none\r\nVariable: ${name}\r\nValue: ${escapeC(value)}\r\n`)
      return
    }
    // `_X` and `__X` are inherited by the channels that this one makes; their names carry no underscores
    const bare = name.replace(/^__?/, '')
    channel.variables.set(bare, value)
    this.emit('VarSet', channel, `Variable: ${name}\r\nValue: ${escapeC(value)}\r\n`)
  }

  setCaller(channel: Channel, num: string, name: string): void {
    channel.callerNum = num
    channel.callerName = name
    this.emit('NewCallerid', channel, callingPres)
  }

  setAccountCode(channel: Channel, code: string): void {
    const old = channel.accountCode
    channel.accountCode = code
    this.emit('NewAccountCode', channel, `OldAccountCode: ${old}\r\n`)
  }

  setConnected(channel: Channel, num: string, name: string): void {
    channel.connectedNum = num
    channel.connectedName = name
    this.emit('NewConnectedLine', channel)
  }

  newExten(channel: Channel, application: string, data: string): void {
    channel.application = application
    channel.data = data
    const extra = `Extension: ${channel.exten}\r\nApplication: ${application}\r\nAppData: ${data}\r\n`
    this.emit('Newexten', channel, extra)
  }

  /** Starts or stops music on hold. */
  music(channel: Channel, what: 'Start' | 'Stop', musicClass = 'default'): void {
    if (channel.gone) return
    this.emit(`MusicOnHold${what}`, channel, what === 'Start' ? `Class: ${musicClass}\r\n` : '')
  }

  /** Hangs a channel up so many milliseconds from now; 0 takes that back (channel.c:ast_channel_setwhentohangup_tv). */
  hangupAfter(channel: Channel, ms: number): void {
    this.#core.clock.clearTimeout(channel.autohangup)
    channel.autohangupAt = ms > 0 ? this.#core.clock.now() + ms : 0
    if (ms > 0) channel.autohangup = this.#core.clock.setTimeout(() => this.softHangup(channel), ms)
  }

  /** Asks a channel to end (channel.c:ast_softhangup): what runs on it ends it; nothing runs, nothing waits. */
  softHangup(channel: Channel, cause = 0): void {
    if (channel.gone) return
    if (cause !== 0) channel.cause = cause
    channel.hungup = true
    if (channel.owned) channel.interrupt()
    else this.hangup(channel)
  }

  /** Sends a channel to another place of the dialplan (pbx.c:ast_async_goto). */
  redirect(channel: Channel, target: Target): void {
    channel.target = target
    channel.interrupt()
  }

  /** Reports once that the dialplan of a channel has ended (pbx.c:__ast_pbx_run). */
  requestHangup(channel: Channel): void {
    if (!channel.pbx) return
    channel.pbx = false
    this.emit('SoftHangupRequest', channel, 'Cause: 16\r\n')
  }

  /** Ends a channel (channel.c:ast_hangup). */
  hangup(channel: Channel): void {
    if (channel.gone) return
    channel.gone = true
    channel.hungup = true
    this.#core.clock.clearTimeout(channel.autohangup)
    this.requestHangup(channel)
    if (channel.bridge !== undefined) this.#bridges.leave(channel)
    const peer = channel.peer
    if (peer !== undefined && !peer.gone) {
      // core_unreal.c:ast_unreal_hangup queues it to the other half
      if (channel.cause !== 0 && peer.cause === 0) peer.cause = channel.cause
      // core_local.c:local_hangup
      const status = channel.localOne ? undefined : channel.variables.get('DIALSTATUS')
      if (status) {
        peer.variables.set('CHANLOCALSTATUS', status)
        this.emit('VarSet', peer, `Variable: CHANLOCALSTATUS\r\nValue: ${status}\r\n`)
      }
      this.emit('HangupRequest', peer, `Cause: ${channel.cause}\r\n`)
    }
    const text = causes[channel.cause] ?? 'Unknown'
    this.emit('Hangup', channel, `Cause: ${channel.cause}\r\nCause-txt: ${text}\r\n`)
    this.all.delete(channel.name)
    channel.dialled.resolve('hangup')
    // cdr.conf's `unanswered` is off, and whom Dial or Queue called is in the caller's record
    const called = /^App(Dial|Queue)$/.test(channel.application)
    if (this.#core.cdr && channel.answeredAt !== 0 && !called) this.#cdr(channel)
    this.#devices.raise(channel.device, channel.missing ? 'INVALID' : 'NOT_INUSE')
    channel.interrupt()
    if (peer !== undefined && !peer.gone) this.softHangup(peer)
  }

  // cdr_manager.c:manager_log
  #cdr(channel: Channel): void {
    const now = this.#core.clock.now()
    const answered = channel.answeredAt
    const bill = Math.floor((now - answered) / 1000)
    this.#core.emit(
      'Cdr',
      `AccountCode: ${channel.accountCode}\r\n` +
        `Source: ${channel.callerNum}\r\n` +
        `Destination: ${channel.exten}\r\n` +
        `DestinationContext: ${channel.context}\r\n` +
        `CallerID: "${channel.callerName}" <${channel.callerNum}>\r\n` +
        `Channel: ${channel.name}\r\n` +
        'DestinationChannel: \r\n' +
        `LastApplication: ${channel.application}\r\n` +
        `LastData: ${channel.data}\r\n` +
        `StartTime: ${dateTime(channel.createdAt)}\r\n` +
        `AnswerTime: ${dateTime(answered)}\r\n` +
        `EndTime: ${dateTime(now)}\r\n` +
        `Duration: ${Math.floor((now - channel.createdAt) / 1000)}\r\n` +
        `BillableSeconds: ${bill}\r\n` +
        'Disposition: ANSWERED\r\n' +
        'AMAFlags: DOCUMENTATION\r\n' +
        `UniqueID: ${channel.uniqueid}\r\n` +
        'UserField: \r\n',
    )
  }
}

// those that are made of a new snapshot of the channel itself (main/manager_channels.c:channel_snapshot_update)
const OWN = new Set(['Newchannel', 'Newstate', 'NewCallerid', 'NewConnectedLine', 'NewAccountCode', 'Newexten'])
const callingPres = 'CID-CallingPres: 0 (Presentation Allowed, Not Screened)\r\n'

/** Returns a date such as `2026-01-31 23:59:59`, in UTC. */
export function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
