import type { Channel } from '../model/channel.ts'
import { dateTime } from '../model/channels.ts'
import { versions } from '../model/core.ts'
import { isTrue } from '../protocol/byte-text.ts'
import { runCli } from './cli.ts'
import type { ActionContext, Handlers } from './context.ts'

/** Returns a time of day such as `00:01:13`. */
export function clockTime(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

function coreSettings({ reply, world }: ActionContext) {
  const { ami, asterisk } = versions[world.core.version]
  // idText is a buffer of 150 bytes
  reply.lines(
    `Response: Success\r\n${reply.idLine(150)}AMIversion: ${ami}\r\nAsteriskVersion: ${asterisk}\r\n` +
      `SystemName: ${world.core.systemName}\r\nCoreMaxCalls: 0\r\nCoreMaxLoadAvg: 0.000000\r\nCoreRunUser: \r\n` +
      'CoreRunGroup: \r\nCoreMaxFilehandles: 0\r\nCoreRealTimeEnabled: No\r\nCoreCDRenabled: Yes\r\n' +
      `CoreHTTPenabled: No\r\n${world.core.version === 22 ? 'SoundsSearchCustomDir: No\r\n' : ''}`,
  )
}

function coreStatus({ reply, world }: ActionContext) {
  const [startDate, startTime] = dateTime(world.core.bootedAt).split(' ')
  const [reloadDate, reloadTime] = dateTime(world.core.reloadedAt).split(' ')
  const processed = world.core.version === 22 ? `CoreProcessedCalls: ${world.core.processedCalls}\r\n` : ''
  reply.lines(
    `Response: Success\r\n${reply.idLine(150)}CoreStartupDate: ${startDate}\r\nCoreStartupTime: ${startTime}\r\n` +
      `CoreReloadDate: ${reloadDate}\r\nCoreReloadTime: ${reloadTime}\r\nCoreCurrentCalls: ${world.channels.all.size}\r\n${processed}`,
  )
}

function bridgeId({ bridge, left }: Channel, now: number): string {
  // cleared long after BridgeLeave (main/bridge_channel.c:bridge_channel_internal_join)
  return bridge?.id ?? (left !== undefined && now < left.until ? left.bridge : '')
}

function coreShowChannels({ reply, world }: ActionContext) {
  reply.start('Channels will follow')
  const { clock, version, ways } = world.core
  const now = clock.now()
  const item = (channel: Channel, row: string): void => {
    const seconds = Math.floor((now - channel.createdAt) / 1000)
    reply.item('CoreShowChannel', `${row}Duration: ${clockTime(seconds)}\r\nBridgeId: ${bridgeId(channel, now)}\r\n`)
  }
  const replaced: Channel[] = []
  for (const channel of world.channels.all.values()) {
    const { before, place } = channel.told
    // a channel that changes while 22 walks its cache is met again, as it is then
    const again = version === 22 && before !== '' && ways.isTravelling(place)
    if (again) replaced.push(channel)
    item(channel, again ? before : channel.row())
  }
  for (const channel of replaced) item(channel, channel.row())
  reply.complete('CoreShowChannelsComplete')
}

function status({ action, reply, world }: ActionContext) {
  const name = action.header('Channel')
  const one = world.channels.find(name)
  if (name !== '' && one === undefined) return reply.error('No such channel')
  const names = action.header('Variables') === '' ? [] : action.header('Variables').split(',')
  const all = isTrue(action.header('AllVariables'))
  reply.start('Channel status will follow')
  const channels = one === undefined ? [...world.channels.all.values()] : [one]
  for (const channel of channels) {
    let variables = ''
    if (all) for (const [key, value] of channel.variables) variables += `Variable: ${key}=${value}\r\n`
    for (const key of names) variables += `Variable: ${key}=${world.getVariable(channel, key) ?? '(null)'}\r\n`
    const left = channel.autohangupAt === 0 ? 0 : Math.ceil((channel.autohangupAt - world.core.clock.now()) / 1000)
    const format = channel.peer !== undefined || channel.name.startsWith('Local/') ? 'slin' : 'ulaw'
    reply.item(
      'Status',
      `Privilege: Call\r\n${channel.snapshot()}Type: ${channel.name.split('/')[0]}\r\nDNID: \r\n` +
        `EffectiveConnectedLineNum: ${channel.connectedNum || '<unknown>'}\r\n` +
        `EffectiveConnectedLineName: ${channel.connectedName || '<unknown>'}\r\n` +
        `TimeToHangup: ${left}\r\nBridgeID: ${bridgeId(channel, world.core.clock.now())}\r\nApplication: ${channel.application}\r\n` +
        `Data: ${channel.data}\r\nNativeformats: (${format})\r\nReadformat: ${format}\r\nReadtrans: \r\n` +
        `Writeformat: ${format}\r\nWritetrans: \r\nCallgroup: 0\r\nPickupgroup: 0\r\n` +
        `Seconds: ${Math.floor((world.core.clock.now() - channel.createdAt) / 1000)}\r\n${variables}`,
      'last',
    )
  }
  reply.complete('StatusComplete', { Items: channels.length })
}

function channelMap({ action, reply, world }: ActionContext) {
  const name = action.header('Channel')
  if (name === '') return reply.error('CoreShowChannelMap requires a channel.\n')
  const start = world.channels.find(name)
  if (start === undefined) return reply.error('Could not get channel snapshot\n')
  reply.start('Channel map will follow')
  const seen = new Set([start])
  for (const channel of seen) {
    for (const next of [channel.peer, ...(channel.bridge?.channels ?? [])]) {
      if (next === undefined || next.gone || seen.has(next)) continue
      seen.add(next)
      reply.item('CoreShowChannelMap', next.snapshot())
    }
  }
  reply.complete('CoreShowChannelMapComplete')
}

async function command(context: ActionContext): Promise<void> {
  const { action, reply } = context
  const line = action.header('Command')
  if (line === '') return reply.error('No command provided')
  if (/^(module\s+(load|unload)|restart\s+gracefully)\b/i.test(line)) return reply.error('Command blacklisted')
  if (/^\s*core\s+waitfullybooted\s*$/.test(line)) await context.server.booting
  const result = runCli(context, line)
  if (result === undefined) return // the server is on its way down: EOF and no Response
  const output = result.output.replace(/\n$/, '').split('\n')
  let lines = ''
  for (const one of output) lines += `Output: ${one}\r\n`
  const response = result.ok ? 'Success' : 'Error'
  reply.lines(`Response: ${response}\r\n${reply.idLine()}Message: Command output follows\r\n${lines}`)
}

/** The server itself. */
export const coreActions: Handlers = {
  CoreSettings: coreSettings,
  CoreStatus: coreStatus,
  CoreShowChannels: coreShowChannels,
  CoreShowChannelMap: channelMap,
  Status: status,
  Command: command,
  Reload({ action, reply, world }) {
    const module = action.header('Module')
    if (module !== '' && !world.modules.has(module)) return reply.error('No such module')
    world.core.reloadedAt = world.core.clock.now()
    reply.success('Module Reloaded')
    world.core.emit('Reload', `Module: ${module || 'All'}\r\nStatus: 0\r\n`)
  },
  async ModuleCheck({ action, reply, world, server }) {
    await server.loading
    if (!world.modules.has(action.header('Module'))) return reply.error('Module not loaded')
    reply.success(undefined, { Version: '' })
  },
  ModuleLoad({ action, reply, world }) {
    // action_moduleload goes on after an error: two or three Responses for one action
    const type = action.header('LoadType').toLowerCase()
    const module = action.header('Module')
    if (type === '') reply.error('Incomplete ModuleLoad action.')
    if (module === '') reply.error('Need module name')
    if (type === '') return reply.error('Incomplete ModuleLoad action.')
    if (module === '') return reply.error('Could not load module.')
    const name = module.replace(/\.so$/, '')
    // main/loader.c:publish_load_message_type
    const publish = (event: string) => world.core.emit(event, `Module: ${module}\r\nStatus: Success\r\n`)
    if (type === 'load') {
      world.load(name)
      reply.success('Module loaded.')
      publish('Load')
      return
    }
    if (!world.modules.has(module)) return reply.error('Could not unload module.')
    reply.success(type === 'unload' ? 'Module unloaded.' : 'Module reloaded.')
    if (type !== 'unload') return
    world.unload(name)
    publish('Unload')
  },
  LoggerRotate({ reply }) {
    reply.success('Reloaded the logger and rotated log files')
  },
}
