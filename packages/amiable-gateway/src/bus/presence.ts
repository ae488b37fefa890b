import { type Msg, RequestError, type Subscription } from '@nats-io/transport-node'
import type { Presence } from '../log/presence.ts'
import type { Names } from './names.ts'
import type { Bus } from './nats.ts'

const ASK_TIMEOUT = 300
/** As long as a ring keeps events: later another gateway has no more than this one. */
const OF_LATE = 60_000
type What = 'writing' | 'ready'

/** Says by subscriptions what this gateway is, so that NATS itself answers at once where no gateway is anything. */
export class BusPresence implements Presence {
  #bus: Bus
  #names: Names
  #server: string
  #inboxPrefix: string
  #said = new Map<What, Subscription>()
  #vacant: Subscription
  #metAt = Number.NEGATIVE_INFINITY

  /** @param vacant called when another gateway says that nobody writes any more */
  constructor(bus: Bus, names: Names, server: string, vacant: () => void, inboxPrefix = '_INBOX') {
    this.#inboxPrefix = inboxPrefix
    this.#bus = bus
    this.#names = names
    this.#server = server
    this.#vacant = bus.connection.subscribe(names.gateway(server, 'vacant'), { callback: () => vacant() })
  }

  hasWriter(): Promise<boolean> {
    return this.#ask('writing')
  }

  hasReady(): Promise<boolean> {
    return this.#ask('ready')
  }

  hasMet(): boolean {
    return performance.now() - this.#metAt < OF_LATE
  }

  announce(state: { readonly writing: boolean; readonly ready: boolean }): void {
    const { connection } = this.#bus
    for (const what of ['writing', 'ready'] as const) {
      const said = this.#said.get(what)
      if (state[what] === (said !== undefined) || connection.isClosed()) continue
      if (said) {
        said.unsubscribe()
        this.#said.delete(what)
        continue
      }
      const subject = this.#names.gateway(this.#server, what)
      this.#said.set(what, connection.subscribe(subject, { callback: (_, message) => this.#answer(message) }))
    }
  }

  handOver(): void {
    this.#bus.publish(this.#names.gateway(this.#server, 'vacant'))
  }

  close(): void {
    if (this.#bus.connection.isClosed()) return
    this.announce({ writing: false, ready: false })
    this.#vacant.unsubscribe()
  }

  /** Answers another gateway. A reply subject that is no inbox may be a place of a log: nothing is sent there. */
  #answer(message: Msg): void {
    if (message.reply?.startsWith(`${this.#inboxPrefix}.`)) message.respond()
  }

  async #ask(what: What): Promise<boolean> {
    try {
      await this.#bus.ask(this.#names.gateway(this.#server, what), '', ASK_TIMEOUT)
      this.#metAt = performance.now()
      return true
    } catch (error) {
      // whoever is subscribed and does not answer may be there all the same
      return !(error instanceof RequestError && error.isNoResponders())
    }
  }
}
