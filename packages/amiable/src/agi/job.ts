import { AmiError, CommandError, type HangupError, TimeoutError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
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

/** Sends lines and takes their answers, one after the other, and gives what the caller gets. */
export type Steps<T> = Generator<Line, T, AgiReply>

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
  #steps: Steps<unknown>
  #outcome: Deferred<unknown> = deferred()
  #source: string
  #limit: number
  #cleanUp: (() => void)[] = []

  /** @throws {ArgumentError} for what cannot be sent */
  constructor(steps: Steps<unknown>, limit: number, source: string, number: number) {
    this.number = number
    this.#source = source
    this.#steps = steps
    this.#limit = limit
    this.promise = this.#outcome.promise
    const first = steps.next()
    if (first.done) throw new Error('a command has a line')
    this.line = first.value
    this.command = this.line.command
    this.text = lineText(this.line, limit)
    this.traits = traitsOf(this.line.command)
  }

  /** Has `given` end it. */
  watch({ signal, timeout }: CommandOptions, clock: Clock, given: (error: unknown) => void): void {
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
    return this.#go(() => {
      if (this.line.check !== false) checkReply(this.line.command, reply, this.traits, this.#source)
      return this.#steps.next(reply)
    })
  }

  /** Takes an error in the place of an answer. @returns whether there is another line to send in spite of it */
  fail(error: Error): boolean {
    return this.#go(() => this.#steps.throw(error))
  }

  #go(next: () => IteratorResult<Line, unknown>): boolean {
    try {
      const { done, value } = next()
      if (done) {
        this.resolve(value)
        return false
      }
      this.line = value as Line
      this.text = lineText(this.line, this.#limit)
      this.traits = traitsOf(this.line.command)
      return true
    } catch (error) {
      this.reject(error)
      return false
    }
  }

  resolve(value: unknown): void {
    this.#settle()
    this.#outcome.resolve(value)
  }

  reject(error: unknown): void {
    if (this.settled) return
    this.#settle()
    // whoever does not wait for a command need not learn that its call is over
    if (AmiError.is(error) && (error.code === 'AGI_HANGUP' || error.code === 'AMI_CLOSED')) this.promise.catch(() => {})
    this.#outcome.reject(error)
  }

  #settle(): void {
    this.settled = true
    for (const cleanUp of this.#cleanUp) cleanUp()
    this.#cleanUp = []
  }
}

function lineText({ command, head, words }: Line, limit: number): string {
  return makeLine(head ?? command, words, limit)
}

/** Throws what an answer stands for that says that the command was not carried out. */
function checkReply(command: string, reply: AgiReply, traits: Traits, source: string): void {
  const { status, result, usage } = reply
  if (status === 200 && (result !== '-1' || traits.minus !== undefined)) return
  throw commandError(command, { status, result, usage }, { source })
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
