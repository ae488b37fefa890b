/** Whether two values of a record's field are equal. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime()
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((value, at) => isSame(value, other[at]))
  }
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  for (const name of names) {
    if (!isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name])) return false
  }
  return true
}

/** The names of the fields that differ, but for those of `passedOver`. */
export function differing(one: object, other: object, passedOver: readonly string[] = []): string[] {
  const found: string[] = []
  for (const name of Object.keys(other)) {
    if (passedOver.includes(name)) continue
    if (!isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name])) found.push(name)
  }
  return found
}

/** The record as it is now: frozen, or the one before where nothing differs. */
export function renewed<T extends object>(before: T | undefined, after: T): T {
  if (before !== undefined) {
    let same = true
    for (const name in after) {
      if (!isSame(before[name], after[name])) {
        same = false
        break
      }
    }
    if (same) return before
  }
  return Object.freeze(after)
}
