import { dialplan, type Needed } from '../calls/modules.ts'

// technologies of Asterisk's own modules and of well-known others, in small letters (`ast_channel_tech` in channels/*.c)
const technologies = new Set(
  ['audiosocket', 'dahdi', 'dongle', 'iax2', 'mgcp', 'mobile', 'motif', 'multicastrtp', 'ooh323', 'pjsip'].concat([
    'quectel',
    'sccp',
    'sip',
    'skinny',
    'unicastrtp',
    'unistim',
    'websocket',
  ]),
)

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
  return { module: technology.endsWith('castrtp') ? 'chan_rtp.so' : `chan_${technology}.so` }
}
