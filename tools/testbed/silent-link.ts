// A way between two programs that can be cut, or lose every packet without a word: what it is given waits, as TCP sends
// again what nobody has confirmed.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A link to a port of this machine. */
export class SilentLink implements AsyncDisposable {
  readonly #to: () => number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isSilent = false
  #port = 0

  private constructor(to: () => number) {
    this.#to = to
    this.#server = createServer((near) => this.#join(near))
  }

  static async to(port: number | (() => number)): Promise<SilentLink> {
    const link = new SilentLink(typeof port === 'number' ? () => port : port)
    await link.open()
    return link
  }

  get port(): number {
    return this.#port
  }

  /** Loses everything from now on, in both directions, and says nothing. */
  drop(): void {
    this.#isSilent = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Lets everything through again. */
  resume(): void {
    this.#isSilent = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** Ends every connection, and refuses new ones. */
  async cut(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Takes connections again, at the same port. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.cut()
  }

  #join(near: Socket): void {
    const far = connect(this.#to(), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      if (this.#isSilent) from.pause()
      from.on('data', (bytes) => void to.write(bytes))
      // an end is a packet too
      from.on('end', () => this.#isSilent || to.end())
      from.on('error', () => undefined)
      from.on('close', () => {
        this.#sockets.delete(from)
        if (!this.#isSilent) to.destroy()
      })
    }
  }
}
