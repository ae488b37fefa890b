import { type AgiSession, attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { deferred } from '../../src/util/deferred.ts'
import { ENVIRONMENT } from './asterisk-peer.ts'
import { FakeClient } from './fake-client.ts'

/** The environment of a call, as AsyncAGIStart has it. */
export const ENV = encodeURIComponent(ENVIRONMENT.replace('agi_network: yes\n', ''))

/** A session over AsyncAGI whose handler runs for as long as the call lives, on a client in the test's hands. */
export async function oneAsyncSession(Uniqueid: string) {
  const client = new FakeClient()
  const began = deferred<AgiSession>()
  const handler = (call: AgiSession) => {
    began.resolve(call)
    return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
  }
  const attachment = attachAgi(client as unknown as Client, handler, { claim: false })
  client.emit('AsyncAGIStart', { Uniqueid, Env: ENV })
  await client.carryOut('200 result=1\n')
  return { client, attachment, call: await began.promise }
}
