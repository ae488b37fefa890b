// The rules of CONTRIBUTING.md for English, as far as a program can see them: long sentences and words that are ours alone.
import { readSource } from './sources.ts'

// the rule is 25; a program counts parts of names and of lists as words too
const MOST_WORDS = 30
// what a reader from elsewhere stumbles over, and the plain word for it
const OURS: Readonly<Record<string, RegExp>> = {
  'reported, or received': /\btold\b/i,
  'complete, or whole number': /\bwhole\b(?! number)/i,
  again: /\banew\b/i,
  'the connection was lost': /\blinks? (?:went|goes|was lost|is lost)\b|\blost link\b/i,
  limit: /\bbounds\b|\ba bound\b/i,
  separated: /\bparted\b/i,
  'your own': /\bof yours\b/i,
  'blocks, or blocked': /\bh(?:olds|old|eld) up\b/i,
  'without a report': /\bin silence\b/i,
}

/** Returns what is wrong with the prose of a page, by line. Code, tables' code and quoted text count as one word. */
export function proseFaults(root: string, page: string): string[] {
  return paragraphsOf(readSource(root, page)).flatMap(({ line, text }) =>
    sentencesOf(text).flatMap((sentence) => {
      const words = sentence.match(/[\w`'’./-]+/g)?.length ?? 0
      const long = words > MOST_WORDS ? [`${page}:${line}: ${words} words: ${sentence}`] : []
      const plain = sentence.replace(/`[^`]*`|"[^"]*"/g, '')
      const odd = Object.entries(OURS).filter(([, word]) => word.test(plain))
      return [...long, ...odd.map(([better]) => `${page}:${line}: say ${better}: ${sentence}`)]
    }),
  )
}

function paragraphsOf(page: string): { line: number; text: string }[] {
  const paragraphs: { line: number; text: string }[] = []
  let open = false
  let code = false
  for (const [at, line] of page.split('\n').entries()) {
    if (line.startsWith('```')) code = !code
    const text = line.trim()
    if (code || text === '' || /^(?:```|#|<!--)/.test(text)) {
      open = false
    } else if (text.startsWith('|')) {
      for (const cell of text.split(/(?<!\\)\|/)) paragraphs.push({ line: at + 1, text: cell })
      open = false
    } else if (!open || /^(?:-|\d+\.) /.test(text)) {
      paragraphs.push({ line: at + 1, text: text.replace(/^(?:-|\d+\.) /, '') })
      open = true
    } else {
      const last = paragraphs.at(-1)
      if (last !== undefined) last.text += ` ${text}`
    }
  }
  return paragraphs
}

function sentencesOf(paragraph: string): string[] {
  const text = paragraph
    .replace(/`[^`]*`/g, (code) => (/[\s.?!]/.test(code) ? '`code`' : code))
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('*', '')
  return text.split(/(?<=[.!?:])\s+(?=[A-Z`"(0-9])|\|/).map((sentence) => sentence.trim())
}
