// A queue as lines: who waits, who answers, and Asterisk's own counts.
import type { Caller, Member, Queue } from 'amiable/state'
import { spoken } from '../lists/short-lists.ts'
import { layOut } from '../output/table.ts'
import { stopwatch } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import type { ScreenLine } from '../screen/painter.ts'

/** The parts of a queue, each a line without control characters. */
export interface QueueBoard {
  readonly head: string
  readonly callers: readonly string[]
  /** A table with its titles; empty where nobody is there. */
  readonly members: readonly string[]
}

/** Draws a queue as it is at this moment. */
export function queueBoard(queue: Queue, now: number, width: number | undefined): QueueBoard {
  return {
    head: headOf(queue, now),
    callers: queue.callers.map((caller) => callerLine(caller, now)),
    members: membersOf(queue.members, now, width),
  }
}

/** Orders queues by their name, or those first whose first caller waits longest. */
export function ordered(queues: Iterable<Queue>, by: 'name' | 'wait'): Queue[] {
  const since = ({ callers }: Queue) => callers[0]?.joinedAt.getTime() ?? Number.POSITIVE_INFINITY
  return [...queues].sort((one, other) => {
    const first = by === 'wait' ? since(one) : 0
    const second = by === 'wait' ? since(other) : 0
    return first === second ? one.name.localeCompare(other.name) : first - second
  })
}

function headOf({ name, callers, members, counted, serviceLevel }: Queue, now: number): string {
  const count = (...states: readonly Member['state'][]) => members.filter(({ state }) => states.includes(state)).length
  const [first] = callers
  const parts = [
    `waiting ${callers.length}`,
    ...(first === undefined ? [] : [`longest ${stopwatch(now - first.joinedAt.getTime())}`]),
    `free ${count('ready')}`,
    `talking ${count('in call', 'on another call')}`,
    `paused ${count('paused')}`,
    `of ${members.length}`,
    `done ${counted.completed}`,
    `lost ${counted.abandoned}`,
    ...(serviceLevel > 0 ? [`in ${serviceLevel} s ${counted.serviceLevelPerf} %`] : []),
  ]
  return `${visible(name)}  ${parts.join('  ')}`
}

function callerLine({ position, joinedAt, party, channel }: Caller, now: number): string {
  const who = spoken(party.name, party.number) || channel
  return `  #${position} ${stopwatch(now - joinedAt.getTime())}  ${visible(who)}`
}

const COLUMNS = [
  { title: 'AGENT' },
  { title: 'STATE' },
  { title: 'FOR', right: true },
  { title: 'CALLS', right: true },
  { title: 'LAST', right: true },
  { title: 'PENALTY', right: true },
  { title: 'WHY' },
]

function membersOf(members: readonly Member[], now: number, width: number | undefined): string[] {
  if (members.length === 0) return []
  const ago = (since: Date | undefined) => (since === undefined ? '' : stopwatch(now - since.getTime()))
  const rows = members.map((one) => [
    visible(one.name),
    one.state,
    ago(one.state === 'paused' ? one.paused?.since : one.inCall?.since),
    String(one.calls),
    ago(one.lastCallAt),
    String(one.penalty),
    visible(one.paused?.reason ?? ''),
  ])
  return layOut(COLUMNS, rows, { width: width === undefined ? undefined : width - 2 }).map((line) => `  ${line}`)
}

/** Queues as lines of a screen, grey where they are old. */
export function queueLines(queues: readonly Queue[], now: number, width: number, isOld: boolean): ScreenLine[] {
  const lines: ScreenLine[] = []
  for (const one of queues) {
    const { head, callers, members } = queueBoard(one, now, width)
    lines.push({ text: head, style: isOld ? 'dim' : 'bold' })
    for (const text of [...callers, ...members]) lines.push({ text, style: isOld ? 'dim' : undefined })
  }
  return lines
}
