import type { Duplex } from 'node:stream'
import type { Encoding } from '../util/text.ts'

interface Piece {
  readonly text: string
  readonly bytes: number
}

/** An action's bytes on their way. */
export class QueuedWrite {
  /** Whether its last byte has been handed to the socket: until then the server cannot have run it. */
  left = false
  /** Whether its first byte has. */
  begun = false
  #pieces: readonly Piece[]
  #next = 0
  #outbox: Pick<Outbox, 'withdrew'>

  constructor(pieces: readonly Piece[], outbox: Pick<Outbox, 'withdrew'>) {
    this.#pieces = pieces
    this.#outbox = outbox
  }

  /** What is handed over next. */
  get piece(): Piece | undefined {
    return this.#pieces[this.#next]
  }

  /** Reports that the next piece has been handed over. */
  handedOver(): void {
    this.begun = true
    this.left = ++this.#next === this.#pieces.length
  }

  /** Takes it back if none of it has gone, and its text with it; says whether that could be done. */
  withdraw(): boolean {
    if (this.begun) return false
    if (this.#pieces.length > 0) {
      this.#pieces = []
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
}

/** Writes actions in order, one write at a time, and knows which have left. */
export class Outbox {
  #socket: Duplex
  #secure: boolean
  #encoding: Encoding
  #queue: QueuedWrite[] = []
  #next = 0
  /** How many of the queue were taken back. */
  #withdrawn = 0
  #writing = false
  /** Bytes handed to the socket. */
  bytes = 0
  #host: OutboxHost

  constructor(socket: Duplex, secure: boolean, encoding: Encoding, host: OutboxHost) {
    this.#host = host
    this.#socket = socket
    this.#secure = secure
    this.#encoding = encoding
  }

  /** Takes complete lines; what one turn of the event loop brings goes in one write. */
  write(text: string): QueuedWrite {
    const pieces = (this.#secure ? text.split(/(?<=\n)/) : [text]).map((piece) => ({
      text: piece,
      bytes: Buffer.byteLength(piece, this.#encoding),
    }))
    const write = new QueuedWrite(pieces, this)
    this.#queue.push(write)
    if (!this.#writing) {
      this.#writing = true
      queueMicrotask(this.#flush)
    }
    return write
  }

  /** Counts a write that was taken back: a socket that takes nothing must not gather them. */
  withdrew(): void {
    if (++this.#withdrawn * 2 <= this.#queue.length) return
    this.#queue = this.#queue.slice(this.#next).filter(({ piece }) => piece !== undefined)
    this.#next = 0
    this.#withdrawn = 0
  }

  #flush = (): void => {
    this.#writing = false
    if (this.#next === this.#queue.length || !this.#socket.writable) return
    const most = this.#secure ? TLS_PIECE : TCP_PIECE
    const midway = this.#queue[this.#next]?.begun === true
    let text = ''
    let bytes = 0
    while (this.#next < this.#queue.length) {
      const write = this.#queue[this.#next] as QueuedWrite
      const { piece } = write
      if (piece === undefined) {
        this.#next++
        continue
      }
      if (bytes > 0 && bytes + piece.bytes > most) break
      text += piece.text
      bytes += piece.bytes
      write.handedOver()
    }
    if (this.#next === this.#queue.length) {
      this.#queue = []
      this.#next = 0
      this.#withdrawn = 0
    }
    if (bytes === 0) return
    this.bytes += bytes
    this.#writing = true
    this.#host.writes(text, midway)
    // what is ASCII is so in both encodings, and Node writes latin1 without looking at it
    this.#socket.write(text, bytes === text.length ? 'latin1' : this.#encoding, this.#flush)
  }
}
