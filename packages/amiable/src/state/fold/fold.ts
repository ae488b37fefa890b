import type { Ended } from '../ended.ts'
import type { ListedKind } from '../kinds.ts'
import type { ChangeKind, Records } from '../records.ts'
import type { Tables } from '../table.ts'
import type { Told } from '../told.ts'

/** What a fold writes with. */
export interface Pen {
  readonly tables: Tables
  readonly ended: Ended
  /** When the event came, in milliseconds of this machine's clock. */
  readonly now: number
  get<K extends ChangeKind>(kind: K, key: string): Records[K] | undefined
  put<K extends ChangeKind>(kind: K, key: string, record: Records[K]): void
  /** @param unseen whether it ended while nobody looked */
  remove(kind: ChangeKind, key: string, unseen?: boolean): void
  /** Turns a second of the server's clock into a moment of this machine's. */
  ours(seconds: number): Date
  /** Asks for a kind to be listed again, or one record of it: what an event said does not fit. */
  again(kind: ListedKind, key?: string): void
  /** Whether a key is to be kept: what the options leave out, and what is past a limit, is not. */
  keeps(kind: ChangeKind, key: string, name: string): boolean
}

/** The rows of one list, until they are complete: nothing of the picture changes before. */
export interface Draft {
  row(told: Told): void
  /** Writes what the list says. */
  done(completion: Told | undefined): void
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

/** Writes the records of a complete list, and removes those that it does not name. */
export function replace<K extends ChangeKind>(
  pen: Pen,
  kind: K,
  records: ReadonlyMap<string, Records[K]>,
  among: Iterable<string> = pen.tables[kind].records.keys(),
): void {
  for (const key of [...among]) if (!records.has(key)) pen.remove(kind, key, true)
  for (const [key, record] of records) pen.put(kind, key, record)
}
