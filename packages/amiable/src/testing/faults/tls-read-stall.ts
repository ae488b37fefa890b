const READ = 1024

/**
 * The read stall of Asterisk 15 to 23 over TLS. Asterisk waits with poll(2) on the descriptor, not with
 * ast_iostream_wait_for_input, and then reads at most 1,024 bytes (manager.c:get_input). So what OpenSSL still holds of
 * a record is read only while a further record waits in the kernel. Otherwise it stays until one comes.
 */
export class TlsReadStall {
  #read: (bytes: string) => void
  #records: string[] = []
  #current = ''
  #scheduled = false

  constructor(read: (bytes: string) => void) {
    this.#read = read
  }

  /** Bytes that stay unread until more come. */
  get held(): number {
    return this.#current.length
  }

  /** Takes a record. Records that come in one turn wait together, as they would in the kernel. */
  record(bytes: string): void {
    this.#records.push(bytes)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#records.length > 0) {
        if (this.#current === '') this.#current = this.#records.shift()!
        const piece = this.#current.slice(0, READ)
        this.#current = this.#current.slice(READ)
        this.#read(piece)
      }
    })
  }
}
