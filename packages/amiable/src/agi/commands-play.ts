import { checkBoolean, checkChoice, checkDuration, checkWhole, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { DataCommands, one, splitOptions } from './commands-data.ts'
import { type CommandOptions, commandError, NO_OPTIONS } from './job.ts'
import { checkMost, type Word } from './line.ts'
import type { AgiReply } from './replies.ts'

/** How a sound is played. */
export interface PlayOptions extends CommandOptions {
  /** Digits that end it; none by default. */
  readonly escapeDigits?: string | undefined
  /** Samples to skip. */
  readonly offset?: number | undefined
}

/** How a sound is played that the caller controls. */
export interface ControlPlayOptions extends CommandOptions {
  readonly escapeDigits?: string | undefined
  /** Milliseconds that one press moves. @default 3_000 */
  readonly skip?: number | undefined
  /** Moves on. @default '#' */
  readonly forward?: string | undefined
  /** Moves back. @default '*' */
  readonly rewind?: string | undefined
  /** Pauses, and goes on. */
  readonly pause?: string | undefined
  /** Milliseconds to skip. */
  readonly offset?: number | undefined
}

/** How a sound ended. */
export interface Played {
  /** The digit that ended it. */
  readonly digit: string | undefined
  /** How many samples had been played. A sound that ControlPlayback stops ends like any other, but earlier. */
  readonly position: number
  readonly end: 'finished' | 'digit'
}

/** How a sound ended that the caller controlled. */
export interface ControlPlayed {
  readonly digit: string | undefined
  /** Milliseconds; `undefined` at its end. */
  readonly position: number | undefined
  readonly end: 'finished' | 'digit'
}

/** How a menu's question is asked. */
export interface GetOptionOptions {
  readonly escapeDigits?: string | undefined
  /** Milliseconds to wait for a digit behind the sound. @default 5_000 */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** How digits are collected. */
export interface GetDataOptions {
  /** Milliseconds to wait for a digit: for the first, and then between two. Asterisk's own are 6 s and 2 s. */
  readonly timeout?: number | undefined
  /** How many digits end it, from 1 to 1,023. @default 1_023 */
  readonly maxDigits?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Digits that came. */
export interface Collected {
  /** Without the `#` that ended them. */
  readonly digits: string
  /** Whether the time was over: `''` and `false` where only `#` was pressed. */
  readonly timedOut: boolean
}

/** How a caller is recorded. */
export interface RecordOptions extends CommandOptions {
  /** Such as `gsm` or `wav`. */
  readonly format: string
  readonly escapeDigits?: string | undefined
  /** Milliseconds that the recording may last; no limit by default. */
  readonly maxDuration?: number | undefined
  /** Samples of an existing recording to keep. */
  readonly offset?: number | undefined
  /** Whether a beep is played first. */
  readonly beep?: boolean | undefined
  /** Milliseconds of silence that end it, in steps of 1,000. */
  readonly silence?: number | undefined
}

/** How a recording ended. */
export interface Recorded {
  readonly digit: string | undefined
  readonly samples: number
  /** `'timeout'` stands for silence too: Asterisk says the same. */
  readonly end: 'digit' | 'timeout' | 'hangup'
}

/** What the caller pressed meanwhile. */
export interface Said {
  readonly digit: string | undefined
}

/** How something is said. */
export interface SayOptions extends CommandOptions {
  readonly escapeDigits?: string | undefined
}

/** How a number is said. */
export interface SayNumberOptions extends SayOptions {
  /** The grammatical gender, as the language has it. */
  readonly gender?: string | undefined
}

/** How letters are said. */
export interface SayAlphaOptions extends SayOptions {
  /** Of which letters the case is said. */
  readonly letterCase?: 'all' | 'lower' | 'upper' | 'none' | undefined
}

/** How a date and time are said. */
export interface SayDatetimeOptions extends SayOptions {
  /** As of the application SayUnixTime, such as `ABdY 'digits/at' IMp`. */
  readonly format?: string | undefined
  /** Such as `Europe/Berlin`. */
  readonly zone?: string | undefined
}

const PLAY = { escapeDigits: true, offset: true } as const
const SAY = { escapeDigits: true } as const
// what sscanf("%30d") takes
const INT = 2_147_483_647

/** The commands that play, listen and record. */
export abstract class PlayCommands extends DataCommands {
  /** Plays a sound, by its name without the format. */
  streamFile(file: string, options: PlayOptions = NO_OPTIONS): Promise<Played> {
    const [{ escapeDigits, offset }, common] = splitOptions(options, PLAY)
    const words: Word[] = [
      ['file', checkFile(file)],
      ['escapeDigits', checkDigits(escapeDigits)],
    ]
    if (offset !== undefined) words.push(['offset', checkWhole('offset', offset, 0, INT)])
    return this.perform(one('STREAM FILE', words, played), common)
  }

  /** Plays a sound that the caller can wind and pause. */
  controlStreamFile(file: string, options: ControlPlayOptions = NO_OPTIONS): Promise<ControlPlayed> {
    const own = { escapeDigits: true, skip: true, forward: true, rewind: true, pause: true, offset: true } as const
    const [given, common] = splitOptions(options, own)
    const { skip = 3_000, offset = 0 } = given
    const words: Word[] = [
      ['file', checkFile(file)],
      ['escapeDigits', checkDigits(given.escapeDigits)],
      ['skip', checkWhole('skip', skip, 0, INT)],
      ['forward', checkDigits(given.forward, 'forward')],
      ['rewind', checkDigits(given.rewind, 'rewind')],
      ['pause', checkDigits(given.pause, 'pause')],
      ['offset', checkWhole('offset', offset, 0, INT)],
    ]
    const read = (reply: AgiReply): ControlPlayed => {
      const { digit, end, position } = played(reply)
      return { digit, end, position: position < 0 ? undefined : position }
    }
    return this.perform(one('CONTROL STREAM FILE', words, read), common)
  }

  /** Plays a sound and waits for one of some digits, also behind it. `timeout` is Asterisk's, behind the sound. */
  getOption(file: string, options: GetOptionOptions = NO_OPTIONS): Promise<Played> {
    const [{ escapeDigits, timeout = 5_000 }, common] = splitOptions(options, SAY, true)
    const words: Word[] = [
      ['file', checkFile(file)],
      ['escapeDigits', checkDigits(escapeDigits)],
      // always: without it handle_getoption reads the timeout of a dialplan that there may not be
      ['timeout', checkWhole('timeout', timeout, 0, INT)],
    ]
    return this.perform(one('GET OPTION', words, played), common)
  }

  /** Plays a sound, or none, and collects digits. `timeout` is Asterisk's, for a digit. */
  getData(file: string | undefined, options: GetDataOptions = NO_OPTIONS): Promise<Collected> {
    const [{ timeout = 0, maxDigits = 1_023 }, common] = splitOptions(options, { maxDigits: true }, true)
    const words: Word[] = [
      ['file', file === undefined ? '' : checkFile(file)],
      ['timeout', checkWhole('timeout', timeout, 0, INT)],
      ['maxDigits', checkMost('maxDigits', maxDigits)],
    ]
    const read = ({ result, data }: AgiReply): Collected => ({ digits: result, timedOut: data === 'timeout' })
    return this.perform(one('GET DATA', words, read), common)
  }

  /** Waits so many milliseconds for a digit, -1 for ever; `undefined` where none came. */
  waitForDigit(timeout: number, options?: CommandOptions): Promise<string | undefined> {
    const words: Word[] = [['timeout', checkWhole('timeout', timeout, -1, INT)]]
    return this.perform(
      one('WAIT FOR DIGIT', words, ({ result }) => digitOf(result)),
      options,
    )
  }

  /** Records the caller. One who hangs up has been recorded up to then, and that is no error. */
  recordFile(file: string, options: RecordOptions): Promise<Recorded> {
    const own = {
      format: true,
      escapeDigits: true,
      maxDuration: true,
      offset: true,
      beep: true,
      silence: true,
    } as const
    const [given, common] = splitOptions(options, own)
    const { format, escapeDigits, maxDuration, offset = 0, beep = false, silence } = given
    checkBoolean('beep', beep)
    const words: Word[] = [
      ['file', checkFile(file)],
      ['format', checkFile(format as string, 'format')],
      ['escapeDigits', checkDigits(escapeDigits)],
      [
        'maxDuration',
        maxDuration === undefined ? -1 : checkWhole('maxDuration', checkDuration('maxDuration', maxDuration), 1),
      ],
      ['offset', checkWhole('offset', offset, 0, INT)],
    ]
    if (beep) words.push(['beep', 'beep'])
    if (silence !== undefined) words.push(['silence', `s=${Math.ceil(checkWhole('silence', silence, 1, INT) / 1000)}`])
    return this.perform(one('RECORD FILE', words, recorded), common)
  }

  /** Says digits one by one. */
  sayDigits(digits: string | number, options: SayOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits }, common] = splitOptions(options, SAY)
    return this.#say('SAY DIGITS', ['digits', digits], escapeDigits, [], common)
  }

  /** Says a whole number. */
  sayNumber(number: number | string, options: SayNumberOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits, gender }, common] = splitOptions(options, { ...SAY, gender: true })
    const whole = typeof number === 'string' && /^-?\d{1,10}$/.test(number) ? Number(number) : number
    checkWhole('number', whole, -INT, INT)
    return this.#say('SAY NUMBER', ['number', number], escapeDigits, [['gender', gender]], common)
  }

  /** Says letters, digits and signs one by one. */
  sayAlpha(text: string, options: SayAlphaOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits, letterCase }, common] = splitOptions(options, { ...SAY, letterCase: true })
    const letters = ['all', 'lower', 'upper', 'none'] as const
    const sensitivity = letterCase === undefined ? undefined : checkChoice('letterCase', letterCase, letters).charAt(0)
    return this.#say('SAY ALPHA', ['text', text], escapeDigits, [['letterCase', sensitivity]], common)
  }

  /** Says letters by names such as Alpha, Bravo. */
  sayPhonetic(text: string, options: SayOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits }, common] = splitOptions(options, SAY)
    return this.#say('SAY PHONETIC', ['text', text], escapeDigits, [], common)
  }

  /** Says a date; a number is of seconds since 1970. */
  sayDate(date: Date | number, options: SayOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits }, common] = splitOptions(options, SAY)
    return this.#say('SAY DATE', ['date', seconds('date', date, INT)], escapeDigits, [], common)
  }

  /** Says the time of a day; a number is of seconds since 1970. */
  sayTime(time: Date | number, options: SayOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits }, common] = splitOptions(options, SAY)
    return this.#say('SAY TIME', ['time', seconds('time', time, INT)], escapeDigits, [], common)
  }

  /** Says a date and its time; a number is of seconds since 1970. */
  sayDatetime(date: Date | number, options: SayDatetimeOptions = NO_OPTIONS): Promise<Said> {
    const [{ escapeDigits, format, zone }, common] = splitOptions(options, { ...SAY, format: true, zone: true })
    // res_agi.c has a format of its own where none is given, and takes the zone only behind one
    const given = format === undefined && zone !== undefined ? "ABdY 'digits/at' IMp" : format
    const more = [['format', given] as const, ['zone', zone] as const]
    const when = seconds('date', date, Number.MAX_SAFE_INTEGER)
    return this.#say('SAY DATETIME', ['date', when], escapeDigits, more, common)
  }

  #say(
    command: string,
    what: Word,
    escapeDigits: string | undefined,
    more: readonly (readonly [string, string | undefined])[],
    common: CommandOptions,
  ): Promise<Said> {
    const words: Word[] = [what, ['escapeDigits', checkDigits(escapeDigits)]]
    for (const [argument, text] of more) if (text !== undefined) words.push([argument, text])
    return this.perform(
      one(command, words, ({ result }) => ({ digit: digitOf(result) })),
      common,
    )
  }
}

function checkFile(file: unknown, argument = 'file'): string {
  if (file === undefined) throw invalid(argument, 'is missing')
  if (typeof file === 'string' && file !== '') return file
  throw invalid(argument, `must be a string that is not empty, ${got(file)}`)
}

function checkDigits(digits: unknown, argument = 'escapeDigits'): string {
  if (digits === undefined) return ''
  if (typeof digits === 'string' && /^[0-9*#A-Da-d]*$/.test(digits)) return digits
  throw invalid(argument, `must be digits of a telephone such as '12*#', ${got(digits)}`)
}

function seconds(argument: string, when: Date | number, most: number): number {
  const value = when instanceof Date ? Math.floor(when.getTime() / 1000) : when
  return checkWhole(argument, value, -INT, most)
}

// a sound that ControlPlayback stops gives WAIT FOR DIGIT a number that is no digit's
function digitOf(result: string): string | undefined {
  const digit = String.fromCharCode(Number(result))
  return /^[0-9*#A-Da-d]$/.test(digit) && Number(result) < 128 ? digit : undefined
}

function played({ result, endpos = 0 }: AgiReply): Played {
  const digit = digitOf(result)
  return { digit, position: endpos, end: digit === undefined ? 'finished' : 'digit' }
}

function recorded(reply: AgiReply): Recorded {
  const { result, data, endpos: samples = 0 } = reply
  // behind a silence the number is what was left of the time, in milliseconds (res_agi.c:handle_recordfile)
  const digit = data === 'timeout' ? undefined : digitOf(result)
  if (data === 'hangup') return { digit, samples, end: 'hangup' }
  if (result.startsWith('-')) throw commandError('RECORD FILE', reply)
  return { digit, samples, end: digit === undefined ? 'timeout' : 'digit' }
}
