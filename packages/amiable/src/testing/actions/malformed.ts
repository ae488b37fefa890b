import type { ActionContext, Handlers } from './context.ts'

/*
 * The answers that break the rules of the protocol. A client that reads these reads all answers.
 */

// chan_iax2.c:manager_iax2_show_peers fills the ActionID of its rows from a buffer that nothing is written to
function iaxPeers(id: 'second' | 'none') {
  return ({ reply }: ActionContext) => {
    reply.start('Peer status list will follow')
    reply.item(
      'PeerEntry',
      'Channeltype: IAX\r\nObjectName: iax1\r\nChanObjectType: peer\r\nIPaddress: (null)\r\nIPport: 0\r\nMask: (null)\r\n' +
        'Port: 0\r\nDynamic: yes\r\nTrunk: no\r\nEncryption: no\r\nStatus: Unmonitored\r\nDescription: \r\n',
      id,
    )
    reply.complete('PeerlistComplete')
  }
}

function fused(row: string, complete: string, rows: readonly string[]) {
  return ({ reply }: ActionContext) => {
    reply.start(row === 'DeviceEntry' ? 'Device status list will follow' : 'Line status list will follow')
    // chan_skinny.c:manager_skinny_show_devices: no blank line behind an item
    for (const lines of rows) reply.write(`Event: ${row}\r\n${reply.idLine()}${lines}`)
    reply.complete(complete, [], rows.length)
  }
}

/** What FAX, IAX2, Skinny, XMPP and MeetMe answer. */
export const oddActions: Handlers = {
  IAXpeers: iaxPeers('none'),
  IAXpeerlist: iaxPeers('second'),
  IAXregistry({ reply }) {
    reply.start('Registrations will follow')
    reply.complete('RegistrationsComplete')
  },
  IAXnetstats({ reply }) {
    // no Response and no ActionID: what ast_cli_netstats says, lines ended by LF, then CRLF
    reply.write(
      '                           -------- LOCAL ---------------------  -------- REMOTE --------------------\n',
    )
    reply.write(
      'Channel               RTT  Jit  Del  Lost   %  Drop  OOO  Kpkts  Jit  Del  Lost   %  Drop  OOO  Kpkts\n',
    )
    reply.write('\r\n')
  },
  SKINNYdevices: fused('DeviceEntry', 'DevicelistComplete', [
    'Channeltype: SKINNY\r\nObjectName: phone1\r\nChannelObjectType: device\r\nDeviceId: SEP000000000001\r\nIPaddress: -none-\r\nType: 7960\r\nDevicestatus: unregistered\r\nNumberOfLines: 1\r\n',
    'Channeltype: SKINNY\r\nObjectName: phone2\r\nChannelObjectType: device\r\nDeviceId: SEP000000000002\r\nIPaddress: -none-\r\nType: 7960\r\nDevicestatus: unregistered\r\nNumberOfLines: 1\r\n',
  ]),
  SKINNYlines: fused('LineEntry', 'LinelistComplete', [
    'Channeltype: SKINNY\r\nObjectName: line1\r\nChannelObjectType: line\r\nDevice: phone1\r\nInstance: 1\r\nLabel: one\r\n',
    'Channeltype: SKINNY\r\nObjectName: line2\r\nChannelObjectType: line\r\nDevice: phone2\r\nInstance: 1\r\nLabel: two\r\n',
  ]),
  SKINNYshowdevice({ action, reply }) {
    if (action.header('Device') !== 'phone1') return reply.write('\r\n\r\n')
    reply.write(
      'Channeltype: SKINNY\r\nObjectName: phone1\r\nChannelObjectType: device\r\nId: SEP000000000001\r\n' +
        'AddressIP: (Unspecified)\r\nFirmware: Unknown\r\nRegistered: No\r\n\r\n\r\n',
    )
  },
  SKINNYshowline({ action, reply }) {
    if (action.header('Line') !== 'line1') return reply.write('\r\n\r\n')
    reply.write('Channeltype: SKINNY\r\nObjectName: line1\r\nChannelObjectType: line\r\nDevice: phone1\r\n\r\n\r\n')
  },
  JabberSend({ action, reply }) {
    // res_xmpp.c:manager_jabber_send acknowledges, then reports the result: two Responses
    if (action.header('Jabber') === '') return reply.error('No transport specified')
    if (action.header('ScreenName') === '') return reply.error('No ScreenName specified')
    if (action.header('Message') === '') return reply.error('No Message specified')
    reply.success('Attempting to send Jabber Message')
    reply.error('Could not find Sender')
  },
  MeetmeList({ reply }) {
    reply.error('No active conferences.')
  },
  MeetmeListRooms({ reply }) {
    reply.error('No active conferences.')
  },
  FAXStats({ reply }) {
    reply.success('FAXStats event will follow')
    reply.event('FAXStats', {
      CurrentSessions: 0,
      ReservedSessions: 0,
      TransmitAttempts: 0,
      ReceiveAttempts: 0,
      CompletedFAXes: 0,
      FailedFAXes: 0,
    })
  },
  FAXSessions({ reply }) {
    reply.start('FAXSessionsEntry event list will follow', 'Start')
    reply.complete('FAXSessionsComplete', { Total: 0 })
  },
  FAXSession({ action, reply }) {
    reply.error(/^\d+$/.test(action.header('SessionNumber')) ? 'Session not found' : 'Invalid session ID')
  },
  SorceryMemoryCacheExpire: sorcery,
  SorceryMemoryCacheExpireObject: sorcery,
  SorceryMemoryCachePopulate: sorcery,
  SorceryMemoryCacheStale: sorcery,
  SorceryMemoryCacheStaleObject: sorcery,
}

function sorcery({ action, reply }: ActionContext) {
  const missing = action.header('Cache') === ''
  reply.error(
    missing
      ? 'SorceryMemoryCacheExpire requires that a cache name be provided.\n'
      : 'The provided cache does not exist\n',
  )
}
