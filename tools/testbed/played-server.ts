import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

const WHOLE = Number.MAX_SAFE_INTEGER

/** An action as a {@link PlayedServer} read it. */
export interface PlayedAction {
  readonly name: string
  readonly id: string
  /** The value of a header; empty where there is none. */
  get(name: string): string
}

/** What a server says to an action, one character a byte; `undefined` leaves it to what a usual Asterisk says. */
export type Play = (action: PlayedAction, session: PlayedSession) => string | undefined

/** How a {@link PlayedServer} speaks. */
export interface PlayedOptions {
  /** Its first bytes; none where it is empty. */
  readonly banner?: string
  /** It writes its answers in pieces of so many bytes. */
  readonly piece?: number
}

/** One connection to a {@link PlayedServer}: what it hears is answered strictly in order. */
export class PlayedSession {
  readonly socket: Socket
  /** The names of the actions that it has heard. */
  readonly heard: string[] = []
  #piece: number
  #written: Promise<void> = Promise.resolve()

  constructor(socket: Socket, play: Play = () => undefined, options: PlayedOptions = {}) {
    const { banner = 'Asterisk Call Manager/11.0.0\r\n', piece = WHOLE } = options
    this.socket = socket
    this.#piece = piece
    socket.setEncoding('latin1')
    socket.on('error', () => {})
    if (banner !== '') this.say(banner)
    let text = ''
    socket.on('data', (chunk: string) => {
      text += chunk
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const action = read(text.slice(0, end))
        text = text.slice(end + 4)
        this.heard.push(action.name)
        this.say(play(action, this) ?? usual(action))
        if (action.name === 'Logoff') socket.end()
      }
    })
  }

  /** Sends bytes, one character each. */
  say(text: string): void {
    if (this.#piece === WHOLE) this.socket.write(text, 'latin1')
    else this.#written = this.#written.then(() => this.#sayInPieces(text))
  }

  async #sayInPieces(text: string): Promise<void> {
    for (let at = 0; at < text.length; at += this.#piece) {
      await new Promise((resolve) => this.socket.write(text.slice(at, at + this.#piece), 'latin1', resolve))
    }
  }
}

/**
 * A server whose every byte is a test's own. Where the test says nothing it takes any login, answers Ping, and
 * acknowledges every other action.
 */
export class PlayedServer implements AsyncDisposable {
  readonly sessions: PlayedSession[] = []
  #server: Server

  private constructor(play: Play | undefined, options: PlayedOptions) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.sessions.push(new PlayedSession(socket, play, options))
    })
  }

  /** Listens on a port of its own. */
  static async start(play?: Play, options: PlayedOptions = {}): Promise<PlayedServer> {
    const server = new PlayedServer(play, options)
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

/**
 * Plays recorded bytes for the actions of a script, where `@ID@` stands for the client's ActionID. Any other action is
 * unknown, but for those of a login and Ping.
 */
export function byScript(script: Readonly<Record<string, string>>): Play {
  return ({ name, id }) => {
    if (/^(?:Challenge|Login|Logoff|Ping)$/.test(name)) return undefined
    const unknown = lines('Response: Error', `ActionID: ${id}`, `Message: Invalid/unknown command: ${name}.`)
    return script[name]?.replaceAll('@ID@', id) ?? unknown
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
