import { createServer, type Server, type Socket } from 'node:net'
import { deferred } from '../../src/util/deferred.ts'

/** A session of a {@link ScriptedServer}. */
export class Session {
  readonly socket: Socket
  /** The names of the actions that it has heard. */
  readonly heard: string[] = []
  #partial = ''
  #answer: (name: string, id: string, session: Session) => void

  constructor(socket: Socket, answer: (name: string, id: string, session: Session) => void) {
    this.socket = socket
    this.#answer = answer
    socket.on('error', () => {})
    socket.on('data', (chunk) => this.#hear(chunk.toString('latin1')))
  }

  /** Sends lines as one message. */
  say(...lines: string[]): void {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  }

  #hear(text: string): void {
    this.#partial += text
    for (let end = this.#partial.indexOf('\r\n\r\n'); end !== -1; end = this.#partial.indexOf('\r\n\r\n')) {
      const action = this.#partial.slice(0, end)
      this.#partial = this.#partial.slice(end + 4)
      const name = /^Action: (.*)$/m.exec(action)?.[1]?.trim() ?? ''
      this.heard.push(name)
      this.#answer(name, /^ActionID: (.*)$/m.exec(action)?.[1]?.trim() ?? '', this)
    }
  }
}

/** What a usual Asterisk answers: any login, a goodbye, and Success to everything but `Never`. */
export function usual(name: string, id: string, session: Session): void {
  const lines = { Challenge: ['Challenge: 123456789'], Login: ['Message: Authentication accepted'] }[name] ?? []
  if (name === 'Never') return
  session.say(`Response: ${name === 'Logoff' ? 'Goodbye' : 'Success'}`, `ActionID: ${id}`, ...lines)
  if (name === 'Logoff') session.socket.end()
}

/** A server on a port of its own that says what a test wants. */
export class ScriptedServer implements AsyncDisposable {
  readonly sessions: Session[] = []
  answer: typeof usual = usual
  banner = 'Asterisk Call Manager/11.0.0\r\n'
  #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.sessions.push(new Session(socket, (name, id, session) => this.answer(name, id, session)))
      if (this.banner !== '') socket.write(this.banner)
    })
  }

  /** Starts one on port 0. */
  static async start(): Promise<ScriptedServer> {
    const server = createServer()
    const listening = deferred<void>()
    server.listen(0, '127.0.0.1', () => listening.resolve())
    await listening.promise
    return new ScriptedServer(server)
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.sessions) socket.destroy()
    const closed = deferred<void>()
    this.#server.close(() => closed.resolve())
    await closed.promise
  }
}
