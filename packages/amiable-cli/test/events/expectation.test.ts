import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { Expectation } from '../../src/events/expectation.ts'
import type { Comparable } from '../../src/where/expression.ts'

/** Lets this process stand still, as SIGSTOP does. */
const stop = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)

test('what came while the process was stopped is read before the time is over', async (t) => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const socket = connect((listener.address() as { port: number }).port, '127.0.0.1')
  const [peer] = (await once(listener, 'connection')) as [Socket]
  t.after(() => {
    socket.destroy()
    peer.destroy()
    listener.close()
  })
  const expectation = new Expectation({ count: 1 })
  socket.on('data', () => void expectation.take({} as Comparable))
  expectation.begin(20)
  peer.write('Event: Hangup')
  stop(300)
  assert.equal(await expectation.over, EXIT.done)
})

test('where nothing came meanwhile, the time is over all the same', async () => {
  const expectation = new Expectation({ count: 1 })
  expectation.begin(20)
  stop(150)
  assert.equal(await expectation.over, EXIT.late)
})
