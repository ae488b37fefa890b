// The words of a line, with quotes as a shell has them.
import { usage } from '../errors/usage.ts'

/** Cuts a line into words: 'text' and "text" stand together, and a backslash takes the next character as it is. */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string
    if (quote !== '' && char === quote) quote = ''
    else if (quote === "'") word = (word ?? '') + char
    else if (char === '\\' && at + 1 < line.length) word = (word ?? '') + line[++at]
    else if (quote === '"') word = (word ?? '') + char
    else if (char === "'" || char === '"') {
      quote = char
      word ??= ''
    } else if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw usage(`the line needs another ${quote}`)
  if (word !== undefined) words.push(word)
  return words
}
