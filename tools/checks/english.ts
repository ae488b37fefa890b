// The rules of CONTRIBUTING.md for English, as far as a program can see them: long sentences, words that are ours alone,
// and doc comments of functions that begin without a verb.
import { type Comment, parseSync, Visitor } from 'oxc-parser'
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

// who "we" are is nobody's to know of a comment
const OURS_IN_COMMENTS = { ...OURS, 'who it is: the client, this program': /\b(?:we|us|our|ours)\b/i }

/** Returns what is wrong with the prose of a page, by line. Code, tables' code and quoted text count as one word. */
export function proseFaults(root: string, page: string): string[] {
  return paragraphsOf(readSource(root, page)).flatMap(({ line, text }) => faultsOf(`${page}:${line}`, text, OURS))
}

/** Returns what is wrong with the comments of a file, by line. */
export function commentFaults(root: string, file: string): string[] {
  const text = readSource(root, file)
  const starts = [...text.matchAll(/^/gm)].map(({ index }) => index)
  return blocksOf(text, parseSync(file, text).comments).flatMap(({ prose, start, end, doc }) => {
    const place = `${file}:${starts.filter((at) => at <= start).length}`
    const [first = ''] = prose
    const code = text.slice(end).trimStart()
    const verbless = doc && FUNCTION.test(code) && !isOfFunction(first, code)
    return [
      ...prose.flatMap((paragraph) => faultsOf(place, paragraph, OURS_IN_COMMENTS)),
      ...(verbless ? [`${place}: begin with a verb, as in "Returns …": ${first}`] : []),
    ]
  })
}

/** Returns the texts of a file that have words which are ours alone, such as those of errors. */
export function messageFaults(root: string, file: string): string[] {
  const text = readSource(root, file)
  const faults: string[] = []
  const look = (value: unknown) => {
    // a sentence, or a part of one
    if (typeof value !== 'string' || !/\w \w+ \w/.test(value)) return
    for (const [better, word] of Object.entries(OURS_IN_COMMENTS)) {
      if (word.test(value)) faults.push(`${file}: say ${better}: ${value}`)
    }
  }
  new Visitor({
    Literal: ({ value }) => look(value),
    TemplateElement: ({ value }) => look(value.cooked),
  }).visit(parseSync(file, text).program)
  return faults
}

// what a doc comment stands in front of: a function, or a method that is no accessor
const FUNCTION =
  /^(?:export )?(?:async )?(?:function\*? |(?:(?:static|override|async|readonly) |\*)*(?!get |set |constructor\b|if\b)[#\w[\].]+\??\s*(?:<[^>\n]*>)?\()/

/** Whether a doc comment begins as one of a function does: with a verb, or `Whether` for what returns a boolean. */
function isOfFunction(first: string, code: string): boolean {
  const isBoolean = /boolean| is /.test(/^[^;]*?(?:\{\n|\n\n)|^.*/.exec(code)?.[0] ?? '')
  return first === '' || /^[A-Z][a-z]+s[,.]? /.test(`${first} `) || (isBoolean && /^Whether\b/.test(first))
}

interface Block {
  readonly prose: readonly string[]
  readonly start: number
  readonly end: number
  readonly doc: boolean
}

/** Returns the comments of a file; line comments that follow each other are one. Examples and indented code are left out. */
function blocksOf(text: string, comments: readonly Comment[]): Block[] {
  const blocks: { lines: string[]; start: number; end: number; doc: boolean; line: boolean }[] = []
  for (const { type, value, start, end } of comments) {
    const last = blocks.at(-1)
    const line = type === 'Line'
    if (line && last?.line && /^\s*$/.test(text.slice(last.end, start))) {
      last.lines.push(value.slice(1))
      last.end = end
    } else {
      const lines = line ? [value.slice(1)] : value.replace(/^\*/, '').split('\n')
      const plain = lines.map((one) => (line ? one : one.replace(/^\s*\* ?/, '')))
      blocks.push({ lines: plain, start, end, doc: !line && value.startsWith('*'), line })
    }
  }
  return blocks.map(({ lines, ...block }) => ({ ...block, prose: proseOf(lines.join('\n').trim()) }))
}

function proseOf(comment: string): string[] {
  return comment
    .replace(/(?:^|\s)@example[\s\S]*/, '')
    .replace(/\{@link ([^}]*)\}/g, '`$1`')
    .replace(/^ {2,}.*$/gm, '')
    .split(/\n\s*\n|\n- |(?:^|\s)@\w+(?:\s|$)/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
}

function faultsOf(place: string, text: string, ours: Readonly<Record<string, RegExp>>): string[] {
  return sentencesOf(text).flatMap((sentence) => {
    const words = sentence.match(/[\w`'’./-]+/g)?.length ?? 0
    const long = words > MOST_WORDS ? [`${place}: ${words} words: ${sentence}`] : []
    const plain = sentence.replace(/`[^`]*`|"[^"]*"/g, '')
    const odd = Object.entries(ours).filter(([, word]) => word.test(plain))
    return [...long, ...odd.map(([better]) => `${place}: say ${better}: ${sentence}`)]
  })
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
