import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { Connection } from '../../src/link/connection.ts'
import { LateSet } from '../../src/util/late.ts'
import { Intake } from '../../src/wire/intake.ts'
import { defaultLimits } from '../../src/wire/limits.ts'

const CHUNKS = 20
const CHUNK = `Event: A\r\nText: ${'x'.repeat(8_000)}\r\n\r\n`

/** A connection whose login is over, and the socket that a test fills. */
async function opened(elapsed: () => number, message: () => void) {
  const nothing = () => {}
  const clock = { now: () => 0, elapsed, setTimeout: () => ({}), clearTimeout: nothing }
  const socket = new Duplex({ read: nothing, write: (_chunk, _encoding, done) => done() })
  const connection = new Connection(
    {
      source: 'pbx',
      host: 'pbx',
      port: 1,
      tls: false,
      socket: () => socket,
      encoding: 'utf8',
      limits: defaultLimits,
      intake: new Intake('pbx', 'utf8', defaultLimits.held),
      clock,
    },
    {
      opened: nothing,
      banner: nothing,
      message,
      fault: nothing,
      unreadable: nothing,
      expectsRaw: () => false,
      ended: nothing,
    },
    undefined,
    new LateSet(),
  )
  await new Promise(setImmediate)
  socket.push('Asterisk Call Manager/11.0.0\r\n')
  return { connection, socket }
}

test('reading that takes long lets the event loop have its turn, and loses nothing', async () => {
  // each look at it is 10 ms later: so each chunk takes 10 ms to read
  let elapsed = 0
  let heard = 0
  const { connection, socket } = await opened(
    () => (elapsed += 10),
    () => heard++,
  )
  // all lie there, and are read as fast as they can be
  for (let i = 0; i < CHUNKS; i++) socket.push(CHUNK)
  const inOneTurn: number[] = []
  for (let turns = 0; heard < CHUNKS && turns < 100; turns++) {
    const before = heard
    await new Promise(setImmediate)
    inOneTurn.push(heard - before)
  }
  connection.drop()
  assert.equal(heard, CHUNKS)
  assert.ok(Math.max(...inOneTurn) <= 4, inOneTurn.join())
  assert.ok(inOneTurn.length >= 3, inOneTurn.join())
})

test('what is done with the messages of a chunk counts as reading it', async () => {
  let elapsed = 0
  const { connection, socket } = await opened(
    () => elapsed,
    () => queueMicrotask(() => (elapsed += 10)),
  )
  const inOneTurn = [0]
  const turn = () => {
    inOneTurn.push(0)
    if (inOneTurn.length < 100) immediate = setImmediate(turn)
  }
  let immediate = setImmediate(turn)
  for (let i = 0; i < CHUNKS; i++) {
    // a socket gives the next bytes when all that the last have begun is done
    while (socket.isPaused()) await new Promise(setImmediate)
    socket.push(CHUNK)
    for (let n = 0; n < 5; n++) await null
    inOneTurn[inOneTurn.length - 1]!++
  }
  clearImmediate(immediate)
  connection.drop()
  assert.equal(elapsed, CHUNKS * 10)
  assert.ok(Math.max(...inOneTurn) <= 4, inOneTurn.join())
})

test('a socket that is read on before the events of a chunk are delivered waits for each delivery from then on', async () => {
  let read = 0
  let delivered = 0
  let ahead: number[] = []
  const deliver = () => {
    ahead.push(read - delivered)
    delivered = read
  }
  const { connection, socket } = await opened(
    () => 0,
    () => {
      if (read++ === delivered) queueMicrotask(deliver)
    },
  )
  // as Node does it: what a chunk has begun is done before the next one comes
  for (let i = 0; i < CHUNKS; i++) {
    socket.push(CHUNK)
    assert.equal(socket.isPaused(), false)
    await null
  }
  assert.deepEqual(
    ahead,
    Array.from({ length: CHUNKS }, () => 1),
  )
  // as Bun and Deno do it
  ahead = []
  for (let i = 0; i < CHUNKS; i++) socket.push(CHUNK)
  while (delivered < 2 * CHUNKS) await new Promise(setImmediate)
  connection.drop()
  assert.deepEqual(ahead, [2, ...Array.from({ length: CHUNKS - 2 }, () => 1)])
})
