import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { Connection } from '../../src/link/connection.ts'
import { Intake } from '../../src/wire/intake.ts'
import { defaultLimits } from '../../src/wire/limits.ts'

test('reading that takes long lets the event loop have its turn, and loses nothing', async () => {
  const nothing = () => {}
  // each look at it is 10 ms later: so each chunk takes 10 ms to read
  let elapsed = 0
  const clock = { now: () => 0, elapsed: () => (elapsed += 10), setTimeout: () => ({}), clearTimeout: nothing }
  const socket = new Duplex({ read: nothing, write: (_chunk, _encoding, done) => done() })
  const chunks = 20
  let heard = 0
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
      message: () => heard++,
      fault: nothing,
      endless: nothing,
      expectsRaw: () => false,
      ended: nothing,
    },
    undefined,
    new Set(),
  )
  await new Promise(setImmediate)
  socket.push('Asterisk Call Manager/11.0.0\r\n')
  const message = `Event: A\r\nText: ${'x'.repeat(8_000)}\r\n\r\n`
  // all lie there, and are read as fast as they can be
  for (let i = 0; i < chunks; i++) socket.push(message)
  const inOneTurn: number[] = []
  for (let turns = 0; heard < chunks && turns < 100; turns++) {
    const before = heard
    await new Promise(setImmediate)
    inOneTurn.push(heard - before)
  }
  connection.drop()
  assert.equal(heard, chunks)
  // 50 ms of reading
  assert.ok(Math.max(...inOneTurn) <= 10, inOneTurn.join())
  assert.ok(inOneTurn.length >= 3, inOneTurn.join())
})
