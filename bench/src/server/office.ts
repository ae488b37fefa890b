// A busy office: what an Asterisk with 10,000 channels lists, and what it says while they talk.
import type { Socket } from 'node:net'
import { cut, MARK, pump } from './pour.ts'

export const CHANNELS = 10_000
const BRIDGES = CHANNELS / 2
const QUEUES = 50
const MEMBERS = 1_000
/** Events of one round; 7 of 16 are such as a model reads. */
const STEPS = 2_000

type Headers = readonly (readonly [name: string, value: string | number])[]

const message = (event: string, headers: Headers): string =>
  `Event: ${event}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`

const idOf = (n: number): string => `lab-1795386889.${n}`
const nameOf = (n: number): string => `PJSIP/${1_000 + n}-${n.toString(16).padStart(8, '0')}`
const bridgeOf = (n: number): string => `4d0e7ae0-8e8c-4a5a-9b9c-${(n >> 1).toString(16).padStart(12, '0')}`
const queueOf = (n: number): string => `queue-${n % QUEUES}`

/** A channel; `changed` is what the event is about. */
const snapshot = (n: number, changed = ''): Headers => [
  ['Channel', nameOf(n)],
  ['ChannelState', changed === 'Newstate' ? 4 : 6],
  ['ChannelStateDesc', changed === 'Newstate' ? 'Ring' : 'Up'],
  ['CallerIDNum', 1_000 + n],
  ['CallerIDName', changed === 'NewCallerid' ? `Bistro ${n}` : `Café ${n}`],
  ['ConnectedLineNum', 20_000 + n + (changed === 'NewConnectedLine' ? 1 : 0)],
  ['ConnectedLineName', `Renée ${n}`],
  ['Language', 'en'],
  ['AccountCode', ''],
  ['Context', 'default'],
  ['Exten', changed === 'Newexten' ? 201 : 200],
  ['Priority', 1],
  ['Uniqueid', idOf(n)],
  ['Linkedid', idOf(n - (n % 2))],
]

const bridge = (n: number, channels: number): Headers => [
  ['BridgeUniqueid', bridgeOf(n)],
  ['BridgeType', 'basic'],
  ['BridgeTechnology', 'simple_bridge'],
  ['BridgeCreator', '<unknown>'],
  ['BridgeName', '<unknown>'],
  ['BridgeNumChannels', channels],
  ['BridgeVideoSourceMode', 'none'],
]

const member = (n: number, status: number, isRow: boolean): Headers => [
  ['Queue', queueOf(n)],
  [isRow ? 'Name' : 'MemberName', `Agent ${n}`],
  [isRow ? 'Location' : 'Interface', `PJSIP/${9_000 + n}`],
  ['StateInterface', `PJSIP/${9_000 + n}`],
  ['Membership', 'static'],
  ['Penalty', n % 4],
  ['CallsTaken', 0],
  ['LastCall', 0],
  ['LastPause', 0],
  ['LoginTime', 1_795_386_000],
  ['InCall', 0],
  ['Status', status],
  ['Paused', 0],
  ['PausedReason', ''],
  ...(isRow ? [] : ([['Ringinuse', 1]] as const)),
  ['Wrapuptime', 0],
]

const CALL = ['Privilege', 'call,all'] as const

const saidOf = (step: number, variant: number): string => {
  // the slots 0 to 4 never meet at a channel, so that each round changes what the round before has changed
  const at = (slot: number): number => (step * 5 + slot * 617) % CHANNELS
  const own = (event: string, slot: number, more: Headers = []): string =>
    message(event, [CALL, ...snapshot(at(slot), variant === 0 ? '' : event), ...more])
  const set = (slot: number): string =>
    own('VarSet', slot, [
      ['Variable', 'RTPAUDIOQOS'],
      ['Value', `${step}`],
    ])
  const both = (event: string, channels: number): string =>
    message(event, [CALL, ...bridge(at(4), channels), ...snapshot(at(4))])
  return [
    own('Newexten', 0, [
      ['Extension', 200],
      ['Application', variant === 0 ? 'Dial' : 'Queue'],
      ['AppData', `${step}`],
    ]),
    set(5),
    set(6),
    own('NewConnectedLine', 1),
    own('RTCPSent', 7, [
      ['SSRC', '0x1234'],
      ['PT', '200(SR)'],
    ]),
    own('RTCPReceived', 7, [
      ['SSRC', '0x1234'],
      ['PT', '200(SR)'],
    ]),
    own('Newstate', 2),
    own('MusicOnHoldStart', 8, [['Class', 'default']]),
    own('NewCallerid', 3),
    set(9),
    both('BridgeLeave', 1),
    both('BridgeEnter', 2),
    own('RTCPSent', 10, [
      ['SSRC', '0x1234'],
      ['PT', '200(SR)'],
    ]),
    own('RTCPReceived', 10, [
      ['SSRC', '0x1234'],
      ['PT', '200(SR)'],
    ]),
    set(11),
    message('QueueMemberStatus', [['Privilege', 'agent,all'], ...member(step % MEMBERS, 1 + variant, false)]),
  ].join('')
}

const made = new Map<number, Buffer>()

const said = (variant: number): Buffer => {
  const known = made.get(variant)
  if (known !== undefined) return known
  const text = Array.from({ length: STEPS }, (_, step) => saidOf(step, variant)).join('')
  const buffer = Buffer.from(text)
  made.set(variant, buffer)
  return buffer
}

function* stream(rounds: number): Generator<Buffer, void> {
  for (let round = 0; round < rounds; round++) {
    yield* cut(said(1 - (round % 2)))
    yield MARK
  }
}

/** Says what happens in so many rounds, each the undoing of the one before. */
export const pourOffice = (socket: Socket, rounds: number): void => {
  said(0)
  said(1)
  pump(socket, stream(rounds))
}

const list = (id: string, event: string, complete: string, rows: readonly (readonly [string, Headers])[]): string => {
  const begin = `Response: Success\r\n${id}EventList: start\r\nMessage: follows\r\n\r\n`
  const action = [id.slice(0, -2).split(': ') as [string, string]]
  const body = rows.map(([name, headers]) => message(name || event, [...action, ...headers])).join('')
  return `${begin}${body}Event: ${complete}\r\n${id}EventList: Complete\r\nListItems: ${rows.length}\r\n\r\n`
}

const up = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** What the office lists. */
export const listOffice = (action: string, id: string, param: (name: string) => string): string | undefined => {
  switch (action) {
    case 'coreshowchannels':
      return list(
        id,
        'CoreShowChannel',
        'CoreShowChannelsComplete',
        up(CHANNELS).map((n) => {
          const more: Headers = [
            ['Application', 'Dial'],
            ['ApplicationData', `PJSIP/${n},30`],
            ['Duration', '00:00:07'],
            ['BridgeId', bridgeOf(n)],
          ]
          return ['', [...snapshot(n), ...more]] as const
        }),
      )
    case 'bridgelist':
      return list(
        id,
        'BridgeListItem',
        'BridgeListComplete',
        param('BridgeType') === 'none' ? [] : up(BRIDGES).map((n) => ['', bridge(n * 2, 2)] as const),
      )
    case 'bridgeinfo': {
      const n = Number.parseInt(param('BridgeUniqueid').slice(-12), 16) * 2
      return list(
        id,
        'BridgeInfoChannel',
        'BridgeInfoComplete',
        [n, n + 1].map((one) => ['', snapshot(one)] as const),
      )
    }
    case 'queuestatus':
      return list(id, 'QueueMember', 'QueueStatusComplete', [
        ...up(QUEUES).map((n): readonly [string, Headers] => ['QueueParams', queue(n)]),
        ...up(MEMBERS).map((n): readonly [string, Headers] => ['', member(n, 1, true)]),
      ])
    default:
      return undefined
  }
}

const queue = (n: number): Headers => [
  ['Queue', queueOf(n)],
  ['Max', 0],
  ['Strategy', 'ringall'],
  ['Calls', 0],
  ['Holdtime', 3],
  ['TalkTime', 40],
  ['Completed', 12],
  ['Abandoned', 1],
  ['ServiceLevel', 20],
  ['ServicelevelPerf', '92.3'],
  ['Weight', 0],
]
