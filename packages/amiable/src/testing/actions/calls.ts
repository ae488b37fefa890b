import { bridgeTwo, release } from '../apps/dial.ts'
import { parkHere } from '../apps/parking-app.ts'
import type { Channel, Target } from '../model/channel.ts'
import { isTrue } from '../protocol/byte-text.ts'
import type { ActionContext, Handlers } from './context.ts'
import { namedChannel } from './variables.ts'

function hangup({ action, reply, world }: ActionContext) {
  const name = action.header('Channel')
  if (name === '') return reply.error('No channel specified')
  const given = action.header('Cause')
  const cause = /^\d+$/.test(given) && Number(given) <= 127 ? Number(given) : 0
  if (!name.startsWith('/')) {
    const channel = world.channels.find(name)
    if (channel === undefined) return reply.error('No such channel')
    reply.success('Channel Hungup')
    world.channels.softHangup(channel, cause)
    return
  }
  const body = name.endsWith('/') && name.length > 1 ? name.slice(1, -1) : name.slice(1)
  let pattern: RegExp
  try {
    pattern = new RegExp(body, 'i')
  } catch {
    return reply.error(`Regex compile failed on: ${name}`)
  }
  reply.start('Channels hung up will follow')
  const found = [...world.channels.all.values()].filter((channel) => pattern.test(channel.name))
  for (const channel of found) reply.item('ChannelHungup', `Channel: ${channel.name}\r\n`, 'last')
  reply.complete('ChannelsHungupListComplete')
  // marked all together, as the threads that end them would find it
  for (const channel of found) channel.hungup = true
  for (const channel of found) world.channels.softHangup(channel, cause)
}

function targetOf({ action, world }: ActionContext, prefix = ''): Target | string {
  const context = action.header(`${prefix}Context`)
  const exten = action.header(`${prefix}Exten`)
  const priority = action.header(`${prefix}Priority`)
  if (priority === '') return `${prefix}Priority not specified`
  const number = world.dialplan.priority(context, exten, priority)
  if (number === 0) return `${prefix}Priority is invalid`
  return { context, exten, priority: number }
}

/** Sends a channel elsewhere; what runs on it lets go, what nothing runs on starts. */
function send({ world, runner }: ActionContext, channel: Channel, target: Target) {
  world.channels.redirect(channel, target)
  if (!channel.owned) runner.pbx(channel)
}

function redirect(context: ActionContext) {
  const { action, reply, world } = context
  const name = action.header('Channel')
  if (name === '') return reply.error('Channel not specified')
  const target = targetOf(context)
  if (typeof target === 'string') return reply.error(target)
  const extraName = action.header('ExtraChannel')
  const separate = extraName !== '' && action.header('ExtraContext') !== ''
  const extraTarget = separate ? targetOf(context, 'Extra') : target
  if (typeof extraTarget === 'string') return reply.error(extraTarget)
  const channel = world.channels.find(name)
  if (channel === undefined) return reply.error(`Channel does not exist: ${name}`)
  if (channel.gone || channel.hungup) return reply.error('Redirect failed, channel not up.')
  if (extraName === '') {
    reply.success('Redirect successful')
    send(context, channel, target)
    return
  }
  const extra = world.channels.find(extraName)
  if (extra === undefined) return reply.error(`ExtraChannel does not exist: ${extraName}`)
  reply.success('Dual Redirect successful')
  send(context, channel, target)
  send(context, extra, extraTarget)
}

// bridge.c:ast_bridge_transfer_blind: the other channel of the bridge goes on, the transferer is out
function blindTransfer(context: ActionContext) {
  const { action, reply, world } = context
  const name = action.header('Channel')
  const exten = action.header('Exten')
  if (name === '') return reply.error('No channel specified')
  if (exten === '') return reply.error('No extension specified')
  const channel = world.channels.find(name)
  if (channel === undefined) return reply.error('Channel specified does not exist')
  const { bridge } = channel
  const others = bridge?.channels.filter((one) => one !== channel) ?? []
  const other = others[0]
  if (bridge === undefined || other === undefined) return reply.error('Transfer not permitted')
  const place = action.header('Context') || channel.context
  const target: Target = { context: place, exten, priority: 1, transferred: true }
  if (world.dialplan.step(target.context, exten, 1) === undefined) return reply.error('Transfer invalid')
  reply.success('Transfer succeeded')
  world.channels.emit('Unhold', channel)
  world.setVariable(other, 'BLINDTRANSFER', channel.name)
  world.setVariable(channel, 'BLINDTRANSFER', other.name)
  // its bridge of two is none any more when the transfer is reported
  for (const one of [other, channel]) world.setVariable(one, 'BRIDGEPEER', '')
  world.core.emit(
    'BlindTransfer',
    `Result: Success\r\n${channel.snapshot('Transferer')}${other.snapshot('Transferee')}${bridge.snapshot()}` +
      `IsExternal: Yes\r\nContext: ${target.context}\r\nExtension: ${exten}\r\n`,
  )
  world.channels.redirect(other, target)
}

function atxfer({ action, reply, world }: ActionContext) {
  const name = action.header('Channel')
  if (name === '') return reply.error('No channel specified')
  if (action.header('Exten') === '') return reply.error('No extension specified')
  if (world.channels.find(name) === undefined) return reply.error('Channel specified does not exist')
  // features.conf has no atxfer code unless somebody gives it one
  reply.error('No attended transfer feature code found')
}

function bridge(context: ActionContext) {
  const { action, reply, world, runner } = context
  const [one, two] = [action.header('Channel1'), action.header('Channel2')]
  if (one === '' || two === '') return reply.error('Missing channels')
  const first = world.channels.find(one)
  if (first === undefined) return reply.error(`Channel1 does not exist: ${one}`)
  const second = world.channels.find(two)
  if (second === undefined) return reply.error(`Channel2 does not exist: ${two}`)
  reply.success('Channels have been bridged')
  const pair = [first, second]
  for (const channel of pair) channel.seize()
  const marks = pair.map((channel) => channel.seized)
  setImmediate(() => {
    for (const channel of pair) channel.owned = true
    void bridgeTwo(world, second, first).then(() => {
      for (const [index, channel] of pair.entries()) {
        // somebody else has it now
        if (channel.gone || channel.seized !== marks[index]) continue
        // manager.c:action_bridge lets them go on in the dialplan where they are
        if (channel.target === undefined && !channel.hungup) {
          channel.target = { context: channel.context, exten: channel.exten, priority: channel.priority }
        }
        release(world, runner, channel)
      }
    })
  })
}

function park(context: ActionContext) {
  const { action, reply, world, runner } = context
  const name = action.header('Channel')
  if (name === '') return reply.error('Channel not specified')
  const lotName = action.header('Parkinglot') || 'default'
  const channel = world.channels.find(name)
  if (channel === undefined) return reply.error(`Channel does not exist: ${name}`)
  if (!world.parking.all.has(lotName)) return reply.error('Could not find parking lot\n')
  reply.success('Park successful\n')
  const timeout = Number.parseInt(action.header('Timeout'), 10)
  channel.seize()
  setImmediate(() => {
    channel.owned = true
    const seconds = Number.isNaN(timeout) ? undefined : Math.floor(timeout / 1000)
    void parkHere(world, channel, channel.device, seconds).then(() => release(world, runner, channel))
  })
}

function playDtmf({ action, reply, world }: ActionContext) {
  const channel = world.channels.find(action.header('Channel'))
  if (channel === undefined) return reply.error('Channel not found')
  const digit = action.header('Digit')
  if (digit === '') return reply.error('No digit specified')
  reply.success('DTMF successfully queued')
  // what one half of a Local channel plays, the other receives
  const hears = channel.peer ?? channel
  const direction = `Direction: ${hears === channel ? 'Sent' : 'Received'}\r\n`
  const duration = action.header('Duration') || '100'
  world.channels.emit('DTMFBegin', hears, `Digit: ${digit[0]}\r\n${direction}`)
  world.channels.emit('DTMFEnd', hears, `Digit: ${digit[0]}\r\nDurationMs: ${duration}\r\n${direction}`)
  hears.hear({ kind: 'digit', digit: digit[0]! })
}

function mixMonitor(context: ActionContext) {
  const { action, reply, world } = context
  const channel = namedChannel(context)
  if (channel === undefined) return reply.error('No channel specified')
  if (channel === null) return reply.error('No such channel')
  const id = `0x7f${world.core.random.integer(0x10000000, 0x7fffffff).toString(16)}`
  const variable = /i\(([^)]*)\)/.exec(action.header('Options'))?.[1]
  reply.success(undefined, variable === undefined ? {} : { MixMonitorID: id })
  world.setVariable(channel, 'MIXMONITOR_FILENAME', `/var/spool/asterisk/monitor/${action.header('File')}`)
  if (variable !== undefined) world.setVariable(channel, variable, id)
  world.channels.emit('MixMonitorStart', channel)
}

function absoluteTimeout(context: ActionContext) {
  const { action, reply, world } = context
  const channel = namedChannel(context)
  if (channel === undefined) return reply.error('No channel specified')
  if (channel === null) return reply.error('No such channel')
  const seconds = Number.parseFloat(action.header('Timeout'))
  if (Number.isNaN(seconds)) return reply.error('No timeout specified')
  world.channels.hangupAfter(channel, Math.max(0, seconds) * 1000)
  reply.success('Timeout Set')
}

function agi({ action, reply, world }: ActionContext) {
  const name = action.header('Channel')
  const command = action.header('Command')
  if (name === '' || command === '') return reply.error('Both, Channel and Command are *required*')
  const channel = world.channels.find(name)
  if (channel === undefined) return reply.error(`Channel ${name} does not exist.`)
  if (channel.agiQueue === undefined) return reply.error(`Failed to add AGI command to channel ${channel.name} queue`)
  reply.success('Added AGI command to queue')
  channel.agiQueue.add(command, action.header('CommandID'))
}

// app_controlplayback.c:controlplayback_manager
function controlPlayback(context: ActionContext) {
  const { action, reply } = context
  const channel = namedChannel(context)
  if (channel === undefined) return reply.error('Channel not specified')
  const wanted = action.header('Control')
  if (wanted === '') return reply.error('Control not specified')
  if (channel === null) return reply.error('No such channel')
  const control = (['stop', 'pause', 'restart', 'reverse', 'forward'] as const).find(
    (one) => one === wanted.toLowerCase(),
  )
  if (control === undefined) return reply.error('Unknown control type')
  reply.success()
  channel.hear({ kind: 'control', control })
}

function onChannel(
  done: string,
  missing = 'No such channel',
  then?: (context: ActionContext, channel: Channel) => void,
) {
  return (context: ActionContext) => {
    const channel = namedChannel(context)
    if (channel === undefined || channel === null) {
      context.reply.error(channel === undefined && missing === 'No such channel' ? 'No channel specified' : missing)
      return
    }
    context.reply.success(done === '' ? undefined : done)
    then?.(context, channel)
  }
}

/** Calls in progress. */
export const callActions: Handlers = {
  Hangup: hangup,
  Redirect: redirect,
  BlindTransfer: blindTransfer,
  Atxfer: atxfer,
  CancelAtxfer(context) {
    const channel = namedChannel(context)
    if (channel === undefined) return context.reply.error('No channel specified')
    context.reply.error(channel === null ? 'Channel specified does not exist' : 'No disconnect feature code found')
  },
  Bridge: bridge,
  Park: park,
  PlayDTMF: playDtmf,
  PlayMF: onChannel('MF successfully queued', 'Channel not found'),
  SendFlash: onChannel('Flash successfully queued', 'Channel not found'),
  MixMonitor: mixMonitor,
  StopMixMonitor: onChannel('', undefined, ({ world }, channel) => world.channels.emit('MixMonitorStop', channel)),
  MixMonitorMute: onChannel('', undefined, ({ action, world }, channel) => {
    const state = isTrue(action.header('State')) ? 1 : 0
    world.channels.emit(
      'MixMonitorMute',
      channel,
      `Direction: ${action.header('Direction') || 'both'}\r\nState: ${state}\r\n`,
    )
  }),
  MuteAudio(context) {
    if (context.action.header('State') === '') return context.reply.error('State not specified')
    onChannel('')(context)
  },
  AbsoluteTimeout: absoluteTimeout,
  AGI: agi,
  // what one half of a Local channel is sent, the other receives
  SendText: onChannel('Success', undefined, ({ action }, channel) =>
    channel.peer?.hear({ kind: 'text', text: action.header('Message') }),
  ),
  ControlPlayback: controlPlayback,
  LocalOptimizeAway: onChannel('Queued channel to be optimized away', 'Channel does not exist.'),
  PJSIPHangup: onChannel('Channel Hungup', undefined, ({ world }, channel) => world.channels.softHangup(channel)),
  Monitor: onChannel('Started monitoring channel'),
  StopMonitor: onChannel('Stopped monitoring channel'),
  ChangeMonitor: onChannel('Changed monitor filename'),
  PauseMonitor: onChannel('Paused monitoring of the channel'),
  UnpauseMonitor: onChannel('Unpaused monitoring of the channel'),
  MessageSend({ action, reply }) {
    if (action.header('To') === '' && action.header('Destination') === '')
      return reply.error("No 'To' address specified.")
    reply.success('Message successfully sent')
  },
}
