import { checkString } from '../check.ts'
import { detached } from '../util/text.ts'

const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58

/** How a header is found by its name. */
export interface Lookup {
  readonly name: string
  /**
   * Finds the name in any case of letters, before a colon or, as a line may lack one, a line's end. Undefined for a name
   * that is compared with each header's own alone.
   */
  readonly candidate: RegExp | undefined
  /** How a line of it begins, behind the end of the one before: in a capital letter and in a small one. */
  readonly begins: readonly [string, string]
  /** Whether a property of this name is never a header: what every object has, and `then`, which a promise asks for. */
  readonly reserved: boolean
}

function makeLookup(name: string): Lookup {
  // a name that is not ASCII stands in the message in other bytes; a long one is no pattern for anybody's engine; and a
  // name ends at ": ", or with its line: what has these would find a part of a value, or of the next line, and what is
  // empty stands everywhere
  const plain = name !== '' && name.length <= NAME_BYTES && !/[^\0-\x7f]|: |[\r\n]/.test(name)
  const pattern = `${name.replace(/[^\w ]/g, '\\$&')}[:\\r\\n]`
  const candidate = plain ? new RegExp(pattern, 'gi') : undefined
  const first = name.slice(0, 1)
  const begins = [`\n${first.toUpperCase()}`, `\n${first.toLowerCase()}`] as const
  return { name, candidate, begins, reserved: name === 'then' || name in Object.prototype }
}

// the names come from the program that reads, which may take them from the server
const lookups = new Map<string, Lookup>()
const LOOKUPS = 1024
const NAME_BYTES = 64

/** Returns how to find this header. */
export function lookupOf(name: string): Lookup {
  const known = lookups.get(name)
  if (known !== undefined) return known
  checkString('name', name, "a header's name")
  const lookup = makeLookup(name)
  if (name.length > NAME_BYTES) return lookup
  if (lookups.size >= LOOKUPS) lookups.clear()
  lookups.set(detached(name), lookup)
  return lookup
}

/**
 * Returns where the first line begins whose name is spelt so, if it is one that can be looked for in lines; -1 where none
 * does. A colon stands behind it or, as a line may lack one, the line's end.
 */
export function lineOf(lines: string, name: string): number {
  let at = lines.indexOf(name)
  while (at !== -1 && !isName(lines, at, at + name.length)) at = lines.indexOf(name, at + 1)
  return at
}

/** Whether a line begins with the first letter of a name: of most that is asked for and not there none does. */
export function mayHold(lines: string, { begins: [capital, small] }: Lookup): boolean {
  return lines.includes(capital) || lines.includes(small)
}

// what is looked for may begin or end another name, or stand in a value
function isName(lines: string, from: number, end: number): boolean {
  const behind = lines.charCodeAt(end)
  return (behind === COLON || behind === CR) && lines.charCodeAt(from - 1) === LF && lines.charCodeAt(from - 2) === CR
}

/** Returns where the line ends that goes on at `from`; a value may hold a CR or an LF alone. */
export function endOf(lines: string, from: number): number {
  let end = lines.indexOf('\r', from)
  while (end !== -1 && lines.charCodeAt(end + 1) !== LF) end = lines.indexOf('\r', end + 1)
  return end === -1 ? lines.length : end
}

/*
 * Where a line's name ends: at the first ": ", for a channel's name may hold a colon
 * (`ChanVariable(IAX2/1.2.3.4:4569-5): X=1`, manager.c:append_channel_vars), else at the first colon.
 */
export function colonOf(lines: string, from: number, end: number): number {
  let first = end
  // never past the line: what is behind it is not looked at again for each line without a colon
  for (let at = from; at < end; at++) {
    if (lines.charCodeAt(at) !== COLON) continue
    if (lines.charCodeAt(at + 1) === SPACE) return at
    if (first === end) first = at
  }
  return first
}

/**
 * Returns what says whether a header has this name, in any case of letters. What is found by its bytes is ASCII in every
 * spelling: the sign of Kelvin, which becomes a k as a small letter, is none of it.
 */
export function isNamed({ name, candidate }: Lookup): (header: string) => boolean {
  const wanted = name.toLowerCase()
  return (header) =>
    header.length === name.length &&
    header.toLowerCase() === wanted &&
    (candidate === undefined || !/[^\0-\x7f]/.test(header))
}

/** Returns the value of the first header of this name; one with exactly this name goes before one in another case. */
export function firstOf(
  headers: readonly (readonly [name: string, value: string])[],
  lookup: Lookup,
): string | undefined {
  const isWanted = isNamed(lookup)
  let found: string | undefined
  for (const [header, value] of headers) {
    if (header === lookup.name) return value
    if (found === undefined && isWanted(header)) found = value
  }
  return found
}
