// A FastAGI server of one connection that knows nothing of AGI but its lines: it writes what it is told, and keeps every
// byte that comes back.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { RawClient } from '../../../tools/testbed/raw-client.ts'
import type { Target } from '../../targets.ts'
import { Ears, PATIENCE } from './ears.ts'

/** How the call is made that comes to the server. */
export interface CallOptions {
  /** Behind `agi://host:port`. */
  readonly path?: string
  /** Behind the URL, with their commas. */
  readonly args?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly extension?: string
  /** The context of tools/servers/asterisk whose dialplan runs the AGI; else it is the application of the Originate. */
  readonly dialplan?: 'default' | 'lasting'
}

/** One call, from its environment on. */
export class PlainCall implements AsyncDisposable {
  readonly ami: RawClient
  readonly url: string
  /** All that came before the first command. */
  environment = ''
  #socket: Socket
  #all = ''
  #from = 0
  #fences = 0
  readonly #ears: Ears
  #ended = false
  #looks = new Set<() => void>()
  #close: () => void

  private constructor(ami: RawClient, socket: Socket, url: string, close: () => void) {
    this.ami = ami
    this.#ears = new Ears(ami)
    this.url = url
    this.#socket = socket
    this.#close = close
    socket.on('data', (bytes: Buffer) => {
      this.#all += bytes.toString('latin1')
      this.#tell()
    })
    const end = () => {
      this.#ended = true
      this.#tell()
    }
    for (const event of ['end', 'close', 'error']) socket.on(event, end)
  }

  /** Has the server call us from `Local/<extension>@default/n`. */
  static async open(target: Target, options: CallOptions = {}): Promise<PlainCall> {
    const server = createServer({ noDelay: true, allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const url = `agi://127.0.0.1:${port}${options.path ?? ''}`
    const connected = once(server, 'connection') as Promise<[Socket]>
    const ami = await RawClient.login(target.port, 'call,agi,dialplan,dtmf', target.username, target.secret)
    ami.action({
      Action: 'Originate',
      Channel: `Local/${options.extension ?? 'wait'}@default/n`,
      ...(options.dialplan
        ? { Context: options.dialplan, Exten: 'fastagi', Priority: '1', Variable: `AGIURL=${url}` }
        : { Application: 'AGI', Data: options.args === undefined ? url : `${url},${options.args}` }),
      Async: 'true',
      ...options.headers,
    })
    const [socket] = await connected
    const call = new PlainCall(ami, socket, url, () => server.close())
    call.environment = await call.until((text) => text.includes('\n\n'))
    return call
  }

  get channel(): string {
    return /^agi_channel: (.*)$/m.exec(this.environment)?.[1] ?? ''
  }

  get uniqueid(): string {
    return /^agi_uniqueid: (.*)$/m.exec(this.environment)?.[1] ?? ''
  }

  write(bytes: string): void {
    this.#socket.write(bytes, 'latin1')
  }

  /** One command: what is answered to it, and all that stands before the answer of a fence behind it. */
  async ask(line: string): Promise<string> {
    this.write(`${line}\n`)
    const answer = await this.answer()
    return answer.endsWith('<end>') ? answer : `${answer}${await this.fence()}`
  }

  /** A whole answer: 200, 510, 511 or the end of a 520; with what stands before and behind it. */
  answer(): Promise<string> {
    return this.until((text) => /^(?:200 |51[01] |520 ).*\n/m.test(text))
  }

  /** All that stands before the answer of a command that nothing else can answer so. */
  async fence(): Promise<string> {
    const word = `fence-${++this.#fences}`
    this.write(`GET FULL VARIABLE "${word}"\n`)
    const answer = `200 result=1 (${word})\n`
    const text = await this.until((all) => all.includes(answer))
    return text.replace(answer, '')
  }

  /** What has come since the last look, when it fits or when the other side has ended. */
  until(fits: (text: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#looks.delete(look)
        reject(
          new Error(`nothing that fits came within ${PATIENCE} ms, but ${JSON.stringify(this.#all.slice(this.#from))}`),
        )
      }, PATIENCE)
      const look = () => {
        const text = this.#all.slice(this.#from)
        if (!fits(text) && !this.#ended) return
        clearTimeout(late)
        this.#looks.delete(look)
        this.#from = this.#all.length
        resolve(this.#ended ? `${text}<end>` : text)
      }
      this.#looks.add(look)
      look()
    })
  }

  /** Everything up to the other side's end. */
  over(): Promise<string> {
    return this.until(() => false)
  }

  /** The value that AGISTATUS got. */
  async status(): Promise<string> {
    const event = await this.hears('VarSet', `Uniqueid: ${this.uniqueid}`, 'Variable: AGISTATUS')
    return /Value: (\w+)/.exec(event)?.[1] ?? ''
  }

  /** The next event of that name that has these lines, behind the one that was heard last. */
  hears(event: string, ...lines: readonly string[]): Promise<string> {
    return this.#ears.next(event, ...lines)
  }

  end(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Digits that the channel hears: played into the other half of its Local channel, with a person's pauses. */
  async press(digits: string): Promise<void> {
    const other = this.channel.replace(/;1$/, ';2')
    for (const digit of digits) {
      this.ami.action({ Action: 'PlayDTMF', Channel: other, Digit: digit, Receive: 'false' })
      await this.hears('DTMFEnd', `Uniqueid: ${this.uniqueid}`)
      // a digit that begins where a file is being stopped is lost
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    this.#close()
    this.ami.action({ Action: 'Hangup', Channel: this.channel })
    await this.hears('Hangup', `Uniqueid: ${this.uniqueid}`)
    this.ami[Symbol.dispose]()
  }

  #tell(): void {
    for (const look of [...this.#looks]) look()
  }
}
