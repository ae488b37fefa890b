import { AmiError, CommandError, type HangupError, TimeoutError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { type Traits, traitsOf } from './command-traits.ts'
import { makeLine, type Word } from './line.ts'
import type { AgiReply, Expect } from './replies.ts'

/** What every command takes last. */
export interface CommandOptions {
  /** Rejects with its reason at once; what plays is stopped where Asterisk can stop it. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds from the call on; none by default, for a Dial may take hours. */
  readonly timeout?: number | undefined
}

/** What a command gets that is given no options. */
export const NO_OPTIONS: CommandOptions = Object.freeze({})

/** One line to send, and how to take its answer. */
export interface Line {
  /** Asterisk's name of the command, in capitals. */
  readonly command: string
  readonly words: readonly Word[]
  /** `false` hands every answer over, whatever it says. */
  readonly check?: boolean
  /** The words of the name that stand in the line without quotes, where it is not all of them. */
  readonly head?: string
}

/** One line, and what the caller gets of its answer. */
export interface OneLine<T> {
  readonly line: Line
  read(reply: AgiReply): T
}

/** Sends lines and takes their answers, one after the other, and gives what the caller gets. */
export type Steps<T> = Generator<Line, T, AgiReply>

/** What a command's method does: nearly all send one line. */
export type Work<T> = OneLine<T> | Steps<T>

/** One call of a command's method. */
export class Job {
  readonly promise: Promise<unknown>
  /** Its place in the order of the calls. */
  readonly number: number
  /** Asterisk's name of the command that was asked for. */
  readonly command: string
  line: Line
  text: string
  traits: Traits
  /** Whether it has been sent while the channel was alive. */
  sentAlive = false
  /** The answer that is held back until CHANNEL STATUS says whether the channel lives. */
  held: AgiReply | undefined
  /** Whether anything of it may have reached Asterisk. */
  sent = false
  settled = false
  #work: Work<unknown>
  #resolve!: (value: unknown) => void
  #reject!: (reason: unknown) => void
  #source: string
  #limit: number
  #cleanUp: (() => void)[] | undefined

  /** @throws {ArgumentError} for what cannot be sent */
  constructor(work: Work<unknown>, number: number, limit: number, source: string) {
    this.number = number
    this.#source = source
    this.#work = work
    this.#limit = limit
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const line = 'read' in work ? work.line : firstOf(work)
    this.line = line
    this.command = line.command
    this.text = lineText(line, limit)
    this.traits = traitsOf(line.command)
  }

  /** Has `given` end it. */
  watch({ signal, timeout }: CommandOptions, clock: Clock, given: (error: unknown) => void): void {
    if (signal === undefined && timeout === undefined) return
    this.#cleanUp = []
    if (signal !== undefined) this.#cleanUp.push(onAbort(signal, () => given(signal.reason)))
    if (timeout === undefined) return
    const timer: Timer = clock.setTimeout(() => {
      const text = `${this.#source}: ${this.command} took longer than its timeout of ${timeout} ms`
      given(new TimeoutError(text, { source: this.#source, delivered: this.sent ? 'unknown' : 'no' }))
    }, timeout)
    this.#cleanUp.push(() => clock.clearTimeout(timer))
  }

  /** What its answer looks like. */
  get expects(): Expect {
    return (this.held === undefined && this.traits.expects) || 'plain'
  }

  /** Whether nothing else may be under way: what a routine returned stands in a variable. */
  get alone(): boolean {
    return this.command === 'GOSUB'
  }

  /** Takes an answer. @returns whether there is another line to send */
  take(reply: AgiReply): boolean {
    const work = this.#work
    try {
      if (this.line.check !== false) checkReply(this.line.command, reply, this.traits, this.#source)
      if (!('read' in work)) return this.#goOn(work.next(reply))
      this.resolve(work.read(reply))
    } catch (error) {
      this.reject(error)
    }
    return false
  }

  /** Takes an error in the place of an answer. @returns whether there is another line to send in spite of it */
  fail(error: Error): boolean {
    const work = this.#work
    try {
      if (!('read' in work)) return this.#goOn(work.throw(error))
      this.reject(error)
    } catch (thrown) {
      this.reject(thrown)
    }
    return false
  }

  #goOn({ done, value }: IteratorResult<Line, unknown>): boolean {
    if (done) {
      this.resolve(value)
      return false
    }
    this.line = value
    this.text = lineText(value, this.#limit)
    this.traits = traitsOf(value.command)
    return true
  }

  resolve(value: unknown): void {
    this.#settle()
    this.#resolve(value)
  }

  reject(error: unknown): void {
    if (this.settled) return
    this.#settle()
    // whoever does not wait for a command need not learn that its call is over
    if (AmiError.is(error) && (error.code === 'AGI_HANGUP' || error.code === 'AMI_CLOSED')) this.promise.catch(() => {})
    this.#reject(error)
  }

  #settle(): void {
    this.settled = true
    if (this.#cleanUp === undefined) return
    for (const cleanUp of this.#cleanUp) cleanUp()
    this.#cleanUp = undefined
  }
}

function firstOf(steps: Steps<unknown>): Line {
  const { done, value } = steps.next()
  if (done) throw new Error('a command has a line')
  return value
}

function lineText({ command, head = command, words }: Line, limit: number): string {
  // a name alone is within any limit
  return words.length === 0 ? head : makeLine(head, words, limit)
}

/** Throws what an answer stands for that says that the command was not carried out. */
function checkReply(command: string, reply: AgiReply, traits: Traits, source: string): void {
  if (reply.status === 200 && (reply.result !== '-1' || traits.minus !== undefined)) return
  throw commandError(command, reply, { source })
}

const WHY: Readonly<Record<number, string>> = {
  200: 'it failed, and the call lives: is there such a file, label or directory',
  503: 'it has no memory left',
  510: 'it has no such command',
  520: 'its words are wrong',
}

/** Makes the error of a command that was not carried out. */
export function commandError(
  command: string,
  { status, result, usage }: Pick<AgiReply, 'status' | 'result' | 'usage'>,
  options: { source?: string; ended?: boolean } = {},
): CommandError {
  const { source, ended = false } = options
  const why = WHY[status] ?? 'it refused'
  const end = ended ? '; AsyncAGI has ended because of it' : ''
  const text = `${source === undefined ? '' : `${source}: `}Asterisk did not carry out ${command}: ${why} (${status}${result === '' ? '' : `, result ${result}`})${end}`
  return new CommandError(text, { ...options, command, status, result, usage })
}

/** Makes the error of a command that finds its session gone. @param held what it had been answered */
export type Why = (command: string, held?: AgiReply) => HangupError | Error
