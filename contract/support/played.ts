import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** An action as a {@link PlayedServer} read it. */
export interface PlayedAction {
  readonly name: string
  readonly id: string
  /** The value of a header; empty where there is none. */
  get(name: string): string
}

/** What a server says to an action, one character a byte; `undefined` leaves it to what a usual Asterisk says. */
export type Play = (action: PlayedAction, session: PlayedSession) => string | undefined

/** One connection to a {@link PlayedServer}. */
export class PlayedSession {
  readonly socket: Socket
  /** The names of the actions that it has heard. */
  readonly heard: string[] = []

  constructor(socket: Socket) {
    this.socket = socket
  }

  say(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }
}

/**
 * A server whose every byte is a test's own. Where the test says nothing it takes any login, answers Ping, and
 * acknowledges every other action.
 */
export class PlayedServer implements AsyncDisposable {
  readonly sessions: PlayedSession[] = []
  #server: Server

  private constructor(play: Play, banner: string) {
    this.#server = createServer((socket) => {
      const session = new PlayedSession(socket)
      this.sessions.push(session)
      socket.setNoDelay(true)
      socket.setEncoding('latin1')
      socket.on('error', () => {})
      if (banner !== '') session.say(banner)
      let text = ''
      socket.on('data', (chunk: string) => {
        text += chunk
        for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
          const action = read(text.slice(0, end))
          text = text.slice(end + 4)
          session.heard.push(action.name)
          session.say(play(action, session) ?? usual(action))
        }
      })
    })
  }

  /** Listens on a port of its own. */
  static async start(play: Play = () => undefined, banner = 'Asterisk Call Manager/11.0.0\r\n'): Promise<PlayedServer> {
    const server = new PlayedServer(play, banner)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The newest connection. */
  get session(): PlayedSession {
    const session = this.sessions.at(-1)
    if (session === undefined) throw new Error('nobody has connected')
    return session
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.sessions) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** A message of these lines. */
export function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`
}

function read(text: string): PlayedAction {
  const get = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'im').exec(text)?.[1]?.trim() ?? ''
  return { name: get('Action'), id: get('ActionID'), get }
}

function usual({ name, id }: PlayedAction): string {
  const own: Readonly<Record<string, string>> = {
    Challenge: 'Challenge: 123456789',
    Login: 'Message: Authentication accepted',
    Ping: 'Ping: Pong',
  }
  const title = name === 'Logoff' ? 'Goodbye' : 'Success'
  return lines(`Response: ${title}`, `ActionID: ${id}`, own[name] ?? 'Message: Done')
}
