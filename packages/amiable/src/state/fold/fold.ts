import type { Admission } from '../admission.ts'
import type { Ended } from '../ended.ts'
import type { ListedKind } from '../kinds.ts'
import type { Slice, Work } from '../lane.ts'
import type { ChangeKind, Records } from '../records.ts'
import type { Room } from '../room.ts'
import type { Tables } from '../table.ts'
import type { Told } from '../told.ts'

/** A record that nobody has yet. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What a fold writes with. */
export interface Pen {
  readonly tables: Tables
  readonly ended: Ended
  /** The channels of the last Hangups. */
  readonly hungUp: Ended
  /** When the event came, in milliseconds of this machine's clock. */
  readonly now: number
  get<K extends ChangeKind>(kind: K, key: string): Records[K] | undefined
  /**
   * Writes a record.
   * @param compared what is there, given by those who know that the record differs or is that very one
   */
  put<K extends ChangeKind>(kind: K, key: string, record: Records[K], compared?: Records[K]): void
  /** Returns a record as one that may be changed where it is; undefined where somebody has it, or hears of its changes. */
  own<K extends ChangeKind>(kind: K, record: Records[K]): Mutable<Records[K]> | undefined
  /**
   * Returns a record as one that may be changed where it is, with no word of it: nobody hears of any change, nor can ask
   * for it later.
   */
  quiet<K extends ChangeKind>(kind: K, record: Records[K]): Mutable<Records[K]> | undefined
  /** Notes that a record was changed so. */
  wrote(): void
  /**
   * Notes that the call of a channel is made again when somebody looks.
   * @param answers whether it can be answered by what has changed, or later
   * @param isBridged whether the channel is in a bridge, before and after
   * @returns false where it cannot wait
   */
  makeLate(channel: Records['channel'], answers: boolean, isBridged?: boolean): boolean
  /** @param unseen whether it ended while nobody looked */
  remove(kind: ChangeKind, key: string, unseen?: boolean): void
  /** Turns a second of the server's clock into a moment of this machine's; the one before where it is the same. */
  ours(seconds: number, before?: Date): Date
  /** Asks for a kind to be listed again, or one record of it: what an event said does not fit. */
  again(kind: ListedKind, key?: string): void
  /** Who may come in: `put` leaves a record that is new and may not where it is. */
  readonly admission: Admission
  /** Holds the sum of bytes under a limit. */
  readonly room: Room
}

/** The rows of one list, until they are complete: nothing of the picture changes before. */
export interface Draft {
  row(told: Told): void
  /**
   * Writes what the list says.
   * @returns what is left to write, where it can be long
   */
  done(slice: Slice): Work | undefined
}

/** How one kind is read from its lists and events. It knows no clock and no socket. */
export interface Fold {
  event(pen: Pen, told: Told): void
  /**
   * Begins a list.
   * @param gap whether events were missed since the last one: facts that only events say are unknown then
   * @param key the record that the list is about, where it is not about all
   * @param action the list
   */
  list(pen: Pen, gap: boolean, key: string | undefined, action: string): Draft
}

/** The records of a list until it is complete: as many as may come in, and those that are there already. */
export class Rows<K extends ChangeKind> {
  #pen: Pen
  #kind: K
  /** What rows say; undefined where a row says what is there: an event that comes between the rows is not undone then. */
  #records = new Map<string, Records[K] | undefined>()

  constructor(pen: Pen, kind: K) {
    this.#pen = pen
    this.#kind = kind
  }

  /** Returns what a row has said, where that is not what is there. */
  get(key: string): Records[K] | undefined {
    return this.#records.get(key)
  }

  has(key: string): boolean {
    return this.#records.has(key)
  }

  add(key: string, record: Records[K]): void {
    const { size } = this.#records
    const { admission, room } = this.#pen
    const said = this.#records.get(key)
    const before = said ?? this.#pen.get(this.#kind, key)
    if (before === undefined && !admission.takes(this.#kind, key, record, size)) return
    if (record === before) {
      this.#records.set(key, said)
    } else if (room.drafts(this.#kind, before, record)) {
      this.#records.set(key, record)
    } else {
      admission.tooMuch(this.#kind)
      if (before !== undefined) this.#records.set(key, said)
    }
  }

  /**
   * Writes them, and removes those that the list does not name.
   * @param among what the list is about; all of the kind where it is not given
   * @param leaves called with each record that is removed
   */
  *replace(
    slice: Slice,
    among: Iterable<string> = this.#pen.tables[this.#kind].records.keys(),
    leaves?: (record: Records[K]) => void,
  ): Work {
    for (const key of [...among]) {
      if (slice.over) yield
      if (this.#records.has(key)) continue
      const record = leaves && this.#pen.get(this.#kind, key)
      if (record !== undefined) leaves?.(record)
      this.#pen.remove(this.#kind, key, true)
    }
    for (const [key, record] of this.#records) {
      if (slice.over) yield
      if (record !== undefined) this.#pen.put(this.#kind, key, record)
    }
  }
}
