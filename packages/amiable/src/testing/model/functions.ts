import { uriEncode } from '../protocol/byte-text.ts'
import { readCallerId } from '../protocol/caller-id.ts'
import type { Channel } from './channel.ts'
import type { ChannelTable } from './channels.ts'
import type { Dialplan } from './dialplan.ts'
import type { LoadedModules } from './modules.ts'
import type { StateFunctions } from './state-functions.ts'
import type { Database } from './stores.ts'

/** What the functions ask and change, beside a channel. */
export interface FunctionHost {
  readonly database: Pick<Database, 'get' | 'put'>
  readonly globals: ReadonlyMap<string, string>
  readonly modules: Pick<LoadedModules, 'has'>
  readonly states: Pick<StateFunctions, 'readPresence'>
  readonly dialplan: Pick<Dialplan, 'contexts' | 'steps'>
  readonly channels: Pick<ChannelTable, 'setCaller' | 'setAccountCode'>
  deviceState(device: string): string
  setVariable(channel: undefined, name: string, value: string): void
}

type Read = (world: FunctionHost, channel: Channel | undefined, argument: string) => string | undefined
type Write = (world: FunctionHost, channel: Channel, argument: string, value: string) => void

// func_uri.c puts its result into VAR_BUF_SIZE
const URI_BYTES = 4095

const reads: Readonly<Record<string, Read>> = {
  // func_db.c:function_db_read reads nothing where there is nothing
  DB: (world, _, argument) => {
    const slash = argument.indexOf('/')
    return slash === -1 ? undefined : (world.database.get(argument.slice(0, slash), argument.slice(slash + 1)) ?? '')
  },
  GLOBAL: (world, _, name) => world.globals.get(name) ?? '',
  IFMODULE: (world, _, name) => (world.modules.has('func_module') ? (world.modules.has(name) ? '1' : '0') : undefined),
  // func_dialplan.c:isexten_function_read
  DIALPLAN_EXISTS: ({ dialplan }, _, argument) => {
    const [context = '', exten] = argument.split(',')
    if (exten !== undefined) return dialplan.steps(context, exten) ? '1' : '0'
    return dialplan.contexts.has(context) ? '1' : '0'
  },
  URIENCODE: (_, __, text) => uriEncode(text, URI_BYTES),
  URIDECODE: (_, __, text) =>
    text.replace(/%([0-9a-f]{2})/gi, (___, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  LEN: (_, __, text) => String(text.length),
  DEVICE_STATE: (world, _, device) => world.deviceState(device),
  PRESENCE_STATE: (world, _, argument) => world.states.readPresence(argument),
  CALLERID: (_, channel, argument) => channel?.ask('CALLERID', argument),
  CONNECTEDLINE: (_, channel, argument) => channel?.ask('CONNECTEDLINE', argument),
  CHANNEL: (_, channel, argument) => channel?.ask('CHANNEL', argument),
}

const writes: Readonly<Record<string, Write>> = {
  DB: (world, _, argument, value) => {
    const slash = argument.indexOf('/')
    if (slash !== -1) world.database.put(argument.slice(0, slash), argument.slice(slash + 1), value)
  },
  GLOBAL: (world, _, name, value) => world.setVariable(undefined, name, value),
  CALLERID: (world, channel, argument, value) => {
    const [number, name] = /^all$/i.test(argument)
      ? readCallerId(value)
      : /^num/i.test(argument)
        ? [value, channel.callerName]
        : [channel.callerNum, value]
    world.channels.setCaller(channel, number, name)
  },
  // no event reports a language, and an account has its own event
  CHANNEL: (world, channel, argument, value) => {
    if (/^language$/i.test(argument)) channel.language = value
    else if (/^accountcode$/i.test(argument)) world.channels.setAccountCode(channel, value)
  },
}

/** Returns the value of `NAME(argument)`; undefined where there is no such function, or where it cannot be read. */
export function readFunction(world: FunctionHost, channel: Channel | undefined, call: string): string | undefined {
  const [name, argument] = split(call)
  return reads[name]?.(world, channel, argument)
}

/**
 * Writes to `NAME(argument)`. What there is no function for is lost, and no event says so
 * (pbx_functions.c:ast_func_write).
 */
export function writeFunction(world: FunctionHost, channel: Channel, call: string, value: string): void {
  const [name, argument] = split(call)
  writes[name]?.(world, channel, argument, value)
}

function split(call: string): [name: string, argument: string] {
  const open = call.indexOf('(')
  const close = call.lastIndexOf(')')
  return [call.slice(0, open).toUpperCase(), call.slice(open + 1, close)]
}
