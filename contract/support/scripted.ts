import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** What a scripted server answers: bytes as they are, where `@ID@` stands for the client's ActionID. */
export type Script = Readonly<Record<string, string>>

/**
 * A server of its own for fixtures, apart from the simulator: it takes any login, answers Ping, and plays recorded
 * bytes for the actions of its script, strictly in order, in pieces of `piece` bytes.
 */
export class ScriptedServer implements AsyncDisposable {
  #server: Server
  #sockets = new Set<Socket>()

  constructor(script: Script, piece = Number.MAX_SAFE_INTEGER, version = '11.0.0') {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      // the client went: nothing is left to say
      serve(socket, script, piece, version).catch(() => {})
    })
  }

  /** Listens on a port of its own. */
  static async start(script: Script, piece?: number, version?: string): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, piece, version)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

async function serve(socket: Socket, script: Script, piece: number, version: string): Promise<void> {
  socket.setEncoding('latin1')
  socket.write(`Asterisk Call Manager/${version}\r\n`)
  let text = ''
  for await (const chunk of socket as AsyncIterable<string>) {
    text += chunk
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const action = text.slice(0, end)
      text = text.slice(end + 4)
      const answer = Buffer.from(answerTo(action, script), 'latin1')
      for (let at = 0; at < answer.length; at += piece) {
        await new Promise((resolve) => socket.write(answer.subarray(at, at + piece), resolve))
      }
    }
  }
}

function answerTo(action: string, script: Script): string {
  const get = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'im').exec(action)?.[1]?.trim() ?? ''
  const id = `ActionID: ${get('ActionID')}\r\n`
  switch (get('Action')) {
    case 'Challenge':
      return `Response: Success\r\n${id}Challenge: 123456789\r\n\r\n`
    case 'Login':
      return `Response: Success\r\n${id}Message: Authentication accepted\r\n\r\n`
    case 'Ping':
      return `Response: Success\r\n${id}Ping: Pong\r\nTimestamp: 1.0\r\n\r\n`
    case 'Logoff':
      return `Response: Goodbye\r\n${id}Message: Thanks for all the fish.\r\n\r\n`
    default:
      return (
        script[get('Action')]?.replaceAll('@ID@', get('ActionID')) ??
        `Response: Error\r\n${id}Message: Invalid/unknown command: ${get('Action')}.\r\n\r\n`
      )
  }
}
