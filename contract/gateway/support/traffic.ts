import assert from 'node:assert/strict'
import { type Client, createClient } from 'amiable'
import type { Target } from '../../targets.ts'
import type { StoredMessage } from './stored.ts'

const PERIOD = 20

/** Numbered events out of one session, and another session that listens: neither knows a gateway. */
export class Traffic {
  /** How many events were asked for, and how many Asterisk has taken. */
  sent = 0
  readonly taken = new Set<number>()
  /** What the listening session received, as JSON, from its login on. */
  readonly heard: string[] = []
  /** Whether the listening session lost its connection. */
  isCut = false
  #producer: Client
  #listener: Client
  #timer: NodeJS.Timeout | undefined
  #perPeriod: number

  private constructor(target: Target, perSecond: number) {
    const { host, port, username, secret } = target
    const reconnect = { maxDelay: 500 }
    this.#producer = createClient({ host, port, username, secret, events: 'off', reconnect })
    const events = ['system', 'call', 'agent', 'user', 'cdr', 'cc', 'security']
    this.#listener = createClient({ host, port, username, secret, events, reconnect })
    this.#perPeriod = Math.max(1, Math.round((perSecond * PERIOD) / 1_000))
  }

  static async open(target: Target, perSecond: number): Promise<Traffic> {
    const traffic = new Traffic(target, perSecond)
    await Promise.all([traffic.#producer.connect(), traffic.#listener.connect()])
    const { epoch } = { epoch: 1 }
    traffic.#listener.on('*', (event) => {
      if (event.epoch !== epoch) traffic.isCut = true
      if (event.Event !== 'FullyBooted') traffic.heard.push(JSON.stringify(event.toJSON()))
    })
    traffic.#timer = setInterval(() => traffic.#send(), PERIOD)
    return traffic
  }

  /** Sends no more, and waits for the answers. */
  async pause(): Promise<void> {
    clearInterval(this.#timer)
    // the last one is what everybody waits for
    const last = ++this.sent
    const more = { queue: true, timeout: 60_000 }
    await this.#producer.sendRaw('UserEvent', { UserEvent: 'Load', N: String(last) }, more)
    this.taken.add(last)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([this.#producer.close({ timeout: 0 }), this.#listener.close({ timeout: 0 })])
  }

  #send(): void {
    if (this.#producer.state !== 'ready') return
    for (let n = 0; n < this.#perPeriod; n++) {
      const number = ++this.sent
      this.#producer
        .sendRaw('UserEvent', { UserEvent: 'Load', N: String(number) }, { queue: false })
        .then(() => this.taken.add(number))
        // whether it was delivered nobody knows
        .catch(() => {})
    }
  }

  /** Compares what is stored with what happened: all of it once and in order, and what is missing lies in a gap. */
  judge(messages: readonly StoredMessage[]): {
    readonly events: number
    readonly gaps: number
    readonly missing: number
  } {
    const found = new Set<number>()
    let [last, isGap, gaps, missing] = [0, true, 0, 0]
    for (const { seq, status, event, data } of messages) {
      if (status !== undefined) isGap = true
      if (status === 'gap') gaps++
      if (event !== 'UserEvent' || data?.UserEvent !== 'Load') continue
      const number = Number(data.N)
      assert.ok(number > last, `${seq}: event ${number} after ${last}`)
      for (let between = last + 1; between < number; between++) {
        if (!this.taken.has(between)) continue
        missing++
        assert.ok(isGap, `${seq}: event ${between} is missing, and no gap says so`)
      }
      found.add(number)
      last = number
      isGap = false
    }
    assert.equal(last, this.sent, 'the last event is not there')
    // a session that never broke, and a log without a gap since it began: byte for byte the same
    if (!this.isCut && missing === 0) {
      const stored = messages.filter(({ event }) => event !== undefined).map(({ data }) => JSON.stringify(data))
      const from = stored.indexOf(this.heard[0] ?? '')
      assert.deepEqual(stored.slice(from), this.heard.slice(0, stored.length - from))
    }
    return { events: messages.filter(({ event }) => event !== undefined).length, gaps, missing }
  }
}
