import type { Socket } from 'node:net'

/** How bytes leave a session; read at every flush, so that a fault can change it while the session lives. */
export interface OutputSettings {
  /** One write for each line, as `astman_append` does it. */
  readonly byHeader: boolean
  /** Bytes a write, `undefined` for no cutting. */
  readonly splitAt: number | undefined
  /** What ends the lines. */
  readonly endings: 'crlf' | 'lf' | 'mixed'
  readonly stalled: boolean
}

const CHUNK = 64 * 1024

/** A session's way out: gathers what one turn writes into one write, unless the settings ask for pieces. */
export class Output {
  readonly socket: Socket
  #settings: () => OutputSettings
  #text = ''
  #scheduled = false
  #pieces: string[] = []
  #writing = false
  #ending = false
  #mute = false
  #mix = 0
  #drained: (() => void)[] = []

  constructor(socket: Socket, settings: () => OutputSettings) {
    this.socket = socket
    this.#settings = settings
    socket.once('close', () => this.#tell())
  }

  write(text: string): void {
    if (this.#mute) return
    this.#text += text
    if (this.#text.length > CHUNK) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(() => {
        this.#scheduled = false
        this.flush()
      })
    }
  }

  flush(): void {
    const settings = this.#settings()
    if (this.socket.destroyed || this.socket.writableEnded) this.#text = ''
    if (settings.stalled || this.#text === '') {
      this.#finish()
      return
    }
    let text = this.#text
    this.#text = ''
    if (settings.endings !== 'crlf') text = this.#endings(text, settings.endings)
    if (settings.splitAt === undefined && !settings.byHeader && this.#pieces.length === 0 && !this.#writing) {
      this.socket.write(text, 'latin1')
      this.#finish()
      return
    }
    if (settings.splitAt !== undefined) {
      for (let at = 0; at < text.length; at += settings.splitAt)
        this.#pieces.push(text.slice(at, at + settings.splitAt))
    } else if (settings.byHeader) this.#pieces.push(...(text.match(/[^\n]*\n|[^\n]+$/g) ?? []))
    else this.#pieces.push(text)
    this.#next()
  }

  /** Sends nothing any more, and no FIN. */
  mute(): void {
    this.#mute = true
    this.#text = ''
    this.#pieces.length = 0
  }

  /** Sends what is left, then FIN. */
  end(): void {
    if (this.#mute) return
    this.#ending = true
    this.flush()
  }

  /** Resolves when everything written so far was handed to the kernel, or the socket is gone. */
  drained(): Promise<void> {
    this.flush()
    if (this.socket.destroyed || (this.#idle && this.socket.writableLength === 0)) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained.push(resolve)
      if (this.#idle) this.socket.write('', () => this.#tell())
    })
  }

  get #idle(): boolean {
    return this.#pieces.length === 0 && !this.#writing && this.#text === ''
  }

  // each piece after the one before it has left, or Node would join them into one writev
  #next(): void {
    if (this.#writing) return
    const piece = this.#pieces.shift()
    if (piece === undefined || this.socket.destroyed) {
      this.#pieces.length = 0
      this.#finish()
      return
    }
    this.#writing = true
    this.socket.write(piece, 'latin1', () => {
      setImmediate(() => {
        this.#writing = false
        this.#next()
      })
    })
  }

  #finish(): void {
    if (!this.#idle) return
    if (this.#ending && !this.socket.writableEnded) this.socket.end()
    if (this.#drained.length > 0 && !this.socket.destroyed) this.socket.write('', () => this.#tell())
  }

  #tell(): void {
    for (const resolve of this.#drained.splice(0)) resolve()
  }

  #endings(text: string, endings: 'lf' | 'mixed'): string {
    if (endings === 'lf') return text.replaceAll('\r\n', '\n')
    return text.replace(/\r\n/g, () => (this.#mix++ % 2 === 0 ? '\r\n' : '\n'))
  }
}
