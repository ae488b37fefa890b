import type { Channel } from '../../model/channel.ts'
import { versions } from '../../model/core.ts'
import type { World } from '../../model/world.ts'

/** Returns what an AGI gets first (res_agi.c:setup_env), each value as it is: nothing is escaped. */
export function environment(world: World, channel: Channel, request: string, args: readonly string[]): string {
  const lines: readonly (readonly [string, string])[] = [
    ['request', request],
    ['channel', channel.name],
    ['language', channel.language],
    ['type', channel.tech],
    ['uniqueid', channel.uniqueid],
    ['version', versions[world.core.version].asterisk],
    ['callerid', channel.callerNum || 'unknown'],
    ['calleridname', channel.callerName || 'unknown'],
    // callerid.c:ast_party_id_presentation: unavailable where nothing is known
    ['callingpres', channel.callerNum === '' && channel.callerName === '' ? '67' : '0'],
    ['callingani2', '0'],
    ['callington', '0'],
    ['callingtns', '0'],
    ['dnid', 'unknown'],
    ['rdnis', 'unknown'],
    ['context', channel.context],
    ['extension', channel.exten],
    ['priority', String(channel.priority)],
    ['enhanced', '0.0'],
    ['accountcode', channel.accountCode],
    ['threadid', String(140_000_000_000_000 + world.core.random.integer(0, 0xffffffff))],
    ...args.map((arg, at) => [`arg_${at + 1}`, arg] as const),
  ]
  return `${lines.map(([name, value]) => `agi_${name}: ${value}\n`).join('')}\n`
}
