import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

// the limit of a file would end all of its tests, and say nothing of what was waited for
const PATIENCE = 60_000

/** A socket that reads and writes bytes, for tests that must not trust any client. */
export class RawClient {
  readonly socket: Socket
  /** Everything that came, as a byte string. */
  text = ''
  ended = false
  #from = 0
  #changed = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1')
      this.#tell()
    })
    socket.on('error', () => undefined)
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
  }

  static async open(port: number, tls = false, host = '127.0.0.1'): Promise<RawClient> {
    const socket = tls ? connectTls({ port, host, rejectUnauthorized: false }) : connect(port, host)
    const client = new RawClient(socket)
    await once(socket, tls ? 'secureConnect' : 'connect')
    return client
  }

  /** Opened, and logged in as frank, with the events that are asked for. */
  static async login(port: number, events = 'off', username = 'frank', secret = 'lean'): Promise<RawClient> {
    const client = await RawClient.open(port)
    await client.login(events, username, secret)
    return client
  }

  async login(events = 'off', username = 'frank', secret = 'lean'): Promise<void> {
    this.action({ Action: 'Login', Username: username, Secret: secret, Events: events })
    await this.until(/Message: Authentication accepted\r\n\r\n/)
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }

  action(headers: Record<string, string>): void {
    this.send(textOf(headers))
  }

  /**
   * Sends an action, by its headers or as the bytes of one or more, and a Ping behind it; gives what came between,
   * without the Ping's answer.
   */
  async ask(action: Record<string, string> | string): Promise<string> {
    const fence = `fence-${Math.random().toString(36).slice(2)}`
    const from = this.#from
    this.send(typeof action === 'string' ? action : textOf(action))
    this.action({ Action: 'Ping', ActionID: fence })
    await this.until(new RegExp(`ActionID: ${fence}\\r\\n(.*\\r\\n)*?\\r\\n`))
    const all = this.text.slice(from, this.#from)
    return all.slice(0, all.indexOf(`Response: Success\r\nActionID: ${fence}`))
  }

  /** Waits until what came since the last match fits; gives it up to the match's end. */
  until(pattern: RegExp): Promise<string> {
    return this.#wait(String(pattern), () => {
      const found = pattern.exec(this.text.slice(this.#from))
      if (found !== null) {
        const start = this.#from
        this.#from += found.index + found[0].length
        return this.text.slice(start, this.#from)
      }
      if (this.ended) throw new Error(`ended before ${pattern}; since the last match: ${this.text.slice(this.#from)}`)
      return undefined
    })
  }

  /** Resolves when more has come, or when it has ended. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#changed.add(resolve))
  }

  async closed(): Promise<void> {
    await this.#wait('its end', () => this.ended || undefined)
  }

  /** Looks again at whatever comes, until `look` finds something. */
  async #wait<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + PATIENCE
    const late = setTimeout(() => this.#tell(), PATIENCE + 1)
    try {
      for (;;) {
        const found = look()
        if (found !== undefined) return found
        if (Date.now() > deadline) {
          const rest = this.text.slice(this.#from)
          throw new Error(`${what} did not come within ${PATIENCE} ms; since the last match: ${rest}`)
        }
        await this.changed()
      }
    } finally {
      clearTimeout(late)
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #end(): void {
    this.ended = true
    this.#tell()
  }

  #tell(): void {
    for (const wake of this.#changed) wake()
    this.#changed.clear()
  }
}

function textOf(headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${lines.join('')}\r\n`
}

/** The headers of each message, in order. */
export function messagesOf(text: string): [name: string, value: string][][] {
  return text
    .split('\r\n\r\n')
    .filter((message) => message.trim() !== '')
    .map((message) =>
      message
        .replace(/^\r\n/, '')
        .split('\r\n')
        .map((line) => {
          const at = line.indexOf(': ')
          return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)]
        }),
    )
}
