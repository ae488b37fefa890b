// What Asterisk puts together out of small files (say.c, in English; times are UTC).
import { answer, type Handler, scanned } from './call.ts'
import { sayFiles } from './playing.ts'

const signs: Readonly<Record<string, string>> = {
  '*': 'digits/star',
  '#': 'digits/pound',
  ' ': 'letters/space',
  '.': 'letters/dot',
  '-': 'letters/dash',
  '@': 'letters/at',
  '/': 'letters/slash',
  '=': 'letters/equals',
  '+': 'letters/plus',
  $: 'letters/dollar',
  '!': 'letters/exclaimation-point',
}

/** Returns the files of digits; what is no digit is left away (say.c:ast_get_digit_str). */
function digits(text: string): string[] {
  return [...text].flatMap((c) =>
    /\d/.test(c) ? [`digits/${c}`] : c === '-' ? ['digits/minus'] : c === '*' || c === '#' ? [signs[c]!] : [],
  )
}

function characters(text: string, letterCase: string): string[] {
  return [...text].flatMap((c) => {
    if (/\d/.test(c)) return [`digits/${c}`]
    if (!/[a-z]/i.test(c)) return signs[c] === undefined ? [`letters/ascii${c.charCodeAt(0)}`] : [signs[c]!]
    const upper = c !== c.toLowerCase()
    const told = letterCase === 'a' || letterCase === (upper ? 'u' : 'l')
    return [...(told ? [upper ? 'uppercase' : 'lowercase'] : []), `letters/${c.toLowerCase()}`]
  })
}

function phonetic(text: string): string[] {
  return [...text].flatMap((c) => {
    if (/[a-z]/i.test(c)) return [`phonetic/${c.toLowerCase()}_p`]
    return characters(c, 'n')
  })
}

/** Returns a number's files, as an English `one hundred twenty three`. */
export function numberFiles(number: number): string[] {
  if (number < 0) return ['digits/minus', ...numberFiles(-number)]
  if (number === 0) return ['digits/0']
  const files: string[] = []
  let left = number
  for (const [size, name] of [
    [1_000_000_000, 'billion'],
    [1_000_000, 'million'],
    [1_000, 'thousand'],
    [100, 'hundred'],
  ] as const) {
    if (left >= size) files.push(...numberFiles(Math.floor(left / size)), `digits/${name}`)
    left %= size
  }
  if (left >= 20) {
    files.push(`digits/${left - (left % 10)}`)
    left %= 10
  }
  return left > 0 ? [...files, `digits/${left}`] : files
}

function timeFiles(date: Date): string[] {
  const hour = date.getUTCHours()
  const minutes = date.getUTCMinutes()
  const past = minutes > 9 ? numberFiles(minutes) : minutes > 0 ? ['digits/oh', ...numberFiles(minutes)] : []
  return [
    ...numberFiles(hour % 12 || 12),
    ...(minutes === 0 ? ['digits/oclock'] : past),
    hour < 12 ? 'digits/a-m' : 'digits/p-m',
  ]
}

const dayFile = (date: Date): string => `digits/day-${date.getUTCDay()}`
const monthFile = (date: Date): string => `digits/mon-${date.getUTCMonth()}`

function dateFiles(date: Date): string[] {
  const numbers = [date.getUTCDate(), date.getUTCFullYear()].flatMap(numberFiles)
  return [dayFile(date), monthFile(date), ...numbers]
}

// say.c:ast_say_date_with_format_en
function formatFiles(date: Date, format: string): string[] {
  const files: string[] = []
  for (const [piece] of format.matchAll(/'([^']*)'?|[^']/g)) {
    if (piece.startsWith("'")) files.push(piece.replaceAll("'", ''))
    else files.push(...pieceFiles(date, piece))
  }
  return files
}

function pieceFiles(date: Date, piece: string): string[] {
  const hour = date.getUTCHours()
  const minutes = date.getUTCMinutes()
  switch (piece) {
    case 'A':
    case 'a':
      return [dayFile(date)]
    case 'B':
    case 'b':
    case 'h':
      return [monthFile(date)]
    case 'd':
    case 'e':
      return [`digits/h-${date.getUTCDate()}`]
    case 'Y':
      return numberFiles(date.getUTCFullYear())
    case 'I':
    case 'l':
      return numberFiles(hour % 12 || 12)
    case 'H':
    case 'k':
      return hour < 10 && piece === 'H' ? ['digits/oh', ...numberFiles(hour)] : numberFiles(hour)
    case 'M':
    case 'N':
      return minutes === 0
        ? ['digits/oclock']
        : minutes < 10
          ? ['digits/oh', ...numberFiles(minutes)]
          : numberFiles(minutes)
    case 'S':
      return [...numberFiles(date.getUTCSeconds()), 'seconds']
    case 'P':
    case 'p':
      return [hour < 12 ? 'digits/a-m' : 'digits/p-m']
    case 'R':
      return [...pieceFiles(date, 'H'), ...pieceFiles(date, 'M')]
    case 'T':
      return [...pieceFiles(date, 'R'), ...pieceFiles(date, 'S')]
    case 'Q':
    case 'q':
      return [...pieceFiles(date, 'A'), ...pieceFiles(date, 'B'), ...pieceFiles(date, 'd')]
  }
  return []
}

function said(files: (text: string, more: string | undefined) => readonly string[] | undefined): Handler {
  return async (command) => {
    const [text = '', stop = '', more] = command.args
    const all = files(text, more)
    return all === undefined ? 'usage' : answer(command, await sayFiles(command, all, stop))
  }
}

function dated(files: (date: Date, format: string | undefined) => readonly string[]): Handler {
  return said((text, more) => {
    const seconds = scanned(text)
    return seconds === undefined ? undefined : files(new Date(seconds * 1000), more)
  })
}

/** The commands that say something. */
export const sayCommands: Readonly<Record<string, Handler>> = {
  'SAY ALPHA': said((text, letterCase = '') => {
    const chosen = letterCase.slice(0, 1).toLowerCase()
    return 'alun'.includes(chosen) ? characters(text, chosen) : undefined
  }),
  'SAY DIGITS': said((text) => (scanned(text) === undefined ? undefined : digits(text))),
  'SAY NUMBER': said((text) => {
    const number = scanned(text)
    return number === undefined ? undefined : numberFiles(number)
  }),
  'SAY PHONETIC': said(phonetic),
  'SAY DATE': dated(dateFiles),
  'SAY TIME': dated(timeFiles),
  'SAY DATETIME': dated((date, format = "ABdY 'digits/at' IMp") => formatFiles(date, format)),
}
