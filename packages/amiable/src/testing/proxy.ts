import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { RecordingWriter } from './recording.ts'

/** What {@link startProxy} takes. */
export interface ProxyOptions {
  /** The server behind it. */
  readonly target: { readonly host?: string; readonly port: number; readonly tls?: boolean | ConnectionOptions }
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

/** A proxy that passes bytes through, so that any AMI program can be recorded. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  readonly host: string
  /** What it passed, told to whoever records. Gives what ends the telling. */
  tap(listener: ProxyListener): () => void
  close(): Promise<void>
}

/** Told what passed a proxy. */
export interface ProxyListener {
  chunk(session: number, direction: 'in' | 'out', text: string): void
  end(session: number): void
}

/** Starts a pass-through proxy: programs connect to it in place of the server. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { target, host = '127.0.0.1' } = options
  const listeners = new Set<ProxyListener>()
  const sockets = new Set<Socket>()
  let sessions = 0
  const server: Server = createServer({ noDelay: true }, (near) => {
    const session = ++sessions
    const far = open(target)
    sockets.add(near).add(far)
    const pass = (from: Socket, to: Socket, direction: 'in' | 'out'): void => {
      from.on('data', (chunk: Buffer) => {
        for (const listener of listeners) listener.chunk(session, direction, chunk.toString('latin1'))
        if (!to.write(chunk)) from.pause()
      })
      to.on('drain', () => from.resume())
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
    }
    pass(near, far, 'in')
    pass(far, near, 'out')
    let left = 2
    for (const socket of [near, far]) {
      socket.on('close', () => {
        sockets.delete(socket)
        if (--left === 0) for (const listener of listeners) listener.end(session)
        near.destroySoon()
        far.destroySoon()
      })
    }
  })
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const close = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const tap = (listener: ProxyListener): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { port, host, tap, close, [Symbol.asyncDispose]: close }
}

function open(target: ProxyOptions['target']): Socket {
  const where = { host: target.host ?? '127.0.0.1', port: target.port }
  if (target.tls === undefined || target.tls === false) return connect({ ...where, noDelay: true })
  return connectTls({ ...where, ...(target.tls === true ? {} : target.tls) })
}

/** A client, as far as a recording listens to it. */
export interface RecordableClient {
  on(filter: '*', handler: (event: { readonly headers: Iterable<readonly [string, string]> }) => void): unknown
}

/** A recording that runs. */
export interface Recording extends AsyncDisposable {
  readonly file: string
  /** How many messages it holds so far. */
  readonly messages: number
  /** Ends it; resolves when the file is whole. */
  stop(): Promise<void>
}

/**
 * Records what passes a proxy in both directions, or the events that a client hears, secrets removed. The file is JSON
 * lines, gzipped where its name ends in `.gz`; {@link replay} serves it again.
 */
export function record(source: Proxy | RecordableClient, file: string, now: () => number = Date.now): Recording {
  const name = 'tap' in source ? `${source.host}:${source.port}` : 'client'
  const writer = new RecordingWriter(file, name, now)
  let release: () => void
  if ('tap' in source) release = source.tap(writer)
  else {
    const listener = source.on('*', (event) => {
      let text = ''
      for (const [header, value] of event.headers) text += `${header}: ${value}\r\n`
      writer.message(1, 'out', Buffer.from(`${text}\r\n`, 'utf8').toString('latin1'))
    })
    release = () => {
      const held = listener as { remove?: () => void; [Symbol.dispose]?: () => void } | undefined
      held?.remove?.()
    }
  }
  const stop = async (): Promise<void> => {
    release()
    await writer.close()
  }
  return {
    file,
    get messages() {
      return writer.messages
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
