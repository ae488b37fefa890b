import { type ActionFacts, actionFacts, type Ending, eventFacts } from '../../catalog/facts.ts'
import type { Message } from '../../wire/message.ts'
import { succeeded } from './response.ts'

/*
 * When an answer is complete. Asterisk says so itself for nearly every action: a Response without `EventList: start` is
 * the complete answer, one with it is followed by events with its ActionID up to the one with `EventList: Complete`
 * (manager.c:astman_send_listack, astman_send_list_complete_start), or up to an Error.
 *
 * A session runs one action at a time and its handler writes everything itself, so the answer to a Ping sent behind an
 * action proves that whatever the action had to say has been said. The catalog names the actions that do not mark their
 * end, or not always (`ending`): each is sent with such a fence behind it.
 */

/** Returns how an action's answer ends, where it does not say so itself. */
export function unmarkedEnding(action: string): Ending | undefined {
  const facts = actionFacts(action)
  // apps/app_queue.c:manager_queues_show before 15, which the catalog does not reach: the text of `queue show`
  if (facts === undefined) return action.toLowerCase() === 'queues' ? 'raw' : undefined
  return facts.ending
}

/** What a message did to an answer that is being put together; `'foreign'` is no part of it. */
export type Progress = 'foreign' | 'more' | 'whole'

/**
 * Puts one action's answer together. Its Response decides; an event is a row of a list, or its end, only after that
 * Response said that a list follows. An ActionID alone proves nothing: UserEvent and OriginateResponse show it to
 * everybody, and a UserEvent carries whichever its sender wrote (main/manager.c:action_userevent).
 */
export class Assembly {
  /** The first answer. */
  reply: Message | undefined
  /** A refusal that came after the start of a list. */
  failure: Message | undefined
  completion: Message | undefined
  readonly ending: Ending | undefined
  #action: string
  /** What the catalog knows of the list, once one is open. */
  #facts: ActionFacts | undefined
  #open = false
  #onRow: (row: Message) => void

  constructor(action: string, onRow: (row: Message) => void) {
    this.ending = unmarkedEnding(action)
    this.#action = action
    this.#onRow = onRow
  }

  /** Whether events may belong to it. */
  get open(): boolean {
    return this.#open
  }

  /** Takes a Response. */
  response(message: Message): Progress {
    if (this.reply !== undefined) return this.#laterResponse(message)
    message.detach()
    this.reply = message
    if (!succeeded(message)) return 'whole'
    // FAXSessions spells it Start
    if (this.ending === undefined && message.get('EventList')?.toLowerCase() !== 'start') return 'whole'
    this.#open = true
    this.#facts = actionFacts(this.#action)
    return 'more'
  }

  /** Takes an event that carries its ActionID, or that belongs to it by its place. */
  event(message: Message): Progress {
    if (!this.#open) return 'foreign'
    let progress: Progress = 'foreign'
    for (const part of this.ending === 'fused' ? message.unfused() : [message]) {
      const role = this.#roleOf(part)
      if (role === undefined) continue
      part.detach()
      if (role === 'end') {
        this.completion = part
        return 'whole'
      }
      this.#onRow(part)
      progress = 'more'
    }
    return progress
  }

  /** Whether an event belongs to it that carries its ActionID. */
  owns(event: Message): boolean {
    return this.#open && this.#roleOf(event) !== undefined
  }

  /** Whether an event belongs to it that carries no ActionID, if this is the list that the server is at. */
  ownsUnnamed(event: Message): boolean {
    if (!this.#open || isBroadcast(event)) return false
    const role = this.#roleOf(event)
    return role === 'end' || (role === 'row' && this.ending === 'nameless')
  }

  /** Takes what is neither Response nor Event. */
  raw(message: Message): void {
    message.detach()
    if (this.reply === undefined) this.reply = message
    else this.#onRow(message)
  }

  #laterResponse(message: Message): Progress {
    // ShowDialPlan, CoreShowChannelMap and PJSIPShowEndpoint can fail after the start of their list
    if (this.#open && !succeeded(message)) {
      this.failure = message
      return 'whole'
    }
    return this.ending === 'verdict' ? 'whole' : 'more'
  }

  #roleOf(event: Message): 'row' | 'end' | undefined {
    const { title } = event
    const { rows = [], completion } = this.#facts ?? {}
    if (rows.includes(title)) return 'row'
    if (title === completion) return isBroadcast(event) ? undefined : 'end'
    if (rows.length > 0 || completion !== undefined) return undefined
    // the catalog does not know this list: what it knows as something else is no part of it
    const lists = eventFacts(title)?.listedBy
    if (lists?.length === 0) return undefined
    const marker = event.get('EventList')?.toLowerCase()
    if (marker !== 'complete' && marker !== 'cancelled') return 'row'
    return lists === undefined && !isBroadcast(event) ? 'end' : undefined
  }
}

// what is said to everybody names its class (main/manager.c:__manager_event_sessions_va); the end of a list never does
function isBroadcast(event: Message): boolean {
  return event.get('Privilege') !== undefined
}
