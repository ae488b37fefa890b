import type { Client } from '../client/client.ts'
import { ActionError, AmiError, LimitError, LostError, ProtocolError } from '../errors.ts'
import { unguessableId } from '../util/action-id.ts'
import { textToBytes } from '../util/text.ts'
import { type Answered, AsyncResults, type Expected } from './async-results.ts'
import type { Exchange, Wire } from './exchange.ts'
import type { Job } from './job.ts'
import { type AgiReply, fenceLine, readReply } from './replies.ts'

/** What a channel in AsyncAGI needs. */
export interface AsyncOptions {
  readonly client: Pick<Client, 'name' | 'sendRaw'>
  readonly uniqueid: string
  readonly pipeline: number
  /** Reports that a command of another program was carried out on the channel. */
  foreign(): void
  /** Reports that the channel is no more, or never was in AsyncAGI. */
  gone(): void
}

/** One command in Asterisk's queue. */
interface Entry extends Expected {
  readonly id: string
  /** The command's job; a command of the channel's own, or of another program, has none. */
  readonly job?: Job
  readonly answered?: (text: string | undefined) => void
  /** The line, to be known again when Asterisk begins with it. */
  readonly line: string
  begun: boolean
  /** Nobody waits for it any more: its sound is stopped when it begins. */
  unwanted: boolean
}

/** The longest `Command` of the action AGI: its header has 1,024 bytes at most (manager.c). */
const LONGEST = 1_013

/** A channel in AsyncAGI: commands go into its queue, and their results come as events. */
export class AsyncChannel implements Wire {
  readonly transport = 'async'
  readonly limit = LONGEST
  #options: AsyncOptions
  #results = new AsyncResults<Entry>()
  /** In the order in which they were sent: Asterisk's queue. */
  #queue = new Map<string, Entry>()
  #exchange: Exchange | undefined
  #paused = false
  #over = false
  /** Whether an application or a routine was under way when the connection was lost, and no event has come since. */
  #ran = false
  /** Whether a result has come over the new connection, on which the channel has not been found yet. */
  #answered = false
  /** Whether the call is given back, and as one that failed. */
  #released: boolean | undefined
  /** Aborts when the connection is lost: what waits for its turn must not follow over the next one. */
  #link = new AbortController()

  constructor(options: AsyncOptions) {
    this.#options = options
  }

  /** How many commands may be under way; none while the link is away, or the bytes are out of step. */
  get window(): number {
    return this.#paused || this.#over || !this.#results.inStep ? 0 : this.#options.pipeline
  }

  /** Whether the link has gone, and it has not gone on over a new one. */
  get isPaused(): boolean {
    return this.#paused
  }

  /** Aborts when the connection is lost: another one follows. */
  get link(): AbortSignal {
    return this.#link.signal
  }

  /** Whether it may be in AsyncAGI though a list names another application: one that is under way, or has just ended. */
  get mayRun(): boolean {
    return this.#ran || this.#answered
  }

  /** Takes what Asterisk says of the call; resolves with it when all of it has come. */
  begin(env: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const entry = makeEntry({ id: '', line: '', expects: 'plain', answered: resolve })
      this.#settle(this.#results.take(entry, env))
    })
  }

  /** Says that the bytes may be out of step, as of a call that is taken over. */
  lose(): void {
    this.#settle(this.#results.lose())
  }

  attach(exchange: Exchange): void {
    this.#exchange = exchange
    this.#keepInStep()
  }

  write(job: Job): void {
    const { text: line, expects } = job
    this.#send(makeEntry({ id: unguessableId(), job, line, expects }))
  }

  /** Sends a command of the channel's own; resolves with its answer, or `undefined` where it was lost. */
  ask(line: string, id = unguessableId()): Promise<string | undefined> {
    return new Promise((resolve) => this.#send(makeEntry({ id, line, expects: 'plain', answered: resolve })))
  }

  /** Does nothing. AsyncAGI needs no fence: each result is an event of its own. */
  fence(): void {}

  /**
   * Stops the sound of a command. Asterisk stops a sound that has begun, and drops what is said to a channel that plays
   * none.
   */
  stop(job: Job): void {
    for (const entry of this.#queue.values()) {
      if (entry.job !== job) continue
      entry.unwanted = true
      if (entry.begun) this.#stopSound()
    }
  }

  release(failed: boolean): void {
    this.#released = failed
    for (const entry of this.#queue.values()) if (entry.job?.traits.plays) this.stop(entry.job)
    this.#giveBack()
  }

  /** Takes an event of the channel's. */
  began(line: string): void {
    for (const entry of this.#queue.values()) {
      if (entry.begun) continue
      if (entry.line !== line) return
      entry.begun = true
      if (entry.unwanted) this.#stopSound()
      return
    }
  }

  /** Takes the result of a command. @param id empty where whoever sent it gave none */
  result(id: string, encoded: string): void {
    const own = this.#queue.get(id)
    // out of step, the result may be of this program's own command, from before the gap
    if (own === undefined && this.#results.inStep && !id.startsWith('amiable-claim-')) this.#options.foreign()
    this.#ran = false
    // the rows that have come, and have not been looked at, may be of the moment before
    this.#answered = this.#paused
    this.#queue.delete(id)
    // a stranger's value ends as well as his other answers do: the event is drained, or the next one is searched from behind
    this.#settle(this.#results.take(own ?? makeEntry({ id, line: '', expects: 'plain' }), encoded))
    this.#keepInStep()
  }

  /** Says that the connection is lost: the results that come meanwhile are lost. */
  pause(error: AmiError): void {
    this.#paused = true
    this.#answered = false
    const entries = [...this.#queue.values()]
    this.#queue.clear()
    this.#link.abort()
    this.#link = new AbortController()
    this.#ran ||= entries.some(({ job }) => job?.command === 'EXEC' || job?.command === 'GOSUB')
    this.lose()
    for (const { job, answered } of entries) {
      const options = { source: this.#options.client.name, cause: error, delivered: 'unknown' } as const
      if (job)
        this.#exchange?.settle(
          job,
          new LostError(`${options.source}: the connection was lost during ${job.command}`, options),
        )
      answered?.(undefined)
    }
  }

  /** Goes on over a new link. */
  resume(): void {
    this.#paused = false
    this.#answered = false
    this.#giveBack()
    this.#keepInStep()
  }

  /** Says that AsyncAGI has left: nothing that is queued will be answered. */
  end(): void {
    this.#over = true
    for (const { answered } of this.#queue.values()) answered?.(undefined)
    for (const [{ answered }] of this.#results.lose()) answered?.(undefined)
    this.#queue.clear()
  }

  #giveBack(): void {
    if (this.#released === undefined || this.#paused) return
    // a failing command on purpose would be a trick too many; the dialplan finds a variable
    if (this.#released) void this.ask('SET VARIABLE AMIABLE_AGI_ERROR 1')
    void this.ask('ASYNCAGI BREAK')
  }

  #send(entry: Entry): void {
    if (this.#over) {
      entry.answered?.(undefined)
      return
    }
    const { client, uniqueid } = this.#options
    this.#queue.set(entry.id, entry)
    const params = { Channel: uniqueid, Command: entry.line, CommandID: entry.id }
    // own commands take the call and give it back: they wait for room. A job goes by the session, after the gap.
    const options = entry.job === undefined ? { signal: this.#link.signal } : { queue: false }
    client.sendRaw('AGI', params, options).catch((error: unknown) => this.#failed(entry, error))
  }

  #failed(entry: Entry, error: unknown): void {
    if (!this.#queue.has(entry.id)) return
    const delivered = AmiError.is(error) && 'delivered' in error ? error.delivered : 'no'
    // the connection is lost: whoever learns of that first pauses the channel, so that what waits does not follow
    if (AmiError.is(error) && error.code === 'AMI_LOST') this.#paused = true
    // it may have been carried out: its bytes come through the pipe then, with an id that nobody waits for
    if (delivered === 'no') this.#queue.delete(entry.id)
    entry.answered?.(undefined)
    // no such channel, or it never was in AsyncAGI
    if (error instanceof ActionError && !error.retryable) this.#options.gone()
    else if (entry.job === undefined) return
    else if (this.#paused && delivered === 'no') this.#exchange?.putBack(entry.job)
    else this.#exchange?.settle(entry.job, error as Error)
  }

  #settle(answered: readonly Answered<Entry>[]): void {
    for (const [{ job, token, expects, answered: tell }, text] of answered) {
      if (token !== undefined) continue
      tell?.(text)
      if (job) this.#exchange?.settle(job, this.#outcome(job, text, expects))
    }
  }

  #outcome({ command }: Job, text: string | undefined, expects: Entry['expects']): AgiReply | AmiError {
    const { name: source } = this.#options.client
    if (text === undefined) {
      const why = `${source}: Asterisk lost a part of the answer to ${command}: AsyncAGI has room for 2047 characters of it`
      return new LimitError(why, { source, limit: 'result', value: 2_047 })
    }
    const reply = readReply(text, expects)
    const bytes = textToBytes(text.slice(0, 64))
    return reply ?? new ProtocolError(`${source}: the answer to ${command} is none`, { source, bytes })
  }

  /** Brings the rest of an answer, which comes with the next command. */
  #keepInStep(): void {
    if (this.#paused || this.#over) return
    if (this.#results.inStep) this.#exchange?.resume()
    else if (this.#queue.size === 0) {
      const token = unguessableId()
      this.#send(makeEntry({ id: unguessableId(), line: fenceLine(token), expects: 'value', token }))
    }
  }

  #stopSound(): void {
    const params = { Channel: this.#options.uniqueid, Control: 'stop' }
    this.#options.client.sendRaw('ControlPlayback', params, { queue: false }).catch(() => {})
  }
}

function makeEntry(given: Omit<Entry, 'begun' | 'unwanted'>): Entry {
  return { ...given, begun: false, unwanted: false }
}
