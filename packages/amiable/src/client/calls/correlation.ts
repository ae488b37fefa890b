import type { AmiError } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { LateMap, LateSet } from '../../util/late.ts'
import { kindOf, linesOf, type Message } from '../../wire/message.ts'
import { type Call, missingRows, strayMessage } from './call.ts'
import { actionIdOf, isComplete, isFollows } from './raw-output.ts'
import { isBroadcast } from './reply-assembly.ts'

/** What a {@link Correlation} reports, and asks. */
export interface CorrelationHost {
  /** Reports that the answer to a call is complete. */
  whole(call: Call): void
  /** Counts a fault of the server's; its error is made only for those who look. */
  fault(make: () => AmiError): void
  /** Reports a part of an answer that is kept until the rest has come. */
  keeps(call: Call, message: Message): void
  /** Sends a Ping whose answer proves that a call has had all of its own. */
  fence(call: Call): void
  /** Reports raw output that ended without its mark; `call` is the call that its ActionID names. */
  cutShort(message: Message, call: Call | undefined): void
}

// how many calls that are over are known by their ActionIDs, should the server answer one again: what does follows soon
const REMEMBERED = 128
// a session writes one list at a time: of more that are open, the oldest are looked at for what carries no ActionID
const MOST_OPEN = 8

/** Matches each message of the server to the call that it belongs to: by its ActionID, else by the order of calls. */
export class Correlation {
  /** Answers that came after their call had ended. */
  late = 0
  /** Responses that belong to nobody. */
  unclaimed = 0
  /** Grows with each first Response to a call, and each row, that its caller still waits for. */
  progress = 0
  #host: CorrelationHost
  #clock: Clock
  #calls = new LateMap<string, Call>()
  #order = 0
  #answered = 0
  #answeredAt = 0
  /** The last call that was answered by name: the server has read it, and all in front of it. */
  #proven = 0
  /** The ActionIDs of the last calls that are over; a ring. */
  #past: string[] = []
  #pastAt = 0
  /** Responses that name no call, by the call that they may be for. */
  #unproven = new LateMap<Call, Message>()
  /** How many calls have a list open: only they can expect an event. */
  #lists = 0
  /** Those of them that an event without a name may belong to. */
  #unnamedLists = new LateSet<Call>()

  constructor(host: CorrelationHost, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  /** Until when the server may be silent because an action of this client blocks its session. */
  get blockedUntil(): number {
    // they run one at a time: the first one begins when what was before it is over, and then the next has its time
    const first = this.#next((call) => call.order > this.#answered && call.blocking > 0)
    return first?.sent === undefined ? 0 : Math.max(first.sent, this.#answeredAt) + first.blocking
  }

  /** Expects the answer of a call that has just been written. */
  add(call: Call): void {
    call.order = ++this.#order
    this.#calls.set(call.id, call)
    if (call.assembly.open) this.#opened(call)
  }

  /** Whether an event can be one of an answer. */
  get awaitsEvents(): boolean {
    return this.#lists > 0
  }

  /** Returns what says whether the next call, or one behind it, has been answered by name. */
  proofOfNext(): () => boolean {
    const order = this.#order
    return () => this.#proven > order
  }

  get(id: string): Call | undefined {
    return this.#calls.get(id)
  }

  /** Returns every call whose answer is expected, in the order of their writing. */
  values(): Iterable<Call> {
    return this.#calls.values()
  }

  /** Expects nothing more for a call; says whether it did. */
  delete(call: Call): boolean {
    if (!this.#calls.delete(call.id)) return false
    this.#past[this.#pastAt] = call.id
    this.#pastAt = (this.#pastAt + 1) % REMEMBERED
    if (call.assembly.open) {
      this.#lists--
      this.#unnamedLists.delete(call)
    }
    if (this.#unproven.size > 0) this.#unproven.delete(call)
    return true
  }

  /** Expects nothing more for the oldest call that is over for its caller; says whether there was one. */
  forgetOldest(): boolean {
    const oldest = this.#next((call) => call.settled)
    return oldest !== undefined && this.delete(oldest)
  }

  /** Expects nothing more, and gives the calls that it expected something for. */
  clear(): Call[] {
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    this.#unproven.clear()
    this.#lists = 0
    this.#unnamedLists.clear()
    this.#answered = this.#order
    return calls
  }

  /** Whether raw output with this ActionID can come now. */
  expectsRaw(id: string | undefined): boolean {
    if (id === undefined) return this.#next((one) => this.#expectsUnnamed(one) && one.assembly.takesRaw) !== undefined
    const call = this.#calls.get(id)
    return call !== undefined && call.assembly.reply === undefined && call.assembly.takesRaw
  }

  /** Whether a message was the answer to one of these calls, by its ActionID or, of an event, its place. */
  take(message: Message): boolean {
    switch (kindOf(message)) {
      case 'event':
        return this.awaitsEvents && this.#takeEvent(message)
      case 'response':
        return this.#takeResponse(message)
      default:
        this.#takeRaw(message)
        return false
    }
  }

  #takeResponse(message: Message): boolean {
    const id = actionIdOf(message, this.#calls.onlyKey)
    if (id === undefined) {
      this.#takeUnnamed(message)
      return false
    }
    const call = this.#calls.get(id)
    if (call === undefined) {
      if (this.#past.includes(id)) this.late++
      else this.unclaimed++
      return false
    }
    if (this.#unproven.size > 0) this.#prove(call)
    if (call.assembly.reply === undefined) {
      this.#proven = Math.max(this.#proven, call.order)
      if (!call.settled) this.progress++
    }
    if (isCutShort(call, message)) this.#host.cutShort(message, call)
    else this.#answer(call, message)
    return true
  }

  /*
   * Asterisk names the call in every Response to what is well-formed, but relays and modules of others may not. Whoever
   * can put a line break into a value can also put such a Response into the stream. So it counts only once a later call
   * is answered by name: the session has then said all that it says to this one.
   */
  #takeUnnamed(message: Message): void {
    const raw = isFollows(message)
    const call = this.#next((one) => this.#expectsUnnamed(one) && (!raw || one.assembly.takesRaw))
    if (call === undefined) {
      this.unclaimed++
    } else if (isCutShort(call, message)) {
      this.#host.cutShort(message, undefined)
    } else if (call.settled) {
      this.#answer(call, message)
    } else {
      linesOf(message)
      this.#unproven.set(call, message)
      this.#host.keeps(call, message)
      if (call.assembly.ending === undefined && !call.settled) this.#host.fence(call)
    }
  }

  #expectsUnnamed(call: Call): boolean {
    const { order, assembly, nature } = call
    return order > this.#answered && assembly.reply === undefined && !nature.provesEndOf && !this.#unproven.has(call)
  }

  /**
   * Takes what came without a name before a call was answered by name: it was the answer to the calls before that one.
   */
  #prove(answered: Call): void {
    for (const [call, message] of this.#unproven) {
      if (call.order > answered.order) continue
      this.#unproven.delete(call)
      if (call === answered) this.unclaimed++
      else if (this.#calls.has(call.id)) this.#answer(call, message)
    }
  }

  #answer(call: Call, message: Message): void {
    if (call.order > this.#answered) {
      this.#answered = call.order
      this.#answeredAt = this.#clock.elapsed()
    }
    if (call.settled) this.late++
    const { open } = call.assembly
    const progress = call.assembly.response(message)
    if (call.assembly.open && !open) this.#opened(call)
    if (progress === 'whole') this.#host.whole(call)
    else if (call.settled) call.assembly.forget()
    else this.#host.keeps(call, message)
    if (progress === 'doubtful') this.#doubts(call)
  }

  #takeEvent(message: Message): boolean {
    const id = message.actionId
    const call = id === undefined ? this.#ownerOf(message) : this.#calls.get(id)
    const live = call?.settled === false
    const progress = call?.assembly.event(message) ?? 'foreign'
    if (live && progress !== 'foreign') this.progress++
    if (progress === 'whole') {
      this.#checkRows(call as Call)
      this.#host.whole(call as Call)
    } else if (call?.assembly.completion === message) this.#host.keeps(call, message)
    if (progress === 'doubtful') this.#doubts(call as Call)
    return progress !== 'foreign'
  }

  #checkRows(call: Call): void {
    const { completion, rows } = call.assembly
    const said = Number(completion?.get('ListItems'))
    if (said > rows && !call.settled) this.#host.fault(() => missingRows(completion as Message, call, said))
  }

  /** Asks for a proof of an end that may be none: the answer to a later call gives it. */
  #doubts(call: Call): void {
    if (call.assembly.ending === undefined && !call.settled) this.#host.fence(call)
  }

  #ownerOf(unnamed: Message): Call | undefined {
    if (isBroadcast(unnamed)) return undefined
    const runs = this.#runs()
    let fenced: Call | undefined
    let looked = 0
    for (const call of this.#unnamedLists) {
      // nobody waits for it, and the server is past it: it must not cost each event that follows
      if (call.settled && call.order < this.#answered) this.#unnamedLists.delete(call)
      else if (call.assembly.ending === 'fence' && !runs(call)) {
        if (fenced !== undefined && ++looked === MOST_OPEN) break
      } else if (call.assembly.ownsUnnamed(unnamed, () => runs(call))) {
        // it takes whatever comes, and what is an older list's comes later where a relay mixes answers up
        if (call.assembly.ending !== 'fence') return call
        fenced = call
      } else if (++looked === MOST_OPEN) break
    }
    return fenced
  }

  #opened(call: Call): void {
    this.#lists++
    this.#unnamedLists.add(call)
  }

  #takeRaw(message: Message): void {
    const runs = this.#runs()
    const call = this.#next((one) => one.assembly.ownsLines && (one.assembly.ending !== 'fence' || runs(one)))
    if (call) call.assembly.lines(message)
    else this.#host.fault(() => strayMessage(message.source, message))
  }

  /** Returns what says whether a call is the one that the session runs. */
  #runs(): (call: Call) => boolean {
    let running: Call | undefined
    return (call) => {
      running ??= this.#next((one) => one.order >= this.#answered)
      return call === running
    }
  }

  // a session answers in order: what comes without a name belongs to the oldest call that can still expect it
  #next(expects: (call: Call) => boolean): Call | undefined {
    for (const call of this.#calls.values()) if (expects(call)) return call
    return undefined
  }
}

/** Whether raw output ended without its mark; a fence in front of the next answer proves its end as well. */
function isCutShort({ assembly }: Call, message: Message): boolean {
  return isFollows(message) && assembly.takesRaw && assembly.ending === undefined && !isComplete(message)
}
