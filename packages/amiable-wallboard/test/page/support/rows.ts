// A call centre as rows, always the same: what a wallboard would say of it.
import type { BoardRow } from '../../../src/protocol/board.ts'
import type {
  CallRow,
  EndpointRow,
  LegRow,
  MarkRow,
  ParkedRow,
  PartyRow,
  RoomRow,
  TrunkRow,
} from '../../../src/protocol/call-rows.ts'
import type {
  AgentRow,
  AgentState,
  AlertRow,
  CallerRow,
  FiguresRow,
  MemberRow,
  QueueRow,
  ServerRow,
} from '../../../src/protocol/rows.ts'
import { lineRows } from './line-rows.ts'

const STATES: readonly AgentState[] = [
  'ready',
  'in call',
  'ringing',
  'in call',
  'paused',
  'wrap-up',
  'on another call',
  'unavailable',
  'ready',
  'in call',
]
const NAMES = [
  'Anna Berger',
  'Ben Carter',
  'Carla Díaz',
  'David Okafor',
  'Elif Yılmaz',
  'Farid Haddad',
  'Grace Kim',
  'Hugo Martin',
  'Ines Costa',
  'Jonas Weber',
  'Kana Sato',
  'Liam Walsh',
]
const QUEUES = ['Sales', 'Support', 'Billing', 'Returns', 'VIP', 'Hotline']

/** All rows of a call centre with one server, or with two. */
export class Rows {
  readonly now: number
  readonly servers: ServerRow[]
  readonly alerts: AlertRow[]
  readonly figures: FiguresRow[]
  readonly queues: QueueRow[]
  readonly members: MemberRow[]
  readonly callers: CallerRow[]
  readonly agents: AgentRow[]
  readonly calls: CallRow[]
  readonly legs: LegRow[]
  readonly marks: MarkRow[]
  readonly endpoints: EndpointRow[]
  readonly trunks: TrunkRow[]
  readonly rooms: RoomRow[]
  readonly parties: PartyRow[]
  readonly parked: ParkedRow[]
  readonly boards: BoardRow[]

  constructor(now: number, servers: readonly string[] = ['berlin', 'lisbon']) {
    this.now = now
    const ago = (seconds: number) => now - seconds * 1_000
    this.servers = servers.map((name) => ({
      key: name,
      name,
      state: 'live',
      asOf: null,
      connected: true,
      kinds: {},
    }))
    const serverOf = (at: number) => servers[at % servers.length] ?? ''
    const states = (offset: number, count: number) =>
      Array.from({ length: count }, (_, at) => STATES[(at * 3 + offset) % STATES.length] ?? 'ready')
    this.members = []
    this.callers = []
    this.queues = QUEUES.map((name, at) => {
      const server = serverOf(at)
      const key = `${server}/${name}`
      const all = states(at, 4 + at * 2)
      for (const [nth, state] of all.entries()) {
        const person = (nth + at * 2) % NAMES.length
        this.members.push({
          key: `${key}/${nth}`,
          server,
          queue: name,
          queueKey: key,
          agent: `${server}/a${person}`,
          interface: `PJSIP/${100 + person}`,
          name: NAMES[person] ?? '',
          state,
          since: ago(20 + nth * 47),
          reason: state === 'paused' ? 'Lunch' : null,
          penalty: nth % 4 === 3 ? 2 : 0,
          dynamic: nth % 2 === 1,
          calls: 14 + nth,
          lastCallAt: ago(300 + nth * 60),
          loggedInAt: ago(14_400),
          wrapUpUntil: state === 'wrap-up' ? now + 12_000 : null,
          stamp: state,
        })
      }
      const waiting = [2, 7, 0, 1, 4, 0][at] ?? 0
      for (let nth = 0; nth < waiting; nth++) {
        this.callers.push({
          key: `${key}/c${nth}`,
          server,
          queue: name,
          queueKey: key,
          position: nth + 1,
          number: `+49 30 5550 ${100 + at * 10 + nth}`,
          name: nth % 2 === 0 ? `Caller ${nth + 1}` : null,
          priority: nth === 0 ? 5 : 0,
          joinedAt: ago(150 - nth * 21),
          stamp: String(nth),
        })
      }
      const count = (...wanted: AgentState[]) => all.filter((state) => wanted.includes(state)).length
      return {
        key,
        server,
        name,
        strategy: 'rrmemory',
        max: 0,
        waiting,
        longestSince: waiting === 0 ? null : ago(150),
        ready: count('ready'),
        ringing: count('ringing'),
        inCall: count('in call'),
        onAnotherCall: count('on another call'),
        wrapUp: count('wrap-up'),
        paused: count('paused'),
        unavailable: count('unavailable'),
        serviceLevel: 20,
        offered: 120 + at * 13,
        answered: 108 + at * 11,
        abandoned: 6 + at,
        inLevel: [92, 71, 100, 88, 79, null][at] ?? null,
        averageWait: 14 + at,
        averageTalk: 180,
        longestWait: 210,
        complete: true,
        history: Array.from({ length: 60 }, (_, minute) =>
          Math.max(0, Math.round(3 + 3 * Math.sin((minute + at * 9) / 6) - at / 3)),
        ),
        waitingLevel: at === 1 ? 'alarm' : null,
        longestLevel: at === 1 ? 'alarm' : at === 4 ? 'warning' : null,
        inLevelLevel: at === 1 ? 'warning' : null,
      }
    })
    this.figures = [
      {
        key: 'all',
        waiting: 14,
        longestSince: ago(150),
        offered: 915,
        answered: 812,
        abandoned: 51,
        inLevel: 84.4,
        ready: 11,
        loggedIn: 46,
        paused: 5,
        inCall: 17,
        complete: true,
        waitingLevel: 'alarm',
        longestLevel: 'alarm',
        inLevelLevel: null,
      },
    ]
    this.alerts = [
      {
        key: 'waiting/Support',
        rule: 'waiting',
        level: 'alarm',
        server: serverOf(1),
        subject: 'Support',
        limit: 5,
        since: ago(62),
      },
      {
        key: 'longestWait/VIP',
        rule: 'longestWait',
        level: 'warning',
        server: serverOf(4),
        subject: 'VIP',
        limit: 120_000,
        since: ago(30),
      },
    ]
    this.agents = NAMES.map((name, at) => {
      const state = STATES[at % STATES.length] ?? 'ready'
      const talks = state === 'in call' || state === 'on another call'
      const server = serverOf(at)
      return {
        key: `${server}/a${at}`,
        server,
        interface: `PJSIP/${100 + at}`,
        name,
        state,
        since: ago(12 + at * 61),
        reason: state === 'paused' ? 'Lunch' : null,
        queue: talks ? 'Support' : null,
        withNumber: talks ? `+351 21 555 0${at}` : null,
        withName: talks && at % 3 === 0 ? 'Maria Santos' : null,
        call: talks ? `${server}/call1` : null,
        wrapUpUntil: state === 'wrap-up' ? now + 14_000 : null,
        device: state === 'unavailable' ? 'unavailable' : talks ? 'inUse' : 'notInUse',
        calls: 11 + at,
        lastCallAt: ago(420 + at * 30),
        loggedInAt: ago(12_000),
        memberships: [
          {
            key: `${server}/Sales/${at}`,
            queue: 'Sales',
            penalty: 0,
            paused: state === 'paused',
            reason: state === 'paused' ? 'Lunch' : null,
            dynamic: false,
            calls: 6,
            lastCallAt: ago(400),
            loggedInAt: ago(12_000),
          },
          {
            key: `${server}/Support/${at}`,
            queue: 'Support',
            penalty: 1,
            paused: state === 'paused',
            reason: null,
            dynamic: true,
            calls: 5 + at,
            lastCallAt: ago(400),
            loggedInAt: ago(9_000),
          },
        ],
        spied: at === 1,
        stamp: state,
      }
    })
    const others = lineRows(now, serverOf, NAMES)
    this.calls = others.calls
    this.legs = others.legs
    this.marks = others.marks
    this.endpoints = others.endpoints
    this.trunks = others.trunks
    this.rooms = others.rooms
    this.parties = others.parties
    this.parked = others.parked
    const place = (key: string, x: number, y: number, w: number, h: number, title: string | null = null) => ({
      key,
      x,
      y,
      w,
      h,
      title,
    })
    this.boards = [
      {
        key: 'floor',
        name: 'floor',
        title: 'The floor',
        rotation: [],
        seconds: 20,
        tiles: [
          { ...place('f1', 0, 0, 3, 2), type: 'figure', figure: 'waiting', queues: [] },
          { ...place('f2', 3, 0, 3, 2), type: 'figure', figure: 'longest', queues: [] },
          { ...place('f3', 6, 0, 3, 2), type: 'figure', figure: 'inLevel', queues: [] },
          { ...place('c1', 9, 0, 3, 2), type: 'clock', zone: null },
          { ...place('q1', 0, 2, 3, 2), type: 'queue', queue: 'Sales' },
          { ...place('q2', 3, 2, 3, 2), type: 'queue', queue: 'Support' },
          { ...place('q3', 6, 2, 3, 2), type: 'queue', queue: 'VIP' },
          { ...place('w1', 9, 2, 3, 4), type: 'callers', queues: [] },
          { ...place('a1', 0, 4, 6, 2), type: 'agents', queues: [] },
          { ...place('h1', 6, 4, 3, 2), type: 'chart', queues: [] },
        ],
      },
    ]
  }
}
