import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Target } from '../targets.ts'

/** A session without the library: what the server itself does with bytes. */
export class RawSession implements AsyncDisposable {
  #socket: Socket
  #text = ''

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#text += chunk
    })
  }

  /** Logs in, without events. */
  static async open(target: Target): Promise<RawSession> {
    const socket = connect(target.port, target.host)
    await once(socket, 'connect')
    const session = new RawSession(socket)
    const { username, secret } = target
    try {
      await session.ask(`Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\nEvents: off\r\n\r\n`)
      return session
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** Sends bytes and gives what comes up to the answer of a Ping sent behind them. */
  async ask(text: string): Promise<string> {
    const fence = `fence-${Math.random()}`
    this.#text = ''
    this.#socket.write(`${text}Action: Ping\r\nActionID: ${fence}\r\n\r\n`, 'latin1')
    const end = new RegExp(`Response: Success\\r\\nActionID: ${fence}\\r\\n(?:.+\\r\\n)*\\r\\n`)
    for (;;) {
      const found = end.exec(this.#text)
      if (found) return this.#text.slice(0, found.index)
      await once(this.#socket, 'data', { signal: AbortSignal.timeout(10_000) })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}
