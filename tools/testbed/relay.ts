// A connection in two halves, into each of which a test may write what neither side has sent.
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'

/** A relay to a port of this machine, for one connection. */
export class Relay implements AsyncDisposable {
  readonly #server = createServer((near) => this.#pass(near))
  readonly #to: number
  #connected: (halves: { near: Socket; far: Socket }) => void = () => {}
  /** The halves of the first connection. */
  readonly halves = new Promise<{ near: Socket; far: Socket }>((resolve) => {
    this.#connected = resolve
  })

  private constructor(to: number) {
    this.#to = to
  }

  static async to(port: number): Promise<Relay> {
    const relay = new Relay(port)
    await once(relay.#server.listen(0, '127.0.0.1'), 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  #pass(near: Socket): void {
    const far = createConnection(this.#to, '127.0.0.1')
    near.on('error', () => {}).pipe(far)
    far.on('error', () => {}).pipe(near)
    this.#connected({ near, far })
  }

  /** Takes no further connection; those that there are go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
  }
}
