import type { NetConnectOpts, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { got } from '../check.ts'
import { invalid } from '../errors.ts'
import { overwritten, theInbox } from '../wire/inbox.ts'
import { INBOX_BYTES } from '../wire/scanner.ts'

/*
 * Bun and Deno read other sockets, and the same one again, before the events of what was read are delivered: the bytes of
 * one would run over those of another. There they arrive beside the inbox, and are put into it as those of TLS are.
 */
const arrivesBeside = 'bun' in process.versions || 'deno' in process.versions
let beside: Uint8Array | undefined

/** Reports that a plain socket made here has read. */
export function hasRead(): void {
  if (!arrivesBeside) overwritten()
}

// all addresses of a name are tried in turn
const autoSelectFamily = true
const autoSelectFamilyAttemptTimeout = 1_000

/** What Node sets in its own copy of a socket's options: a copy that lacks these names takes two kilobytes more. */
interface SetByNode {
  readonly allowHalfOpen: false
  readonly emitClose: false
  readonly autoDestroy: true
  readonly decodeStrings: false
}

/** Where and how to reach a server. */
export interface TransportOptions {
  readonly source: string
  readonly host: string
  readonly port: number
  readonly tls: boolean | ConnectionOptions
  readonly socket: (() => Duplex) | undefined
}

/**
 * Returns a socket on its way up.
 * @param session the TLS session of the last connection, to be resumed
 * @param receive takes what comes to a plain socket made here, which emits no `data`: so many bytes at the beginning of
 * the buffer, which are its own until it returns
 */
export function openSocket(
  options: TransportOptions,
  session: Buffer | undefined,
  receive: (length: number, buffer: Uint8Array) => true,
): Duplex {
  const { host, port, tls } = options
  const transport = options.socket && ownStream(options.socket, options.source)
  // both are loaded by who uses them: each takes as long to load as this library
  const net = process.getBuiltinModule('node:net')
  if (tls === false) {
    if (transport !== undefined) return transport
    if (arrivesBeside) {
      beside ??= new Uint8Array(INBOX_BYTES)
      const onread = { buffer: beside, callback: receive }
      const socket = net.connect({
        host,
        port,
        autoSelectFamily,
        autoSelectFamilyAttemptTimeout,
        noDelay: true,
        onread,
      })
      // Node reads such a socket as soon as it is open
      socket.resume()
      return socket
    }
    const set: SetByNode & NetConnectOpts = {
      host,
      port,
      autoSelectFamily,
      autoSelectFamilyAttemptTimeout,
      noDelay: true,
      onread: { buffer: theInbox(), callback: receive },
      allowHalfOpen: false,
      emitClose: false,
      autoDestroy: true,
      decodeStrings: false,
    }
    return net.connect(set)
  }
  const address = { host, port, autoSelectFamily, autoSelectFamilyAttemptTimeout }
  const socket = process.getBuiltinModule('node:tls').connect({
    ...(transport === undefined ? address : { socket: transport, host }),
    // RFC 6066: the ClientHello carries a name, never an address
    ...(net.isIP(host) ? {} : { servername: host }),
    ...(session === undefined ? {} : { session }),
    ...(tls === true ? {} : tls),
  })
  socket.setNoDelay(true)
  return socket
}

// two connections of one stream would each read the other's answers
const taken = new WeakSet<object>()

/**
 * Returns the stream that the caller brings.
 * @throws {ArgumentError} for what is none, one that has ended already, or one that a connection has; what it failed
 * with, if it has failed
 */
function ownStream(make: () => Duplex, source: string): Duplex {
  const stream: unknown = make()
  const { on, write, pipe, destroy } = (stream ?? {}) as Partial<Duplex>
  if ([on, write, pipe, destroy].some((method) => typeof method !== 'function')) {
    if (stream instanceof Promise) stream.catch(() => {})
    throw invalid('socket', `must give a duplex stream at once, ${got(stream)}`, source)
  }
  const { destroyed, readable, writable, errored } = stream as Duplex
  if (!destroyed && readable && writable) {
    if (taken.has(stream as Duplex)) {
      throw invalid('socket', 'must give a stream of its own each time: another connection has this one', source)
    }
    taken.add(stream as Duplex)
    return stream as Duplex
  }
  // the socket failed before the client saw it, as a connection that is refused: another one may not
  if (errored) {
    ;(stream as Duplex).on('error', () => {})
    throw errored
  }
  throw invalid('socket', 'must give a stream that is open: it gave one that has been destroyed or has ended', source)
}

/** Whether a socket is made that calls back with what comes, and emits no `data`. */
export function callsBack({ tls, socket }: TransportOptions): boolean {
  return tls === false && socket === undefined
}

/** Whether it is Node's TLS, made here or brought by the user. */
export function isTls(socket: Duplex): socket is TLSSocket {
  return (socket as Partial<TLSSocket>).encrypted === true
}

/** Calls back once the socket carries data, its handshake included; `this` is the socket, where that is made here. */
export function whenOpen(socket: Duplex, callback: (this: Duplex) => void): void {
  // those made here emit both once: to take the listener away costs more than to leave it
  if (isTls(socket) && isConnecting(socket)) socket.on('secureConnect', callback)
  else if ((socket as Partial<Socket>).connecting === true) socket.on('connect', callback)
  // before its data: a stream that is listened to begins to flow in the next tick
  else process.nextTick(() => callback.call(socket))
}

function isConnecting(socket: TLSSocket): boolean {
  // Node's own flag, not in its types: true from the socket's making to the end of the handshake
  return (socket as { secureConnecting?: boolean }).secureConnecting !== false
}

const certificate: Record<string, string> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed; give its authority as tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in an unknown authority; give it as tls.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an unknown authority; give it as tls.ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an unknown authority; give it as tls.ca',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port',
  EPROTO: 'the server does not speak TLS on this port, or no version of it that this client speaks',
}

/**
 * Says in words what a socket's error means.
 * @param spoke whether the server had said something before
 */
export function explain(error: unknown, spoke = false): string {
  if (!(error instanceof Error)) return 'the socket failed'
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const known = spoke ? undefined : certificate[code]
  if (known !== undefined) return `${known} (${code})`
  // OpenSSL's own text has the number of a thread and a path of its source
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    const { reason } = error as { reason?: string }
    return `TLS failed${reason ? `: ${reason}` : ''} (${code})`
  }
  // happy eyeballs: one error for each address that was tried
  if (error instanceof AggregateError) return error.errors.map((one: Error) => one.message).join(', ')
  return error.message === '' ? code || 'the socket failed' : error.message
}
