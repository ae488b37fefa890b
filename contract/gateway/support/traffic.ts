import assert from 'node:assert/strict'
import { until } from '../../../tools/servers/asterisk/process.ts'
import type { Target } from '../../targets.ts'
import { PlainSession } from './plain-session.ts'
import type { StoredMessage } from './stored.ts'

const PERIOD = 20
const TIMEOUT = 60_000

/** Numbered events out of one session, and another session that listens: neither knows a gateway. */
export class Traffic {
  /** How many events were asked for, and how many Asterisk has taken. */
  sent = 0
  readonly taken = new Set<number>()
  /** What the listening session received, as JSON, from its login on. */
  readonly heard: string[] = []
  #producer: PlainSession
  #listener: PlainSession
  #timer: NodeJS.Timeout | undefined
  #perPeriod: number

  private constructor(target: Target, perSecond: number) {
    this.#producer = new PlainSession(target, 'off')
    this.#listener = new PlainSession(target, 'system,call,agent,user,cdr,cc,security', (event) => {
      if (event.Event !== 'FullyBooted') this.heard.push(JSON.stringify(event))
    })
    this.#perPeriod = Math.max(1, Math.round((perSecond * PERIOD) / 1_000))
  }

  static async open(target: Target, perSecond: number): Promise<Traffic> {
    const traffic = new Traffic(target, perSecond)
    await Promise.all([traffic.#producer.open(), traffic.#listener.open()])
    traffic.#timer = setInterval(() => traffic.#send(), PERIOD)
    return traffic
  }

  /** Whether the listening session lost its connection. */
  get isCut(): boolean {
    return this.#listener.logins > 1
  }

  /** Sends no more, and waits for the answers. */
  async pause(): Promise<void> {
    clearInterval(this.#timer)
    await until('a session', TIMEOUT, () => this.#producer.isReady)
    // the last one is what everybody waits for
    const last = ++this.sent
    assert.ok(await this.#load(last))
    this.taken.add(last)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#producer.close()
    this.#listener.close()
  }

  #send(): void {
    if (!this.#producer.isReady) return
    for (let n = 0; n < this.#perPeriod; n++) {
      const number = ++this.sent
      // without an answer nobody knows whether it was delivered
      void this.#load(number).then((answer) => answer && this.taken.add(number))
    }
  }

  #load(number: number) {
    return this.#producer.send({ Action: 'UserEvent', UserEvent: 'Load', N: String(number) })
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
