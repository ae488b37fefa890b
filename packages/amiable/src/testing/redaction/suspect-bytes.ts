import { stems } from '../../util/secret-names.ts'

/*
 * To look for some twenty words at every byte would cost as much as all else. Wherever a word stands, one of two pairs of
 * its letters stands at an even distance from where a run of bytes begins. So a look at every second pair finds all
 * words, and each hit is then looked at closely.
 */

const [SPACE, QUOTE, APOSTROPHE, PERCENT, COMMA, COLON, LESS, MORE, AT] = [32, 34, 39, 37, 44, 58, 60, 62, 64]

// pairs that stand in what servers send most are needless looks
const FREQUENT = 'channelstatedesc calleridname connectedlinenum language accountcode context extension priority'
  .concat(' uniqueid linkedid privilege event local default pjsip unknown queue ringing destination bridge application')
  .concat(' interface member cause hangup device')

/** What a look at two bytes finds: a word, of which they are a part, or a sign that may hide one. */
type Candidate = { readonly stem: readonly number[]; readonly offset: number } | 'percent' | 'at'

/** What {@link lookForSecrets} gives. */
export interface Looks {
  /** For two bytes of seven bits: 0, or what to ask `confirm` about. */
  readonly pairs: Uint8Array
  /** Whether something may name or hide a secret, where a pair was found at a place. */
  confirm(found: number, at: number, from: number): boolean
}

/**
 * Prepares to look through bytes.
 * @param input gives the byte at a place
 */
export function lookForSecrets(input: (at: number) => number): Looks {
  const { pairs, kinds } = tableOfPairs()
  const stands = (stem: readonly number[], at: number): boolean => {
    for (const [n, code] of stem.entries()) if ((input(at + n) | (code > 96 ? 32 : 0)) !== code) return false
    return true
  }
  const isHex = (code: number): boolean => (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102)
  /** Whether a colon stands in the word in front of an `@`. */
  const hasPassword = (at: number, from: number): boolean => {
    for (let i = at - 1; i >= from; i--) {
      const code = input(i)
      if (code === COLON) return true
      if (code <= SPACE || code === QUOTE || code === APOSTROPHE || code === COMMA || code === AT) return false
      if (code === LESS || code === MORE) return false
    }
    return false
  }
  return {
    pairs,
    confirm(found, at, from) {
      for (const candidate of kinds[found]!) {
        if (candidate === 'percent') {
          const sign = input(at) === PERCENT ? at : at + 1
          if (isHex(input(sign + 1)) && isHex(input(sign + 2))) return true
        } else if (candidate === 'at') {
          if (hasPassword(input(at) === AT ? at : at + 1, from)) return true
        } else if (stands(candidate.stem, at - candidate.offset)) return true
      }
      return false
    },
  }
}

/** Returns the first place from one on where something in a text may name or hide a secret; -1 where there is none. */
export function findSuspect(text: string, from: number): number {
  looked = text
  const { length } = text
  let at = from
  for (; at < length; at += 2) {
    const found = inText.pairs[(text.charCodeAt(at) & 127) | ((text.charCodeAt(at + 1) & 127) << 7)]!
    if (found !== 0 && inText.confirm(found, at, from)) break
  }
  looked = ''
  return at < length ? at : -1
}

let looked = ''
const inText = lookForSecrets((at) => looked.charCodeAt(at))

/** Returns what the pairs of bytes may be parts of; many are parts of the same. */
function tableOfPairs(): { pairs: Uint8Array; kinds: readonly (readonly Candidate[])[] } {
  const found = new Map<number, Set<Candidate>>()
  const add = (first: number, second: number, candidate: Candidate): void => {
    const at = (first & 127) | ((second & 127) << 7)
    found.set(at, (found.get(at) ?? new Set()).add(candidate))
  }
  for (const text of stems) {
    const stem = [...text].map((letter) => letter.charCodeAt(0))
    for (const parity of [0, 1]) {
      const offset = rarest(text, parity)
      const candidate = { stem, offset }
      for (const first of bothCases(stem[offset]!))
        for (const second of bothCases(stem[offset + 1])) add(first, second, candidate)
    }
  }
  for (let code = 0; code < 128; code++) {
    for (const [sign, kind] of [
      [PERCENT, 'percent'],
      [AT, 'at'],
    ] as const) {
      add(sign, code, kind)
      add(code, sign, kind)
    }
  }
  const pairs = new Uint8Array(1 << 14)
  const kinds = new Map<string, readonly Candidate[]>([['', []]])
  for (const [at, set] of found) {
    const candidates = [...set]
    const label = JSON.stringify(candidates)
    if (!kinds.has(label)) kinds.set(label, candidates)
    pairs[at] = [...kinds.keys()].indexOf(label)
  }
  return { pairs, kinds: [...kinds.values()] }
}

/**
 * Returns where in a word, at an even or an odd distance from its begin, the pair of letters stands that is seen least.
 */
function rarest(stem: string, parity: number): number {
  let best = parity
  for (let at = parity; at + 1 < stem.length; at += 2) {
    if (FREQUENT.split(stem.slice(at, at + 2)).length < FREQUENT.split(stem.slice(best, best + 2)).length) best = at
  }
  return best
}

/** Returns a letter, small and large; behind the last letter of a word, all that may stand there: no small letter. */
function bothCases(code: number | undefined): number[] {
  if (code === undefined) return Array.from({ length: 128 }, (_, any) => any).filter((any) => any < 97 || any > 122)
  return code > 96 ? [code, code - 32] : [code]
}
