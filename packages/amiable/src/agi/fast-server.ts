import { once } from 'node:events'
import { type AddressInfo, BlockList, createServer, isIP, type Server, type Socket } from 'node:net'
import { type Check, checkEach, checkFunction, checkText, checkWhole, got, graceOf } from '../check.ts'
import { type AgiRefusal, publish } from '../diagnostics.ts'
import { AmiError, ConnectError, invalid } from '../errors.ts'
import { deferred } from '../util/deferred.ts'
import { serve, type Watcher } from './fast-session.ts'
import { type AgiHandler, reportError } from './handler.ts'
import type { AgiSession } from './session.ts'
import { type ResolvedOptions, resolve, SESSION_CHECKS, type SessionOptions } from './session-options.ts'

/** Where a server listens, and to whom. */
export interface ListenAgiOptions extends SessionOptions {
  /** FastAGI has no authentication: any address but a loopback one needs `allow`. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** 0 for any that is free. @default 4573 */
  readonly port?: number | undefined
  /** Addresses and networks such as `10.0.0.0/24` whose connections are taken. */
  readonly allow?: readonly string[] | undefined
  /** How many connections there may be at once; past it Asterisk gets `FAILURE`. @default 1_000 */
  readonly maxSessions?: number | undefined
  /** How many connections the system keeps that wait to be taken. */
  readonly backlog?: number | undefined
}

/** Counts since the server was made, and how many sessions there are. */
export interface AgiServerStats {
  /** Connections that are open. */
  readonly sessions: number
  /** Sessions that have begun. */
  readonly total: number
  /** Connections that were not taken, or were no Asterisk's. */
  readonly refused: number
  /** Handlers that threw, or kept a call longer than `hangupGrace` when it was gone. */
  readonly failed: number
  /** Answers to commands that nobody waited for any more. */
  readonly lateAnswers: number
  /** How many times bytes came that nobody had asked for. */
  readonly outOfStep: number
}

/** How a server ends. */
export interface CloseOptions {
  /** Milliseconds that the handlers may take; 0 waits for none. @default 5_000 */
  readonly timeout?: number | undefined
}

const CHECKS: Readonly<Record<keyof ListenAgiOptions, Check>> = {
  ...SESSION_CHECKS,
  host: (argument, value) => void checkText(argument, value),
  port: (argument, value) => void checkWhole(argument, value, 0, 65_535),
  allow: (argument, value) => void allowList(argument, value),
  maxSessions: (argument, value) => void checkWhole(argument, value, 1),
  backlog: (argument, value) => void checkWhole(argument, value, 1),
}

// how many are waited for until they have read their refusal; past them it is said to whoever reads it in time
const MOST_REFUSED = 64
// and for how long, in milliseconds
const REFUSAL = 1_000

/**
 * Listens for Asterisk's calls, as by `AGI(agi://host/path)`. Resolves when the server listens, rejects with
 * `AMI_CONNECT` if it cannot.
 * @throws {ArgumentError} at once for an option that is wrong
 */
export function listenAgi(handler: AgiHandler, options: ListenAgiOptions = {}): Promise<AgiServer> {
  checkFunction('handler', handler)
  const given = checkEach<ListenAgiOptions>('', options, CHECKS)
  const { host = '127.0.0.1', port = 4_573, backlog } = given
  if (given.allow === undefined && !/^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw invalid(
      'allow',
      `is missing: FastAGI has no authentication, and ${isIP(host) ? host : 'the host'} is no loopback address`,
    )
  }
  const server = new AgiServer(handler, given)
  return server.listen({ host, port, ...(backlog !== undefined && { backlog }) })
}

/** Takes Asterisk's calls; made by {@link listenAgi}. */
export class AgiServer implements AsyncDisposable {
  #handler: AgiHandler
  #options: ResolvedOptions
  #maxSessions: number
  #allow: BlockList | undefined
  #server: Server
  #address: AddressInfo | undefined
  /** With their sessions, once they have begun. */
  #sockets = new Map<Socket, AgiSession | undefined>()
  #refusedSockets = new Set<Socket>()
  #serving = new Set<Promise<void>>()
  #counts = { total: 0, refused: 0, failed: 0, lateAnswers: 0, outOfStep: 0 }
  #watcher: Watcher
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(handler: AgiHandler, options: Partial<ListenAgiOptions>) {
    this.#handler = handler
    this.#options = resolve(options)
    this.#maxSessions = options.maxSessions ?? 1_000
    this.#allow = options.allow && allowList('allow', options.allow)
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: this.#options.keepAlive },
      (socket) => this.#accept(socket),
    )
    const counts = this.#counts
    this.#watcher = {
      began: () => void counts.total++,
      late: () => void counts.lateAnswers++,
      outOfStep: () => void counts.outOfStep++,
      overstayed: () => void counts.failed++,
    }
  }

  /** Its port; the one that it had once it is closed. */
  get port(): number {
    return this.#address?.port ?? 0
  }

  /** The address that it listens on. */
  get address(): string {
    return this.#address?.address ?? ''
  }

  /** Counts since it was made. */
  stats(): AgiServerStats {
    return { sessions: this.#sockets.size, ...this.#counts }
  }

  /** Returns the sessions that have not ended. */
  sessions(): readonly AgiSession[] {
    return [...this.#sockets.values()].filter((session) => session !== undefined)
  }

  /** @internal */
  async listen(where: { host: string; port: number; backlog?: number }): Promise<this> {
    const up = deferred<void>()
    const failed = (cause: Error) => {
      up.reject(
        new ConnectError(`agi: cannot listen on ${where.host}:${where.port}: ${cause.message}`, {
          source: 'agi',
          cause,
        }),
      )
    }
    this.#server.once('error', failed)
    this.#server.listen(where, () => up.resolve())
    await up.promise
    this.#server.off('error', failed)
    this.#address = this.#server.address() as AddressInfo
    // such as no descriptor left: the next connection is taken again
    this.#server.on('error', () => {})
    return this
  }

  /**
   * Listens no more, lets the handlers end, and then ends their sessions. Resolves when all is over.
   * @param options.timeout milliseconds that the handlers may take; 0 waits for none. @default 5_000
   */
  close(options: CloseOptions = {}): Promise<void> {
    const grace = graceOf(options)
    this.#closing ??= this.#close(grace)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeout: number): Promise<void> {
    const closed = deferred<void>()
    this.#server.close(() => closed.resolve())
    for (const socket of this.#refusedSockets) socket.destroy()
    const { clock } = this.#options
    const late = deferred<void>()
    const timer = clock.setTimeout(() => late.resolve(), timeout)
    const idle = () => Promise.all(this.#serving)
    if (timeout > 0) await Promise.race([idle(), late.promise])
    clock.clearTimeout(timer)
    for (const [socket, session] of this.#sockets) {
      // whoever has not even said what call it is
      if (session === undefined) socket.destroy()
      else session.exchange.finish()
    }
    await closed.promise
    await Promise.all([...this.#sockets.keys()].map((socket) => once(socket, 'close')))
  }

  #accept(socket: Socket): void {
    // a peer that has reset the connection before it was taken has none any more
    const address = socket.remoteAddress ?? 'agi'
    if (this.#allow !== undefined && !isAllowed(this.#allow, address)) this.#refuse(socket, address, 'address')
    else if (this.#sockets.size >= this.#maxSessions) this.#refuse(socket, address, 'full')
    else {
      const serving = this.#serve(socket, address)
      this.#serving.add(serving)
      void serving.then(() => this.#serving.delete(serving))
    }
  }

  async #serve(socket: Socket, address: string): Promise<void> {
    this.#sockets.set(socket, undefined)
    // a handler may never end
    socket.once('close', () => this.#sockets.delete(socket))
    const began = (session: AgiSession) => {
      this.#sockets.set(socket, session)
      this.#watcher.began(session)
    }
    try {
      const { by, error, session } = await serve(socket, this.#handler, this.#options, address, {
        ...this.#watcher,
        began,
      })
      if (by !== 'failed') return
      this.#counts.failed++
      reportError(this.#options.onHandlerError, error, session)
    } catch (error) {
      this.#counts.refused++
      publish('agi:refused', () => ({ source: address, transport: 'fast', reason: reasonOf(error) }))
    }
  }

  /**
   * Refuses a connection with `FAILURE`, for Asterisk takes a mere end for a success. The word may be written before
   * Asterisk has said anything (res_agi.c: run_agi).
   */
  #refuse(socket: Socket, address: string, reason: 'full' | 'address'): void {
    this.#counts.refused++
    publish('agi:refused', () => ({ source: address, transport: 'fast', reason }))
    socket.on('error', () => {})
    if (this.#refusedSockets.size >= MOST_REFUSED) {
      socket.write('FAILURE\n')
      socket.destroySoon()
      return
    }
    const { clock } = this.#options
    this.#refusedSockets.add(socket)
    const timer = clock.setTimeout(() => socket.destroy(), REFUSAL)
    socket.once('close', () => {
      clock.clearTimeout(timer)
      this.#refusedSockets.delete(socket)
    })
    // what it says is read, or the end of the connection would take the word away with it
    socket.resume()
    socket.end('FAILURE\n')
  }
}

function reasonOf(error: unknown): AgiRefusal {
  const code = AmiError.is(error) ? error.code : undefined
  if (code === 'AMI_ARGUMENT') return 'route'
  return code === 'AMI_TIMEOUT' || code === 'AMI_LOST' ? 'silent' : 'foreign'
}

function allowList(argument: string, value: unknown): BlockList {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(argument, `must be a list of addresses or networks, ${got(value)}`)
  }
  const list = new BlockList()
  for (const [at, one] of value.entries()) {
    const [, address = '', bits] = /^([^/]{1,45})(?:\/(\d{1,3}))?$/.exec(String(one)) ?? []
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    if (family === 0 || Number(bits ?? 0) > most) {
      throw invalid(`${argument}[${at}]`, `must be an address or a network such as '10.0.0.0/24', ${got(one)}`)
    }
    list.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

function isAllowed(list: BlockList, address: string): boolean {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = isIP(plain)
  return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}
