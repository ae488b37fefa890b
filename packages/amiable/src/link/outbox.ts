import type { Duplex } from 'node:stream'
import type { Encoding } from '../util/text.ts'

/** An action's bytes on their way. */
export class QueuedWrite {
  /** Whether its last byte has been handed to the socket: until then the server cannot have run it. */
  left = false
  /** Whether its first byte has. */
  begun = false
  #withdrawn = false

  get withdrawn(): boolean {
    return this.#withdrawn
  }

  /** Takes it back if none of it has gone; says whether that could be done. */
  withdraw(): boolean {
    if (!this.begun) this.#withdrawn = true
    return this.#withdrawn
  }
}

interface Unit {
  readonly text: string
  readonly bytes: number
  readonly write: QueuedWrite
  readonly last: boolean
}

// what goes to the socket in one write, at most: what is handed over can no longer be called undelivered
const TCP_PIECE = 65_536
/*
 * Asterisk 15 to 23 leave bytes past 1,024 of one TLS record unread until more arrive (manager.c:get_input waits with
 * poll(2) and does not ask OpenSSL what it holds): a piece is at most so long, ends on a line, and goes alone.
 */
const TLS_PIECE = 1_024

/** Writes actions in order, one write at a time, and knows which have left. */
export class Outbox {
  #socket: Duplex
  #secure: boolean
  #encoding: Encoding
  #units: Unit[] = []
  #next = 0
  #writing = false
  /** Bytes handed to the socket. */
  bytes = 0
  /** Told each write; `midway` where it begins inside an action. */
  tell: ((text: string, midway: boolean) => void) | undefined

  constructor(socket: Duplex, secure: boolean, encoding: Encoding) {
    this.#socket = socket
    this.#secure = secure
    this.#encoding = encoding
  }

  /** Takes whole lines; what one turn of the event loop brings goes in one write. */
  write(text: string): QueuedWrite {
    const write = new QueuedWrite()
    if (this.#secure) {
      const lines = text.split(/(?<=\n)/)
      lines.forEach((line, i) => {
        this.#units.push(this.#unit(line, write, i === lines.length - 1))
      })
    } else {
      this.#units.push(this.#unit(text, write, true))
    }
    if (!this.#writing) {
      this.#writing = true
      queueMicrotask(this.#flush)
    }
    return write
  }

  #unit(text: string, write: QueuedWrite, last: boolean): Unit {
    return { text, bytes: Buffer.byteLength(text, this.#encoding), write, last }
  }

  #flush = (): void => {
    this.#writing = false
    if (this.#next === this.#units.length || !this.#socket.writable) return
    const most = this.#secure ? TLS_PIECE : TCP_PIECE
    const midway = this.#units[this.#next]?.write.begun === true
    let text = ''
    let bytes = 0
    while (this.#next < this.#units.length) {
      const unit = this.#units[this.#next] as Unit
      if (bytes > 0 && bytes + unit.bytes > most) break
      this.#next++
      if (unit.write.withdrawn) continue
      text += unit.text
      bytes += unit.bytes
      unit.write.begun = true
      unit.write.left = unit.last
    }
    if (this.#next === this.#units.length) {
      this.#units = []
      this.#next = 0
    }
    if (bytes === 0) return
    this.bytes += bytes
    this.#writing = true
    this.tell?.(text, midway)
    // what is ASCII is so in both encodings, and Node writes latin1 without looking at it
    this.#socket.write(text, bytes === text.length ? 'latin1' : this.#encoding, this.#flush)
  }
}
