import type { Party } from './records.ts'

/** What a fold reads of an event or a row; an `AmiEvent` is one. */
export interface Told {
  readonly Event: string
  readonly serial: number
  readonly epoch: number
  readonly receivedAt: number
  readonly actionId: string | undefined
  get(name: string): string | undefined
}

/** Returns a header's value, unescaped where Asterisk escapes; empty where there is none. */
export function meant(told: Told, name: string): string {
  const value = told.get(name)
  if (value === undefined) return ''
  return value.includes('\\') ? ((told as unknown as Record<string, string | undefined>)[name] ?? value) : value
}

/** Returns a header's value, or undefined where Asterisk has nothing to say. */
export function known(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === '<unknown>' ? undefined : value
}

/**
 * Returns the value before where the new one is equal, or the new one as a string of its own. A part of a message that
 * is longer than twelve characters keeps the text of the message in memory.
 */
export function kept<T extends string | undefined>(before: string | undefined, value: T): T {
  if (before === value) return before as T
  return (value === undefined || value.length < 13 ? value : [value.slice(0, 1), value.slice(1)].join('')) as T
}

/** Returns a header as a number; 0 for what is none. */
export function count(told: Told, name: string): number {
  const value = Number(told.get(name))
  return Number.isFinite(value) ? value : 0
}

/** Whether a header says yes, in one of Asterisk's words. */
export function says(told: Told, name: string): boolean {
  const value = told.get(name)
  return value === '1' || value?.toLowerCase() === 'yes' || value?.toLowerCase() === 'true'
}

/** Returns the caller id of the channel whose headers begin with `prefix`; the one before where it is the same. */
export function partyOf(told: Told, prefix: string, kind: 'CallerID' | 'ConnectedLine', before?: Party): Party {
  const number = known(meant(told, `${prefix}${kind}Num`))
  const name = known(meant(told, `${prefix}${kind}Name`))
  if (before !== undefined && before.number === number && before.name === name) return before
  return Object.freeze({ number: kept(before?.number, number), name: kept(before?.name, name) })
}
