import { type ActionFacts, actionFacts, type Ending, eventFacts } from '../../catalog/facts.ts'
import { detached } from '../../util/text.ts'
import { partsOf } from '../../wire/fused.ts'
import { kindOf, linesOf, Message, originOf, titleOf } from '../../wire/message.ts'
import { succeeded } from './response.ts'

/*
 * When an answer is complete. Asterisk says so itself for nearly every action. A Response without `EventList: start` is
 * the complete answer (manager.c:astman_send_listack). After one with it, events with its ActionID follow, up to the
 * one with `EventList: Complete` (astman_send_list_complete_start) or up to an Error.
 * A session runs one action at a time, and its handler writes everything itself. So the answer to a Ping sent behind an
 * action proves that the action has said all that it has to say. The catalog names the actions that do not mark their
 * end, or not always (`ending`): each is sent with such a fence behind it. The same holds for whatever a caller asks it
 * for, and for what may be a list where lists are not marked at all.
 */

/** How an answer ends that does not mark its own end; `fence`: nobody knows, and it is whatever comes before the Ping's. */
export type AnswerEnding = Ending | 'fence'

/**
 * Returns how an action's answer ends, where it does not say so itself.
 * @param marked whether the server marks where a list begins and ends
 */
export function unmarkedEnding(action: string, fence: boolean, marked: boolean): AnswerEnding | undefined {
  if (fence) return 'fence'
  const facts = actionFacts(action)
  // apps/app_queue.c:manager_queues_show before 15, which the catalog does not reach: the text of `queue show`
  if (facts === undefined) return action.toLowerCase() === 'queues' ? 'raw' : marked ? undefined : 'fence'
  return facts.ending ?? (marked || facts.rows.length === 0 ? undefined : 'nameless')
}

/**
 * What a message did to an answer that is being put together. `'foreign'` is no part of it; `'doubtful'` may end it, once
 * the answer to a later call proves that nothing else does.
 */
export type Progress = 'foreign' | 'more' | 'doubtful' | 'whole'

/*
 * Whoever can put line breaks into a value can end its row there and begin a message of his own, perhaps with the
 * ActionID that stood behind the value. But Asterisk names the call right behind what a message is
 * (manager.c:astman_send_response_full, astman_send_list_complete_start), and the end of a list has nothing of a row.
 */
const namesItsCall = /^\r?\n?(?:[^\n]*\n)?ActionID:/i
const hasMore = /(?:^|\n)(?!(?:Event|Response|ActionID|EventList|ListItems|Items|Message|Server):)[^\r\n]/i

/** Whether a message may be what a stranger made of a row. */
function isDoubtful(end: Message): boolean {
  const lines = linesOf(end)
  return !namesItsCall.test(lines) && hasMore.test(lines)
}

/**
 * Puts one action's answer together. Its Response decides; an event is a row of a list, or its end, only after that
 * Response said that a list follows. An ActionID alone proves nothing: UserEvent and OriginateResponse show it to
 * everybody, and a UserEvent carries whichever its sender wrote (main/manager.c:action_userevent).
 */
export class Assembly {
  /** The first Response. */
  reply: Message | undefined
  /** How many rows have come. */
  rows = 0
  readonly ending: AnswerEnding | undefined
  /** Whether raw output (`Response: Follows`) can be the answer. */
  readonly takesRaw: boolean
  #action: string
  /** What the catalog knows of the list, once one is open. */
  #facts: ActionFacts | undefined
  #open = false
  #failure: Message | undefined
  #completion: Message | undefined
  /** What ends it unless something else does: an end, or a refusal, that does not name the call where Asterisk does. */
  #doubted: Message | undefined
  #onPart: (part: Message) => void

  /** @param onPart takes the rows as they come, and what else comes beside the first Response */
  constructor(action: string, ending: AnswerEnding | undefined, takesRaw: boolean, onPart: (part: Message) => void) {
    this.ending = ending
    this.takesRaw = takesRaw
    this.#action = action
    this.#onPart = onPart
    if (ending === 'fence') this.#begin()
  }

  /** A refusal that came after the first Response. */
  get failure(): Message | undefined {
    return this.#failure ?? this.#doubtedOf('response')
  }

  /** The event that ends it. */
  get completion(): Message | undefined {
    return this.#completion ?? this.#doubtedOf('event')
  }

  #doubtedOf(kind: 'response' | 'event'): Message | undefined {
    const proven = this.#completion !== undefined || this.#failure !== undefined
    return !proven && this.#doubted !== undefined && kindOf(this.#doubted) === kind ? this.#doubted : undefined
  }

  /** Whether events may belong to it. */
  get open(): boolean {
    return this.#open
  }

  /** Whether it lacks what the server says of such an action before it goes on. */
  get lacking(): boolean {
    // nothing at all is the answer of IAXnetstats and its kind, and may be that of a caller's module
    if (this.reply === undefined) return !this.ownsLines
    return this.ending === undefined && this.#open && this.completion === undefined && this.failure === undefined
  }

  /** Whether the server has said that a list follows, and not the end that the catalog knows of it. */
  get lacksEnd(): boolean {
    if (this.ending === undefined || this.ending === 'fence' || !this.#open) return false
    return this.#facts?.completion !== undefined && this.completion === undefined && this.failure === undefined
  }

  /** Whether a Response says that the action was done. */
  succeeded(reply: Message): boolean {
    return succeeded(reply, this.#action, this.takesRaw)
  }

  /** Takes a Response. */
  response(message: Message): Progress {
    linesOf(message)
    if (this.reply !== undefined) return this.#laterResponse(message)
    this.reply = message
    if (this.ending === 'fence') return 'more'
    if (!this.succeeded(message)) return 'whole'
    // FAXSessions spells it Start
    if (this.ending === undefined && message.get('EventList')?.toLowerCase() !== 'start') return 'whole'
    this.#begin()
    return 'more'
  }

  /** Takes an event that carries its ActionID, or that belongs to it by its place. */
  event(message: Message): Progress {
    if (!this.#open) return 'foreign'
    let progress: Progress = 'foreign'
    for (const part of this.ending === 'fused' ? partsOf(message) : [message]) {
      const role = this.#roleOf(part)
      if (role === undefined) continue
      linesOf(part)
      progress = 'more'
      if (role === 'row') {
        this.rows++
        this.#onPart(part)
        continue
      }
      const decides = this.#decides(part)
      if (decides && (isDoubtful(part) || this.#lacksName(part))) {
        progress = this.#doubt(part)
        continue
      }
      // one that does not end what is fenced is a row like any other
      if (this.#completion !== undefined) this.#onPart(this.#completion)
      this.#completion = part
      if (decides) return 'whole'
    }
    return progress
  }

  /** Whether nothing can follow an end: of what is fenced, only the catalog knows one from a row. */
  #decides(end: Message): boolean {
    if (this.ending === undefined) return true
    return this.ending !== 'fence' && titleOf(end) === this.#facts?.completion
  }

  // Asterisk names the call in every end that the catalog knows, but for those of the lists that are fenced
  #lacksName(end: Message): boolean {
    return this.ending === undefined && end.actionId === undefined && titleOf(end) === this.#facts?.completion
  }

  /** Keeps what may be its end; the last one of several. Only the first asks for a proof. */
  #doubt(end: Message): Progress {
    const isFirst = this.#doubted === undefined
    this.#doubted = end
    return isFirst ? 'doubtful' : 'more'
  }

  /** Whether an event belongs to it that carries its ActionID. */
  owns(event: Message): boolean {
    return this.#open && this.#roleOf(event) !== undefined
  }

  /**
   * Whether an event belongs to it that carries no ActionID and is no broadcast.
   * @param runs says whether this is the action that the server is at; asked only where that decides
   */
  ownsUnnamed(event: Message, runs: () => boolean): boolean {
    if (!this.#open) return false
    const role = this.#roleOf(event)
    const { ending } = this
    if (role === undefined) return false
    if (role === 'row' && ending !== 'nameless' && ending !== 'fused' && ending !== 'fence') return false
    if (ending === undefined || (ending !== 'fence' && this.#isCatalogued(event))) return true
    // a relay may leave out the class of what everybody gets
    const isTold = ending !== 'fence' && eventFacts(titleOf(event))?.listedBy.length === 0
    return !isTold && runs()
  }

  /** Whether lines belong to it that are neither Response nor Event, if this is the action that the server is at. */
  get ownsLines(): boolean {
    return this.ending === 'raw' || this.ending === 'fence'
  }

  /** Takes such lines. */
  lines(message: Message): void {
    linesOf(message)
    this.#onPart(message)
  }

  /** Keeps only the first line of what came: the call is over for its caller. */
  forget(): void {
    const { reply } = this
    if (reply === undefined) return
    const line = `Response: ${detached(titleOf(reply).slice(0, 32))}\r\n`
    this.reply = new Message(originOf(reply), kindOf(reply), line, 0, undefined, reply.serial)
    this.#failure = this.#completion = this.#doubted = undefined
  }

  #begin(): void {
    this.#open = true
    this.#facts = actionFacts(this.#action)
  }

  #laterResponse(message: Message): Progress {
    // ShowDialPlan, CoreShowChannelMap and PJSIPShowEndpoint can fail after the start of their list
    const fails = this.#open && this.#failure === undefined && !this.succeeded(message)
    const failed = fails && this.succeeded(this.reply as Message)
    if (failed && this.ending === undefined && isDoubtful(message)) {
      return this.#doubt(message)
    }
    if (failed) this.#failure = message
    if (this.ending === 'fence') {
      if (!failed) this.#onPart(message)
      return 'more'
    }
    return this.#failure === message || this.ending === 'verdict' ? 'whole' : 'more'
  }

  /** Whether the catalog has an event of this name in this list. */
  #isCatalogued(event: Message): boolean {
    const title = titleOf(event)
    return this.#facts !== undefined && (title === this.#facts.completion || this.#facts.rows.includes(title))
  }

  #roleOf(event: Message): 'row' | 'end' | undefined {
    const title = titleOf(event)
    const { rows = [], completion } = this.#facts ?? {}
    if (rows.includes(title)) return 'row'
    if (title === completion) return isBroadcast(event) ? undefined : 'end'
    const lists = eventFacts(title)?.listedBy
    const marker = event.get('EventList')?.toLowerCase()
    const marked = marker === 'complete' || marker === 'cancelled'
    const unknown = lists === undefined && !isBroadcast(event)
    const catalogued = rows.length > 0 || completion !== undefined
    if (this.ending === 'fence' || (this.ending !== undefined && catalogued)) {
      if (title === 'UserEvent' || title === 'OriginateResponse') return undefined
      // other versions may name the rows otherwise, with the ActionID and to nobody else
      if (isBroadcast(event) && (lists?.length === 0 || this.ending !== 'fence')) return undefined
      return unknown && (marked || title.endsWith('Complete')) ? 'end' : 'row'
    }
    if (catalogued) return undefined
    // the catalog does not know this list: what it knows as something else is no part of it
    if (marked) return unknown ? 'end' : undefined
    return lists?.length === 0 ? undefined : 'row'
  }
}

/** Whether an event is said to everybody: it names its class (main/manager.c:__manager_event_sessions_va), as the end of a list never does. */
export function isBroadcast(event: Message): boolean {
  return event.get('Privilege') !== undefined
}
