import { agiCommandFacts } from '../catalog/agi.ts'
import { checkBoolean, checkOptions, checkString } from '../check.ts'
import { invalid } from '../errors.ts'
import type { Clock } from '../util/clock.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
import { type AgiArguments, type AgiCommandName, nameOf } from './command-traits.ts'
import { PlayCommands } from './commands-play.ts'
import { type AgiRequest, withParams } from './environment.ts'
import { Exchange, type Wire } from './exchange.ts'
import type { CommandOptions, Line, OneLine, Work } from './job.ts'
import { rawCommand, type Scalar } from './line.ts'
import type { AgiReply } from './replies.ts'
import { AgiSpeech } from './speech.ts'

/** What a session is made of. */
export interface SessionSetup {
  readonly request: AgiRequest
  readonly source: string
  readonly wire: Wire
  readonly clock: Clock
  readonly maxQueued: number
  /** Reports that the channel is gone for the session; called before the signal aborts. */
  gone?(): void
  late(): void
}

/** A call in the hands of a handler: every command of AGI, over either transport. */
export class AgiSession extends PlayCommands implements AsyncDisposable {
  /** Whether Asterisk has connected to this program, or waits for commands over AMI. */
  readonly transport: 'fast' | 'async'
  /** The `name` of the client, or the peer's address. */
  readonly source: string
  /** @internal */
  readonly exchange: Exchange
  #request: AgiRequest
  /** Made for whoever asks for the signal: most sessions end without. */
  #abort: AbortController | undefined
  #reason: (() => Error) | undefined
  /** Made for whoever asks: few sessions listen to speech. */
  #speech: AgiSpeech | undefined
  /** Made for whoever waits for the end. */
  #over: Deferred<void> | undefined

  /** @internal */
  constructor(setup: SessionSetup) {
    super()
    const { request, source, wire, clock, maxQueued } = setup
    this.#request = request
    this.source = source
    this.transport = wire.transport
    const gone = (reason: () => Error) => {
      setup.gone?.()
      this.#reason ??= reason
      this.#abort?.abort(this.#reason())
    }
    const host = { source, clock, maxQueued, gone, over: () => this.#over?.resolve(), late: () => setup.late() }
    this.exchange = new Exchange(host, wire)
  }

  /** What Asterisk said of the call when the session began. */
  get request(): AgiRequest {
    return this.#request
  }

  /** The commands SPEECH. */
  get speech(): AgiSpeech {
    this.#speech ??= new AgiSpeech((work, options) => this.perform(work, options))
    return this.#speech
  }

  /**
   * Aborts when no command can reach the call any more, or few: it hung up or was sent elsewhere, the session or its
   * connection has ended. The reason is a `HangupError` or another error of the library.
   */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#reason !== undefined) this.#abort.abort(this.#reason())
    }
    return this.#abort.signal
  }

  /** `'dead'`: hung up over FastAGI; variables, the database, `exec` and `verbose` still work. */
  get state(): 'live' | 'dead' | 'ended' {
    const { state } = this.exchange
    if (state === 'live' || state === 'fencing') return 'live'
    return state === 'dead' || state === 'deadFencing' ? 'dead' : 'ended'
  }

  /** Gives the call back to the dialplan now; what waits or is under way rejects with `AMI_CLOSED`. */
  end(): Promise<void> {
    this.exchange.finish()
    if (this.exchange.state === 'ended') return Promise.resolve()
    this.#over ??= deferred()
    return this.#over.promise
  }

  /** Sends a command of Asterisk's by its name; otherwise as {@link AgiSession.command} with `check`. */
  run<C extends AgiCommandName>(command: C, ...args: AgiArguments<C>): Promise<AgiReply> {
    checkString('command', command, "an AGI command's name")
    if (agiCommandFacts(command) === undefined) {
      throw invalid('command', 'is unknown: it must be the name of an AGI command, such as SAY ALPHA')
    }
    return this.command([...command.split(' '), ...(args as readonly Scalar[])], { check: true })
  }

  /**
   * Sends any command, its words quoted here, and resolves with the answer whatever it says.
   * @param options.check whether 510, 520 and -1 reject instead
   */
  command(
    words: readonly Scalar[],
    options: CommandOptions & { readonly check?: boolean | undefined } = {},
  ): Promise<AgiReply> {
    const known = { signal: true, timeout: true, check: true } as const
    const { check = false, ...common } = checkOptions<typeof options>('', options, known, 'an object of options')
    checkBoolean('check', check)
    const { command: head, words: rest } = rawCommand(words)
    return this.perform(whole({ command: nameOf(words.map(String)), head, words: rest, check }), common)
  }

  /** @internal What a router found in the path. */
  routed(params: Readonly<Record<string, string>>): void {
    this.#request = withParams(this.#request, params)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  protected perform<T>(work: Work<T>, options?: CommandOptions): Promise<T> {
    return this.exchange.start(work, options)
  }
}

function whole(line: Line): OneLine<AgiReply> {
  return { line, read: (reply) => reply }
}
