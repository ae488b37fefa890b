import type { Duplex } from 'node:stream'
import { byteLength, type Encoding } from '../util/text.ts'

/** An action's bytes on their way. */
export class QueuedWrite {
  /** Whether its last byte has been handed to the socket: until then the server cannot have run it. */
  left = false
  #text: string
  #byLine: boolean
  #at = 0
  #outbox: Pick<Outbox, 'withdrew'>

  /** @param byLine whether its pieces are its lines; it is one piece otherwise */
  constructor(text: string, byLine: boolean, outbox: Pick<Outbox, 'withdrew'>) {
    this.#text = text
    this.#byLine = byLine
    this.#outbox = outbox
  }

  /** Whether its first byte has been handed over. */
  get begun(): boolean {
    return this.#at > 0
  }

  /** Whether nothing is left to hand over. */
  get over(): boolean {
    return this.#at === this.#text.length
  }

  /** What is handed over next. */
  get piece(): string {
    return this.#text.slice(this.#at, this.#byLine ? this.#text.indexOf('\n', this.#at) + 1 : undefined)
  }

  /** Reports that a piece has been handed over. */
  handedOver(piece: string): void {
    this.#at += piece.length
    this.left = this.over
  }

  /** Takes it back if none of it has gone, and its text with it; says whether that could be done. */
  withdraw(): boolean {
    if (this.begun) return false
    if (this.#text !== '') {
      this.#text = ''
      this.#outbox.withdrew()
    }
    return true
  }
}

// what goes to the socket in one write, at most: what is handed over can no longer be called undelivered
const TCP_PIECE = 65_536
/*
 * Asterisk 15 to 23 leave bytes past 1,024 of one TLS record unread until more arrive. For manager.c:get_input waits
 * with poll(2), and does not ask OpenSSL what it holds. So a piece is at most so long, ends on a line, and goes alone.
 */
const TLS_PIECE = 1_024

/** What an {@link Outbox} reports. */
export interface OutboxHost {
  /** Reports a write before it is made; `midway` where it begins inside an action. */
  writes(text: string, midway: boolean): void
  /** Reports what a socket of the caller's threw when it was to write. */
  failed(error: unknown): void
}

// most clients have nothing to write nearly all of the time
const NOTHING: QueuedWrite[] = []
// `queueMicrotask` makes a resource for async hooks out of each
const soon = Promise.resolve()

/** Writes actions in order, one write at a time, and knows which have left. */
export class Outbox {
  /** Bytes handed to the socket. */
  bytes = 0
  #socket: Duplex
  #secure: boolean
  #encoding: Encoding
  #queue = NOTHING
  #next = 0
  /** How many of the queue were taken back. */
  #withdrawn = 0
  #writing = false
  #gathers = false
  #host: OutboxHost
  #goOn = () => this.#flush()

  constructor(socket: Duplex, secure: boolean, encoding: Encoding, host: OutboxHost) {
    this.#host = host
    this.#socket = socket
    this.#secure = secure
    this.#encoding = encoding
  }

  /** Takes complete lines; what one turn of the event loop brings goes in one write. */
  write(text: string): QueuedWrite {
    const write = new QueuedWrite(text, this.#secure, this)
    if (this.#queue === NOTHING) this.#queue = [write]
    else this.#queue.push(write)
    if (!this.#writing && !this.#gathers) {
      this.#writing = true
      void soon.then(this.#goOn)
    }
    return write
  }

  /** Holds what is written until `send` is called: what answers a chunk goes when the chunk has been read. */
  gather(): void {
    this.#gathers = true
  }

  /** Writes what was gathered. */
  send(): void {
    this.#gathers = false
    if (!this.#writing && this.#queue !== NOTHING) this.#flush()
  }

  /** Counts a write that was taken back: a socket that takes nothing must not gather them. */
  withdrew(): void {
    if (++this.#withdrawn * 2 <= this.#queue.length) return
    this.#queue = this.#queue.slice(this.#next).filter(({ over }) => !over)
    this.#next = 0
    this.#withdrawn = 0
  }

  #flush(): void {
    this.#writing = false
    if (this.#next === this.#queue.length || !this.#socket.writable) return
    const most = this.#secure ? TLS_PIECE : TCP_PIECE
    const midway = this.#queue[this.#next]?.begun === true
    let text = ''
    let bytes = 0
    while (this.#next < this.#queue.length) {
      const write = this.#queue[this.#next] as QueuedWrite
      if (write.over) {
        this.#next++
        continue
      }
      const { piece } = write
      const more = byteLength(piece, this.#encoding)
      if (bytes > 0 && bytes + more > most) break
      text += piece
      bytes += more
      write.handedOver(piece)
    }
    if (this.#next === this.#queue.length) {
      this.#queue = NOTHING
      this.#next = 0
      this.#withdrawn = 0
    }
    if (bytes === 0) return
    this.bytes += bytes
    this.#writing = true
    this.#host.writes(text, midway)
    try {
      // what is ASCII is so in both encodings, and Node writes latin1 without looking at it
      this.#socket.write(text, bytes === text.length ? 'latin1' : this.#encoding, this.#goOn)
    } catch (error) {
      this.#host.failed(error)
    }
  }
}
