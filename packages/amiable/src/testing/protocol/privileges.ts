import { isFalse, isTrue } from './byte-text.ts'

/** The classes of manager.c:perms[], as the words of `read=`, `write=`, `Privilege:` and event masks. */
export type PrivilegeClass =
  | 'system'
  | 'call'
  | 'log'
  | 'verbose'
  | 'command'
  | 'agent'
  | 'user'
  | 'config'
  | 'dtmf'
  | 'reporting'
  | 'cdr'
  | 'dialplan'
  | 'originate'
  | 'agi'
  | 'cc'
  | 'aoc'
  | 'test'
  | 'security'
  | 'message'

/** Bits of manager.h:EVENT_FLAG_*, in the order of manager.c:perms[], which is the order inside `Privilege:`. */
export const privileges: Readonly<Record<PrivilegeClass, number>> = {
  system: 1 << 0,
  call: 1 << 1,
  log: 1 << 2,
  verbose: 1 << 3,
  command: 1 << 4,
  agent: 1 << 5,
  user: 1 << 6,
  config: 1 << 7,
  dtmf: 1 << 8,
  reporting: 1 << 9,
  cdr: 1 << 10,
  dialplan: 1 << 11,
  originate: 1 << 12,
  agi: 1 << 13,
  cc: 1 << 15,
  aoc: 1 << 16,
  test: 1 << 17,
  security: 1 << 18,
  message: 1 << 30,
}

const labels = Object.keys(privileges) as PrivilegeClass[]

/** `all` of manager.c:perms[] is INT_MAX. */
export const ALL_PRIVILEGES = 0x7fffffff

/** Returns the bits of a list of classes; `all` is every bit. */
export function maskOf(classes: readonly (PrivilegeClass | 'all')[]): number {
  let mask = 0
  for (const name of classes) mask |= name === 'all' ? ALL_PRIVILEGES : (privileges[name] ?? 0)
  return mask
}

/** Returns what stands after `Privilege: `; manager.c:authority_to_str ends it with `all`. */
export function privilegeText(mask: number): string {
  if (mask === 0) return '<none>'
  let text = texts.get(mask)
  if (text === undefined) {
    text = `${labels.filter((name) => (mask & privileges[name]) !== 0).join(',')},all`
    texts.set(mask, text)
  }
  return text
}

// one for each mask in use: few, and asked for by every event
const texts = new Map<number, string>()

/** Returns the bits of a `Privilege:` value such as `call,all`. */
export function maskOfText(text: string): number {
  let mask = 0
  for (const word of text.split(',')) {
    const name = word.trim()
    if (name in privileges) mask |= privileges[name as PrivilegeClass]
  }
  return mask
}

/*
 * Does what manager.c:ast_instring does, oddities kept. All segments but the last match as prefixes (`us,x` means
 * user), so an empty one in front or between matches every class. A trailing comma is not seen.
 */
function inString(big: string, small: string): boolean {
  for (let at = 0; ; ) {
    const next = big.indexOf(',', at)
    if (next === -1) return big.slice(at) === small
    if (small.startsWith(big.slice(at, next))) return true
    at = next + 1
    if (at >= big.length) return false
  }
}

/**
 * Reads an event mask (manager.c:strings_to_mask); `undefined` for an empty text, which the Events action calls
 * invalid.
 */
export function parseEventMask(text: string): number | undefined {
  if (text === '') return undefined
  if (/^[0-9]+$/.test(text)) return Number.parseInt(text, 10) & ALL_PRIVILEGES
  if (isFalse(text)) return 0
  if (isTrue(text)) return ALL_PRIVILEGES
  let mask = 0
  for (const name of labels) if (inString(text, name)) mask |= privileges[name]
  if (inString(text, 'all')) mask = ALL_PRIVILEGES
  return mask
}
