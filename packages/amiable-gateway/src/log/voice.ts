import type { StatusMessage } from './message.ts'
import type { LogStore } from './store.ts'

type Said = Pick<StatusMessage, 'status'> & Partial<StatusMessage>

/** What a gateway says about itself and a server, beside the log. */
export class Voice {
  /** When it last said something. */
  saidAt = 0
  #store: LogStore
  #server: string
  #gateway: string
  #now: () => number

  constructor(store: LogStore, server: string, gateway: string, now: () => number) {
    this.#store = store
    this.#server = server
    this.#gateway = gateway
    this.#now = now
  }

  /** Says that the gateway begins to write, and returns the term: later writers have a higher one. */
  begin(reason: string): Promise<number> {
    return this.#send({ status: 'writer', reason })
  }

  /** Says something else; that it may get lost hurts nobody. */
  say(term: number | undefined, said: Said): void {
    this.#send({ ...said, ...(term !== undefined && { term }) }).catch(() => {})
  }

  #send(said: Said): Promise<number> {
    this.saidAt = this.#now()
    const at = new Date().toISOString()
    return this.#store.say({ v: 1, server: this.#server, gateway: this.#gateway, at, ...said })
  }
}
