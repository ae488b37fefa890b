// An Asterisk, a store and gateways in a time of their own, with what can go wrong among them. It knows the true number
// of each event, which no gateway sees: events with the same hash are the same to them.
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { Entry } from '../../src/log/entry.ts'
import { ServerLog } from '../../src/log/log.ts'
import { type AnyMessage, isEvent, readMessage, type StatusMessage } from '../../src/log/message.ts'
import type { Presence } from '../../src/log/presence.ts'
import type { Last, LogStore, Outcome } from '../../src/log/store.ts'

const STEP = 10
const LATENCY = 5

/** The stream itself. */
class Stream {
  messages: string[] = []
  /** What gateways said about themselves. */
  said: StatusMessage[] = []
  /** How often it was stopped and started again. */
  life = 0

  get seq(): number {
    return this.messages.length
  }

  last(seq = this.seq): Last {
    const text = this.messages[seq - 1]
    return { log: 'life', seq, message: text === undefined ? undefined : readMessage(text) }
  }
}

/** A gateway's way to the stream. */
class Way implements LogStore {
  readonly maxPayload = 1_000_000
  isDown = false
  /** What is sent waits on the way, as in a node that was stopped, and comes in when it goes on. */
  #held: (() => void)[] | undefined
  /** So many answers get lost. */
  losing = 0
  /** `peek` is so many messages late. */
  late = 0
  readonly #stream: Stream

  constructor(stream: Stream) {
    this.#stream = stream
  }

  async peek(): Promise<Last> {
    await this.#travel()
    return this.#stream.last(Math.max(0, this.#stream.seq - this.late))
  }

  async end(): Promise<Last> {
    await this.#travel()
    return this.#stream.last()
  }

  async tail(last: number, count: number): Promise<readonly AnyMessage[]> {
    await this.#travel()
    const found = this.#stream.messages.slice(Math.max(0, last - count), last).map((text) => readMessage(text))
    return found.filter((message) => message !== undefined)
  }

  append(_subject: string, payload: string | Uint8Array, seq: number, done: (outcome: Outcome) => void): void {
    const { life } = this.#stream
    const arrive = () => {
      if (this.isDown || life !== this.#stream.life) return
      const isNext = this.#stream.seq === seq - 1
      if (isNext) this.#stream.messages.push(Buffer.from(payload).toString())
      if (this.losing > 0) this.losing--
      else setTimeout(() => done(isNext ? { type: 'stored', seq } : { type: 'refused' }), LATENCY)
    }
    if (this.#held) this.#held.push(arrive)
    else setTimeout(arrive, LATENCY)
  }

  hold(): void {
    this.#held ??= []
  }

  release(): void {
    for (const arrive of this.#held ?? []) setTimeout(arrive, LATENCY)
    this.#held = undefined
  }

  async say(status: StatusMessage): Promise<number> {
    await this.#travel()
    return this.#stream.said.push(status)
  }

  async #travel(): Promise<void> {
    const { life } = this.#stream
    await new Promise<void>((resolve) => setTimeout(resolve, LATENCY))
    if (this.isDown || this.#held || life !== this.#stream.life) throw new Error('no answer')
  }
}

class Gateway {
  readonly way: Way
  readonly log: ServerLog
  state = { writing: false, ready: false }
  linked = false
  #epoch = 0
  readonly #world: World

  constructor(world: World, name: string, ring: number, random: () => number) {
    this.#world = world
    this.way = new Way(world.stream)
    const others = () => world.gateways.filter((other) => other !== this && !other.way.isDown)
    const presence: Presence = {
      hasWriter: async () => others().some(({ state }) => state.writing),
      hasReady: async () => others().some(({ state }) => state.ready),
      hasMet: () => world.gateways.length > 1,
      announce: (state) => {
        this.state = state
      },
      handOver: () => {
        for (const other of others()) other.log.vacant()
      },
    }
    const now = () => world.now
    this.log = new ServerLog({
      prefix: 'ami',
      server: 'pbx1',
      gateway: name,
      store: this.way,
      presence,
      ring,
      takeover: 1_000,
      now,
      random,
    })
  }

  link(): void {
    if (this.linked) return
    this.log.connecting()
    this.linked = true
    this.log.connected(++this.#epoch, '22')
  }

  unlink(): void {
    if (!this.linked) return
    this.linked = false
    this.log.disconnected('link', 'gone')
  }

  hear(entry: Entry): void {
    if (this.linked) this.log.heard({ ...entry, heard: this.#world.now }, this.#epoch)
  }
}

export interface Kind {
  readonly hash: string
  readonly unique: boolean
}

export class World {
  readonly stream = new Stream()
  readonly gateways: Gateway[] = []
  now = 1_000
  /** How many events there were. */
  events = 0
  readonly #ring: number
  readonly #random: () => number

  /**
   * @param ring bytes of each ring; an event has 100
   * @param random the jitter of all gateways
   */
  constructor(gateways: number, ring: number, random: () => number) {
    this.#ring = ring
    this.#random = random
    mock.timers.enable({ apis: ['setTimeout'] })
    for (let n = 0; n < gateways; n++) this.gateways.push(this.#make(n))
  }

  /** Begins all gateways, with sessions. */
  async begin(): Promise<void> {
    for (const gateway of this.gateways) await this.#begin(gateway)
  }

  #make(n: number): Gateway {
    return new Gateway(this, `g${n}`, this.#ring, this.#random)
  }

  async #begin(gateway: Gateway): Promise<void> {
    const started = gateway.log.start()
    await this.pass(STEP * 2)
    await started
    gateway.link()
  }

  /** Ends a gateway without a farewell, and begins another one in its place. */
  async replace(n: number): Promise<void> {
    const old = this.gateways[n]
    if (!old) return
    // what a dead process would still do must reach nobody
    old.way.isDown = true
    old.unlink()
    this.gateways[n] = this.#make(n)
    void old.log.stop()
    await this.#begin(this.gateways[n])
  }

  /** The store stops and comes back without its last messages: every connection to it goes. */
  forget(messages: number): void {
    this.stream.messages.splice(-messages)
    this.stream.life++
    for (const { log } of this.gateways) log.storeLost()
  }

  async stop(n: number): Promise<void> {
    await Promise.all([this.gateways[n]?.log.stop(), this.pass(STEP)])
  }

  /** Something happens in Asterisk. */
  happen({ hash, unique }: Kind): void {
    const n = ++this.events
    const json = JSON.stringify({ Event: 'E', N: String(n) })
    const entry = {
      event: 'E',
      call: undefined,
      at: 0,
      heard: this.now,
      hash,
      unique,
      userEvent: undefined,
      json,
      bytes: 100,
    }
    for (const gateway of this.gateways) gateway.hear(entry)
  }

  /** Lets time pass. */
  async pass(time: number): Promise<void> {
    for (const end = this.now + time; this.now < end; ) {
      this.now += STEP
      mock.timers.tick(STEP)
      // promises of promises
      await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.gateways.map(({ log }) => log.stop()), this.pass(STEP * 300)])
    mock.timers.reset()
  }

  /** Reads the log as a stranger does: dense, each event once and in order, and none missing without a gap. */
  judge(): { readonly last: number; readonly gaps: number; readonly events: number } {
    let [last, run, gaps, events] = [0, '', 0, 0]
    // what the gaps since the last event say of what is missing; undefined where there is none
    let lost: number | null | undefined
    this.stream.messages.forEach((text, index) => {
      const message = readMessage(text)
      assert.ok(message, text)
      assert.equal(message.seq, index + 1)
      if (isEvent(message)) {
        events++
        const n = Number(message.data.N)
        const why = `event ${n} after ${last}, ${lost === undefined ? 'without a gap' : `a gap of ${lost}`}`
        assert.ok(n > last, `twice or out of order: ${why}`)
        if (lost === undefined) assert.deepEqual([n, message.run], [last + 1, run], why)
        // an earlier writer may go on behind a fence: what its gap has counted is then not missing
        if (typeof lost === 'number' && message.run === run) assert.equal(n - last - 1, lost, why)
        last = n
        lost = undefined
      } else if (message.status === 'gap') {
        gaps++
        assert.notEqual(message.run, run)
        lost = lost === undefined || lost === null || message.lost === null ? message.lost : lost + message.lost
      } else lost ??= null
      run = message.run
    })
    return { last, gaps, events }
  }
}
