import { Duplex } from 'node:stream'
import { type Deferred, deferred } from '../../src/util/deferred.ts'

/** An action as the server read it. */
export interface Heard {
  readonly name: string
  readonly id: string
  readonly headers: readonly (readonly [string, string])[]
  get(name: string): string | undefined
}

/** The other end of a client's socket, in the same process: what a test says, Asterisk says. */
export class Peer {
  /** What the client was given. */
  readonly socket: Duplex
  /** Every byte that the client wrote. */
  raw = ''
  /** The pieces in which it wrote them. */
  readonly writes: string[] = []
  /** Every action, in order. */
  readonly actions: Heard[] = []
  /** Whether the client has taken its socket down. */
  down = false
  #unread: Heard[] = []
  #waiting: Deferred<Heard>[] = []
  #partial = ''
  #held: (() => void)[] | undefined

  constructor() {
    this.socket = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        this.#hear(chunk.toString('latin1'))
        if (this.#held) this.#held.push(done)
        else done()
      },
      destroy: (error, done) => {
        this.down = true
        done(error)
      },
    })
  }

  /** The next action that has not been asked for yet. */
  next(): Promise<Heard> {
    const heard = this.#unread.shift()
    if (heard) return Promise.resolve(heard)
    const waiting = deferred<Heard>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  /** Sends bytes as they are; a string is latin1, one character a byte. */
  send(text: string | Uint8Array): void {
    this.socket.push(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  }

  /** Sends lines as one message. */
  say(...lines: string[]): void {
    this.send(`${lines.join('\r\n')}\r\n\r\n`)
  }

  /** Answers an action. */
  reply(to: Heard, title = 'Success', ...lines: string[]): void {
    this.say(`Response: ${title}`, `ActionID: ${to.id}`, ...lines)
  }

  /** Says the banner and takes an MD5 login, as a server that has booted. */
  async accept(version = '11.0.0'): Promise<void> {
    await this.acceptWhileBooting(version)
    this.fullyBooted()
  }

  /** Says that the server has booted, as it does behind the answer to a login. */
  fullyBooted(): void {
    this.say('Event: FullyBooted', 'Privilege: system,all', 'Uptime: 9', 'LastReload: 9', 'Status: Fully Booted')
  }

  /** The same, and no `FullyBooted`: what a server says that boots, or one to an account that must not hear it. */
  async acceptWhileBooting(version = '11.0.0'): Promise<void> {
    this.send(`Asterisk Call Manager/${version}\r\n`)
    this.reply(await this.next(), 'Success', 'Challenge: 123456789')
    this.reply(await this.next(), 'Success', 'Message: Authentication accepted')
  }

  /** Ends the connection as a closing server does. */
  end(): void {
    this.socket.push(null)
  }

  /** Fails the socket. */
  fail(code = 'ECONNRESET'): void {
    this.socket.destroy(Object.assign(new Error(`read ${code}`), { code }))
  }

  /** Holds every write from here on: the socket never says that it is done. */
  hold(): void {
    this.#held ??= []
  }

  /** Lets the held writes go, and those to come. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const done of held) done()
  }

  #hear(text: string): void {
    this.raw += text
    this.writes.push(text)
    this.#partial += text
    for (;;) {
      const end = this.#partial.indexOf('\r\n\r\n')
      if (end === -1) return
      const heard = parse(this.#partial.slice(0, end))
      this.#partial = this.#partial.slice(end + 4)
      this.actions.push(heard)
      const waiting = this.#waiting.shift()
      if (waiting) waiting.resolve(heard)
      else this.#unread.push(heard)
    }
  }
}

function parse(text: string): Heard {
  const headers = text.split('\r\n').map((line): [string, string] => {
    const at = line.indexOf(': ')
    return [line.slice(0, at), line.slice(at + 2)]
  })
  const get = (name: string) => headers.find(([header]) => header === name)?.[1]
  return { name: get('Action') ?? '', id: get('ActionID') ?? '', headers, get }
}
