import { given } from './given.ts'

/** Whether two values of a record's field are equal. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime()
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false
    for (let at = 0; at < one.length; at++) if (!isSame(one[at], other[at])) return false
    return true
  }
  let names = 0
  for (const name in one) {
    names++
    if (!isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name])) return false
  }
  for (const _name in other) names--
  return names === 0
}

/** Says whether a field differs, but for those of `passedOver`. */
export function differs(one: object, other: object, passedOver: readonly string[] = []): boolean {
  for (const name in other) {
    const before = (one as Record<string, unknown>)[name]
    const after = (other as Record<string, unknown>)[name]
    if (before !== after && !passedOver.includes(name) && !isSame(before, after)) return true
  }
  return false
}

/** Returns the names of the fields that differ, but for those of `passedOver`. */
export function differing(one: object, other: object, passedOver: readonly string[] = []): string[] {
  const found: string[] = []
  for (const name in other) {
    const before = (one as Record<string, unknown>)[name]
    const after = (other as Record<string, unknown>)[name]
    if (before !== after && !passedOver.includes(name) && !isSame(before, after)) found.push(name)
  }
  return found
}

/** Returns the record as it is now: frozen, or the one before where nothing differs. */
export function renewed<T extends object>(before: T | undefined, after: T): T {
  if (before !== undefined && !differs(before, after)) return before
  return given(after)
}
