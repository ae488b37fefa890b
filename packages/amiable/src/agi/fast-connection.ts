import type { Duplex } from 'node:stream'
import { type AmiError, LimitError, LostError, ProtocolError, TimeoutError } from '../errors.ts'
import type { Clock, Timer } from '../util/clock.ts'
import { type Deferred, deferred } from '../util/deferred.ts'
import type { Meter } from '../util/meter.ts'
import { PatientClock } from '../util/patient-clock.ts'
import { bytesToText, textToBytes } from '../util/text.ts'
import { type AgiRequest, EnvironmentLines, requestFrom } from './environment.ts'
import type { Exchange, Wire } from './exchange.ts'
import type { Job } from './job.ts'
import { lineLimit } from './line.ts'
import { type Arrival, fenceLine, Replies, readReply } from './replies.ts'

/** What a connection needs. */
export interface FastOptions {
  readonly source: string
  readonly clock: Clock
  readonly environmentTimeout: number
  readonly limits: { readonly line: number; readonly environment: number }
  /** The bytes of answers that are not complete, of all connections. */
  readonly held: Meter
  /** Reports bytes that nobody had asked for. */
  outOfStep(): void
  /** Ends the sound on a channel, if somebody can. */
  stop(uniqueid: string): void
}

// how long Asterisk has to close its end after this end is closed, in milliseconds
const LINGER = 5_000
// so many times the longest answer may be passed over, and then it is a flood
const FLOOD = 64
// what fills so much of a read may be a flood: others get their turn before the next
const SLICE = 16_384
// so much of an answer is never too much, whatever the others hold
const SMALL = 4_096
// the least that every network carries in one segment: a longer answer may come in several, with a pause between
const SEGMENT = 536

/** One connection of Asterisk's (res_agi.c: run_agi), from its environment to its end. */
export class FastConnection implements Wire {
  readonly transport = 'fast'
  // run_agi reads with stdio what it polls as a socket: of two lines it may see one
  readonly window = 1
  limit = 0
  /** The time that its peer is given. */
  readonly clock: Clock
  #stream: Duplex
  #options: FastOptions
  #environment: EnvironmentLines | undefined
  #request: Deferred<AgiRequest> = deferred()
  #timer: Timer | undefined
  #replies: Replies
  #exchange: Exchange | undefined
  #uniqueid = ''
  /** What came before there was a session; `undefined` where none follows. */
  #early: string | undefined = ''
  /** Bytes that nobody had asked for. */
  #unaskedBytes = 0
  /** The bytes that count as held. */
  #counted = 0
  /** Bytes since the last answer. */
  #unanswered = 0
  /** How many reads have brought something. */
  #reads = 0
  #closed = deferred<void>()
  #over = false

  constructor(stream: Duplex, options: FastOptions) {
    // nothing is late before what lies in the socket has been read
    this.clock = new PatientClock(options.clock, () => this.#reads)
    this.#stream = stream
    this.#options = options
    const { limits, environmentTimeout, source } = options
    const { clock } = this
    this.#replies = new Replies(limits.line)
    this.#environment = new EnvironmentLines(limits.environment)
    this.#request.promise.catch(nothing)
    this.#timer = clock.setTimeout(() => {
      const text = `${source}: whoever connected said nothing of a call for ${environmentTimeout} ms (environmentTimeout)`
      this.#refuse(new TimeoutError(text, { source, delivered: 'no' }))
    }, environmentTimeout)
    stream.on('data', (chunk: Buffer | string) => {
      this.#reads++
      this.#receive(typeof chunk === 'string' ? bytesToText(Buffer.from(chunk)) : bytesToText(chunk))
      if (chunk.length < SLICE) return
      stream.pause()
      setImmediate(() => stream.resume())
    })
    // the end that follows says what failed
    stream.on('error', () => {})
    stream.on('end', () => this.#end())
    stream.on('close', () => this.#end())
  }

  /** Resolves with what Asterisk says of the call; rejects for whoever is no Asterisk. */
  get request(): Promise<AgiRequest> {
    return this.#request.promise
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Hands over to a session. */
  attach(exchange: Exchange): void {
    this.#exchange = exchange
    const early = this.#early
    this.#early = undefined
    if (early) this.#take(early)
    if (this.#over) exchange.lost()
  }

  write(job: Job): void {
    this.#replies.expect(job.expects)
    this.#send(job.text)
  }

  fence(token: string, held: string | undefined): void {
    this.#replies.awaitFence(token, held)
    this.#send(fenceLine(token))
  }

  stop(): void {
    this.#options.stop(this.#uniqueid)
  }

  /** Gives the call back. `FAILURE` makes AGISTATUS say so; Asterisk takes a mere end for a success. */
  release(failed: boolean): void {
    this.#timer = this.clock.setTimeout(() => this.destroy(), LINGER)
    this.#early = undefined
    if (failed) this.#send('FAILURE')
    this.#stream.end()
  }

  /** Ends it at once. */
  destroy(): void {
    this.#stream.destroy()
    this.#end()
  }

  // the complete line in one write: a line without its end makes the channel's thread spin, deaf to a hangup
  #send(line: string): void {
    if (this.#stream.writable) this.#stream.write(`${line}\n`)
  }

  #receive(text: string): void {
    if (this.#over) return
    if (this.#environment === undefined) {
      if (this.#exchange !== undefined) this.#take(text)
      else if (this.#early !== undefined) this.#early += text
      return
    }
    const { source, limits } = this.#options
    const got = this.#environment.push(text)
    if (got === 'more') return
    if (got === 'foreign') this.#refuse(this.#foreign('what connected is no Asterisk', text))
    else if (got === 'overflow') {
      const why = `${source}: the environment has more than ${limits.environment} bytes (limits.environment)`
      this.#refuse(new LimitError(why, { source, limit: 'limits.environment', value: limits.environment }))
    } else {
      this.clock.clearTimeout(this.#timer)
      this.#environment = undefined
      this.#early = got.rest
      const request = requestFrom(got.lines)
      this.limit = lineLimit(request.version)
      this.#uniqueid = request.uniqueid
      this.#request.resolve(request)
    }
  }

  #take(text: string): void {
    const exchange = this.#exchange as Exchange
    const bare = this.#replies.takeBare(text)
    if (bare !== undefined) {
      this.#unanswered = 0
      exchange.reply(bare)
      return
    }
    this.#unanswered += text.length
    const arrivals = this.#replies.push(text)
    let at = 0
    for (const one of arrivals) {
      at++
      if (one.type === 'reply' || one.type === 'fenced') this.#unanswered = 0
      if (one.type === 'reply') {
        const expects = exchange.oldest?.expects ?? 'plain'
        const behind = at === arrivals.length ? NOTHING : arrivals.slice(at)
        // one command is under way: what follows its answer in the same read is of the answer, or nobody's
        const more = !text.endsWith('\n') || behind.some(({ type }) => type === 'stray')
        if (expects === 'value' && (more || (one.text.length > SEGMENT && one.text.startsWith('200 ')))) {
          // the value may have a line that ends as the answer does: a fence says where it ends
          if (more) this.#options.outOfStep()
          exchange.doubt(one.text + behind.map(textOf).join(''))
          return
        }
        // before the next command is sent: its answer may follow what is nobody's
        if (more) exchange.doubt()
        const reply = readReply(one.text, expects)
        if (reply) exchange.reply(reply)
        else exchange.doubt()
      } else if (one.type === 'hangup') {
        exchange.hangup('unknown')
        this.#unasked('HANGUP\n')
      } else if (one.type === 'doubt') exchange.doubt('')
      else if (one.type === 'fenced') exchange.fenced(one.before)
      else if (one.type === 'overflow') exchange.overflow(this.#options.limits.line)
      else this.#stray(one.text)
    }
    if (this.#unanswered > FLOOD * this.#options.limits.line) this.#flooded(text)
    else this.#count()
  }

  /** Counts what is held of an answer; past what all connections may hold, this one ends. */
  #count(): void {
    const { held, source } = this.#options
    const bytes = this.#over ? 0 : this.#replies.held
    const more = bytes - this.#counted
    this.#counted = bytes
    held.add(more)
    if (more <= 0 || bytes <= SMALL || held.bytes <= held.limit) return
    const text = `${source}: an answer found no room within the ${held.limit} bytes for the answers of all sessions`
    const error = new LimitError(text, { source, limit: 'held', value: held.limit })
    this.#exchange?.lost(() => error)
    this.destroy()
  }

  #stray(text: string): void {
    const exchange = this.#exchange as Exchange
    this.#options.outOfStep()
    this.#unasked(text)
    if (exchange.oldest === undefined) exchange.doubt()
  }

  #unasked(text: string): void {
    this.#unaskedBytes += text.length
    if (this.#unaskedBytes > this.#options.limits.line) this.#flooded(text)
  }

  #flooded(text: string): void {
    const error = this.#foreign('too much came that nobody had asked for', text)
    this.#exchange?.lost(() => error)
    this.destroy()
  }

  #foreign(why: string, text: string): ProtocolError {
    const { source } = this.#options
    return new ProtocolError(`${source}: ${why}`, { source, bytes: textToBytes(text.slice(0, 64)) })
  }

  #refuse(error: AmiError): void {
    this.#request.reject(error)
    this.destroy()
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#count()
    const { source } = this.#options
    this.clock.clearTimeout(this.#timer)
    if (this.#environment !== undefined) {
      this.#request.reject(
        new LostError(`${source}: the connection ended before it said anything of a call`, { source }),
      )
    }
    this.#exchange?.lost()
    this.#stream.destroy()
    this.#closed.resolve()
  }
}

const NOTHING: readonly Arrival[] = []

function nothing(): void {}

function textOf(arrival: Arrival): string {
  if (arrival.type === 'hangup') return 'HANGUP\n'
  return arrival.type === 'stray' ? arrival.text : ''
}
