// A FastAGI server that runs a Perl script of each connection, as inetd would: its input and its output are the socket.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

/** What a script did. */
export interface Ran {
  /** What it wrote to Asterisk, line by line. */
  readonly commands: readonly string[]
  /** What it told us of the answers. */
  readonly told: readonly string[]
  readonly code: number | null
}

/** One run of one script. */
export class PerlServer implements AsyncDisposable {
  readonly port: number
  /** The name of the channel that called. */
  readonly channel: Promise<string>
  readonly ran: Promise<Ran>
  #close: () => void

  private constructor(port: number, channel: Promise<string>, ran: Promise<Ran>, close: () => void) {
    this.port = port
    this.channel = channel
    this.ran = ran
    this.#close = close
  }

  static async listen(library: string, script: string): Promise<PerlServer> {
    const server = createServer({ noDelay: true, allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    let child: ChildProcess | undefined
    const channel = resolvers<string>()
    const ran = new Promise<Ran>((resolve) => {
      server.once('connection', (socket) => {
        const file = fileURLToPath(new URL(script, import.meta.url))
        const perl = spawn('perl', [`-I${library}`, file], { stdio: ['pipe', 'pipe', 'pipe'] })
        child = perl
        const text = { in: '', out: '', told: '' }
        socket.on('data', (bytes: Buffer) => {
          text.in += bytes.toString('latin1')
          const name = /^agi_channel: (.*)\n/m.exec(text.in)?.[1]
          if (name !== undefined) channel.resolve(name)
        })
        socket.on('error', () => undefined)
        perl.stdin.on('error', () => undefined)
        socket.pipe(perl.stdin)
        perl.stdout.on('data', (bytes: Buffer) => {
          text.out += bytes.toString('latin1')
          socket.write(bytes)
        })
        perl.stderr.on('data', (bytes: Buffer) => {
          text.told += bytes.toString('latin1')
        })
        perl.once('close', (code) => {
          socket.end()
          resolve({ commands: lines(text.out), told: lines(text.told), code })
        })
      })
    })
    return new PerlServer(port, channel.promise, ran, () => {
      child?.kill()
      server.close()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
  }
}

function resolvers<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function lines(text: string): string[] {
  return text.split('\n').slice(0, -1)
}
