// The streams of browsers, written to the socket itself: half a thousand of them cost little more than their frames.
import type { ServerResponse } from 'node:http'
import type { Person } from '../people/person.ts'
import type { ResetFrame } from '../protocol/view.ts'
import { frameOf, type Looker, type View } from '../views/view.ts'

/** Milliseconds between two beats. */
const BEAT = 5_000
/** Bytes that may wait for a browser; one that reads more slowly is sent away, and takes a snapshot. */
const MOST_WAITING = 256 * 1_024
/** What the browser waits before it comes back by itself. */
const RETRY = 1_000

/** How many streams may be open: of all, of one person, and from one address. */
export interface StreamLimits {
  readonly all: number
  readonly person: number
  readonly address: number
}

/** Counts of streams. */
export interface StreamCounts {
  open: number
  opened: number
  frames: number
  bytes: number
  resets: Record<ResetFrame['why'], number>
}

/** Keeps the streams that are open. */
export class Streams {
  readonly counts: StreamCounts = {
    open: 0,
    opened: 0,
    frames: 0,
    bytes: 0,
    resets: { old: 0, slow: 0, rights: 0, closing: 0 },
  }
  #limits: StreamLimits
  #isOver: (person: Person, now: number) => boolean
  #streams = new Set<Stream>()
  #timer: NodeJS.Timeout

  /** @param isOver says whose session has ended: his streams do too */
  constructor(limits: StreamLimits, isOver: (person: Person, now: number) => boolean) {
    this.#limits = limits
    this.#isOver = isOver
    this.#timer = setInterval(() => this.#beat(), BEAT)
    this.#timer.unref()
  }

  get isFull(): boolean {
    return this.#streams.size >= this.#limits.all
  }

  /**
   * Says why somebody can have no more streams, or nothing: nobody takes the places of all others.
   * @param address undefined where it is not that of one browser
   */
  whyNoMore({ name }: Person, address: string | undefined): string | undefined {
    const { person, address: each } = this.#limits
    // most of the time there are fewer than anybody may have
    if (this.#streams.size < Math.min(person, each)) return undefined
    let [own, near] = [0, 0]
    for (const stream of this.#streams) {
      if (stream.person.name === name) own++
      if (stream.address === address) near++
    }
    if (own >= person) return `you look in ${own} windows, and may in ${person}`
    if (address !== undefined && near >= each) return `${near} windows look from your address, and ${each} may`
    return undefined
  }

  /** Begins a stream of a view from a revision on; its headers have been sent. */
  begin(response: ServerResponse, view: View, looker: Pick<Stream, 'person' | 'address'>, from: string): void {
    const stream = new Stream(response, view, looker, this.counts)
    response.write(`retry: ${RETRY}\n\n`)
    if (!view.join(stream, from)) {
      stream.reset('old')
      return
    }
    this.counts.opened++
    this.#streams.add(stream)
    this.counts.open = this.#streams.size
    stream.send(frameOf('beat', { now: Date.now() }))
    response.once('close', () => {
      this.#streams.delete(stream)
      this.counts.open = this.#streams.size
      view.leave(stream)
    })
  }

  /** Sends a frame to all streams of somebody. */
  tell(name: string, frame: Buffer): void {
    for (const stream of this.#streams) if (stream.person.name === name) stream.send(frame)
  }

  /** Ends the streams of those whom the test names. */
  resetWhere(test: (person: Person) => boolean, why: ResetFrame['why']): void {
    for (const stream of [...this.#streams]) if (test(stream.person)) stream.reset(why)
  }

  close(): void {
    clearInterval(this.#timer)
    this.resetWhere(() => true, 'closing')
  }

  #beat(): void {
    const now = Date.now()
    this.resetWhere((person) => this.#isOver(person, now), 'rights')
    const frame = frameOf('beat', { now })
    for (const stream of [...this.#streams]) stream.send(frame)
  }
}

class Stream implements Looker {
  readonly person: Person
  readonly address: string | undefined
  #response: ServerResponse
  #view: View
  #counts: StreamCounts
  #ended = false

  constructor(
    response: ServerResponse,
    view: View,
    { person, address }: Pick<Stream, 'person' | 'address'>,
    counts: StreamCounts,
  ) {
    this.#response = response
    this.#view = view
    this.person = person
    this.address = address
    this.#counts = counts
  }

  send(frame: Buffer): void {
    if (this.#ended) return
    if (this.#response.writableLength > MOST_WAITING) {
      this.reset('slow')
      return
    }
    this.#response.write(frame)
    this.#counts.frames++
    this.#counts.bytes += frame.length
  }

  reset(why: ResetFrame['why']): void {
    if (this.#ended) return
    this.#ended = true
    this.#counts.resets[why]++
    this.#view.leave(this)
    this.#response.end(frameOf('reset', { why }))
    // what waits for one who does not read is not kept
    if (why === 'slow') this.#response.destroy()
  }
}
