import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type Check, checkEach, checkRecord, checkText, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import { isBanner } from '../../util/banner.ts'
import type { TapListener } from '../../util/tap.ts'

/** The options of {@link startProxy}. */
export interface ProxyOptions {
  /** The server that the proxy connects to. */
  readonly target: { readonly host?: string; readonly port: number; readonly tls?: boolean | ConnectionOptions }
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string
  /** The port to listen on. 0 is any free port. @default 0 */
  readonly port?: number
}

/** A proxy that passes bytes through, so that you can record any AMI program. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  readonly host: string
  /** Calls a listener with everything that passes, with secrets. Returns a function that ends this. */
  tap(listener: ProxyListener): () => void
  close(): Promise<void>
}

/** Receives what passes a proxy. */
export interface ProxyListener extends TapListener {
  /** Takes the bytes themselves, in place of `chunk`, if it is there. Do not change them. */
  bytes?(session: number, direction: 'in' | 'out', bytes: Buffer, midway: boolean): void
  /** A promise that the proxy waits for before it reads on, while the listener has too much to do. */
  readonly behind?: Promise<void> | undefined
}

function checkProxyOptions(options: ProxyOptions): void {
  const port: Check = (argument, value) => checkWhole(argument, value, 0, 65_535)
  const tls: Check = (argument, value) => {
    if (typeof value !== 'boolean') checkRecord(argument, value, 'true, false or the options of tls.connect')
  }
  const target: Check = (argument, value) => {
    const set = checkEach<ProxyOptions['target']>(argument, value, { host: checkText, port, tls })
    if (set.port === undefined) throw invalid(`${argument}.port`, 'is missing')
  }
  const set = checkEach<ProxyOptions>('', options, { target, host: checkText, port }, 'an object such as { target }')
  if (set.target === undefined) throw invalid('target', 'is missing: name the server, { host, port }')
}

function checkListener(listener: unknown): void {
  const shape = 'an object with chunk and end'
  const { chunk, bytes, end } = (listener ?? {}) as Partial<Record<keyof ProxyListener, unknown>>
  if (typeof (bytes ?? chunk) === 'function' && typeof end === 'function') return
  throw invalid('listener', `must be ${shape}, ${got(listener)}`)
}

// how much of what passed is kept: a banner, or the end of a message
const TAIL = 64

/** Whether what passed so far ends with a message, or with the banner. */
function isWhole(tail: string, direction: 'in' | 'out'): boolean {
  if (direction === 'in') return /(?:^|\n\r?\n)$/.test(tail)
  return /(?:^|\r\n\r\n)$/.test(tail) || (/^[^\n]*\n$/.test(tail) && isBanner(tail))
}

/** Starts a proxy. Programs connect to it in place of the server. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  checkProxyOptions(options)
  const { host = '127.0.0.1' } = options
  const target = { ...options.target }
  const listeners = new Set<ProxyListener>()
  const sockets = new Set<Socket>()
  let sessions = 0
  const server: Server = createServer({ noDelay: true }, (near) => {
    const session = ++sessions
    const far = open(target)
    sockets.add(near).add(far)
    const pass = (from: Socket, to: Socket, direction: 'in' | 'out'): void => {
      let tail = ''
      from.on('data', (chunk: Buffer) => {
        if (listeners.size > 0) {
          const midway = !isWhole(tail, direction)
          tellEach(listeners, (listener) => tell(listener, session, direction, chunk, midway))
        }
        tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - TAIL))).slice(-TAIL)
        const obstacles = [...listeners].flatMap(({ behind }) => behind ?? [])
        if (!to.write(chunk)) obstacles.push(new Promise((resolve) => void to.once('drain', resolve)))
        if (obstacles.length > 0) {
          from.pause()
          void Promise.allSettled(obstacles).then(() => from.resume())
        }
      })
      from.on('end', () => to.end())
      from.on('error', () => to.destroy())
    }
    pass(near, far, 'in')
    pass(far, near, 'out')
    let left = 2
    for (const socket of [near, far]) {
      socket.on('close', () => {
        sockets.delete(socket)
        if (--left === 0) tellEach(listeners, (listener) => listener.end(session))
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
  const tap: Proxy['tap'] = (listener) => {
    checkListener(listener)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { port, host, tap, close, [Symbol.asyncDispose]: close }
}

// one that ends may begin another, which gets what follows
function tellEach(listeners: ReadonlySet<ProxyListener>, tell: (listener: ProxyListener) => void): void {
  for (const listener of [...listeners]) if (listeners.has(listener)) tell(listener)
}

function tell(listener: ProxyListener, session: number, direction: 'in' | 'out', bytes: Buffer, midway: boolean): void {
  if (listener.bytes === undefined) listener.chunk(session, direction, bytes.toString('latin1'), midway)
  else listener.bytes(session, direction, bytes, midway)
}

function open(target: ProxyOptions['target']): Socket {
  const where = { host: target.host ?? '127.0.0.1', port: target.port }
  if (target.tls === undefined || target.tls === false) return connect({ ...where, noDelay: true })
  return connectTls({ ...where, ...(target.tls === true ? {} : target.tls) })
}
