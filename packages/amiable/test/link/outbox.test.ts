import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Outbox } from '../../src/link/outbox.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { runs } from '../support/decode.ts'

/** A socket whose writes end when the test says so. */
class Slow extends Writable {
  readonly writes: string[] = []
  readonly done: ((error?: Error) => void)[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString('latin1'))
    this.done.push(done)
  }

  /** Lets everything out, one write after the other. */
  async drain(): Promise<void> {
    await settle()
    for (let i = 0; i < this.done.length; i++) {
      this.done[i]?.()
      await settle()
    }
  }
}

function outbox(secure: boolean, encoding: 'utf8' | 'latin1' = 'utf8') {
  const socket = new Slow({ highWaterMark: 1 })
  return { socket, box: new Outbox(socket as never, secure, encoding, { writes: () => {}, failed: () => {} }) }
}

const ping = (i: number) => `Action: Ping\r\nActionID: a-${i}\r\n\r\n`

describe('over TCP', () => {
  test('an action goes out within the turn in which it is written', async () => {
    const { socket, box } = outbox(false)
    const write = box.write(ping(1))
    await Promise.resolve()
    assert.equal(write.left, true)
    assert.deepEqual(socket.writes, [ping(1)])
    assert.equal(box.bytes, ping(1).length)
  })

  test('what comes during a write goes out in one after it, in order', async () => {
    const { socket, box } = outbox(false)
    box.write(ping(1))
    await settle()
    const writes = [2, 3, 4].map((i) => box.write(ping(i)))
    assert.deepEqual(
      writes.map(({ left }) => left),
      [false, false, false],
    )
    socket.done[0]?.()
    await settle()
    assert.deepEqual(socket.writes, [ping(1), ping(2) + ping(3) + ping(4)])
    assert.deepEqual(
      writes.map(({ left }) => left),
      [true, true, true],
    )
  })

  test('one write is bounded, so that what is not out can be called undelivered', async () => {
    const { socket, box } = outbox(false)
    const big = `Action: X\r\nData: ${'x'.repeat(1_000)}\r\n\r\n`
    box.write(ping(1))
    await settle()
    const writes = Array.from({ length: 200 }, () => box.write(big))
    socket.done[0]?.()
    await settle()
    assert.ok((socket.writes[1]?.length ?? 0) <= 65_536)
    const left = writes.filter((write) => write.left).length
    assert.equal(left * big.length, socket.writes[1]?.length)
    assert.ok(left < 200)
  })

  test('an action is never cut', async () => {
    const { socket, box } = outbox(false)
    const big = `Action: X\r\nData: ${'x'.repeat(70_000)}\r\n\r\n`
    box.write(big)
    box.write(big)
    await socket.drain()
    assert.deepEqual(socket.writes, [big, big])
  })
})

describe('over TLS', () => {
  test('pieces have at most 1,024 bytes, end on a line, and go one at a time', async () => {
    const { socket, box } = outbox(true)
    const whole = Array.from({ length: 60 }, (_, i) => ping(i))
    for (const text of whole) box.write(text)
    await settle()
    assert.equal(socket.writes.length, 1)
    await socket.drain()
    assert.equal(socket.writes.join(''), whole.join(''))
    for (const piece of socket.writes) assert.ok(piece.length <= 1_024 && piece.endsWith('\r\n'), piece)
    assert.equal(box.bytes, whole.join('').length)
  })

  test('the longest line that Asterisk takes is one piece', async () => {
    const { socket, box } = outbox(true)
    const text = `Action: X\r\nData: ${'x'.repeat(1_016)}\r\nEnd: y\r\n\r\n`
    box.write(text)
    await socket.drain()
    assert.deepEqual(socket.writes, ['Action: X\r\n', `Data: ${'x'.repeat(1_016)}\r\n`, 'End: y\r\n\r\n'])
  })

  test('an action has left when its last piece has, and not before', async () => {
    const { socket, box } = outbox(true)
    const write = box.write(`Action: X\r\nData: ${'x'.repeat(1_010)}\r\nMore: ${'y'.repeat(1_010)}\r\n\r\n`)
    await settle()
    assert.equal(write.left, false)
    socket.done[0]?.()
    await settle()
    assert.equal(write.left, false)
    socket.done[1]?.()
    await settle()
    assert.equal(write.left, true)
    assert.ok(socket.writes.at(-1)?.endsWith('\r\n\r\n'))
  })

  test('any actions come out whole and in order, in pieces that Asterisk reads', async () => {
    const line = fc.integer({ min: 1, max: 1_018 }).map((length) => `X: ${'é'.repeat(Math.floor(length / 4))}`)
    const action = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => `${lines.join('\r\n')}\r\n\r\n`)
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 8 }), async (actions) => {
        const { socket, box } = outbox(true)
        const writes = actions.map((text) => box.write(text))
        await new Promise(process.nextTick)
        for (let i = 0; i < socket.done.length; i++) {
          const out = socket.writes.join('').length
          const ends = actions.map((_, j) => Buffer.byteLength(actions.slice(0, j + 1).join('')))
          assert.deepEqual(
            writes.map(({ left }) => left),
            ends.map((end) => end <= out),
          )
          socket.done[i]?.()
          await new Promise(process.nextTick)
          await new Promise(process.nextTick)
        }
        assert.equal(Buffer.from(socket.writes.join(''), 'latin1').toString('utf8'), actions.join(''))
        for (const piece of socket.writes) assert.ok(piece.length <= 1_024 && piece.endsWith('\r\n'))
      }),
      { numRuns: runs(200) },
    )
  })
})

test('bytes are those of the encoding', async () => {
  const { socket, box } = outbox(false, 'latin1')
  box.write('A: é\r\n\r\n')
  await settle()
  assert.equal(socket.writes[0], 'A: \xe9\r\n\r\n')
  assert.equal(box.bytes, 8)
  const utf8 = outbox(false)
  utf8.box.write('A: é\r\n\r\n')
  await settle()
  assert.equal(utf8.box.bytes, 9)
})

test('nothing leaves for a socket that has ended', async () => {
  const { socket, box } = outbox(false)
  box.write(ping(1))
  await settle()
  socket.destroy()
  assert.equal(box.write(ping(2)).left, false)
  socket.done[0]?.()
  await settle()
  assert.equal(box.write(ping(3)).left, false)
  assert.deepEqual(socket.writes, [ping(1)])
})
