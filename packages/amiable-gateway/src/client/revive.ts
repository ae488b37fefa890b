// A record as it is stored, with its dates as dates, and with all that has not changed still the same object.

/** A value as it is stored and as it is shown. */
export interface Revived {
  readonly raw: unknown
  readonly shown: unknown
}

/** How much the times of one fact may differ between two gateways, whose clocks are not quite the same. */
const SAME_TIME = 2_000

/**
 * Returns what is shown of a stored value: frozen, and the same object as before where nothing has changed.
 * @param before what was there
 * @param isOtherWriter whether another gateway has written what was there: its clock was another one
 */
export function revive(raw: unknown, before: Revived | undefined, isOtherWriter: boolean): unknown {
  return revived(raw, '', before, isOtherWriter)
}

/** Returns the names of what differs between two records. */
export function differing(before: object, after: object): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const [one, other] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...names].filter((name) => one[name] !== other[name])
}

function revived(raw: unknown, name: string, before: Revived | undefined, near: boolean): unknown {
  if (typeof raw === 'string') return isTime(name) ? timeOf(raw, before, near) : raw
  if (typeof raw !== 'object' || raw === null) return raw
  const same = Array.isArray(raw) === Array.isArray(before?.raw) && before?.raw !== null
  const was = same && typeof before?.raw === 'object' ? before : undefined
  const keys = Object.keys(raw)
  const shown: Record<string, unknown> = Array.isArray(raw) ? ([] as never) : {}
  const old = was?.shown as Record<string, unknown> | undefined
  let isSame = old !== undefined && Object.keys(old).length === keys.length
  for (const key of keys) {
    const part = (raw as Record<string, unknown>)[key]
    const had = was && Object.hasOwn(was.raw as object, key)
    const pair = had ? { raw: (was.raw as Record<string, unknown>)[key], shown: old?.[key] } : undefined
    // the names of a channel's variables are a stranger's
    const value = name === 'variables' ? part : revived(part, Array.isArray(raw) ? name : key, pair, near)
    Object.defineProperty(shown, key, { value, enumerable: true, writable: true, configurable: true })
    if (!had || value !== old?.[key]) isSame = false
  }
  return isSame ? old : Object.freeze(shown)
}

/** What the records of `amiable/state` call their times. */
function isTime(name: string): boolean {
  return name === 'at' || name === 'since' || name.endsWith('At')
}

function timeOf(raw: string, before: Revived | undefined, near: boolean): Date {
  const { shown } = before ?? {}
  if (shown instanceof Date && typeof before?.raw === 'string') {
    if (before.raw === raw) return shown
    if (near && Math.abs(Date.parse(raw) - shown.getTime()) <= SAME_TIME) return shown
  }
  return new Date(raw)
}
