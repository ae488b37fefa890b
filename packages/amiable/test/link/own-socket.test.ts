import assert from 'node:assert/strict'
import { Duplex, PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { connect, createClient } from '../../src/client/connect.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { TAP } from '../../src/util/tap.ts'
import { assertForm } from '../support/argument-form.ts'
import { Peer } from '../support/peer.ts'

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

test('a stream that a connection has is given to no other one, not by the same function either', async () => {
  const peer = new Peer()
  const socket = () => peer.socket
  const first = connect({ ...account, socket, reconnect: false })
  await assert.rejects(connect({ ...account, name: 'second', socket, reconnect: false }), {
    code: 'AMI_ARGUMENT',
    message: 'second: socket must give a stream of its own each time: another connection has this one',
  })
  await peer.accept()
  await using ami = await first
  assert.equal(ami.state, 'ready')
})

test('a stream that fails and stays open has ended for the client', async () => {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done(), autoDestroy: false })
  const connecting = connect({ ...account, socket: () => stream, reconnect: false })
  setImmediate(() => stream.emit('error', new Error('the tunnel is down')))
  await assert.rejects(connecting, { code: 'AMI_CONNECT', message: /the tunnel is down/ })
  assert.equal(stream.destroyed, true)
})

test('a stream whose write throws has failed for the client', async () => {
  const peer = new Peer()
  const connecting = connect({ ...account, socket: () => peer.socket, reconnect: false })
  await peer.accept()
  const ami = await connecting
  await new Promise(setImmediate)
  const cause = new Error('the tunnel is full')
  peer.socket.write = () => {
    throw cause
  }
  await assert.rejects(ami.send('Ping'), { code: 'AMI_LOST' })
  const reason = await ami.closed
  assert.equal(reason.by, 'failed')
  const { message, cause: why } = reason.error as Error
  assert.deepEqual([message, why, peer.down], ['pbx: the connection was lost: the tunnel is full', cause, true])
})

test('a wrapper that calls its listeners by itself, and on which nothing can be set, is a socket as well', async () => {
  const peer = new Peer()
  const { socket } = peer
  const on = (name: string, listener: (...of: unknown[]) => void) => {
    socket.on(name, (...of) => listener(...of))
    return wrapper
  }
  const wrapper: Duplex = new Proxy(socket, {
    get: (_of, name) => {
      if (name === 'on') return on
      const one: unknown = Reflect.get(socket, name)
      return typeof one === 'function' ? one.bind(socket) : one
    },
    set: () => false,
  })
  const connecting = connect({ ...account, socket: () => wrapper, reconnect: false })
  await peer.accept()
  const ami = await connecting
  assert.equal(ami.state, 'ready')
  peer.fail()
  assert.equal((await ami.closed).by, 'failed')
})

test('a login that fails leaves no gap in the serials', async () => {
  const peers: Peer[] = []
  const made = (n: number) => peers[n] as Peer
  const socket = () => {
    const peer = new Peer()
    peers.push(peer)
    // the second one is lost in the middle of its login
    if (peers.length !== 2) void peer.accept()
    else {
      peer.send('Asterisk Call Manager/11.0.0\r\n')
      void peer.next().then((challenge) => {
        peer.say('Event: A')
        peer.reply(challenge, 'Success', 'Challenge: 1')
        peer.fail()
      })
    }
    return peer.socket
  }
  await using ami = createClient({ ...account, socket, reconnect: { initialDelay: 1 }, keepalive: false })
  const booted = ami.events('FullyBooted')
  await ami.connect()
  const serials: number[] = []
  serials.push((await booted.next()).value?.serial ?? 0)
  made(0).fail()
  serials.push((await booted.next()).value?.serial ?? 0)
  assert.deepEqual([serials, peers.length], [[1, 2], 3])
})

test('a stream that reports its opening again has opened once', async () => {
  const peer = new Peer()
  const socket = Object.assign(peer.socket, { connecting: true })
  const sessions = new Set<number>()
  const client = createClient({ ...account, socket: () => socket })
  client[TAP]({ chunk: (session) => sessions.add(session), end: (session) => sessions.add(session) })
  const connecting = client.connect()
  socket.emit('connect')
  socket.emit('connect')
  await peer.accept()
  await connecting
  client.destroy()
  assert.deepEqual([...sessions], [1])
})
