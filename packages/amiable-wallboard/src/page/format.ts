// Times and numbers in words that a language has.

/** Returns a span as a board shows it: `0:07`, `12:41`, `1:02:03`; never a negative one. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Returns a time of the day: `14:03:22`, with the date where it was another day. */
export function timeOf(at: number, language: string, now: number, seconds = true): string {
  const day = new Date(at).toDateString() === new Date(now).toDateString()
  const key = `${language} ${seconds} ${day}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, {
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds && { second: '2-digit' }),
      ...(!day && { day: '2-digit', month: '2-digit' }),
      hourCycle: 'h23',
    })
    formats.set(key, format)
  }
  return format.format(at)
}

const numbers = new Map<string, Intl.NumberFormat>()

/** Returns a number with the separators of a language. */
export function numberOf(value: number, language: string, options: Intl.NumberFormatOptions = {}): string {
  const key = `${language} ${JSON.stringify(options)}`
  let format = numbers.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(language, options)
    numbers.set(key, format)
  }
  return format.format(value)
}

/** Returns a share as whole per cents; nothing of nothing is a dash. */
export function percentOf(part: number, of: number, language: string): string {
  return of === 0 ? '–' : numberOf(part / of, language, { style: 'percent', maximumFractionDigits: 0 })
}

// the longest name that a page keeps in the document: a title shows no more of it either
const LONGEST = 256

/**
 * Returns a stranger's text as one line that a page can hold: what controls a terminal or a direction becomes visible,
 * and the rest of a very long one is left out.
 */
export function plainOf(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')}…` : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}

/** Shares `slots` segments among counts: each count that is not 0 gets one at least, as long as there are enough. */
export function segmentsOf(counts: readonly number[], slots: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0)
  if (all <= slots) return [...counts]
  const exact = counts.map((count) => (count * slots) / all)
  const shares = exact.map((share, at) => (counts[at] === 0 ? 0 : Math.max(1, Math.floor(share))))
  let left = slots - shares.reduce((sum, share) => sum + share, 0)
  // the largest rest gets what is left; what was given too much the largest share gives back
  for (; left > 0; left--)
    add(shares, 1, (at) => (counts[at] === 0 ? Number.NEGATIVE_INFINITY : exact[at]! - shares[at]!))
  for (; left < 0; left++) add(shares, -1, (at) => shares[at]!)
  return shares
}

/** Adds to the share that has the most of something. */
function add(shares: number[], by: 1 | -1, most: (at: number) => number): void {
  let best = 0
  for (let at = 1; at < shares.length; at++) if (most(at) > most(best)) best = at
  shares[best] = (shares[best] ?? 0) + by
}
