// What `top` shows: calls, channels, queues or bridges, as rows of a table.
import type { Call, Channel, State } from 'amiable/state'
import { spoken } from '../lists/short-lists.ts'
import type { Style } from '../output/colour.ts'
import { layOut } from '../output/table.ts'
import { stopwatch } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'
import { ordered, queueLines } from './queue-board.ts'

export const VIEWS = ['calls', 'channels', 'queues', 'bridges'] as const
export type ViewName = (typeof VIEWS)[number]

/** Which part of a view is drawn. */
export interface Window {
  readonly now: number
  readonly width: number
  readonly height: number
  /** Rows that are above the screen. */
  readonly from: number
  readonly filter: string
  readonly isOld: boolean
}

/** A part of a view, and how many rows it has in all. */
export interface Drawn {
  readonly lines: readonly ScreenLine[]
  /** Lines beneath the titles, those that are not on the screen too. */
  readonly rows: number
  /** Those that are looked for. */
  readonly shown: number
  readonly all: number
}

/** Draws the part of a view that the screen has room for. */
export function drawView(state: State, view: ViewName, window: Window): Drawn {
  const { now, width, height, from, filter, isOld } = window
  const holds = (text: string) => filter === '' || text.toLowerCase().includes(filter.toLowerCase())
  if (view === 'queues') {
    const queues = [...state.queues]
    const kept = queues.filter((one) => holds([one.name, ...one.members.map(({ name }) => name)].join(' ')))
    const lines = queueLines(ordered(kept, 'name'), now, width, isOld)
    return { lines: lines.slice(from, from + height), rows: lines.length, shown: kept.length, all: queues.length }
  }
  const { titles, rows } = TABLES[view](state, now)
  const kept = rows.filter((row) => holds(row.join(' ')))
  const part = kept.slice(from, from + height - 1)
  const [head = '', ...lines] = layOut(titles, part, { width })
  const style: Style | undefined = isOld ? 'dim' : undefined
  return {
    lines: [{ text: head, style: style ?? 'bold' }, ...lines.map((text) => ({ text, style }))],
    rows: kept.length,
    shown: kept.length,
    all: rows.length,
  }
}

interface Table {
  readonly titles: readonly { readonly title: string; readonly right?: boolean }[]
  readonly rows: readonly (readonly string[])[]
}

const TABLES: Readonly<Record<Exclude<ViewName, 'queues'>, (state: State, now: number) => Table>> = {
  calls: (state, now) => ({
    titles: [
      { title: 'SINCE', right: true },
      { title: 'STATE' },
      { title: 'FROM' },
      { title: 'TO' },
      { title: 'AT' },
      { title: 'TALK', right: true },
      { title: 'LEGS', right: true },
    ],
    rows: oldestFirst(state.calls, (call) => [call.startedAt, call.id]).map((call) => callRow(state, call, now)),
  }),
  channels: (state, now) => ({
    titles: [
      { title: 'SINCE', right: true },
      { title: 'CHANNEL' },
      { title: 'STATE' },
      { title: 'CALLER' },
      { title: 'CONNECTED' },
      { title: 'AT' },
    ],
    rows: oldestFirst(state.channels, ({ createdAt, name }) => [createdAt, name]).map((one) =>
      [
        stopwatch(now - one.createdAt.getTime()),
        one.name,
        one.held ? 'on hold' : one.state,
        spoken(one.caller.name, one.caller.number),
        spoken(one.connected.name, one.connected.number),
        placeOf(one),
      ].map(visible),
    ),
  }),
  bridges: (state) => ({
    titles: [{ title: 'BRIDGE' }, { title: 'TECHNOLOGY' }, { title: 'CHANNELS' }],
    rows: [...state.bridges].map(({ id, technology, channels }) =>
      [id.slice(0, 8), technology, channels.map((one) => state.channels.get(one)?.name ?? one).join(', ')].map(visible),
    ),
  }),
}

/** Orders by time. Those of one moment, as the two halves of a Local channel, stand in the order of their names. */
function oldestFirst<T>(all: Iterable<T>, keyOf: (one: T) => readonly [since: Date, name: string]): T[] {
  return [...all].sort((one, other) => {
    const [[since, name], [otherSince, otherName]] = [keyOf(one), keyOf(other)]
    return since.getTime() - otherSince.getTime() || (name < otherName ? -1 : 1)
  })
}

const WORDS: Readonly<Record<Call['phase'], string>> = {
  dialing: 'dialling',
  ringing: 'ringing',
  queued: 'waiting',
  up: 'talking',
  held: 'on hold',
  parked: 'parked',
  conference: 'conference',
  ended: 'ended',
}

function callRow(state: State, call: Call, now: number): string[] {
  const { startedAt, answeredAt, phase, parties, legs, queue } = call
  // the channel that the call began with: a list has them in an order of the server's
  const began = legs.find(({ channel }) => channel === call.id) ?? legs[0]
  const first = state.channels.get(began?.channel ?? '')
  const [from, to] = parties
  const who = (party: typeof from) => (party === undefined ? '' : spoken(party.name, party.number))
  const waits = queue?.position === undefined ? undefined : `Queue(${queue.name}) #${queue.position}`
  return [
    stopwatch(now - startedAt.getTime()),
    WORDS[phase],
    who(from) || (first?.name ?? ''),
    who(to) || (first === undefined || first.exten === 's' ? '' : first.exten),
    waits ?? (first === undefined ? '' : placeOf(first)),
    answeredAt === undefined ? '' : stopwatch(now - answeredAt.getTime()),
    String(legs.length),
  ].map(visible)
}

function placeOf({ bridge, application, applicationData, exten, context }: Channel): string {
  if (bridge !== undefined) return `bridge ${bridge.slice(0, 4)}`
  if (application !== undefined) return `${application}(${applicationData ?? ''})`
  return exten === '' ? '' : `${exten}@${context}`
}
