import { dialplan, type Needed } from '../calls/modules.ts'

// technologies of Asterisk's own modules and of well-known others, in small letters (`ast_channel_tech` in channels/*.c)
const technologies = new Set(
  [
    'audiosocket',
    'dahdi',
    'dongle',
    'iax2',
    'mgcp',
    'misdn',
    'mobile',
    'motif',
    'multicastrtp',
    'nbs',
    'ooh323',
  ].concat(['phone', 'pjsip', 'quectel', 'sccp', 'sip', 'skinny', 'unicastrtp', 'ustm', 'websocket']),
)

/** The modules that are not called as the technologies that they make channels of. */
const otherwise: Readonly<Record<string, string>> = { multicastrtp: 'rtp', unicastrtp: 'rtp', ustm: 'unistim' }

/**
 * Returns the module that a channel such as `PJSIP/100` cannot be made without, or that makes the dialplan of one such
 * as `Local/100@default`. Returns undefined where the technology is unknown.
 */
export function neededBy(channel: string): Needed | undefined {
  const [name = '', address = ''] = channel.split('/', 2)
  const technology = name.toLowerCase()
  // main/core_local.c:local_alloc
  if (technology === 'local') return dialplan(address.split('@')[1] ?? 'default')
  if (!technologies.has(technology)) return undefined
  return { module: `chan_${otherwise[technology] ?? technology}.so` }
}
