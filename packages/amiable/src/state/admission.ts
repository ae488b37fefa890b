import { checkAnswer } from '../check.ts'
import type { ResolvedOptions } from './options.ts'
import type { ChangeKind, Records } from './records.ts'
import { LONGEST_NAME } from './told.ts'

/** What names a record, and where it belongs; Asterisk never says less, and its names are shorter by far. */
const PARTS: { readonly [K in ChangeKind]?: (record: Records[K]) => readonly string[] } = {
  member: (record) => [record.queue, record.interface],
  caller: (record) => [record.queue, record.id],
  parked: (record) => [record.lot, record.space, record.id],
  hint: (record) => [record.context, record.exten],
  contact: (record) => [record.aor, record.uri],
  trunk: (record) => [record.name],
  queue: (record) => [record.name],
}

// how many answers of a filter are remembered
const MOST_ANSWERS = 10_000

/** Decides which records are new to a model and come in: what has no name, is past a limit or is not wanted does not. */
export class Admission {
  /** How many records were left out because of a limit. */
  leftOut = 0
  #options: Pick<ResolvedOptions, 'filter' | 'limits'>
  #limited: (kind: ChangeKind, limit: number) => void
  #answers = new Map<string, boolean>()
  #full = new Set<ChangeKind>()
  #isFullTold = false

  /** @param limited called when more came than a limit allows */
  constructor(options: Pick<ResolvedOptions, 'filter' | 'limits'>, limited: (kind: ChangeKind, limit: number) => void) {
    this.#options = options
    this.#limited = limited
  }

  /**
   * Says whether a record that is new comes in.
   * @param size how many there are already
   */
  takes<K extends ChangeKind>(kind: K, key: string, record: Records[K], size: number): boolean {
    const parts = PARTS[kind]?.(record) ?? [key]
    if (parts.some((part) => part === '' || part.length > LONGEST_NAME)) return false
    const [name = ''] = parts
    return this.wants(kind, name) && this.#hasRoom(kind, size)
  }

  /** Says whether the filter wants what has that name: a queue, a device, or the context of a hint. */
  wants(kind: ChangeKind, name: string): boolean {
    const test = this.#filterOf(kind)
    if (test === undefined) return true
    const asked = `${kind} ${name}`
    const known = this.#answers.get(asked)
    if (known !== undefined) return known
    // names that a server makes up without end must not stay
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear()
    const answer = answerOf(test, name)
    this.#answers.set(asked, answer)
    return answer
  }

  /** Returns how many of a kind there may be. */
  limitOf(kind: ChangeKind): number {
    const { limits } = this.#options
    if (kind === 'queue' || kind === 'member') return limits.queueMembers
    return OF_CALLS.has(kind) ? limits.channels : limits.devices
  }

  /** Counts a record that was left out, or not changed, because there is no room for its bytes. */
  tooMuch(kind: ChangeKind): void {
    this.leftOut++
    if (!this.#isFullTold) this.#limited(kind, this.#options.limits.bytes)
    this.#isFullTold = true
  }

  /** Notes that there is room for bytes again. */
  hasBytes(): void {
    this.#isFullTold = false
  }

  #filterOf(kind: ChangeKind): ((name: string) => boolean) | undefined {
    const { filter } = this.#options
    if (kind === 'queue' || kind === 'member' || kind === 'caller') return filter.queue
    if (kind === 'device') return filter.device
    return kind === 'hint' ? filter.context : undefined
  }

  #hasRoom(kind: ChangeKind, size: number): boolean {
    const limit = this.limitOf(kind)
    if (size < limit) {
      this.#full.delete(kind)
      return true
    }
    this.leftOut++
    if (!this.#full.has(kind)) this.#limited(kind, limit)
    this.#full.add(kind)
    return false
  }
}

// of each of them as many as channels: without a channel there is none of them
const OF_CALLS: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  ...(['channel', 'bridge', 'call', 'caller', 'room', 'parked'] as const),
])

/** Whether a filter wants a name. One that throws wants nothing; its error is nobody else's and stops nothing. */
function answerOf(test: (name: string) => boolean, name: string): boolean {
  try {
    return checkAnswer('filter', test(name)) === true
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
    return false
  }
}
