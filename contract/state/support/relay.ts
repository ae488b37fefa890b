import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** What the server has said while all is held. */
  held: Buffer[]
}

/** A way to a server that can be cut, reset in the middle of what the server says, and stopped for a while. */
export class Relay implements AsyncDisposable {
  readonly port: number
  #pairs = new Set<Pair>()
  #server: ReturnType<typeof createServer>
  #down = false
  /** After so many bytes from the server everything is reset. */
  #bytesLeft = Number.POSITIVE_INFINITY
  #mark: string | undefined
  #holds = false
  #gathering: NodeJS.Timeout | undefined
  #heard: (() => void) | undefined
  /** How often a mark was found. */
  strikes = 0

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    this.port = (server.address() as { port: number }).port
  }

  static async start(host: string, port: number): Promise<Relay> {
    let relay: Relay | undefined
    const server = createServer((client) => relay?.accept(client, host, port))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    relay = new Relay(server)
    return relay
  }

  accept(client: Socket, host: string, port: number): void {
    client.on('error', () => {})
    if (this.#down) {
      reset(client)
      return
    }
    const server = connect(port, host)
    const pair: Pair = { client, server, held: [] }
    this.#pairs.add(pair)
    const end = () => {
      client.destroy()
      server.destroy()
      this.#pairs.delete(pair)
    }
    server.on('error', end)
    server.on('close', end)
    client.on('close', end)
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes: Buffer) => {
      const at = this.#mark === undefined ? -1 : bytes.indexOf(this.#mark)
      if (at !== -1) {
        this.#bytesLeft = at + 8
        this.#mark = undefined
        this.strikes++
      }
      if (this.#holds) {
        pair.held.push(bytes)
        this.#heard?.()
        return
      }
      if (bytes.length <= this.#bytesLeft) {
        this.#bytesLeft -= bytes.length
        client.write(bytes)
        return
      }
      client.write(bytes.subarray(0, this.#bytesLeft), () => this.reset())
      this.#bytesLeft = Number.POSITIVE_INFINITY
    })
  }

  /** Resets every connection now. */
  reset(): void {
    for (const { client, server } of [...this.#pairs]) {
      reset(client)
      reset(server)
    }
  }

  /** Resets every connection after so many bytes of the server. */
  resetAfter(bytes: number): void {
    this.#bytesLeft = bytes
  }

  /** Resets every connection in the middle of the next message that holds this text. */
  resetAt(mark: string): void {
    this.#mark = mark
  }

  /** Takes back a reset that has not come, and lets everybody through. */
  calm(): void {
    this.#down = false
    this.#bytesLeft = Number.POSITIVE_INFINITY
    this.#mark = undefined
  }

  /** Holds what servers say, until it is released: then the client has it in one read. */
  hold(): void {
    this.#holds = true
  }

  /** Resolves when this text is among what is held. */
  async heldText(text: string): Promise<void> {
    const isHeld = () => [...this.#pairs].some(({ held }) => Buffer.concat(held).includes(text))
    while (!isHeld()) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }

  release(): void {
    this.#holds = false
    for (const pair of this.#pairs) {
      if (pair.held.length > 0) pair.client.write(Buffer.concat(pair.held.splice(0)))
    }
  }

  /** From now on clients read once in so many milliseconds, as one does whose loop is busy. */
  gather(milliseconds: number): void {
    this.hold()
    this.#gathering ??= setInterval(() => {
      this.release()
      this.hold()
    }, milliseconds)
  }

  /** Nothing passes for so long. */
  stall(milliseconds: number): void {
    const stalled = [...this.#pairs]
    for (const { client, server } of stalled) {
      client.pause()
      server.pause()
    }
    setTimeout(() => {
      for (const { client, server } of stalled) {
        client.resume()
        server.resume()
      }
    }, milliseconds)
  }

  /** Nobody comes through, until all is calm again. */
  close(): void {
    this.#down = true
    this.reset()
  }

  /** Nobody comes through for so long. */
  cut(milliseconds: number): void {
    this.close()
    setTimeout(() => {
      this.#down = false
    }, milliseconds)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#gathering)
    this.reset()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

// Node keeps the handle of a socket that is reset while it connects, or once it has ended
function reset(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.connecting || socket.writableEnded || socket.readableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
