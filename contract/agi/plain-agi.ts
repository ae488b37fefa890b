// A FastAGI server of plain sockets: what Asterisk itself says to bytes, without the library.
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Client } from 'amiable'
import { RawClient } from '../../tools/testbed/raw-client.ts'

/** A call of Asterisk's to a {@link PlainAgi}. */
export interface PlainCall {
  /** What Asterisk said first, up to the empty line. */
  readonly environment: string
  /** The channel that is controlled. */
  readonly channel: string
  /** Its other half, which a digit is played on to be heard by the first. */
  readonly far: string
  /** Bytes in and out. */
  readonly wire: RawClient
  /** Sends a line; gives what comes up to the answer of a fence behind it, each line of it sent by itself. */
  ask(line: string): Promise<string>
}

/** Listens on a port of its own. */
export class PlainAgi {
  #server: Server
  #waiting: ((wire: RawClient) => void)[] = []
  #wires = new Set<RawClient>()

  private constructor() {
    this.#server = createServer((socket) => {
      const wire = new RawClient(socket)
      this.#wires.add(wire)
      this.#waiting.shift()?.(wire)
    })
  }

  static async listen(): Promise<PlainAgi> {
    const plain = new PlainAgi()
    plain.#server.listen(0, '127.0.0.1')
    await once(plain.#server, 'listening')
    return plain
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** Has Asterisk dial `Local/EXTENSION@default` and hand the near half over. */
  async call(ami: Client, extension = 'wait', variables: Record<string, string> = {}): Promise<PlainCall> {
    const came = new Promise<RawClient>((resolve) => this.#waiting.push(resolve))
    await originateAgi(ami, this.port, { extension, variables })
    const wire = await came
    const environment = await wire.until(/\n\n/)
    const channel = /\nagi_channel: (.*)\n/.exec(environment)?.[1] ?? ''
    const ask = async (line: string) => {
      const from = wire.text.length
      wire.send(`${line}\n`)
      await wire.until(ANSWERED)
      const token = `fence-${Math.random().toString(36).slice(2)}`
      wire.send(`GET FULL VARIABLE "${token}"\n`)
      await wire.until(new RegExp(`200 result=1 \\(${token}\\)\\n`))
      return wire.text.slice(from, wire.text.indexOf(`200 result=1 (${token})`, from))
    }
    return { environment, channel, far: channel.replace(/;1$/, ';2'), wire, ask }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires) wire.socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

// a line of an answer, or of several that end; a usage ends with its own last line
const ANSWERED = /(?:^|\n)(?:200 result=[^\n]*|51\d [^\n]*|503 [^\n]*|520 [^\n]*)\n/

/** How a call is made that Asterisk hands to a FastAGI server. */
export interface AgiDial {
  readonly extension?: string
  readonly variables?: Record<string, string>
  /** Behind the host: a path, and a query. */
  readonly script?: string
  readonly args?: readonly string[]
  readonly host?: string
  readonly callerId?: string
}

/** Dials `Local/EXTENSION@default`, and has its near half call the FastAGI server at that port. */
export async function originateAgi(ami: Client, port: number, dial: AgiDial = {}): Promise<void> {
  const { extension = 'wait', variables = {}, script = '', args = [], host = '127.0.0.1', callerId } = dial
  const Data = [`agi://${host}:${port}/${script}`, ...args].join(',')
  const params = { Channel: `Local/${extension}@default/n`, Application: 'AGI', Data, Async: true }
  await ami.sendRaw('Originate', { ...params, ...(callerId && { CallerID: callerId }) }, { variables })
}
