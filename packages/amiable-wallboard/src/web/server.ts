// The server of HTTP, and what a connection may cost before anybody knows whose it is.
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { readOwnedFile } from 'amiable-settings'

/** How long a handshake, the headers of a request, and all of a request may take. */
const SOON = 10_000
const LOOKED_AT = 5_000
/** How long nothing may move on a connection; a stream has a beat each five seconds. */
const SILENT = 60_000
/** Browsers and proxies ask for one thing at a time on a connection. */
const MOST_AT_ONCE = 8

/** The files of TLS. */
export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** What stands in them. */
export interface TlsTexts {
  readonly cert: string
  readonly key: string
}

/** Makes the server; with `tls` it speaks TLS and nothing else. */
export function createServer(tls: TlsTexts | undefined, connections: number, listener: RequestListener): Server {
  const options = {
    requestTimeout: SOON,
    headersTimeout: SOON,
    handshakeTimeout: SOON,
    connectionsCheckingInterval: LOOKED_AT,
    maxHeaderSize: 16_384,
  }
  const paced = onePerTurn(listener)
  const server = tls === undefined ? createPlainServer(options, paced) : createTlsServer({ ...options, ...tls }, paced)
  server.maxConnections = connections
  server.setTimeout(SILENT)
  return server
}

/**
 * Takes a new certificate and its key; connections that are open keep the old one.
 * @throws if they are none, or do not belong together
 */
export function renewTls(server: Server, tls: TlsTexts): void {
  // what it throws for must not have replaced anything
  createSecureContext(tls)
  ;(server as TlsServer).setSecureContext({ ...tls })
}

/** Reads the files of TLS. */
export function readTls({ certFile, keyFile }: TlsFiles): TlsTexts {
  return { cert: read(certFile, 'certificate', false), key: read(keyFile, 'key', true) }
}

function read(path: string, what: string, secret: boolean): string {
  const text = readOwnedFile(path, { what, secret })
  if (text === undefined) throw new Error(`the ${what} ${path} is missing`)
  return text
}

/** Ends connections that ask on and on without reading: every answer that waits for them is kept. */
function onePerTurn(listener: RequestListener): RequestListener {
  const open = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    const count = (open.get(socket) ?? 0) + 1
    if (count > MOST_AT_ONCE) {
      socket.destroy()
      return
    }
    open.set(socket, count)
    response.once('close', () => open.set(socket, (open.get(socket) ?? 1) - 1))
    listener(request, response)
  }
}
