const BACKSLASH = 92

/** Returns how many backslashes stand in front of a place. */
export function backslashesBefore(text: string, at: number, from: number): number {
  let count = 0
  while (count < at - from && text.charCodeAt(at - 1 - count) === BACKSLASH) count++
  return count
}

/**
 * Returns where the text that a quote opens ends: in front of the quote that closes it and the backslashes that escape
 * that. The quotes may be escaped once or more, as those of JSON within a value that Asterisk escapes.
 */
export function endOfQuoted(text: string, opening: number, from: number, to: number): number {
  const quote = text.charAt(opening)
  const level = backslashesBefore(text, opening, from)
  for (let at = text.indexOf(quote, opening + 1); at !== -1 && at < to; at = text.indexOf(quote, at + 1)) {
    const before = backslashesBefore(text, at, opening + 1)
    if (closes(before, level)) return at - Math.min(level, before)
  }
  return to
}

/** Whether a quote behind so many backslashes closes what one behind `level` of them opened. */
function closes(backslashes: number, level: number): boolean {
  let left = backslashes
  // 1, 3, 7 … backslashes: escaped once, twice, three times
  for (let outer = level; outer > 0 && left % 2 === 1; outer >>= 1) left = (left - 1) / 2
  return left % 2 === 0
}
