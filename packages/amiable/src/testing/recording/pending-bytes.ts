const [LF, CR] = [10, 13]
const BLANK = Buffer.from('\r\n\r\n')

/** The bytes of messages that have not ended yet. However they come in pieces, each byte is looked at once. */
export class PendingBytes {
  #bytes: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  /** Up to where no message ends, and up to where no line does. */
  #searched = 0
  #inLine = 0

  get length(): number {
    return this.#to - this.#from
  }

  /** The bytes themselves, until some more come. */
  get bytes(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to)
  }

  append(bytes: Buffer): void {
    const room = this.length + bytes.length
    if (this.#from + room > this.#bytes.length) {
      const wider = room * 2 > this.#bytes.length ? Buffer.allocUnsafeSlow(room * 2) : this.#bytes
      this.#bytes.copy(wider, 0, this.#from, this.#to)
      this.#bytes = wider
      this.#searched -= this.#from
      this.#inLine -= this.#from
      this.#to -= this.#from
      this.#from = 0
    }
    this.#to += bytes.copy(this.#bytes, this.#to)
  }

  /** Whether a message may have ended when some bytes come behind these; not what needs a closer look anyway. */
  mayEndWith(bytes: Buffer): boolean {
    if (this.#isRaw()) return false
    if (this.length === 0 || bytes.includes('\n\r\n') || bytes.includes('\n\n')) return true
    return /\n\r?\n/.test(this.bytes.subarray(-2).toString('latin1') + bytes.toString('latin1', 0, 2))
  }

  /**
   * Returns how long the first message is, its blank line included; -1 while it has no end. What a command printed
   * before Asterisk 14 has blank lines of its own, of bare line feeds; a blank line on its own is a message too.
   */
  end(): number {
    const { bytes } = this
    if (bytes[0] === LF) return 1
    if (bytes[0] === CR && bytes[1] === LF) return 2
    const from = Math.max(0, this.#searched - this.#from - 3)
    this.#searched = this.#to
    if (this.#isRaw()) {
      const end = bytes.indexOf(BLANK, from)
      return end === -1 ? -1 : end + BLANK.length
    }
    for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at + 1] === LF) return at + 2
      if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
    }
    return -1
  }

  #isRaw(): boolean {
    return /^Response: *Follows\r\n/i.test(this.bytes.toString('latin1', 0, 64))
  }

  /** Returns how many bytes the lines have that are complete. */
  lines(): number {
    const end = this.#bytes.subarray(Math.max(this.#inLine, this.#from), this.#to).lastIndexOf(LF) + 1
    const lines = end === 0 ? 0 : Math.max(this.#inLine, this.#from) + end - this.#from
    this.#inLine = this.#to
    return lines
  }

  /** Takes bytes from the front, as a byte string. */
  take(count = this.length): string {
    const text = this.bytes.toString('latin1', 0, count)
    this.drop(count)
    return text
  }

  drop(count: number): void {
    this.#from += count
    this.#searched = this.#from
    if (this.#from === this.#to) this.#from = this.#to = this.#searched = this.#inLine = 0
  }
}
