// The side of Asterisk on a plain socket, for what no real one does at a test's will.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

const recorded = new URL('./recorded/answers-22.json', import.meta.url)
/** What a real Asterisk 22 says first. */
export const ENVIRONMENT = (JSON.parse(readFileSync(recorded, 'utf8')) as { environment: string }).environment

/** One connection to a FastAGI server. */
export class AsteriskPeer {
  readonly socket: Socket
  /** Whether the other side has ended. */
  ended = false
  #text = ''
  #changed = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('utf8')
      this.#tell()
    })
    const over = () => {
      this.ended = true
      this.#tell()
    }
    socket.on('error', over)
    socket.on('end', over)
    socket.on('close', over)
  }

  static async dial(port: number, environment = ENVIRONMENT): Promise<AsteriskPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const peer = new AsteriskPeer(socket)
    peer.send(environment)
    return peer
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** The next line that comes; `undefined` where the other side ends first. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n')
      if (end !== -1) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        return line
      }
      if (this.ended) return undefined
      await new Promise<void>((resolve) => this.#changed.add(resolve))
    }
  }

  /** Answers the next line. */
  async answer(text: string): Promise<string | undefined> {
    const line = await this.next()
    this.send(text)
    return line
  }

  /** Answers a fence, which the next line must be. */
  async answerFence(): Promise<void> {
    const line = await this.next()
    const token = /^GET FULL VARIABLE "([a-z0-9]+)"$/.exec(line ?? '')?.[1]
    if (token === undefined) throw new Error(`no fence: ${line}`)
    this.send(`200 result=1 (${token})\n`)
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #tell(): void {
    const waiting = [...this.#changed]
    this.#changed.clear()
    for (const wake of waiting) wake()
  }
}
