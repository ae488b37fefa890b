/** The place of a record among all that were written of a server. */
export interface Place {
  readonly term: number
  readonly n: number
}

/** Whether `one` stands behind `other`, or is the same. */
export function isLater(one: Place | undefined, other: Place | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined
  return one.term > other.term || (one.term === other.term && one.n >= other.n)
}

/** Whether nothing can be missing between what was read last and what was heard first. */
export function reaches(last: Place, first: Place): boolean {
  return last.term === first.term && last.n >= first.n - 1
}
