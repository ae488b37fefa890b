// What is said of a call beside its steps: who called whom, how long, and what is not known.
import { clockOf, spell } from '../output/time.ts'
import type { Ladder, Step } from './ladder.ts'

/** Returns the first line: who, to whom, when, how long, and how it ended. */
export function summaryOf({ lanes, startedAt, answeredAt, endedAt, cause, endedBy }: Ladder, isClock: boolean): string {
  const [first, second] = lanes
  const names = [first, second].flatMap((lane) => (lane === undefined ? [] : lane.who || lane.name))
  const parts = [names.join(' → ')]
  if (isClock && startedAt !== undefined) parts.push(clockOf('local')(startedAt))
  if (startedAt !== undefined && endedAt !== undefined) parts.push(spell(endedAt - startedAt))
  if (startedAt !== undefined && answeredAt !== undefined) parts.push(`answered after ${spell(answeredAt - startedAt)}`)
  if (cause !== '') {
    const by = endedBy === undefined ? '' : ` by ${lanes[endedBy]?.letter ?? ''}`
    parts.push(`${cause}${by}`)
  }
  return parts.filter((part) => part !== '').join('  ')
}

/** Returns what is not known, one line each. */
export function unknownOf({ lanes, startedAt, isOver }: Ladder, isRecording: boolean): string[] {
  const found: string[] = []
  const partly = lanes.filter(({ whole }) => !whole).map(({ letter }) => letter)
  const from = isRecording ? 'before the recording' : 'before this was started'
  if (partly.length > 0) found.push(`not known: what ${listed(partly)} did ${from}`)
  const open = lanes.filter(({ gone }) => !gone).map(({ letter }) => letter)
  if (isRecording && !isOver && open.length > 0) found.push(`not known: how ${listed(open)} ended, after the recording`)
  if (startedAt === undefined) found.push('not known: times, which a capture of the wire does not have')
  return found
}

function listed(names: readonly string[]): string {
  if (names.length > 6) return `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`
  return names.join(', ')
}

/** Returns a call as one document. */
export function callDocument(source: string, id: string, ladder: Ladder, steps: readonly Step[], missed: boolean) {
  const { lanes, startedAt, answeredAt, endedAt, cause, endedBy, isOver } = ladder
  return {
    source,
    call: id,
    complete: !missed && lanes.every(({ whole }) => whole) && isOver,
    startedAt,
    answeredAt,
    endedAt,
    cause: cause || undefined,
    endedBy: endedBy === undefined ? undefined : lanes[endedBy]?.letter,
    channels: lanes.map(({ letter, name, who, gone }) => ({ letter, name, party: who || undefined, ended: gone })),
    steps: steps.map((step) => stepDocument(ladder, step)),
  }
}

/** Returns a step as a document. */
export function stepDocument({ lanes }: Ladder, { at, kind, from, to, members, text, event }: Step) {
  const letter = (place: number | undefined) => (place === undefined ? undefined : lanes[place]?.letter)
  return {
    time: at,
    kind,
    from: letter(from),
    to: letter(to),
    with: members?.map(letter),
    text,
    event: event?.document(),
  }
}
