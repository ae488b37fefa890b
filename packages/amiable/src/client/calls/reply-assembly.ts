import { actionFacts } from '../../catalog/facts.ts'
import type { Message } from '../../wire/message.ts'

/*
 * When a reply is whole. Asterisk says so itself for nearly every action: a Response without `EventList: start` is the
 * whole reply, one with it is followed by events with its ActionID up to the one with `EventList: Complete`
 * (manager.c:astman_send_listack, astman_send_list_complete_start), or up to an Error.
 *
 * A session runs one action at a time and its handler writes everything itself, so the answer to a Ping sent behind an
 * action proves that whatever the action had to say has been said. The catalog names the actions that do not mark their
 * end, or not always (`ending`): each is sent with such a fence behind it.
 */
export interface Unmarked {
  /** The event that ends it, where there is one. */
  readonly completion?: string
  /** Events that belong to it though they carry no ActionID. */
  readonly rows?: readonly string[]
  /** It answers with lines that are neither Response nor Event. */
  readonly raw?: true
  /** It acknowledges first; a second Response says how it went. */
  readonly verdict?: true
  /** Its events come with no blank line between them. */
  readonly fused?: true
}

/** What is unusual about an action's reply, if anything is. */
export function unmarkedReply(action: string): Unmarked | undefined {
  const facts = actionFacts(action)
  // apps/app_queue.c:manager_queues_show before 15, which the catalog does not reach: the text of `queue show`
  if (facts === undefined) return action.toLowerCase() === 'queues' ? { raw: true } : undefined
  const { ending, rows, completion } = facts
  if (ending === undefined) return undefined
  if (ending === 'bare') return completion === undefined ? {} : { completion }
  if (ending === 'nameless') return { rows }
  return ending === 'open' ? {} : { [ending]: true }
}

/** What a message did to a reply that is being put together. */
export type Progress = 'more' | 'whole'

/** Puts one action's reply together. */
export class Assembly {
  /** The first answer. */
  reply: Message | undefined
  /** An Error that came after the start of a list. */
  failure: Message | undefined
  completion: Message | undefined
  readonly unmarked: Unmarked | undefined
  #open = false
  #onRow: (row: Message) => void

  constructor(action: string, onRow: (row: Message) => void) {
    this.unmarked = unmarkedReply(action)
    this.#onRow = onRow
  }

  /** Takes a Response. */
  response(message: Message): Progress {
    if (this.reply !== undefined) {
      // ShowDialPlan, CoreShowChannelMap and PJSIPShowEndpoint can fail after the start of their list
      if (this.#open && message.title === 'Error') {
        this.failure = message
        return 'whole'
      }
      if (!this.unmarked?.verdict) return 'more'
      if (message.title === 'Error') this.failure = message
      return 'whole'
    }
    message.detach()
    this.reply = message
    if (message.title === 'Error') return 'whole'
    // FAXSessions spells it Start
    this.#open = message.get('EventList')?.toLowerCase() === 'start'
    return this.#open || this.unmarked ? 'more' : 'whole'
  }

  /** Takes an event that carries its ActionID, or that belongs to it by its place. */
  event(message: Message): Progress {
    message.detach()
    const parts = this.unmarked?.fused ? message.unfused() : [message]
    for (const part of parts) {
      if (this.#completes(part)) {
        this.completion = part
        return 'whole'
      }
      this.#onRow(part)
    }
    return 'more'
  }

  /** Takes what is neither Response nor Event. */
  raw(message: Message): Progress {
    message.detach()
    if (this.reply === undefined) this.reply = message
    else this.#onRow(message)
    return 'more'
  }

  #completes(message: Message): boolean {
    const marker = message.get('EventList')?.toLowerCase()
    if (marker === 'complete' || marker === 'cancelled') return true
    return this.unmarked?.completion !== undefined && message.title === this.unmarked.completion
  }
}
