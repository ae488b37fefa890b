// A telephone for a real Asterisk, as far as a test needs one: it registers, answers whoever calls, and is silent. RFC 3261
// in its smallest part, over UDP. Some silence it does send: app_chanspy.c waits for the next frame of whoever listens.
import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

const AGENT = 'amiable test phone'
/** Milliseconds between two frames of silence; a real phone sends one each 20. */
const FRAME = 100

interface Message {
  /** The first line. */
  readonly start: string
  /** The lines of headers, as they came. */
  readonly headers: readonly string[]
  readonly body: string
}

/** A phone that is registered. */
export class SipPhone implements AsyncDisposable {
  /** How many calls it has answered. */
  answered = 0
  readonly #name: string
  readonly #secret: string
  readonly #server: number
  readonly #socket: Socket
  readonly #tag = token()
  readonly #id = token()
  #sequence = 0
  /** What sends silence in each call, by its Call-ID. */
  readonly #voices = new Map<string, NodeJS.Timeout>()
  #waiting: ((answer: Message) => void) | undefined

  private constructor(name: string, secret: string, server: number, socket: Socket) {
    this.#name = name
    this.#secret = secret
    this.#server = server
    this.#socket = socket
    socket.on('message', (bytes) => this.#take(messageOf(bytes.toString('latin1'))))
  }

  /** Registers as an endpoint at the Asterisk whose PJSIP listens on that port. */
  static async register(name: string, secret: string, server: number): Promise<SipPhone> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const phone = new SipPhone(name, secret, server, socket)
    // what a test that was killed has left
    await phone.#register(0, '*')
    await phone.#register(600)
    return phone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#register(0).catch(() => undefined)
    for (const call of [...this.#voices.keys()]) this.#beSilent(call)
    this.#socket.close()
  }

  get #address(): string {
    return `127.0.0.1:${(this.#socket.address() as AddressInfo).port}`
  }

  async #register(expires: number, contact = `<sip:${this.#name}@${this.#address}>`): Promise<void> {
    const first = await this.#ask(expires, contact)
    if (/ 200 /.test(first.start)) return
    const second = await this.#ask(expires, contact, this.#proof(first))
    if (!/ 200 /.test(second.start)) throw new Error(`${this.#name} was not registered: ${second.start}`)
  }

  /** Sends a REGISTER, again each half second until it is answered, as UDP wants. */
  async #ask(expires: number, contact: string, authorization?: string): Promise<Message> {
    const user = `<sip:${this.#name}@127.0.0.1>`
    const sequence = `CSeq: ${++this.#sequence} REGISTER`
    const lines = [
      'REGISTER sip:127.0.0.1 SIP/2.0',
      `Via: SIP/2.0/UDP ${this.#address};branch=z9hG4bK${token()};rport`,
      'Max-Forwards: 70',
      `From: ${user};tag=${this.#tag}`,
      `To: ${user}`,
      `Call-ID: ${this.#id}`,
      sequence,
      `Contact: ${contact}`,
      `Expires: ${expires}`,
      `User-Agent: ${AGENT}`,
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      'Content-Length: 0',
    ]
    const answered = new Promise<Message>((resolve) => {
      // one that was sent again is answered twice: the second answer is none to the next REGISTER
      this.#waiting = (answer) => {
        if (answer.headers.some((line) => line.toLowerCase() === sequence.toLowerCase())) resolve(answer)
      }
    })
    this.#send(lines)
    const again = setInterval(() => this.#send(lines), 500)
    const over = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error(`${this.#name}: nobody answers its REGISTER`)), 10_000).unref()
    })
    try {
      return await Promise.race([answered, over])
    } finally {
      clearInterval(again)
    }
  }

  /** Answers a challenge (RFC 2617, MD5, with qop=auth where it is offered). */
  #proof({ headers }: Message): string {
    const challenge = headers.find((line) => /^WWW-Authenticate:/i.test(line)) ?? ''
    const part = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(challenge)?.[1] ?? ''
    const [realm, nonce, opaque] = [part('realm'), part('nonce'), part('opaque')]
    const [count, client] = ['00000001', token()]
    const own = md5(`${this.#name}:${realm}:${this.#secret}`)
    const proof = md5(`${own}:${nonce}:${count}:${client}:auth:${md5('REGISTER:sip:127.0.0.1')}`)
    const given = { username: this.#name, realm, nonce, uri: 'sip:127.0.0.1', response: proof, cnonce: client, opaque }
    const quoted = Object.entries(given).map(([name, value]) => `${name}="${value}"`)
    return `Digest ${quoted.join(', ')}, algorithm=MD5, qop=auth, nc=${count}`
  }

  #take(message: Message): void {
    const { start } = message
    if (start.startsWith('SIP/2.0')) {
      if (!/ 100 /.test(start)) this.#waiting?.(message)
      return
    }
    const [method] = start.split(' ')
    if (method === 'ACK') return
    const call = message.headers.find((line) => /^Call-ID:/i.test(line)) ?? ''
    this.#beSilent(call)
    if (method === 'INVITE') {
      this.answered++
      this.#speak(call, Number(/^m=audio (\d+)/m.exec(message.body)?.[1]))
    }
    this.#send(this.#answer(message, method === 'INVITE' ? session(this.#address) : ''))
  }

  #speak(call: string, port: number): void {
    let sequence = 0
    const frame = () => {
      const head = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
      head.writeUInt16BE(++sequence & 0xffff, 2)
      head.writeUInt32BE((sequence * 8 * FRAME) >>> 0, 4)
      this.#socket.send(Buffer.concat([head, Buffer.alloc(160, 0xff)]), port, '127.0.0.1')
    }
    this.#voices.set(call, setInterval(frame, FRAME))
  }

  #beSilent(call: string): void {
    clearInterval(this.#voices.get(call))
    this.#voices.delete(call)
  }

  #answer({ headers }: Message, body: string): string[] {
    const same = headers.filter((line) => /^(?:Via|From|Call-ID|CSeq|Record-Route):/i.test(line))
    const to = headers.find((line) => /^To:/i.test(line)) ?? 'To:'
    return [
      'SIP/2.0 200 OK',
      ...same,
      /;tag=/.test(to) ? to : `${to};tag=${this.#tag}`,
      `Contact: <sip:${this.#name}@${this.#address}>`,
      `User-Agent: ${AGENT}`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ]
  }

  #send(lines: readonly string[]): void {
    const text = lines.includes('') ? lines.join('\r\n') : `${lines.join('\r\n')}\r\n\r\n`
    this.#socket.send(text, this.#server, '127.0.0.1')
  }
}

function messageOf(text: string): Message {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [start = '', ...headers] = head.split('\r\n')
  return { start, headers, body }
}

/** A voice that nobody hears: port 9 throws all of it away. */
function session(address: string): string {
  const [host] = address.split(':')
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    'm=audio 9 RTP/AVP 0',
    'a=rtpmap:0 PCMU/8000',
    '',
  ].join('\r\n')
}

function token(): string {
  return randomBytes(8).toString('hex')
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
