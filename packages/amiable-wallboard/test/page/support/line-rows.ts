// Calls, lines, rooms and parking of the call centre of rows.ts.
import type {
  CallPhase,
  CallRow,
  EndpointRow,
  LegRow,
  MarkRow,
  ParkedRow,
  PartyRow,
  RoomRow,
  TrunkRow,
} from '../../../src/protocol/call-rows.ts'

/** Makes the rows; the first servers have the most. */
export function lineRows(now: number, serverOf: (at: number) => string, people: readonly string[]) {
  const ago = (seconds: number) => now - seconds * 1_000
  const phases: readonly CallPhase[] = ['up', 'queued', 'ringing', 'up', 'held', 'parked', 'conference', 'dialing']
  const calls: CallRow[] = Array.from({ length: 24 }, (_, at) => ({
    key: `${serverOf(at)}/call${at}`,
    server: serverOf(at),
    phase: phases[at % phases.length] ?? 'up',
    startedAt: ago(600 - at * 23),
    answeredAt: ago(560 - at * 22),
    endedAt: null,
    fromNumber: `+49 89 555 1${at}`,
    fromName: at % 2 === 0 ? `Customer ${at}` : null,
    toNumber: String(100 + (at % 12)),
    toName: people[at % 12] ?? null,
    queue: at % 3 === 0 ? 'Support' : null,
    trunk: at % 3 === 1 ? 'carrier' : null,
    channels: 2,
    complete: at !== 3,
    spied: at === 3,
    own: at === 0,
    stamp: String(at),
  }))
  const leg = (at: number, fields: Partial<LegRow>): LegRow => ({
    key: `${serverOf(0)}/leg${at}`,
    server: serverOf(0),
    name: `PJSIP/carrier-0000000${at}`,
    technology: 'PJSIP',
    device: 'PJSIP/carrier',
    state: 'Up',
    number: '+49 89 555 10',
    partyName: 'Customer 0',
    bridge: 'b1',
    createdAt: ago(180),
    answeredAt: ago(176),
    endedAt: null,
    held: false,
    local: false,
    localPeer: null,
    dialedBy: null,
    application: 'Queue',
    spied: false,
    recording: at === 0,
    own: at === 3,
    stamp: 'Up',
    ...fields,
  })
  const legs: LegRow[] = [
    leg(0, {}),
    leg(1, { name: 'Local/100@agents-01;1', local: true, number: null, partyName: null, createdAt: ago(120) }),
    leg(2, { name: 'Local/100@agents-01;2', local: true, number: null, partyName: null, createdAt: ago(120) }),
    leg(3, {
      name: 'PJSIP/100-00000007',
      number: '100',
      partyName: 'Anna Berger',
      createdAt: ago(119),
      answeredAt: ago(108),
    }),
    leg(4, {
      name: 'PJSIP/101-00000005',
      number: '101',
      partyName: 'Ben Carter',
      createdAt: ago(150),
      answeredAt: null,
      endedAt: ago(130),
    }),
  ]
  const mark = (
    at: number,
    seconds: number,
    type: MarkRow['type'],
    legs: number[],
    text: string | null = null,
  ): MarkRow => ({
    key: `m${at}`,
    server: serverOf(0),
    at: ago(seconds),
    type,
    legs: legs.map((nth) => `${serverOf(0)}/leg${nth}`),
    text,
  })
  const marks: MarkRow[] = [
    mark(0, 180, 'channel', [0]),
    mark(1, 176, 'answered', [0]),
    mark(2, 175, 'queued', [0], 'Support'),
    mark(3, 150, 'dial', [0, 4], 'PJSIP/101'),
    mark(4, 148, 'ringing', [4]),
    mark(5, 130, 'dialEnd', [4], 'NOANSWER'),
    mark(6, 119, 'dial', [0, 3], 'Local/100@agents'),
    mark(7, 116, 'ringing', [3]),
    mark(8, 108, 'answered', [3]),
    mark(9, 107, 'connected', [0, 3], 'Anna Berger'),
    mark(10, 106, 'bridged', [0, 3]),
    mark(11, 60, 'held', [0]),
    mark(12, 35, 'resumed', [0]),
  ]
  const endpoints: EndpointRow[] = Array.from({ length: 16 }, (_, at) => ({
    key: `${serverOf(at)}/e${at}`,
    server: serverOf(at),
    name: String(100 + at),
    state: ['notInUse', 'inUse', 'ringing', 'unavailable', 'onHold', 'busy'][at % 6] ?? 'unknown',
    via: at % 6 === 3 ? null : `192.0.2.${10 + at}:5060`,
    userAgent: at % 2 === 0 ? 'Yealink SIP-T54W 96.86' : 'snomD785/10.1.184',
    roundTrip: at % 6 === 3 ? null : 8 + at * 3.3,
    roundTrips: at % 6 === 3 ? [] : Array.from({ length: 30 }, (_, nth) => 8 + at * 3 + ((nth * 7 + at) % 9)),
    reachable: at % 6 !== 3,
    contacts: 1,
    expiresAt: now + 1_800_000,
    calls: at % 6 === 1 ? 1 : 0,
    hint: `${100 + at}@internal`,
    hintState: 'Idle',
    own: at === 0,
  }))
  const trunks: TrunkRow[] = ['carrier', 'backup', 'mobile'].map((name, at) => ({
    key: `${serverOf(at)}/t${at}`,
    server: serverOf(at),
    name,
    technology: 'PJSIP',
    remote: `sip:${name}.example.net`,
    status: at === 1 ? 'Rejected' : 'Registered',
    up: at !== 1,
    incoming: at === 1 ? 0 : 7 - at,
    outgoing: at === 1 ? 0 : 3 + at,
    incomingHistory: Array.from({ length: 60 }, (_, minute) =>
      at === 1 && minute > 40 ? 0 : 5 + Math.round(3 * Math.sin(minute / 7 + at)),
    ),
    outgoingHistory: Array.from({ length: 60 }, (_, minute) =>
      at === 1 && minute > 40 ? 0 : 3 + Math.round(2 * Math.cos(minute / 5)),
    ),
    failures:
      at === 1
        ? [
            { cause: 34, text: 'No circuit available', count: 12 },
            { cause: 17, text: 'User busy', count: 3 },
          ]
        : [],
  }))
  const rooms: RoomRow[] = [
    {
      key: 'r1',
      server: serverOf(0),
      name: '8000',
      parties: 3,
      talking: 1,
      recording: true,
      locked: false,
      own: true,
    },
    {
      key: 'r2',
      server: serverOf(1),
      name: 'Monday meeting',
      parties: 2,
      talking: 0,
      recording: false,
      locked: true,
      own: false,
    },
  ]
  const parties: PartyRow[] = [0, 1, 2, 3, 4].map((at) => ({
    key: `p${at}`,
    server: serverOf(at < 3 ? 0 : 1),
    room: at < 3 ? '8000' : 'Monday meeting',
    roomKey: at < 3 ? 'r1' : 'r2',
    number: String(100 + at),
    name: people[at] ?? null,
    admin: at === 0,
    muted: at === 1,
    talking: at === 2,
    own: at === 0,
    stamp: '',
  }))
  const parked: ParkedRow[] = [0, 1, 2].map((at) => ({
    key: `k${at}`,
    server: serverOf(0),
    lot: 'default',
    space: String(701 + at),
    number: `+49 40 555 ${at}`,
    name: at === 0 ? 'Customer parked' : null,
    parker: 'PJSIP/100',
    parkedAt: ago(10 + at * 14),
    timeoutAt: at === 2 ? null : ago(10 + at * 14) + 45_000,
    stamp: '',
  }))
  return { calls, legs, marks, endpoints, trunks, rooms, parties, parked }
}
