// Events as Asterisk's sources print them, where its documentation says otherwise: the catalog knows each of their headers,
// their values and their classes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { events } from 'amiable/catalog'
import { Observer } from '../../../tools/codegen/src/observe.ts'

const channel = (prefix = '') =>
  [
    'Channel: PJSIP/1-00000001',
    'ChannelState: 6',
    'ChannelStateDesc: Up',
    'CallerIDNum: 1',
    'CallerIDName: <unknown>',
    'ConnectedLineNum: <unknown>',
    'ConnectedLineName: <unknown>',
    'Language: en',
    'AccountCode: ',
    'Context: default',
    'Exten: 1',
    'Priority: 1',
    'Uniqueid: 1.1',
    'Linkedid: 1.1',
  ].map((line) => prefix + line)

const bridge = (prefix = '') =>
  [
    'BridgeUniqueid: b',
    'BridgeType: base',
    'BridgeTechnology: softmix',
    'BridgeCreator: <unknown>',
    'BridgeName: <unknown>',
    'BridgeNumChannels: 2',
    'BridgeVideoSourceMode: sfu',
  ].map((line) => prefix + line)

const report = ['SSRC: 0x00000001', 'PT: 201(RR)', 'ReportCount: 1', 'Report0SourceSSRC: 0x00000002']
const contact = (status: string) => [
  'URI: sip:1@10.0.0.1',
  `ContactStatus: ${status}`,
  'AOR: 1',
  'EndpointName: 1',
  'RoundtripUsec: 0',
]
const dialEnd = (status: string) => [...channel('Dest'), `DialStatus: ${status}`]

/** Event, its classes, its lines, and the function of Asterisk that prints them so. */
const CASES: readonly (readonly [name: string, classes: string, lines: readonly string[], where: string])[] = [
  [
    'AttendedTransfer',
    'call',
    [
      'Result: Success',
      ...channel('OrigTransferer'),
      ...bridge('Orig'),
      ...channel('SecondTransferer'),
      'IsExternal: No',
      'DestType: App',
      'DestApp: Queue',
    ],
    'main/stasis_bridges.c:attended_transfer_to_ami',
  ],
  [
    'RTCPReceived',
    'reporting',
    ['To: 10.0.0.1:1', 'From: 10.0.0.2:1', 'RTT: 0.0010', 'MES: 88.0', ...report, 'Report0DLSR: 1.2000'],
    'main/rtp_engine.c:rtcp_report_to_ami',
  ],
  [
    'RTCPSent',
    'reporting',
    [...channel(), 'To: 10.0.0.1:1', 'From: 10.0.0.2:1', 'MES: 88.0', ...report],
    'main/rtp_engine.c:rtcp_report_to_ami',
  ],
  [
    'JabberStatus',
    'user',
    ['Account: asterisk', 'JID: a@example.org', 'Resource: home', 'Status: 2', 'Priority: 5', 'Description: '],
    'res/res_xmpp.c:xmpp_pak_presence',
  ],
  ['JabberStatus', 'user', ['Account: asterisk', 'JID: a@example.org', 'Status: 6'], 'res/res_xmpp.c'],
  [
    'AOC-S',
    'aoc',
    [
      '(null)(0)/Chargeable: BasicCommunication',
      '(null)(0)/Duration/Currency/Name: EUR',
      '(null)(0)/Duration/Currency/Cost: 5',
      '(null)(0)/Duration/Currency/Multiplier: 1/100',
      '(null)(0)/Duration/ChargingType: StepFunction',
      '(null)(0)/Duration/Time/Length: 1',
      '(null)(0)/Duration/Time/Scale: 4',
      '(null)(0)/Duration/Granularity: ',
      '(null)(1)/Chargeable: NotAvailable',
    ],
    'main/aoc.c:s_to_json',
  ],
  ['AOC-E', 'aoc', ['ChargingAssociation: ', 'Charge/Type: Free'], 'main/aoc.c:e_to_json'],
  ...['NonQualified', 'Removed', 'Unknown', 'Reachable', 'Unreachable'].map(
    (status) => ['ContactStatus', 'system', contact(status), 'res/res_pjsip/pjsip_options.c:status_map'] as const,
  ),
  ...['GOTO:other^100^1', 'GOTO:100', 'DONTCALL', 'TORTURE', 'ANSWER', 'CONTINUE'].map(
    (status) => ['DialEnd', 'call', dialEnd(status), 'apps/app_dial.c:dial_exec_full, do_privacy'] as const,
  ),
  [
    'PeerEntry',
    '',
    [
      'Channeltype: IAX',
      'ObjectName: trunk',
      'ObjectUsername: me',
      'ChanObjectType: peer',
      'IPaddress: 10.0.0.1',
      'Mask: 255.255.255.255',
      'Port: 4569',
      'Dynamic: no',
      'Trunk: no',
      'Encryption: (aes128)',
      'Status: Unmonitored',
    ],
    'channels/chan_iax2.c:_iax2_show_peers_one',
  ],
  ['BridgeListItem', '', bridge(), 'main/manager_bridges.c:send_bridge_list_item_cb'],
  [
    'Registry',
    'system',
    ['ChannelType: SIP', 'Username: me', 'Domain: example.org', 'Status: No Authentication'],
    'channels/chan_sip.c:handle_response_register',
  ],
  // found by reading further functions against the catalog
  ['HangupRequest', 'call', [...channel(), 'Cause: 17', 'TechCause: 486'], 'main/manager_channels.c'],
  ['SoftHangupRequest', 'call', [...channel(), 'TechCause: 486'], 'main/manager_channels.c'],
  [
    'ParkedCallTimeOut',
    'call',
    [
      ...channel('Parkee'),
      'ParkerDialString: PJSIP/2',
      'Parkinglot: default',
      'ParkingSpace: 701',
      'ParkingTimeout: 45',
      'ParkingDuration: 45',
    ],
    'res/parking/parking_manager.c:manager_build_parked_call_string',
  ],
  ['MeetmeLeave', 'call', ['Meetme: 1', ...channel(), 'User: 1'], 'apps/app_meetme.c:meetme_stasis_generate_msg'],
  [
    'MeetmeListRooms',
    '',
    ['Conference: 1', 'Parties: 1', 'Marked: N/A', 'Activity: 00:00:01', 'Creation: Static', 'Locked: No'],
    'apps/app_meetme.c:action_meetmelistrooms',
  ],
  [
    'RequestBadFormat',
    'security',
    [
      'EventTV: 2026-01-01T00:00:00.000+0000',
      'Severity: Error',
      'Service: AMI',
      'EventVersion: 1',
      'SessionID: 0x1',
      'LocalAddress: IPV4/TCP/0.0.0.0/5038',
      'RemoteAddress: IPV4/TCP/10.0.0.1/1',
      'RequestType: x',
    ],
    'main/security_events.c:sec_events',
  ],
  ['PJSIPMaintenanceStatus', 'system', ['Endpoint: 1', 'Status: enabled'], 'res/res_pjsip_maintenance.c'],
  [
    'DAHDIShowStatus',
    '',
    [
      'Span: 1',
      'Description: T1',
      'Alarms: OK',
      'IRQ: 0',
      'bpviol: 0',
      'CRC: 0',
      'Framing: ESF',
      'Coding: B8ZS',
      'Options: YEL',
      'LBO: 0 db (CSU)/0-133 feet (DSX-1)',
    ],
    'channels/chan_dahdi.c:action_dahdishowstatus',
  ],
]

for (const [name, classes, lines, where] of CASES) {
  test(`${name} as ${where} prints it (${lines.find((line) => /Status: /.test(line)) ?? lines[0]})`, () => {
    const observer = new Observer()
    const privilege = classes === '' ? [] : [`Privilege: ${classes},all`]
    observer.seeCapture(`${[`Event: ${name}`, ...privilege, ...lines].join('\r\n')}\r\n\r\n`)
    assert.deepEqual(observer.gaps(), [])
    assert.equal(events[name as keyof typeof events].classes.join(), classes)
  })
}

test('values that never come are not promised', () => {
  const observer = new Observer()
  observer.see('ContactStatus', [['ContactStatus', 'Unqualified']])
  observer.see('QueueMember', [['Membership', 'realtime']])
  observer.see('ParkedCallTimeOut', [['ParkerChannel', 'PJSIP/1']])
  const gaps = observer.gaps().filter((gap) => !gap.includes('always'))
  assert.deepEqual(gaps, [
    'ContactStatus: ContactStatus has an unlisted value: Unqualified',
    'ParkedCallTimeOut: unknown header ParkerChannel',
    'QueueMember: Membership has an unlisted value: realtime',
  ])
})
