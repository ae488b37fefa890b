// A way to a server that hears what passes, and holds back or ends what the test wants.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** One connection through a {@link Wire}. */
export interface Passing {
  readonly client: Socket
  /** Everything that the client has said, as a byte string. */
  readonly said: string
}

/** What a wire does to what the server says: a time in milliseconds that it is held back, or the end. */
export type Disturbance = (passing: Passing, text: string) => number | 'end'

/** Passes connections on to a server. */
export class Wire implements AsyncDisposable {
  readonly port: number
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async to(host: string, port: number, disturb: Disturbance): Promise<Wire> {
    const server = createServer((client) => pass(client, connect(port, host), disturb))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Wire(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function pass(client: Socket, server: Socket, disturb: Disturbance): void {
  let said = ''
  let before: Promise<unknown> = Promise.resolve()
  const end = () => {
    client.destroy()
    server.destroy()
  }
  for (const one of [client, server]) one.on('error', end).on('close', end)
  client.on('data', (bytes) => {
    said += bytes.toString('latin1')
    server.write(bytes)
  })
  server.on('data', (bytes) => {
    before = before.then(async () => {
      const what = disturb({ client, said }, bytes.toString('latin1'))
      if (what !== 'end') {
        if (what > 0) await pause(what)
        client.write(bytes)
      } else client.end(bytes)
    })
  })
}
