import type { Client } from '../client/client.ts'
import type { AmiEvent } from '../client/types.ts'
import { publish } from '../diagnostics.ts'
import { type AmiError, ClosedError, type HangupBy } from '../errors.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { AsyncChannel } from './async-channel.ts'
import { Claim } from './claim.ts'
import { type AgiRequest, type Known, requestFrom } from './environment.ts'
import { type AgiEnd, type AgiHandler, conduct, wants } from './handler.ts'
import { commandError, type Why } from './job.ts'
import { unescapeBytes } from './read-variable.ts'
import { AgiSession } from './session.ts'

/** A client as AsyncAGI needs it. */
export type AsyncClient = Pick<Client, 'name' | 'on' | 'sendRaw' | 'list' | 'status'>

/** What a call in AsyncAGI is handled with. */
export interface CallSetup {
  readonly client: AsyncClient
  readonly uniqueid: string
  readonly handler: AgiHandler
  readonly instance: string
  readonly claim: boolean
  readonly maxQueued: number
  readonly pipeline: number
  readonly clock: Clock
  /** Whether the dialplan has come here again because a command had failed. */
  readonly again: boolean
  /** Reports that the session begins. */
  began(session: AgiSession): void
  late(): void
  foreign(): void
  /** Reports that AsyncAGI has ended because a command failed. */
  failed(): void
  /** Reports that the channel has left AsyncAGI; an event may follow that says why. */
  leaving(): void
  /** Reports that no more events of the channel will come. */
  left(): void
}

/** How AsyncAGI ended. */
type End = HangupBy | 'failed' | 'over'

// how long an event may take that says why AsyncAGI has ended, in milliseconds: it comes right behind
const EVIDENCE = 500

/** One call in AsyncAGI, from its beginning or from being taken over to its end. */
export class AsyncCall {
  readonly setup: CallSetup
  #channel: AsyncChannel
  #claim: Claim | undefined
  #session: AgiSession | undefined
  #leaving = false
  /** Whether AGISTATUS has said that it was a hangup, or what looks like one. */
  #elsewhere = false
  #timer: Timer | undefined
  #gone = false
  /** Sessions within the session: EXEC AGI. */
  #nested = 0

  constructor(setup: CallSetup) {
    this.setup = setup
    const { client, uniqueid, pipeline } = setup
    // before the claim's result come those of commands that an earlier session has left in the queue
    const foreign = () => (this.#claim?.isWon ?? this.#session !== undefined) && setup.foreign()
    this.#channel = new AsyncChannel({ client, uniqueid, pipeline, foreign, gone: () => this.#leave() })
    if (setup.claim) this.#claim = new Claim(setup.instance)
  }

  /** The session, once this program has the call. */
  get session(): AgiSession | undefined {
    return this.#session
  }

  /**
   * Claims a call that has just begun, and has it handled.
   * @returns how its handler ended; `undefined` where somebody else has the call
   */
  async begin(env: string): Promise<AgiEnd | undefined> {
    const whole = this.#channel.begin(env)
    // what a cut environment lacks comes with the claim's result, or with a fence's
    const won = await this.#claimed()
    const text = await (this.#gone ? undefined : whole)
    if (!won || this.#gone) return undefined
    const { again } = this.setup
    return this.#handle(requestOf(text ?? unescapeBytes(env), { cut: text === undefined, again }))
  }

  /** Claims a call that nobody has, and has it handled. */
  async takeOver(request: AgiRequest): Promise<AgiEnd | undefined> {
    this.#channel.lose()
    if (!(await this.#claimed()) || this.#gone) return undefined
    return this.#handle(request)
  }

  /** Takes AsyncAGIStart of a session within this one. */
  nest(): void {
    this.#nested++
  }

  /** Takes AGIExecStart. */
  startsCommand(event: AmiEvent): void {
    this.#channel.began(event.get('Command') ?? '')
  }

  /** Takes AsyncAGIExec. */
  result(event: AmiEvent): void {
    const id = event.get('CommandId') ?? ''
    this.#claim?.hear(id)
    this.#channel.result(id, event.get('Result') ?? '')
  }

  /** Takes AsyncAGIEnd. */
  end(): void {
    if (this.#nested > 0) this.#nested--
    else this.#leave()
  }

  /** Takes what follows the end of AsyncAGI: a hangup, a place elsewhere in the dialplan, or AGISTATUS. */
  evidence(event: AmiEvent): void {
    if (event.Event === 'Hangup') this.lost('hangup')
    else if (event.Event === 'Newexten') {
      if (this.#elsewhere) this.lost('redirect')
    } else if (event.get('Variable') === 'AGISTATUS') {
      const status = event.get('Value')
      if (status === 'FAILURE') this.lost('failed')
      else if (status === 'SUCCESS') this.lost('over')
      else this.#elsewhere = true
    }
  }

  /** Says that the link is away. */
  pause(error: AmiError): void {
    this.#channel.pause(error)
    // another program may have the call by now: it is found again
    if (this.#session === undefined) this.lost('unknown')
  }

  /** Whether it waits to be found again. */
  get isPaused(): boolean {
    return this.#channel.isPaused
  }

  /** Aborts when the connection is lost that it is on, or is looked for over. */
  get link(): AbortSignal {
    return this.#channel.link
  }

  /** Whether it may be in AsyncAGI though Asterisk names another application. */
  get mayRun(): boolean {
    return this.#channel.mayRun
  }

  /** Goes on over a new link, on which the channel has been found. */
  resume(): void {
    this.#channel.resume()
  }

  /** Says that no command can reach the channel any more. */
  lost(end: End, error?: Error): void {
    if (this.#gone) return
    this.#gone = true
    this.setup.clock.clearTimeout(this.#timer)
    this.#channel.end()
    this.setup.left()
    this.#claim?.lose()
    const exchange = this.#session?.exchange
    if (end === 'failed') this.setup.failed()
    if (error !== undefined) exchange?.lost(() => error)
    else if (end === 'failed' || end === 'over') exchange?.lost(this.#whyOver(end))
    else {
      exchange?.hangup(end)
      exchange?.lost()
    }
  }

  /** Notes that the channel is in AsyncAGI no more: an event that follows says why. */
  #leave(): void {
    if (this.#leaving || this.#gone) return
    this.#leaving = true
    if (this.#session === undefined || this.#session.exchange.state === 'ending') {
      this.lost('over')
      return
    }
    this.#channel.end()
    this.setup.leaving()
    this.#timer = this.setup.clock.setTimeout(() => this.lost('unknown'), EVIDENCE)
  }

  #claimed(): Promise<boolean> {
    if (this.#claim === undefined) {
      this.#channel.resume()
      return Promise.resolve(true)
    }
    void this.#channel.ask('NOOP', this.#claim.id)
    return this.#claim.won
  }

  async #handle(request: AgiRequest): Promise<AgiEnd> {
    const { client, clock, handler, instance, maxQueued, uniqueid } = this.setup
    const session = new AgiSession({
      request,
      source: client.name,
      wire: this.#channel,
      clock,
      maxQueued,
      late: () => this.setup.late(),
    })
    this.#session = session
    void this.#channel.ask(`SET VARIABLE AMIABLE_AGI ${instance}`)
    this.#channel.attach(session.exchange)
    this.setup.began(session)
    const facts = { source: client.name, transport: 'async', uniqueid } as const
    publish('agi:session', () => ({ ...facts, state: 'began' }))
    // only a call whose environment was cut gets here without a route
    const end: AgiEnd = wants(handler, request) ? await conduct(session, handler) : { by: 'failed' }
    session.exchange.finish(end.by === 'failed')
    await session.end()
    publish('agi:session', () => ({ ...facts, state: 'ended' }))
    return end
  }

  #whyOver(end: 'failed' | 'over'): Why {
    const source = this.setup.client.name
    const why = end === 'failed' ? 'a command failed' : 'somebody ended it'
    return (command, held) => {
      if (held !== undefined && end === 'failed') return commandError(command, held, { source, ended: true })
      return new ClosedError(`${source}: ${command || 'the session'} cannot go on: AsyncAGI has ended, for ${why}`, {
        source,
      })
    }
  }
}

function requestOf(text: string, known: Known): AgiRequest {
  const lines = text.split('\n')
  const end = lines.indexOf('')
  return requestFrom(end === -1 ? lines : lines.slice(0, end), known)
}

/** Returns what the first piece of an environment says. */
export function firstRequest(env: string): AgiRequest {
  return requestOf(unescapeBytes(env), { cut: true })
}
