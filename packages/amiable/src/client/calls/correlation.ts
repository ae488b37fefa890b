import type { Clock } from '../../util/clock.ts'
import type { Message } from '../../wire/message.ts'
import type { Call } from './call.ts'

/** What a {@link Correlation} tells, and asks. */
export interface CorrelationHost {
  /** The answer to a call is complete. */
  whole(call: Call): void
  /** What came is neither Response nor Event, and no call expects such a thing. */
  stray(message: Message): void
  /** Whether an ActionID is one that this client made. */
  owns(id: string): boolean
}

/** Matches each message of the server to the call that it belongs to: by its ActionID, else by the order of calls. */
export class Correlation {
  /** Answers that came after their call had ended. */
  late = 0
  /** Responses that belong to nobody. */
  unclaimed = 0
  #host: CorrelationHost
  #clock: Clock
  #calls = new Map<string, Call>()
  #order = 0
  #answered = 0
  #answeredAt = 0
  /** How many calls may get rows that carry no ActionID. */
  #namelessRows = 0

  constructor(host: CorrelationHost, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  /** Until when the server may be silent because an action of ours blocks its session. */
  get blockedUntil(): number {
    // they run one at a time: the first one begins when what was before it is over, and then the next has its time
    const first = this.#next((call) => call.order > this.#answered && call.blocking > 0)
    return first?.sent === undefined ? 0 : Math.max(first.sent, this.#answeredAt) + first.blocking
  }

  /** Expects the answer of a call that has just been written. */
  add(call: Call): void {
    call.order = ++this.#order
    this.#calls.set(call.id, call)
    if (call.assembly.unmarked?.rows) this.#namelessRows++
  }

  get(id: string): Call | undefined {
    return this.#calls.get(id)
  }

  /** Every call whose answer is expected, in the order of their writing. */
  values(): Iterable<Call> {
    return this.#calls.values()
  }

  /** Expects nothing more for a call; says whether it did. */
  delete(call: Call): boolean {
    if (!this.#calls.delete(call.id)) return false
    if (call.assembly.unmarked?.rows) this.#namelessRows--
    return true
  }

  /** Expects nothing more, and gives the calls that it expected something for. */
  clear(): Call[] {
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    this.#namelessRows = 0
    this.#answered = this.#order
    return calls
  }

  /** Whether a message was somebody's answer. */
  take(message: Message): boolean {
    switch (message.kind) {
      case 'event':
        return this.#calls.size > 0 && this.#takeEvent(message)
      case 'response':
        this.#takeResponse(message)
        return true
      default:
        this.#takeRaw(message)
        return true
    }
  }

  #takeResponse(message: Message): void {
    const id = message.actionId
    const call =
      id === undefined
        ? this.#next((one) => one.order > this.#answered && one.assembly.reply === undefined)
        : this.#calls.get(id)
    if (call === undefined) {
      if (id !== undefined && this.#host.owns(id)) this.late++
      else this.unclaimed++
      return
    }
    this.#answered = Math.max(this.#answered, call.order)
    this.#answeredAt = this.#clock.elapsed()
    if (call.settled) this.late++
    if (call.assembly.response(message) === 'whole') this.#host.whole(call)
  }

  #takeEvent(message: Message): boolean {
    const id = message.actionId
    let call = id === undefined ? undefined : this.#calls.get(id)
    if (id === undefined && this.#namelessRows > 0) {
      // rows that lost their ActionID: nothing else comes between the start of a list and its end
      call = this.#next((one) => one.assembly.unmarked?.rows?.includes(message.title) === true)
    }
    if (call === undefined) return false
    if (call.assembly.event(message) === 'whole') this.#host.whole(call)
    return true
  }

  #takeRaw(message: Message): void {
    const call = this.#next((one) => one.assembly.unmarked?.raw === true)
    if (call) call.assembly.raw(message)
    else this.#host.stray(message)
  }

  // a session answers in order: what comes without a name belongs to the oldest call that can still expect it
  #next(expects: (call: Call) => boolean): Call | undefined {
    for (const call of this.#calls.values()) if (expects(call)) return call
    return undefined
  }
}
