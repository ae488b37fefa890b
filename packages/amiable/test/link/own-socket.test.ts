import assert from 'node:assert/strict'
import { Duplex, PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { connect, createClient } from '../../src/client/connect.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { assertForm } from '../support/argument-form.ts'

const account = { name: 'pbx', username: 'frank', secret: 'lean' }
const destroyed = () => new PassThrough().destroy()
const ended = () => {
  const stream = new PassThrough()
  stream.end()
  return stream
}

const factories: [what: string, socket: unknown][] = [
  ['gives nothing', () => undefined],
  ['gives null', () => null],
  ['gives a promise', () => Promise.resolve(new PassThrough())],
  ['gives a promise that fails', () => Promise.reject(new Error('x'))],
  ['gives a socket that only reads', () => Readable.from([])],
  ['gives an address', () => 'pbx1:5038'],
  ['gives a stream that is destroyed', destroyed],
  ['gives a stream that has ended', ended],
]
for (const [what, socket] of factories) {
  test(`a socket factory that ${what} is a mistake of the caller, and nothing is left behind`, async () => {
    const error = assertForm(
      await connect({ ...account, socket } as ClientOptions).then(
        () => undefined,
        (error: unknown) => error,
      ),
      what,
    )
    assert.deepEqual([error.argument, error.source], ['socket', 'pbx'])
    const client = createClient({ ...account, socket } as ClientOptions)
    await assert.rejects(client.connect(), { code: 'AMI_ARGUMENT' })
    assert.equal((await client.closed).by, 'failed')
  })
}

test('a socket factory that is async is refused at once', () => {
  const socket = async () => new PassThrough()
  assert.throws(() => connect({ ...account, socket } as never), { code: 'AMI_ARGUMENT', argument: 'socket' })
})

test('a stream that has failed already is an attempt that failed', async () => {
  const socket = () => {
    const stream = new Duplex({ read: () => {}, write: () => {} })
    return stream.destroy(new Error('the tunnel is down'))
  }
  await assert.rejects(connect({ ...account, socket }), {
    code: 'AMI_CONNECT',
    message: 'pbx: cannot reach localhost:5038: the socket could not be made: the tunnel is down',
  })
})

test('a stream that fails and stays open has ended for the client', async () => {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done(), autoDestroy: false })
  const connecting = connect({ ...account, socket: () => stream, reconnect: false })
  setImmediate(() => stream.emit('error', new Error('the tunnel is down')))
  await assert.rejects(connecting, { code: 'AMI_CONNECT', message: /the tunnel is down/ })
  assert.equal(stream.destroyed, true)
})
