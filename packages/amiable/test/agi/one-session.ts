import { type AgiSession, type ListenAgiOptions, listenAgi } from '../../src/agi/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { AsteriskPeer } from './asterisk-peer.ts'

/** A server whose handlers run for as long as the test wants, and one session of it with its peer. */
export async function oneSession(options: ListenAgiOptions = {}) {
  const begun = deferred<AgiSession>()
  const over = deferred<void>()
  const server = await listenAgi(
    (call) => {
      begun.resolve(call)
      return over.promise
    },
    { port: 0, ...options },
  )
  const peer = await AsteriskPeer.dial(server.port)
  const call = await begun.promise
  return {
    server,
    peer,
    call,
    over,
    async [Symbol.asyncDispose]() {
      over.resolve()
      peer.socket.destroy()
      await server.close()
    },
  }
}
