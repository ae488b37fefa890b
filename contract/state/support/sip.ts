// The least of SIP: a telephone that registers, and a provider that is registered with.
import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

const HOST = '127.0.0.1'
// only against hanging: under load a REGISTER waits for Asterisk's database, and that for the disk
const PATIENCE = 30_000

async function bound(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket('udp4')
  socket.bind(0, HOST)
  await once(socket, 'listening')
  return { socket, port: socket.address().port }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const header = (message: string, name: string) => new RegExp(`^${name}: *([^\\r]*)`, 'im').exec(message)?.[1] ?? ''

/** A telephone. */
export class Telephone implements AsyncDisposable {
  readonly uri: string
  #socket: Socket
  #port: number
  #account: { name: string; secret: string; server: number }
  #sequence = 0
  #call = randomBytes(8).toString('hex')

  private constructor(socket: Socket, port: number, account: { name: string; secret: string; server: number }) {
    this.#socket = socket
    this.#port = port
    this.#account = account
    this.uri = `sip:${account.name}@${HOST}:${port}`
  }

  static async start(account: { name: string; secret: string; server: number }): Promise<Telephone> {
    const { socket, port } = await bound()
    return new Telephone(socket, port, account)
  }

  /** Registers for so many seconds; 0 ends it. Resolves with the answer's first line. */
  async register(seconds: number): Promise<string> {
    const challenge = await this.#ask(seconds, '')
    const [realm = '', nonce = '', opaque = ''] = ['realm', 'nonce', 'opaque'].map(
      (name) => new RegExp(`${name}="([^"]*)"`).exec(header(challenge, 'WWW-Authenticate'))?.[1] ?? '',
    )
    const { name, secret, server } = this.#account
    const uri = `sip:${HOST}:${server}`
    const one = md5(`${name}:${realm}:${secret}`)
    const two = md5(`REGISTER:${uri}`)
    const answer = md5(`${one}:${nonce}:00000001:c0ffee:auth:${two}`)
    const proof =
      `Authorization: Digest username="${name}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
      `response="${answer}", algorithm=MD5, cnonce="c0ffee", opaque="${opaque}", qop=auth, nc=00000001\r\n`
    const accepted = await this.#ask(seconds, proof)
    return accepted.split('\r\n', 1)[0] ?? ''
  }

  async #ask(seconds: number, more: string): Promise<string> {
    const { name, server } = this.#account
    const branch = `z9hG4bK${randomBytes(6).toString('hex')}`
    const message =
      `REGISTER sip:${HOST}:${server} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${this.#port};branch=${branch};rport\r\n` +
      `From: <sip:${name}@${HOST}>;tag=${this.#call}\r\nTo: <sip:${name}@${HOST}>\r\nCall-ID: ${this.#call}\r\n` +
      `CSeq: ${++this.#sequence} REGISTER\r\nContact: <${this.uri}>\r\nExpires: ${seconds}\r\nMax-Forwards: 70\r\n` +
      `User-Agent: Telephone 1\r\n${more}Content-Length: 0\r\n\r\n`
    this.#socket.send(message, server, HOST)
    for (;;) {
      const [answer] = (await once(this.#socket, 'message', { signal: AbortSignal.timeout(PATIENCE) })) as [Buffer]
      const text = answer.toString()
      if (text.startsWith('SIP/2.0') && header(text, 'CSeq').startsWith(`${this.#sequence} `)) return text
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}

/** Somebody with whom an Asterisk registers. */
export class Provider implements AsyncDisposable {
  readonly port: number
  /** What it answers. */
  answer = '200 OK'
  #socket: Socket

  private constructor(socket: Socket, port: number) {
    this.#socket = socket
    this.port = port
    socket.on('message', (message: Buffer, from) => this.#reply(message.toString(), from))
  }

  static async start(): Promise<Provider> {
    const { socket, port } = await bound()
    return new Provider(socket, port)
  }

  #reply(message: string, from: RemoteInfo): void {
    if (!message.startsWith('REGISTER')) return
    const same = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(message, name)}\r\n`).join('')
    const contact = this.answer.startsWith('200') ? `Contact: ${header(message, 'Contact')}\r\nExpires: 60\r\n` : ''
    const to = `To: ${header(message, 'To')};tag=provider\r\n`
    this.#socket.send(
      `SIP/2.0 ${this.answer}\r\n${same}${to}${contact}Content-Length: 0\r\n\r\n`,
      from.port,
      from.address,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}
