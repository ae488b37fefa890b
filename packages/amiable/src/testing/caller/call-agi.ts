import { type Check, checkAmount, checkClock, checkEach, checkRecord, checkText, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { systemClock } from '../../util/clock.ts'
import { Engine } from '../engine/engine.ts'
import type { AsteriskVersion } from '../model/core.ts'
import { toWire } from '../protocol/byte-text.ts'
import { engineOf, type SimulatedAsterisk } from '../server.ts'
import { AgiCaller, type CallerHost } from './agi-caller.ts'

/** The options of {@link callAgi}. Times are milliseconds. */
export interface CallAgiOptions {
  /** The port of a FastAGI server. Give this or `server`. */
  readonly port?: number
  /** The address of the FastAGI server. @default '127.0.0.1' */
  readonly host?: string
  /** A simulated Asterisk in which the call waits in AsyncAGI. Give this or `port`. */
  readonly server?: SimulatedAsterisk
  /** The path behind the server, or the first argument of `agi:async`. @default none */
  readonly script?: string
  /** The arguments behind it. @default none */
  readonly args?: readonly string[]
  /** The caller's number. @default none */
  readonly caller?: string
  /** The caller's name. @default none */
  readonly callerName?: string
  /** Variables of the channel. @default none */
  readonly variables?: Readonly<Record<string, string>>
  /** The context, extension and priority from which the AGI is called. @default 'default', 's' and 1 */
  readonly context?: string
  readonly exten?: string
  readonly priority?: number
  /** Sound files by name, with their length. Only with `port`. @default every file, each a second long */
  readonly sounds?: Readonly<Record<string, number>>
  /** Where time comes from. Only with `port`. @default the machine */
  readonly clock?: Clock
  /** The version of Asterisk that calls. Only with `port`. @default 22 */
  readonly asterisk?: AsteriskVersion
}

const text: Check = (argument, value) => void checkText(argument, value)
const byName =
  (check: Check): Check =>
  (argument, value) => {
    checkRecord(argument, value, 'an object, by name')
    for (const [name, one] of Object.entries(value)) check(`${argument}.${name}`, one)
  }
const anyText: Check = (argument, value) => {
  if (typeof value !== 'string') throw invalid(argument, `must be a string, ${got(value)}`)
}

const checks: Readonly<Record<keyof CallAgiOptions, Check>> = {
  port: (argument, value) => void checkWhole(argument, value, 1, 65_535),
  host: text,
  server: (argument, value) => {
    if (engineOf(value) === undefined) throw invalid(argument, `must be what startServer returned, ${got(value)}`)
  },
  script: anyText,
  args: (argument, value) => {
    if (!Array.isArray(value)) throw invalid(argument, `must be a list of strings, ${got(value)}`)
    for (const [at, one] of value.entries()) anyText(`${argument}[${at}]`, one)
  },
  caller: anyText,
  callerName: anyText,
  variables: byName(anyText),
  context: text,
  exten: text,
  priority: (argument, value) => void checkWhole(argument, value, 1),
  sounds: byName(checkAmount),
  clock: checkClock,
  asterisk: (argument, value) => {
    if (value !== 16 && value !== 22) throw invalid(argument, `must be 16 or 22, ${got(value)}`)
  },
}

/**
 * Calls an AGI application as Asterisk does: over FastAGI with `port`, or over AsyncAGI in a simulated Asterisk with
 * `server`. `await using` hangs up. If nobody listens on the port, the AGI ends with `FAILURE`, as in Asterisk.
 * @throws {ArgumentError} if an option is wrong, or neither or both of `port` and `server` are given
 */
export async function callAgi(options: CallAgiOptions): Promise<AgiCaller> {
  const given = checkEach<CallAgiOptions>('', options, checks, 'an object such as { port }')
  const { port, host = '127.0.0.1', server, script = '', args = [] } = given
  if ((port === undefined) === (server === undefined)) {
    throw invalid('port', `must be given${port === undefined ? ', or a `server`' : ' without a `server`'}`)
  }
  if (server !== undefined) {
    for (const name of ['host', 'sounds', 'clock', 'asterisk'] as const) {
      if (given[name] !== undefined) throw invalid(name, 'cannot be given with a server, which has its own')
    }
  }
  const phones = server === undefined ? ownSystem(given) : systemOf(server)
  const { world } = phones
  const channel = world.channels.create({
    name: `PJSIP/caller-${world.channels.serial()}`,
    device: 'PJSIP/caller',
    context: toWire(given.context ?? 'default'),
    exten: toWire(given.exten ?? 's'),
    state: 4,
  })
  channel.priority = given.priority ?? 1
  if (given.caller || given.callerName) {
    world.channels.setCaller(channel, toWire(given.caller ?? ''), toWire(given.callerName ?? ''))
  }
  for (const [name, value] of Object.entries(given.variables ?? {})) {
    world.setVariable(channel, toWire(name), toWire(value))
  }
  const address = host.includes(':') ? `[${host}]` : host
  const first =
    port === undefined ? ['agi:async', ...(script === '' ? [] : [script])] : [`agi://${address}:${port}/${script}`]
  // the URL has colons and slashes, and what else it has is kept by backslashes
  const data = [...first, ...args].map((one) => toWire(one).replace(/[\\",()[\]]/g, '\\$&')).join(',')
  return new AgiCaller(phones, channel, data, port !== undefined)
}

/** Returns a phone system for one call, without a port. */
function ownSystem({ clock = systemClock, sounds, asterisk }: Partial<CallAgiOptions>): CallerHost {
  const engine = new Engine({
    clock,
    ...(sounds !== undefined && { sounds }),
    ...(asterisk !== undefined && { asterisk }),
  })
  return { world: engine.world, pbx: engine.runner, clock: engine.clock, end: () => engine.end() }
}

function systemOf(server: SimulatedAsterisk): CallerHost {
  const engine = engineOf(server) as Engine
  return { world: engine.world, pbx: engine.runner, clock: engine.clock, end: async () => undefined }
}
