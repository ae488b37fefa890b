// res_agi.c:MAX_ARGS; the last of them is the end
const MOST = 127

/**
 * Returns the words of a command (res_agi.c:parse_args). Blanks and tabs separate them, quotes join, and a backslash
 * takes the next character as it is, in and out of quotes. What is past the 127th word is left away.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  let escaped = false
  for (const c of line) {
    if (!escaped && c === '\\') {
      escaped = true
      continue
    }
    if (!escaped && c === '"') {
      quoted = !quoted
      // a quote begins a word, be it an empty one, and so does not end one
      if (quoted) word ??= ''
      continue
    }
    if (!escaped && !quoted && (c === ' ' || c === '\t')) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    escaped = false
    word = (word ?? '') + c
  }
  if (word !== undefined) words.push(word)
  return words.slice(0, MOST)
}

/** Returns a command as a script would write it: words bare where they can be, else quoted. */
export function lineOf(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"\\]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`)).join(' ')
}
