import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type AgiHandler, listenAgi } from '../../src/agi/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { AsteriskPeer } from './asterisk-peer.ts'

/** What is reported of a handler whose caller hangs up. */
async function reported(handler: AgiHandler): Promise<unknown[]> {
  const errors: unknown[] = []
  const begun = deferred<void>()
  const begins: AgiHandler = (call) => {
    begun.resolve()
    return handler(call)
  }
  await using server = await listenAgi(begins, { port: 0, onHandlerError: (error) => errors.push(error) })
  using peer = await AsteriskPeer.dial(server.port)
  await begun.promise
  peer.send('HANGUP\n')
  while ((await peer.next()) !== undefined);
  await server.close()
  assert.equal(server.stats().failed, errors.length)
  return errors
}

test('a handler whose work ends with the call has ended well, however its work says so', async () => {
  const wrapped = async (work: Promise<unknown>) => {
    await work.catch((cause) => {
      throw new Error('the look-up failed', { cause })
    })
  }
  for (const handler of [
    (call) => wait(60_000, undefined, { signal: call.signal }),
    (call) => once(new EventTarget(), 'never', { signal: call.signal }),
    (call) => wrapped(wait(60_000, undefined, { signal: call.signal })),
    (call) => wrapped(once(call.signal, 'abort').then(() => call.answer())),
    async (call) => {
      await once(call.signal, 'abort')
      call.signal.throwIfAborted()
    },
  ] satisfies AgiHandler[]) {
    assert.deepEqual(await reported(handler), [])
  }
})

test('an error of its own is reported, also of a call that is gone', async () => {
  const mine = new Error('mine', { cause: new Error('deeper') })
  for (const error of [mine, 'text', undefined]) {
    const handler: AgiHandler = async (call) => {
      await once(call.signal, 'abort')
      throw error
    }
    assert.deepEqual(await reported(handler), [error])
  }
})
