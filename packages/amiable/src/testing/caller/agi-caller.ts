import { checkAmount, checkEach, checkFunction, checkOptions, checkText, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { deferred } from '../../util/deferred.ts'
import { lineOf } from '../apps/agi/words.ts'
import type { Pbx } from '../apps/pbx.ts'
import type { WaitOptions } from '../ledger.ts'
import type { AgiTap } from '../model/agi-tap.ts'
import type { Channel } from '../model/channel.ts'
import type { World } from '../model/world.ts'
import { fromWire, toWire } from '../protocol/byte-text.ts'
import { AgiFaults } from './agi-faults.ts'
import { Prompts } from './prompts.ts'

/** A place in a dialplan. */
export interface DialplanPlace {
  readonly context: string
  readonly exten: string
  readonly priority: number
}

/** How an AGI ended, as the dialplan sees it. */
export interface AgiEnding {
  /** The channel variable AGISTATUS. */
  readonly agiStatus: 'SUCCESS' | 'FAILURE' | 'HANGUP' | 'NOTFOUND'
  /** Whether the channel was hung up. False after a redirect. */
  readonly hungUp: boolean
  /** Where the dialplan goes on. Undefined after a hangup. */
  readonly next: DialplanPlace | undefined
}

/** Answers a command in place of the simulator: a text, or a function of the command's words. */
export type AgiAnswer = string | ((words: readonly string[]) => string)

interface Scripted {
  readonly command: string
  readonly answer: AgiAnswer
  left: number
}

/** What a caller needs of the phone system that it is in. */
export interface CallerHost {
  readonly world: World
  readonly pbx: Pbx
  readonly clock: Clock
  /** Ends what was made for this call alone. */
  readonly end: () => Promise<void>
}

/** A caller in an AGI: it hears prompts, presses digits and hangs up, and remembers every command that it got. */
export class AgiCaller implements AsyncDisposable {
  /** How the AGI ended. It rejects only with what a function that you gave to `reply` threw. */
  readonly ended: Promise<AgiEnding>
  readonly faults: AgiFaults
  readonly #host: CallerHost
  readonly #channel: Channel
  readonly #prompts: Prompts
  readonly #commands: string[] = []
  readonly #scripted: Scripted[] = []
  #last = ''

  /** Use {@link callAgi}. */
  constructor(host: CallerHost, channel: Channel, data: string, fast: boolean) {
    this.#host = host
    this.#channel = channel
    this.#prompts = new Prompts(host.clock)
    this.faults = new AgiFaults(
      fast,
      () => host.world.channels.softHangup(channel, 16),
      (method) => {
        throw invalid('faults', `cannot be ${method} in AsyncAGI: its answers are events, and no segments`)
      },
    )
    channel.agiTap = this.#tap()
    this.ended = this.#run(data)
  }

  /** The name of the channel. */
  get channel(): string {
    return fromWire(this.#channel.name)
  }

  /** The Uniqueid of the channel. */
  get uniqueid(): string {
    return fromWire(this.#channel.uniqueid)
  }

  /** Every command so far, oldest first: its words with a blank between them, in quotes where they need some. */
  get commands(): readonly string[] {
    return [...this.#commands]
  }

  /** The variables of the channel. */
  get variables(): ReadonlyMap<string, string> {
    return new Map([...this.#channel.variables].map(([name, value]) => [fromWire(name), fromWire(value)]))
  }

  /**
   * Resolves when a file begins to play: the next one, or the next of that name. A file that was heard before you asked
   * counts once. It resolves with the file's name, and rejects with `AMI_CLOSED` when the AGI ends first.
   */
  heard(file?: string, options: WaitOptions = {}): Promise<string> {
    return this.#prompts.next(file, options)
  }

  /**
   * Presses keys, each `gap` milliseconds of the clock after the one before, as a person does (100). Asterisk loses a digit
   * that is pressed while no command waits for one. Resolves after the last key.
   */
  async press(digits: string, options: { gap?: number } = {}): Promise<void> {
    if (!/^[0-9*#A-D]+$/.test(checkText('digits', digits, 'keys'))) {
      throw invalid('digits', `must be keys out of 0-9, *, # and A-D, ${got(digits)}`)
    }
    const { gap = 100 } = checkEach<{ gap: number }>('', options, { gap: checkAmount })
    let first = true
    for (const digit of digits) {
      if (!first && gap > 0) {
        const passed = deferred<void>()
        this.#host.clock.setTimeout(() => passed.resolve(), gap)
        await passed.promise
      }
      first = false
      this.#channel.hear({ kind: 'digit', digit })
    }
  }

  /** Hangs up. `cause` is a Q.850 number. */
  hangup(cause = 16): void {
    checkWhole('cause', cause, 0, 127)
    this.#host.world.channels.softHangup(this.#channel, cause)
  }

  /** Sends the call elsewhere in the dialplan, as AMI's Redirect does. What is left out stays as it is; priority 1. */
  redirect(target: Partial<DialplanPlace>): void {
    const { context, exten, priority } = checkEach<DialplanPlace>('', target, {
      context: (argument, value) => void checkText(argument, value),
      exten: (argument, value) => void checkText(argument, value),
      priority: (argument, value) => void checkWhole(argument, value, 1),
    })
    if (context === undefined && exten === undefined && priority === undefined) {
      throw invalid('target', "must name a place, such as { exten: 'other' }")
    }
    this.#host.world.channels.redirect(this.#channel, {
      context: context === undefined ? this.#channel.context : toWire(context),
      exten: exten === undefined ? this.#channel.exten : toWire(exten),
      priority: priority ?? 1,
    })
  }

  /**
   * Answers a command such as `DATABASE GET`, or one with its first words, with a line of your own such as
   * `200 result=-1`. The answer that was given last comes first.
   */
  reply(command: string, answer: AgiAnswer, options: { times?: number } = {}): void {
    checkText('command', command, "a command's name")
    if (typeof answer === 'function') checkFunction('answer', answer)
    else checkAnswer(answer)
    const { times } = checkOptions<{ times: number }>('', options, { times: true })
    if (times !== undefined) checkWhole('times', times, 1)
    this.#scripted.unshift({ command: command.toUpperCase(), answer, left: times ?? Number.POSITIVE_INFINITY })
  }

  /** Hangs up, and waits until all has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#channel.gone) this.#host.world.channels.softHangup(this.#channel, 16)
    await this.#host.end()
  }

  async #run(data: string): Promise<AgiEnding> {
    const channel = this.#channel
    const { world, pbx } = this.#host
    channel.owned = true
    channel.pbx = true
    // as a dialplan runs it, so that SET PRIORITY means the next step
    channel.looping = true
    world.channels.newExten(channel, 'AGI', data)
    // the call goes with the phone system, and no event says so
    const off = pbx.onStop(() => {
      channel.hungup = true
      channel.gone = true
      channel.interrupt()
    })
    try {
      await pbx.execute(channel, 'AGI', data)
      return this.#ending()
    } finally {
      off()
      this.#prompts.end()
      if (!channel.gone) world.channels.hangup(channel)
    }
  }

  #ending(): AgiEnding {
    const channel = this.#channel
    const hungUp = channel.hungup
    const { context, exten, priority } = channel.target ?? { ...channel, priority: channel.priority + 1 }
    const place = { context: fromWire(context), exten: fromWire(exten), priority }
    const agiStatus = (channel.variables.get('AGISTATUS') ?? 'HANGUP') as AgiEnding['agiStatus']
    return { agiStatus, hungUp, next: hungUp ? undefined : place }
  }

  #tap(): AgiTap {
    const { faults } = this
    return {
      came: (words) => {
        this.#last = lineOf(words.map(fromWire))
        this.#commands.push(this.#last)
      },
      instead: (words) => this.#instead(words),
      answered: () => faults.answered(this.#last),
      played: (file) => this.#prompts.add(fromWire(file)),
      get silent() {
        return faults.isSilent
      },
      get splitAt() {
        return faults.cut
      },
      get together() {
        return faults.together
      },
    }
  }

  #instead(words: readonly string[]): string | undefined {
    const line = `${this.#last.toUpperCase()} `
    const found = this.#scripted.find((one) => one.left > 0 && line.startsWith(`${one.command} `))
    if (found === undefined) return undefined
    found.left--
    const answer = typeof found.answer === 'string' ? found.answer : found.answer(words.map(fromWire))
    checkAnswer(answer)
    return toWire(answer.endsWith('\n') ? answer : `${answer}\n`)
  }
}

// a 520 has several lines
function checkAnswer(answer: unknown): asserts answer is string {
  if (typeof answer === 'string' && answer.trim() !== '') return
  throw invalid('answer', `must be a line such as '200 result=1', ${got(answer)}`)
}
