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
 * The module that a channel such as `PJSIP/100` cannot be made without; undefined where the technology is unknown, or
 * always there.
 */
export function driverOf(channel: string): string | undefined {
  const technology = channel.split('/', 1)[0]?.toLowerCase() ?? ''
  if (!technologies.has(technology)) return undefined
  return technology.endsWith('castrtp') ? 'chan_rtp.so' : `chan_${technology}.so`
}
