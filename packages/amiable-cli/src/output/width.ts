// How many columns a text takes on a terminal: two for East Asian characters, none for combining marks.
import stringWidth from 'fast-string-width'

// plain ASCII is the common case, and its width is its length
const ASCII = /^[\x20-\x7e]*$/

/** Returns the columns that a text takes. The text has no control characters. */
export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text)
}

/** Fills a text with blanks up to a width, at its end or at its beginning. */
export function pad(text: string, width: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? blanks + text : text + blanks
}

/** Cuts a text that is wider than `width` and ends it with a mark. */
export function cut(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text
  const room = width - widthOf(mark)
  if (room < 0) return mark.slice(0, Math.max(0, width))
  let kept = ''
  let used = 0
  for (const { segment } of segmenter().segment(text)) {
    const wide = widthOf(segment)
    if (used + wide > room) break
    kept += segment
    used += wide
  }
  return kept + mark
}

let graphemes: Intl.Segmenter | undefined
// it takes a millisecond to make, and most texts are never cut
function segmenter(): Intl.Segmenter {
  graphemes ??= new Intl.Segmenter()
  return graphemes
}
