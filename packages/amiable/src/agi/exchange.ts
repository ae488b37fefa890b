import { checkDuration, checkOptions, checkSignal } from '../check.ts'
import { ClosedError, type HangupBy, HangupError, LimitError, ProtocolError } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { textToBytes } from '../util/text.ts'
import { type CommandOptions, Job, NO_OPTIONS, type Why, type Work } from './job.ts'
import { type Effect, type Input, type State, step } from './machine.ts'
import { type AgiReply, readReply } from './replies.ts'

/** What carries lines to Asterisk. */
export interface Wire {
  readonly transport: 'fast' | 'async'
  /** How many commands may be under way at once. */
  readonly window: number
  /** How many bytes a line may have. */
  readonly limit: number
  write(job: Job): void
  /** @param held what has come already of the value that is read until the fence */
  fence(token: string, held: string | undefined): void
  /** Ends the sound of a job that nobody waits for, where that is possible. */
  stop(job: Job): void
  /**
   * Gives the call back.
   * @param failed whether the dialplan learns that it failed
   */
  release(failed: boolean): void
}

/** What the exchange reports to. */
export interface ExchangeHost {
  readonly source: string
  readonly clock: Clock
  readonly maxQueued: number
  /**
   * Reports that the channel is gone for the session.
   * @param reason makes the error that says why, for whoever asks
   */
  gone(reason: () => Error): void
  /** Reports that nothing comes any more. */
  over(): void
  /** Reports that Asterisk answered a command that nobody waited for any more. */
  late(): void
}

const OPTIONS: Readonly<Record<keyof CommandOptions, true>> = { signal: true, timeout: true }
const PROBE = 'CHANNEL STATUS'
// how long a fence may lie unread in the buffer of Asterisk's stdio, behind a command that came in the same segment
const NUDGE = 250
// how long a sound of several may play on that nobody wants any more, in milliseconds
const STOP_AGAIN = 100

/** The commands of a session: what waits, what is under way, and how each ends. */
export class Exchange {
  state: State = 'live'
  #host: ExchangeHost
  #wire: Wire
  #queue: Job[] = []
  #sent: Job[] = []
  /** The value that is complete when the fence's answer comes. */
  #holding: Job | undefined
  #why: Why = (command) => hungUp(this.#host.source, command, 'unknown')
  #nudge: Timer | undefined
  #number = 0
  #finished = false
  #failed = false

  constructor(host: ExchangeHost, wire: Wire) {
    this.#host = host
    this.#wire = wire
  }

  /** How many bytes a line may have. */
  get limit(): number {
    return this.#wire.limit
  }

  /** The oldest command under way. */
  get oldest(): Job | undefined {
    return this.#sent[0]
  }

  /**
   * Sends what a command's method wants, when its turn comes.
   * @throws {ArgumentError} at once for what cannot be sent
   */
  start<T>(work: Work<T>, options: CommandOptions = NO_OPTIONS): Promise<T> {
    if (options !== NO_OPTIONS || this.#isBusy) return this.#enqueue(work, options)
    const job = new Job(work, this.#number++, this.#wire.limit, this.#host.source)
    this.#send(job)
    return job.promise as Promise<T>
  }

  /** Takes the answer to the oldest command under way. */
  reply(reply: AgiReply): void {
    const job = this.#sent.shift()
    if (job === undefined) return
    this.#take(job, reply)
    if (this.#queue.length > 0) this.#pump()
  }

  /** Takes the answer to a command under way, or what it was rejected with. */
  settle(job: Job, outcome: AgiReply | Error): void {
    const at = this.#sent.indexOf(job)
    if (at === -1) return
    this.#sent.splice(at, 1)
    if (!(outcome instanceof Error)) this.#take(job, outcome)
    else if (!job.settled && job.fail(outcome)) this.#again(job)
    this.#pump()
  }

  /** Takes a command back that never left, for its turn to come again. */
  putBack(job: Job): void {
    const at = this.#sent.indexOf(job)
    if (at === -1 || job.settled) return
    this.#sent.splice(at, 1)
    const before = this.#queue.findIndex(({ number }) => number > job.number)
    this.#queue.splice(before === -1 ? this.#queue.length : before, 0, job)
  }

  /**
   * Says that the answer of the oldest command is not sure before a fence.
   * @param held what has come of its value
   */
  doubt(held?: string): void {
    if (held !== undefined && this.state !== 'fencing' && this.state !== 'deadFencing') this.#holding = this.#sent[0]
    this.#input('doubt', held)
  }

  /** Says that the oldest command's answer is too long to be kept. */
  overflow(limit: number): void {
    const [job] = this.#sent
    const text = `the answer to ${job?.command ?? 'nothing'} has more than ${limit} bytes (limits.line)`
    job?.reject(
      new LimitError(`${this.#host.source}: ${text}`, { ...this.#source, limit: 'limits.line', value: limit }),
    )
    if (job === this.#holding) this.#holding = undefined
    this.#input('doubt')
  }

  /** Takes the fence's answer. @param before what stood before it */
  fenced(before: string): void {
    this.#host.clock.clearTimeout(this.#nudge)
    this.#nudge = undefined
    const holding = this.#holding
    this.#holding = undefined
    const jobs = this.#sent
    this.#sent = []
    let text = before
    while (holding !== undefined && text.endsWith('\nHANGUP\n')) text = text.slice(0, -7)
    if (holding !== undefined && text !== before) this.hangup('unknown')
    for (const job of jobs) {
      if (job === holding && !job.settled) this.#takeHeld(job, text)
      else if (!job.settled) this.#break(job, before)
      else if (/^\d{3}/.test(before)) this.#host.late()
    }
    this.#input('fenced')
  }

  /** Sends what waits, where the wire takes it again. */
  resume(): void {
    this.#pump()
  }

  /** Says that the channel is gone for the session. */
  hangup(by: HangupBy): void {
    if (this.state !== 'live' && this.state !== 'fencing') return
    this.#why = (command) => hungUp(this.#host.source, command, by)
    this.#input('hangup')
  }

  /**
   * Gives the call back to the dialplan.
   * @param failed whether the dialplan learns that it failed
   */
  finish(failed = false): void {
    this.#failed = failed
    this.#input('finish')
  }

  /** Says that nothing can come any more. @param why where it is not a hangup */
  lost(why?: Why): void {
    if (why !== undefined && (this.state === 'live' || this.state === 'fencing')) this.#why = why
    this.#input('lost')
  }

  get #isBusy(): boolean {
    return this.state !== 'live' || this.#queue.length > 0 || this.#sent.length > 0
  }

  #enqueue<T>(work: Work<T>, options: CommandOptions): Promise<T> {
    const given = options === NO_OPTIONS ? options : checkCommandOptions(options)
    const job = new Job(work, this.#number++, this.#wire.limit, this.#host.source)
    const refusal = given.signal?.aborted ? given.signal.reason : this.#refusal(job)
    if (refusal !== undefined) job.reject(refusal)
    else {
      job.watch(given, this.#host.clock, (error) => this.#abandon(job, error))
      this.#queue.push(job)
      this.#pump()
    }
    return job.promise as Promise<T>
  }

  #refusal(job: Job): unknown {
    const { state } = this
    if (state === 'ending' || (state === 'ended' && this.#finished)) return this.#closed(job.command)
    if (state === 'ended' || (this.#isDead && !job.traits.dead)) return this.#why(job.command)
    const { maxQueued, source } = this.#host
    if (this.#queue.length < maxQueued) return undefined
    const text = `${source}: ${job.command} was not queued: ${maxQueued} commands already wait (maxQueued)`
    return new LimitError(text, { ...this.#source, limit: 'maxQueued', value: maxQueued })
  }

  get #isDead(): boolean {
    return this.state === 'dead' || this.state === 'deadFencing'
  }

  get #source(): { source: string } {
    return { source: this.#host.source }
  }

  #closed(command: string): ClosedError {
    return new ClosedError(`${this.#host.source}: ${command} was given up: the session has ended`, this.#source)
  }

  #pump(): void {
    while ((this.state === 'live' || this.state === 'dead') && this.#sent.length < this.#wire.window) {
      const job = this.#queue[0]
      if (job === undefined || (this.#sent.length > 0 && (job.alone || this.#sent.some(isBarrier)))) return
      this.#queue.shift()
      this.#send(job)
    }
  }

  #send(job: Job): void {
    job.sent = true
    job.sentAlive = this.state === 'live'
    this.#sent.push(job)
    this.#wire.write(job)
  }

  #take(job: Job, reply: AgiReply): void {
    if (job.settled) {
      this.#host.late()
      return
    }
    const { held } = job
    job.held = undefined
    if (reply.status === 511) {
      job.reject(this.#hungUpNow(job))
      return
    }
    if (held === undefined && this.#mayBeGone(job, reply)) {
      if (this.state !== 'live') job.reject(this.#why(job.command))
      else this.#probe(job, reply)
      return
    }
    if (job.take(held ?? reply)) this.#again(job)
    // pbx_exec's number is taken for RESULT_SHOWUSAGE: a 520 comes behind the answer (res_agi.c: handle_exec)
    else if (this.#wire.transport === 'fast' && job.command === 'EXEC' && reply.result === '1') this.#input('doubt')
  }

  #takeHeld(job: Job, text: string): void {
    const reply = readReply(text, 'value')
    if (reply !== undefined) this.#take(job, reply)
    else this.#break(job, text)
  }

  #break(job: Job, text: string): void {
    const bytes = textToBytes(text.slice(0, 64))
    const why = `${this.#host.source}: the answer to ${job.command} breaks off`
    job.reject(new ProtocolError(why, { ...this.#source, bytes }))
  }

  /** Finds out what a -1 means. It has three meanings: hung up, sent elsewhere, and just failed. */
  #mayBeGone(job: Job, reply: AgiReply): boolean {
    if (reply.result !== '-1' || reply.status !== 200 || job.line.check === false || !job.sentAlive) return false
    return job.traits.minus !== 'value' && !(reply.data === 'hangup' && job.traits.tellsHangup)
  }

  /** Asks with CHANNEL STATUS. Asterisk refuses it at once where the channel is gone, also before HANGUP has come. */
  #probe(job: Job, reply: AgiReply): void {
    job.held = reply
    job.text = PROBE
    this.#queue.unshift(job)
  }

  #again(job: Job): void {
    if (this.#isDead && !job.traits.dead) job.reject(this.#why(job.command))
    else if (this.state !== 'ending' && this.state !== 'ended') this.#queue.unshift(job)
  }

  #hungUpNow(job: Job): Error {
    this.hangup('unknown')
    return this.#why(job.command)
  }

  #abandon(job: Job, error: unknown): void {
    const at = this.#queue.indexOf(job)
    if (at !== -1) this.#queue.splice(at, 1)
    job.reject(error)
    if (at === -1 && this.#sent.includes(job)) {
      if (this.#wire.transport === 'fast' && job.traits.interruptible && job.held === undefined) this.#input('doubt')
      else if (job.traits.plays && job.held === undefined) this.#stop(job)
    }
  }

  /** Stops what plays: several sounds are stopped one by one. */
  #stop(job: Job): void {
    if (!this.#sent.includes(job)) return
    this.#wire.stop(job)
    if (job.traits.plays === 'several') this.#host.clock.setTimeout(() => this.#stop(job), STOP_AGAIN)
  }

  #input(input: Input, held?: string): void {
    const [next, effects] = step(this.state, input)
    this.state = next
    for (const effect of effects) this.#perform(effect, held)
  }

  #perform(effect: Effect, held: string | undefined): void {
    if (effect === 'fence') this.#fence(held)
    else if (effect === 'resume') this.#pump()
    else if (effect === 'mourn') this.#mourn()
    else if (effect === 'refuse') {
      this.#finished = true
      this.#rejectAll((command) => this.#closed(command))
      this.#host.gone(() => new ClosedError(`${this.#host.source}: the session has ended`, this.#source))
    } else if (effect === 'release') this.#wire.release(this.#failed)
    else this.#settle()
  }

  #fence(held: string | undefined): void {
    this.#wire.fence(unguessableId(), held)
    if (this.#sent[0]?.traits.interruptible !== true) return
    // both lines may have come in one segment: stdio hands out the second when more bytes arrive (run_agi: fgets)
    this.#nudge = this.#host.clock.setTimeout(() => this.#wire.fence(unguessableId(), undefined), NUDGE)
  }

  #mourn(): void {
    const waiting = this.#queue
    // a probe is of no use any more, and its command has failed for this
    const stays = (job: Job) => job.held === undefined && job.traits.dead === true && this.state !== 'ended'
    this.#queue = waiting.filter(stays)
    for (const job of waiting) if (!stays(job)) job.reject(this.#why(job.command, job.held))
    this.#host.gone(() => this.#why(''))
  }

  #settle(): void {
    this.#host.clock.clearTimeout(this.#nudge)
    this.#rejectAll(this.#why)
    this.#sent = []
    this.#host.over()
  }

  #rejectAll(why: Why): void {
    for (const job of [...this.#sent, ...this.#queue]) job.reject(why(job.command, job.held))
    this.#queue = []
  }
}

function checkCommandOptions(options: CommandOptions): CommandOptions {
  const given = checkOptions<CommandOptions>('', options, OPTIONS, 'an object such as { signal, timeout }')
  checkSignal('signal', given.signal)
  if (given.timeout !== undefined) checkDuration('timeout', given.timeout)
  return given
}

/**
 * Whether nothing may be sent behind a command. Where a command that ends AsyncAGI fails, Asterisk carries out what is
 * queued when the channel comes to AsyncAGI again (res_agi.c: launch_asyncagi keeps the queue).
 */
function isBarrier({ alone, traits }: Job): boolean {
  return alone || traits.fails
}

/** Makes the error of a channel that is gone. */
export function hungUp(source: string, command: string, by: HangupBy): HangupError {
  const how =
    by === 'redirect' ? 'was sent elsewhere' : by === 'hangup' ? 'has hung up' : 'has hung up or was sent elsewhere'
  const what = command === '' ? 'the session' : command
  return new HangupError(`${source}: the call ${how}: ${what} cannot go on`, { source, command, by })
}
