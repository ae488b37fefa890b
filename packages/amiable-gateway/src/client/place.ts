import type { StateFrame } from '../schema/state.ts'

/** The place of a record among all that were written of a server. */
export interface Place {
  readonly term: number
  readonly n: number
}

/** Whether `one` was written before `other`; of what is not known that is never so. */
export function isBefore(one: Place | undefined, other: Place | undefined): boolean {
  if (one === undefined || other === undefined) return false
  return one.term < other.term || (one.term === other.term && one.n < other.n)
}

/** Whether nothing can be missing between what was read last and what was heard first. */
export function reaches(last: Place, first: Place): boolean {
  return last.term === first.term && last.n >= first.n - 1
}

/** Reads what a record says of itself, or returns undefined for what is none. */
export function frameOf(text: string): StateFrame | undefined {
  try {
    const frame = JSON.parse(text) as Partial<StateFrame> | null
    const { kind, key, term, n } = frame ?? {}
    const isOne = [kind, key].every((one) => typeof one === 'string') && [term, n].every(Number.isSafeInteger)
    return isOne ? (frame as StateFrame) : undefined
  } catch {
    return undefined
  }
}
