import { given } from './given.ts'

/** What a field was before a change that was made in place; the last change comes first. */
export class Undo {
  readonly field: string
  readonly value: unknown
  next: Undo | undefined

  constructor(field: string, value: unknown, next: Undo | undefined) {
    this.field = field
    this.value = value
    this.next = next
  }
}

/** Undoes changes where they were made: nobody else has the record. */
export function revert(record: object, undo: Undo): void {
  for (let one: Undo | undefined = undo; one !== undefined; one = one.next) {
    ;(record as Record<string, unknown>)[one.field] = one.value
  }
}

/** Returns a record as it was before changes that were made in place. */
export function undone<T extends object>(record: T, undo: Undo): T {
  const before = { ...record }
  revert(before, undo)
  return given(before)
}

/** Joins changes of one record: the newer ones are undone first. */
export function joined(newer: Undo, older: Undo | undefined): Undo {
  let last = newer
  while (last.next !== undefined) last = last.next
  last.next = older
  return newer
}
