import { checkBoolean, checkChoice, checkOptions, checkWhole, got } from '../check.ts'
import { invalid } from '../errors.ts'
import { definedOnly } from '../util/objects.ts'
import { byteLength } from '../util/text.ts'
import { type CommandOptions, commandError, type Line, NO_OPTIONS, type OneLine, type Steps, type Work } from './job.ts'
import { applicationData, routineData, type Scalar, toText, type Word } from './line.ts'
import { readEncoded, readVariable, value } from './read-variable.ts'
import type { AgiReply } from './replies.ts'

/** What a channel is doing. */
export type ChannelState =
  | 'down'
  | 'reserved'
  | 'offhook'
  | 'dialing'
  | 'ring'
  | 'ringing'
  | 'up'
  | 'busy'
  | 'dialing-offhook'
  | 'prering'

// include/asterisk/channelstate.h
const CHANNEL_STATES: readonly ChannelState[] = [
  'down',
  'reserved',
  'offhook',
  'dialing',
  'ring',
  'ringing',
  'up',
  'busy',
  'dialing-offhook',
  'prering',
]

/** How a variable is read. */
export interface GetVariableOptions extends CommandOptions {
  /** Reads it URI-encoded: its line ends cannot be taken for those of the answer. An empty one is not set then. */
  readonly encoded?: boolean | undefined
}

/** Where the dialplan goes on behind the session. */
export interface Target {
  readonly context?: string | undefined
  readonly exten?: string | undefined
  readonly priority?: string | number | undefined
}

// what atoi takes
const INT = 2_147_483_647
const COMMAND_OPTIONS = { signal: true, timeout: true } as const

/** Takes a method's own options apart from those of every command. */
export function splitOptions<T extends CommandOptions>(
  options: T,
  own: Readonly<Record<Exclude<keyof T, keyof CommandOptions>, true>>,
  isTimeoutOwn = false,
): [given: Partial<T>, common: CommandOptions] {
  if (options === NO_OPTIONS) return [{}, NO_OPTIONS]
  const known = { ...COMMAND_OPTIONS, ...own } as unknown as Record<keyof T, true>
  const given = checkOptions<T>('', options, known, 'an object of options')
  return [given, definedOnly({ signal: given.signal, timeout: isTimeoutOwn ? undefined : given.timeout })]
}

/** Sends one line and reads its answer. */
export function one<T>(command: string, words: readonly Word[], read: (reply: AgiReply) => T): OneLine<T> {
  return { line: { command, words }, read }
}

const nothing = () => {}
const NOOP = one('NOOP', [], nothing)

/** The commands that neither play nor listen. */
export abstract class DataCommands {
  abstract readonly transport: 'fast' | 'async'

  protected abstract perform<T>(work: Work<T>, options?: CommandOptions): Promise<T>

  /** Answers the call. */
  answer(options?: CommandOptions): Promise<void> {
    return this.perform(one('ANSWER', [], nothing), options)
  }

  /** Hangs this call up, or another channel; says whether there was one of that name. */
  hangup(channel?: string, options?: CommandOptions): Promise<boolean> {
    return this.perform(
      one('HANGUP', optional('channel', channel), ({ result }) => result === '1'),
      options,
    )
  }

  /** Says what this channel is doing, or another one; `undefined` where there is none of that name. */
  channelStatus(channel?: string, options?: CommandOptions): Promise<ChannelState | undefined> {
    const read = ({ result }: AgiReply) => CHANNEL_STATES[Number(result)]
    return this.perform(one('CHANNEL STATUS', optional('channel', channel), read), options)
  }

  /** Returns a variable's complete value, or a function's such as `CALLERID(num)`; `undefined` where it is not set. */
  getVariable(name: string, options: GetVariableOptions = NO_OPTIONS): Promise<string | undefined> {
    const [{ encoded = false }, common] = splitOptions(options, { encoded: true })
    checkBoolean('encoded', encoded)
    const text = checkName('name', name)
    return this.perform(encoded ? readEncoded(text, true) : readVariable(text, this.transport), common)
  }

  /** Returns what Asterisk makes of a text with `${…}` in it; `undefined` where there is no such channel. */
  getFullVariable(
    expression: string,
    options: CommandOptions & { readonly channel?: string | undefined } = NO_OPTIONS,
  ): Promise<string | undefined> {
    const [{ channel }, common] = splitOptions(options, { channel: true })
    const words: Word[] = [['expression', expression], ...optional('channel', channel)]
    return this.perform(one('GET FULL VARIABLE', words, value), common)
  }

  /** Sets a variable, or what a function sets. Asterisk says the same where there is no such function. */
  setVariable(name: string, to: string, options?: CommandOptions): Promise<void> {
    const words: Word[] = [
      ['name', checkName('name', name)],
      ['value', to],
    ]
    return this.perform(one('SET VARIABLE', words, nothing), options)
  }

  /** Returns a value of Asterisk's database; `undefined` where there is none. */
  databaseGet(family: string, key: string, options?: CommandOptions): Promise<string | undefined> {
    const words = database(family, key)
    const read = (reply: AgiReply) => (reply.result === '-1' ? fails('DATABASE GET', reply) : value(reply))
    return this.perform(one('DATABASE GET', words, read), options)
  }

  /** Sets a value in Asterisk's database. */
  databasePut(family: string, key: string, to: string, options?: CommandOptions): Promise<void> {
    const words: Word[] = [...database(family, key), ['value', to]]
    return this.perform(one('DATABASE PUT', words, done('DATABASE PUT')), options)
  }

  /** Deletes a value from Asterisk's database; Asterisk does not say whether there was one. */
  databaseDel(family: string, key: string, options?: CommandOptions): Promise<void> {
    return this.perform(one('DATABASE DEL', database(family, key), done('DATABASE DEL')), options)
  }

  /** Deletes a family of Asterisk's database, or a part of it; says whether anything was deleted. */
  databaseDeltree(family: string, tree?: string, options?: CommandOptions): Promise<boolean> {
    const words: Word[] = [['family', checkName('family', family)], ...optional('tree', tree)]
    // handle_dbdeltree says 0 for success, against its documentation
    return this.perform(
      one('DATABASE DELTREE', words, ({ result }) => result === '0'),
      options,
    )
  }

  /**
   * Runs an application of the dialplan, and resolves with the number that it gave.
   * @param args each is escaped as the application takes its arguments apart; a string goes to it as it is
   */
  exec(application: string, args?: readonly Scalar[] | string, options?: CommandOptions): Promise<number> {
    const words: Word[] = [['application', checkName('application', application)]]
    if (typeof args === 'string') words.push(['args', args])
    else if (Array.isArray(args)) words.push(['args', applicationData('args', args)])
    else if (args !== undefined) throw invalid('args', `must be a list or a string, ${got(args)}`)
    const read = (reply: AgiReply) => (reply.result === '-2' ? fails('EXEC', reply) : Number(reply.result))
    return this.perform(one('EXEC', words, read), options)
  }

  /** Runs a routine of the dialplan that ends in Return(), and gives what it returned. Its arguments hold no comma. */
  gosub(
    context: string,
    exten: string,
    priority: string | number,
    args?: readonly Scalar[],
    options?: CommandOptions,
  ): Promise<{ returned: boolean; value: string }> {
    const words: Word[] = [
      ['context', context],
      ['exten', exten],
      ['priority', priority],
    ]
    if (args !== undefined) words.push(['args', routineData('args', args)])
    return this.perform(runRoutine({ command: 'GOSUB', words }), options)
  }

  /** Receives one character of text; `undefined` where none came in time. */
  receiveChar(timeout: number, options?: CommandOptions): Promise<string | undefined> {
    const words: Word[] = [['timeout', checkWhole('timeout', timeout, 0, INT)]]
    // on a channel without text the time's end says -1 (hangup), and nobody has hung up
    const read = ({ result }: AgiReply) => (Number(result) > 0 ? String.fromCharCode(Number(result)) : undefined)
    return this.perform(one('RECEIVE CHAR', words, read), options)
  }

  /** Receives a text; `undefined` where none came in time. */
  receiveText(timeout: number, options?: CommandOptions): Promise<string | undefined> {
    const words: Word[] = [['timeout', checkWhole('timeout', timeout, 0, INT)]]
    return this.perform(one('RECEIVE TEXT', words, value), options)
  }

  /** Sends a text to the caller; Asterisk says the same where the channel has none. */
  sendText(text: string, options?: CommandOptions): Promise<void> {
    return this.perform(one('SEND TEXT', [['text', text]], nothing), options)
  }

  /** Sends an image to the caller; Asterisk says the same where the channel has none. */
  sendImage(image: string, options?: CommandOptions): Promise<void> {
    return this.perform(one('SEND IMAGE', [['image', image]], nothing), options)
  }

  /** Sets the context in which the dialplan goes on. Asterisk does not check it. */
  setContext(context: string, options?: CommandOptions): Promise<void> {
    return this.continueAt({ context: checkName('context', context) }, options)
  }

  /** Sets the extension at which the dialplan goes on. Asterisk does not check it. */
  setExtension(exten: string, options?: CommandOptions): Promise<void> {
    return this.continueAt({ exten: checkName('exten', exten) }, options)
  }

  /** Sets the priority, or its label, at which the dialplan goes on. */
  setPriority(priority: string | number, options?: CommandOptions): Promise<void> {
    return this.continueAt({ priority }, options)
  }

  /** Sets where the dialplan goes on behind the session: context, extension and priority, in this order. */
  continueAt(target: Target, options?: CommandOptions): Promise<void> {
    const parts = checkOptions<Target>('target', target, { context: true, exten: true, priority: true })
    const lines: Line[] = []
    const set = (command: string, argument: keyof Target) => {
      const text = parts[argument]
      if (text !== undefined) lines.push({ command, words: [[argument, checkPlace(argument, toText(argument, text))]] })
    }
    set('SET CONTEXT', 'context')
    set('SET EXTENSION', 'exten')
    set('SET PRIORITY', 'priority')
    if (lines.length === 0) throw invalid('target', 'must name a context, an exten or a priority')
    return this.perform(inOrder(lines), options)
  }

  /** Sets the caller's number and name. */
  setCallerid(
    callerId: string | { readonly number?: string | undefined; readonly name?: string | undefined },
    options?: CommandOptions,
  ): Promise<void> {
    return this.perform(one('SET CALLERID', [['callerId', callerIdText(callerId)]], nothing), options)
  }

  /** Hangs the call up in so many milliseconds; 0 takes that back. */
  setAutohangup(delay: number, options?: CommandOptions): Promise<void> {
    const seconds = checkWhole('delay', delay, 0, INT) / 1000
    return this.perform(one('SET AUTOHANGUP', [['delay', seconds]], nothing), options)
  }

  /** Starts music on hold, of that class, or stops it. */
  setMusic(on: boolean, musicClass?: string, options?: CommandOptions): Promise<void> {
    if (typeof on !== 'boolean') throw invalid('on', `must be true or false, ${got(on)}`)
    const words: Word[] = [['on', on ? 'on' : 'off'], ...optional('musicClass', musicClass)]
    return this.perform(one('SET MUSIC', words, nothing), options)
  }

  /** Sets the mode of a telephone for the deaf; says whether the channel can. */
  tddMode(mode: 'on' | 'off' | 'mate' | 'tdd', options?: CommandOptions): Promise<boolean> {
    const words: Word[] = [['mode', checkChoice('mode', mode, ['on', 'off', 'mate', 'tdd'])]]
    return this.perform(
      one('TDD MODE', words, ({ result }) => result === '1'),
      options,
    )
  }

  /** Writes to Asterisk's console. */
  verbose(text: string, level = 1, options?: CommandOptions): Promise<void> {
    const words: Word[] = [
      ['text', text],
      ['level', checkWhole('level', level, 0, 100)],
    ]
    return this.perform(one('VERBOSE', words, nothing), options)
  }

  /** Does nothing; the text stands in Asterisk's log of AGI. */
  noop(text?: string, options?: CommandOptions): Promise<void> {
    return this.perform(text === undefined ? NOOP : one('NOOP', optional('text', text), nothing), options)
  }
}

function optional(argument: string, given: string | undefined): Word[] {
  return given === undefined ? [] : [[argument, checkName(argument, given)]]
}

function database(family: string, key: string): Word[] {
  return [
    ['family', checkName('family', family)],
    ['key', checkName('key', key)],
  ]
}

function checkName(argument: string, given: unknown): string {
  if (typeof given !== 'string') throw invalid(argument, `must be a string, ${got(given)}`)
  if (given === '') throw invalid(argument, 'must not be empty')
  return given
}

// include/asterisk/channel.h: AST_MAX_CONTEXT and AST_MAX_EXTENSION, with the end of the text
const LONGEST_PLACE = 79

/** Checks a place in the dialplan: none of several lines is sent where a later one would be refused. */
function checkPlace(argument: string, given: string): string {
  if (byteLength(checkName(argument, given), 'utf8') <= LONGEST_PLACE) return given
  throw invalid(argument, `must not have more than ${LONGEST_PLACE} bytes: Asterisk would cut it`)
}

function fails(command: string, reply: AgiReply): never {
  throw commandError(command, reply)
}

/** Reads a result that is 1, or says that it failed. */
export function done(command: string): (reply: AgiReply) => void {
  return (reply) => {
    if (reply.result !== '1') fails(command, reply)
  }
}

function* inOrder(lines: readonly Line[]): Steps<void> {
  for (const line of lines) yield line
}

function* runRoutine(line: Line): Steps<{ returned: boolean; value: string }> {
  const reply = yield line
  if (reply.result !== '0') fails(line.command, reply)
  const returned = !reply.lines.some((text) => text.endsWith('(abnormal exit)'))
  // of a call that has hung up in it Asterisk says either: whether the place in the dialplan is the old one
  yield { command: 'CHANNEL STATUS', words: [] }
  const retval = yield { command: 'GET VARIABLE', words: [['name', 'GOSUB_RETVAL']] }
  return { returned, value: returned ? (value(retval) ?? '') : '' }
}

function callerIdText(callerId: unknown): string {
  if (typeof callerId === 'string') return shortId(callerId)
  const { number = '', name } = checkOptions<{ number: string; name: string }>('callerId', callerId, {
    number: true,
    name: true,
  })
  if (/[<>]/.test(toText('callerId.number', number))) throw invalid('callerId.number', 'must not hold < or >')
  if (name === undefined) return shortId(`<${number}>`)
  // callerid.c:ast_callerid_parse takes the character behind a backslash as it is, between quotes
  return shortId(`"${toText('callerId.name', name).replace(/[\\"]/g, '\\$&')}" <${number}>`)
}

// handle_setcallerid has 256 bytes for it
function shortId(text: string): string {
  if (new TextEncoder().encode(text).length <= 255) return text
  throw invalid('callerId', 'must not have more than 255 bytes: Asterisk would cut it')
}
