// What each page shows: all of its tables at one moment.
import type { Queue } from 'amiable/state'
import type { Config } from '../config/schema.ts'
import type { BoardRow, Tile } from '../protocol/board.ts'
import type { CallRow, EndpointRow, LegRow, ParkedRow, PartyRow, RoomRow, TrunkRow } from '../protocol/call-rows.ts'
import type {
  AgentRow,
  AlertRow,
  AnyRow,
  CallerRow,
  FiguresRow,
  FreshKind,
  KindFreshness,
  MemberRow,
  QueueRow,
  ServerRow,
} from '../protocol/rows.ts'
import type { Page } from '../protocol/view.ts'
import type { Watched } from '../sources/watched.ts'
import type { Alerts } from './alerts.ts'
import { addCalls, callRow, callsInScope, legRow, marksOf, ownChannels } from './call-rows.ts'
import type { CallWatch } from './call-watch.ts'
import type { Facts } from './facts.ts'
import { addEndpoints, addParked, addRooms, addTrunks } from './line-rows.ts'
import { freshnessOf, KINDS_OF, type Look, type Rows, type ServerLook } from './look.ts'
import { addAgents, addCallers, addMembers, figuresRow, type PeopleContext, queueRow, queuesOf } from './people-rows.ts'
import { fits } from './scope.ts'
import type { WindowCache } from './windows.ts'

/** What all views are made from. */
export interface ViewSources {
  readonly watched: Watched
  readonly facts: Facts
  readonly windows: WindowCache
  readonly alerts: Alerts
  readonly thresholds: Config['alerts']
  readonly boards: ReadonlyMap<string, BoardRow>
}

/** The tables of a page, by name. */
export type PageTables = Readonly<Record<string, ReadonlyMap<string, AnyRow>>>

/** Makes the tables of a page. */
export function pageTables(sources: ViewSources, look: Look, call: CallWatch | undefined, now: number): PageTables {
  const servers = serversOf(sources.watched, look)
  const context: PeopleContext & { facts: Facts } = { ...sources, look, now }
  const own = MAKERS[look.spec.page](sources, look, servers, context, call)
  return { servers: serverRows(look, servers), alerts: alertRows(sources.alerts, look), ...own }
}

/** The servers that a view shows. */
export function serversOf(watched: Watched, look: Look): ServerLook[] {
  return [...watched.states]
    .filter(({ name }) => look.seesServer(name))
    .map((state) => ({ name: state.name, state, connected: watched.isConnected(state.name) }))
}

type Maker = (
  sources: ViewSources,
  look: Look,
  servers: readonly ServerLook[],
  context: PeopleContext,
  call: CallWatch | undefined,
) => PageTables

const MAKERS: Readonly<Record<Page, Maker>> = {
  queues: (_sources, look, servers, context) => {
    const queues: Rows<QueueRow> = new Map()
    const members: Rows<MemberRow> = new Map()
    const callers: Rows<CallerRow> = new Map()
    const all: { server: string; queue: Queue }[] = []
    for (const { name: server, state } of servers) {
      for (const queue of queuesOf(look, state)) {
        all.push({ server, queue })
        const row = queueRow(context, server, queue)
        queues.set(row.key, row)
        addMembers(context, server, queue, members)
        addCallers(context, server, queue, callers)
      }
    }
    return { figures: one(figuresRow(context, 'all', all)), queues, members, callers }
  },
  agents: (_sources, _look, servers, context) => {
    const agents: Rows<AgentRow> = new Map()
    for (const server of servers) addAgents(context, server, agents)
    return { agents }
  },
  calls: (_sources, _look, servers, context) => {
    const calls: Rows<CallRow> = new Map()
    for (const server of servers) addCalls(context, server, calls)
    return { calls }
  },
  call: (_sources, look, servers, context, watch) => {
    const calls: Rows<CallRow> = new Map()
    const legs: Rows<LegRow> = new Map()
    const { call: key = '' } = look.spec
    const server = servers.find(({ name }) => key.startsWith(`${name}/`))
    if (server === undefined) return { calls, legs, marks: new Map() }
    const id = key.slice(server.name.length + 1)
    const call = server.state.calls.get(id) ?? server.state.calls.ended.findLast((ended) => ended.id === id)
    // a key can name any call
    if (watch === undefined || !watch.isShown(call, callsInScope(look, server)))
      return { calls, legs, marks: new Map() }
    if (call) calls.set(key, callRow(context, server, call))
    for (const { channel } of call?.legs ?? []) {
      const found = server.state.channels.get(channel)
      if (found) legs.set(`${server.name}/${channel}`, legRow(look, server.name, found))
    }
    for (const { channel, endedAt } of watch.channels.values()) {
      const legKey = `${server.name}/${channel.id}`
      if (!legs.has(legKey)) legs.set(legKey, legRow(look, server.name, channel, endedAt))
    }
    return { calls, legs, marks: marksOf(look, watch) }
  },
  lines: (_sources, _look, servers, context) => {
    const endpoints: Rows<EndpointRow> = new Map()
    const trunks: Rows<TrunkRow> = new Map()
    for (const server of servers) {
      addEndpoints(context, server, endpoints)
      addTrunks(context, server, trunks)
    }
    return { endpoints, trunks }
  },
  rooms: (_sources, look, servers) => {
    const rooms: Rows<RoomRow> = new Map()
    const parties: Rows<PartyRow> = new Map()
    const parked: Rows<ParkedRow> = new Map()
    for (const server of servers) {
      addRooms(look, server, rooms, parties)
      addParked(look, server, parked)
    }
    return { rooms, parties, parked }
  },
  phone: (_sources, look, servers, context) => {
    const tables = {
      agents: new Map(),
      queues: new Map(),
      callers: new Map(),
      calls: new Map(),
      legs: new Map(),
      parked: new Map(),
    }
    const own = look.spec.device
    const server = servers.find(({ name }) => name === own?.server)
    if (own === undefined || server === undefined) return tables
    const agents: Rows<AgentRow> = new Map()
    addAgents(context, server, agents)
    const me = [...agents.values()].find((agent) => look.isOwn(server.name, agent.interface))
    if (me) tables.agents.set(me.key, me)
    const names = new Set(me?.memberships.map(({ queue }) => queue))
    for (const queue of queuesOf(look, server.state)) {
      // the others are those that one may log in to
      const row = queueRow(context, server.name, queue)
      tables.queues.set(row.key, row)
      if (names.has(queue.name)) addCallers(context, server.name, queue, tables.callers)
    }
    for (const channel of ownChannels(look, server.name, server.state)) {
      const leg = legRow(look, server.name, channel)
      tables.legs.set(leg.key, leg)
      const call = server.state.calls.of(channel.id)
      if (!call) continue
      const row = callRow(context, server, call)
      tables.calls.set(row.key, row)
    }
    addParked(look, server, tables.parked)
    return tables
  },
  board: (sources, look, servers, context) => {
    const figures: Rows<FiguresRow> = new Map()
    const queues: Rows<QueueRow> = new Map()
    const agents: Rows<AgentRow> = new Map()
    const callers: Rows<CallerRow> = new Map()
    const board = sources.boards.get(look.spec.board ?? '')
    if (board === undefined) return { boards: new Map(), figures, queues, agents, callers }
    const all = servers.flatMap(({ name: server, state }) => queuesOf(look, state).map((queue) => ({ server, queue })))
    const shown = (tile: Tile) => {
      const names =
        tile.type === 'queue' ? [tile.queue] : 'queues' in tile && tile.queues.length > 0 ? tile.queues : undefined
      return all.filter(({ queue }) => fits(names, queue.name))
    }
    for (const tile of board.tiles) {
      if (tile.type === 'figure') figures.set(tile.key, figuresRow(context, tile.key, shown(tile)))
      if (tile.type === 'queue' || tile.type === 'chart') {
        for (const { server, queue } of shown(tile)) {
          const row = queueRow(context, server, queue)
          queues.set(row.key, row)
        }
      }
      if (tile.type === 'callers')
        for (const { server, queue } of shown(tile)) addCallers(context, server, queue, callers)
    }
    if (board.tiles.some(({ type }) => type === 'agents')) {
      for (const server of servers) addAgents(context, server, agents)
    }
    return { boards: one(board), figures, queues, agents, callers }
  },
}

function one<T extends AnyRow>(row: T): Rows<T> {
  return new Map([[row.key, row]])
}

const ORDER = ['live', 'blind', 'listing', 'stale', 'waiting'] as const

function serverRows(look: Look, servers: readonly ServerLook[]): Rows<ServerRow> {
  const rows: Rows<ServerRow> = new Map()
  for (const { name, connected, state } of servers) {
    const kinds: Partial<Record<FreshKind, KindFreshness>> = {}
    let worst: KindFreshness = { state: 'live', asOf: null }
    for (const kind of KINDS_OF[look.spec.page]) {
      const fresh = freshnessOf(state[kind].freshness, connected)
      kinds[kind] = fresh
      if (ORDER.indexOf(fresh.state) > ORDER.indexOf(worst.state)) worst = fresh
    }
    rows.set(name, { key: name, name, ...worst, connected, kinds })
  }
  return rows
}

function alertRows({ rows }: Alerts, look: Look): Rows<AlertRow> {
  const seen: Rows<AlertRow> = new Map()
  for (const [key, row] of rows) {
    if (row.server !== null && !look.seesServer(row.server)) continue
    const isOfQueue = row.rule !== 'trunkDown' && row.rule !== 'serverStale'
    if (isOfQueue ? look.seesQueue(row.subject) : row.rule === 'serverStale' || look.seesAll) seen.set(key, row)
  }
  return seen
}
