/*
 * A command as the line that Asterisk reads. What Asterisk would cut, take apart otherwise or crash on is refused here,
 * before a byte is written (res_agi.c: run_agi, parse_args).
 */
import { got, gotSecret } from '../check.ts'
import { invalid } from '../errors.ts'
import { byteLength } from '../util/text.ts'

/** One word of a command; a number or a boolean is written as JavaScript writes it. */
export type Scalar = string | number | boolean

/** One word behind a command's name, with the name of the argument that it came from. */
export type Word = readonly [argument: string, value: Scalar]

// res_agi.c: MAX_ARGS is 128 with the end of the list; parse_args writes past it where a word begins with a quote
const MOST_WORDS = 126

/**
 * Returns how many bytes of a line Asterisk reads, the line feed left out. What stands behind them is a command of its
 * own (res_agi.c: AGI_BUF_LEN). An unknown version counts as an old one.
 * @param version what `agi_version` says, such as `22.10.1~dfsg` or `certified/20.7-cert5`
 */
export function lineLimit(version: string): number {
  if (version !== known.version) known = { version, limit: limitOf(version) }
  return known.limit
}

// a program is called by one version of Asterisk as a rule
let known = { version: '', limit: 2_046 }

function limitOf(version: string): number {
  const [, major, minor] = /(?:^|[^\d.])(\d{1,3})\.(\d{1,4})(?!\d)/.exec(version.slice(0, 100)) ?? []
  const least = { 20: 16, 21: 11, 22: 6 }[Number(major)] ?? (Number(major) > 22 ? 0 : Number.POSITIVE_INFINITY)
  return Number(minor) >= least ? 8_190 : 2_046
}

/**
 * Makes the line of a command, without its line feed.
 * @param command Asterisk's name of it, such as `STREAM FILE`: words that need no quotes
 * @param limit how many bytes the line may have
 */
export function makeLine(command: string, words: readonly Word[], limit: number): string {
  const names = words.length === 0 ? 0 : command.split(' ').length
  if (names + words.length > MOST_WORDS) {
    throw invalid(
      words[MOST_WORDS - names]?.[0] ?? 'words',
      `cannot be sent: a command has at most ${MOST_WORDS} words, for Asterisk crashes on more than 127`,
    )
  }
  let line = command
  for (const [argument, value] of words) line += ` ${quote(toText(argument, value))}`
  // a letter has three bytes at most
  if (line.length * 3 <= limit) return line
  const bytes = byteLength(line, 'utf8')
  if (bytes <= limit) return line
  const [longest] = [...words].sort(([, a], [, b]) => String(b).length - String(a).length)
  const why = `the line of ${command} has ${bytes} bytes, and this Asterisk reads ${limit} of a line`
  throw invalid(longest?.[0] ?? 'words', `cannot be sent: ${why}`)
}

/** Returns the text of a word, and refuses what no word can hold. */
export function toText(argument: string, value: unknown): string {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value)
    throw invalid(argument, `must be a finite number, ${got(value)}`)
  }
  if (typeof value !== 'string') throw invalid(argument, `must be a string or a number, ${gotSecret(value)}`)
  if (/[\r\n\0]/.test(value)) throw invalid(argument, 'must not hold CR, LF or NUL: AGI cannot send them')
  if (/\p{Cs}/u.test(value)) throw invalid(argument, 'must not hold half of a surrogate pair: it is no text')
  return value
}

/** Returns a word in quotes: parse_args takes the character behind a backslash as it is, and a blank in quotes too. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/**
 * Returns the arguments of an application as the one text that it takes apart (main/app.c: __ast_app_separate_args).
 * A backslash there takes the next character as it is; a bracket that is open would swallow the commas behind it.
 */
export function applicationData(argument: string, values: readonly Scalar[]): string {
  return listOf(argument, values)
    .map((value, at) => toText(`${argument}[${at}]`, value).replace(/[\\",()[\]]/g, '\\$&'))
    .join(',')
}

/** Takes the data of an application apart as it does itself (main/app.c: __ast_app_separate_args). */
export function separateArguments(data: string): string[] {
  const found: string[] = ['']
  let [round, square, quoted] = [0, 0, false]
  for (let at = 0; at < data.length; at++) {
    let char = data[at] as string
    if (char === '"') {
      quoted = !quoted
      continue
    }
    if (char === ',' && round + square === 0 && !quoted) {
      found.push('')
      continue
    }
    if (char === '\\') char = data[++at] ?? ''
    else if (char === '(') round++
    else if (char === ')') round = Math.max(0, round - 1)
    else if (char === '[') square++
    else if (char === ']') square = Math.max(0, square - 1)
    found[found.length - 1] += char
  }
  return found
}

/**
 * Returns the arguments of a routine. GOSUB keeps escapes and quotes as they are (app_stack.c: gosub_exec), so a value
 * with a comma arrives only where brackets hold it.
 */
export function routineData(argument: string, values: readonly Scalar[]): string {
  return listOf(argument, values)
    .map((value, at) => checkWholeArgument(`${argument}[${at}]`, toText(`${argument}[${at}]`, value)))
    .join(',')
}

// a place of it that holds nothing is no argument that was left out
function listOf(argument: string, values: readonly Scalar[]): readonly Scalar[] {
  if (!Array.isArray(values)) throw invalid(argument, `must be a list, ${gotSecret(values)}`)
  return Array.from(values)
}

function checkWholeArgument(argument: string, text: string): string {
  let [round, square, quoted] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    if (char === '"') quoted = !quoted
    else if (char === '(') round++
    else if (char === ')') round = Math.max(0, round - 1)
    else if (char === '[') square++
    else if (char === ']') square = Math.max(0, square - 1)
    if ((char === ',' && round + square === 0 && !quoted) || at === text.length) {
      throw invalid(argument, 'cannot be passed to a routine: Gosub would take it apart at its comma or backslash')
    }
  }
  if (round + square === 0 && !quoted) return text
  throw invalid(argument, 'cannot be passed to a routine: Gosub finds no end of its bracket or quote')
}

/** Takes a command apart that a program gives word by word, and refuses the ones that harm Asterisk. */
export function rawCommand(values: readonly Scalar[]): { command: string; words: Word[] } {
  if (!Array.isArray(values)) throw invalid('words', `must be a list of words, ${gotSecret(values)}`)
  const texts = values.map((value, at) => toText(`words[${at}]`, value))
  const [first = '', second = ''] = texts.map((text) => text.toUpperCase())
  if (!/^[A-Z]{1,32}$/.test(first)) throw invalid('words[0]', "must be the first word of a command, such as 'SAY'")
  // res_agi.c:run_agi ends the session for any line that begins so
  if (first.startsWith('FAILURE')) throw invalid('words[0]', 'must not begin with FAILURE: it ends the session')
  if (first === 'GET' && second === 'OPTION' && texts.length < 5) {
    throw invalid('words[4]', 'is missing: without its timeout GET OPTION crashes Asterisk where there is no dialplan')
  }
  if (first === 'GET' && second === 'DATA') checkMost('words[4]', texts[4])
  return { command: first, words: texts.slice(1).map((text, at) => [`words[${at + 1}]`, text]) }
}

/** Checks how many digits GET DATA collects: handle_getdata has 1,024 bytes for them and the end of the text. */
export function checkMost(argument: string, value: unknown): number {
  const most = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  if (typeof most === 'number' && Number.isInteger(most) && most >= 1 && most <= 1_023) return most
  throw invalid(argument, `must be a whole number of digits from 1 to 1023, ${got(value)}`)
}
