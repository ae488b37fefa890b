import type { Message } from '../../wire/message.ts'

/*
 * When a reply is whole. Asterisk says so itself for nearly every action: a Response without `EventList: start` is the
 * whole reply, one with it is followed by events with its ActionID up to the one with `EventList: Complete`
 * (manager.c:astman_send_listack, astman_send_list_complete_start), or up to an Error.
 *
 * A session runs one action at a time and its handler writes everything itself, so the answer to a Ping sent behind an
 * action proves that whatever the action had to say has been said. The actions below do not mark their end, or not
 * always: each is sent with such a fence behind it.
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

const unmarked: Readonly<Record<string, Unmarked>> = {
  // main/manager.c:action_waitevent ends with WaitEventComplete, which has no EventList
  waitevent: { completion: 'WaitEventComplete' },
  // res/res_fax.c:manager_fax_session, manager_fax_stats announce one event and mark nothing
  faxsession: { rows: [] },
  faxstats: { rows: [] },
  // channels/chan_iax2.c:manager_iax2_show_peers never fills the items' ActionID since 13.2
  iaxpeers: { rows: ['PeerEntry'] },
  // channels/chan_iax2.c:manager_iax2_show_netstats sends neither Response nor ActionID; without calls, nothing
  iaxnetstats: { raw: true },
  // channels/chan_skinny.c:manager_skinny_show_device, manager_skinny_show_line: bare headers
  skinnyshowdevice: { raw: true },
  skinnyshowline: { raw: true },
  // channels/chan_skinny.c:manager_skinny_show_devices, manager_skinny_show_lines leave out the blank lines
  skinnydevices: { fused: true },
  skinnylines: { fused: true },
  // main/manager.c:action_coreshowchannelmap ended its items with CRLF LF until mid-2024 (asterisk/asterisk#761)
  coreshowchannelmap: { fused: true },
  // res/res_xmpp.c:manager_jabber_send says that it tries, and then Success or Error
  jabbersend: { verdict: true },
  // apps/app_queue.c:manager_queues_show before 15: the text of `queue show`
  queues: { raw: true },
}

/** What is unusual about an action's reply, if anything is. */
export function unmarkedReply(action: string): Unmarked | undefined {
  return unmarked[action.toLowerCase()]
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
