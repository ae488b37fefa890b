import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LimitError } from '../../src/errors.ts'
import type { Limits } from '../../src/wire/limits.ts'
import { kindOf, type Message, titleOf } from '../../src/wire/message.ts'
import { BANNER, bytes, cutAt, type Decoded, decodeChunks, piecesOf } from '../support/decode.ts'

const NEXT = 'Event: Next\r\n\r\n'

/** What each way of cutting gives: nothing held back, one byte at a time, and a cut at each place. */
function everyWay(text: string, limits: Partial<Limits>): Decoded[] {
  const whole = bytes(BANNER + text)
  const ways = [[whole], piecesOf(whole, 1), piecesOf(whole, 3)]
  for (let at = BANNER.length; at < whole.length; at++) ways.push(cutAt(whole, [at]))
  return ways.map((chunks) => decodeChunks(chunks, { limits }))
}

function passes(text: string, limits: Partial<Limits>): void {
  for (const { messages, faults } of everyWay(text + NEXT, limits)) {
    assert.deepEqual(faults, [])
    assert.equal(messages.length, 2)
  }
}

function refuses(text: string, limits: Partial<Limits>, limit: string, value: number): void {
  for (const { messages, faults } of everyWay(text + NEXT, limits)) {
    assert.deepEqual(messages.map(titleOf), ['Next'])
    assert.equal(faults.length, 1)
    const [fault] = faults
    assert.ok(fault instanceof LimitError)
    assert.equal(fault.limit, limit)
    assert.equal(fault.value, value)
    assert.match(fault.message, /^pbx: /)
  }
}

describe('limits.headers', () => {
  const event = (count: number) => `Event: A\r\n${'B: 1\r\n'.repeat(count - 1)}\r\n`

  test('lets exactly so many pass, however they are cut', () => {
    passes(event(8), { headers: 8 })
  })

  test('refuses one more, however they are cut, and resumes at the next message', () => {
    refuses(event(9), { headers: 8 }, 'limits.headers', 8)
  })
})

describe('limits.line', () => {
  const event = (length: number) => `Event: A\r\nB: ${'x'.repeat(length - 3)}\r\nC: 1\r\n\r\n`
  const last = (length: number) => `Event: A\r\nB: ${'x'.repeat(length - 3)}\r\n\r\n`

  test('lets a line of exactly so many bytes pass, its end not counted, however it is cut', () => {
    passes(event(40), { line: 40 })
  })

  test('lets a last line of exactly so many bytes pass, however it is cut', () => {
    passes(last(40), { line: 40 })
  })

  test('refuses one byte more, however it is cut, and resumes at the next message', () => {
    refuses(event(41), { line: 40 }, 'limits.line', 40)
    refuses(last(41), { line: 40 }, 'limits.line', 40)
  })
})

describe('limits.message', () => {
  // the longest allowed is counted from its first byte to the end of its last line
  const event = (length: number) => {
    const lines = `Event: A\r\n${'B: 123456\r\n'.repeat(5)}`
    return `${lines}C: ${'x'.repeat(length - lines.length - 5)}\r\n\r\n`
  }

  test('is the same wherever the message is cut, at every length around it', () => {
    for (let length = 92; length <= 108; length++) {
      const [first, ...others] = everyWay(event(length) + NEXT, { message: 100 })
      for (const other of others) assert.deepEqual(other.log, first?.log, `${length} bytes`)
    }
  })

  test('refuses what is well past it and lets pass what is well below', () => {
    passes(event(90), { message: 100 })
    refuses(event(110), { message: 100 }, 'limits.message', 100)
  })

  test('bounds the output of a command before Asterisk 14 too', () => {
    const text = `Response: Follows\r\nActionID: a-1\r\n${'x\n'.repeat(200)}--END COMMAND--\r\n\r\n`
    refuses(text, { message: 100 }, 'limits.message', 100)
  })

  test('bounds what is neither Response nor Event too', () => {
    refuses(`${'peer 1 2 3\n'.repeat(30)}\r\n`, { message: 100 }, 'limits.message', 100)
  })
})

describe('a message past a limit', () => {
  test('is told before it has ended', () => {
    const { faults } = decodeChunks([bytes(`${BANNER}Event: A\r\nB: ${'x'.repeat(100)}`)], { limits: { line: 40 } })
    assert.equal(faults.length, 1)
  })

  test('is told once, however long it goes on', () => {
    const told = decodeChunks(piecesOf(bytes(`${BANNER}Event: A\r\n${'B: 1\r\n'.repeat(500)}\r\n${NEXT}`), 10), {
      limits: { headers: 8, message: 200 },
    })
    assert.equal(told.faults.length, 1)
    assert.equal(told.messages.length, 1)
  })

  test('shows its head, so that whoever waits for it can be told', () => {
    for (const { heads } of everyWay(`Response: Success\r\nActionID: a-1\r\nOutput: ${'x'.repeat(90)}\r\n\r\n`, {
      line: 40,
    })) {
      assert.equal(kindOf(heads[0] as Message), 'response')
      assert.equal(heads[0]?.actionId, 'a-1')
    }
  })

  test('holds no more than the limit', () => {
    const { decoder } = decodeChunks(piecesOf(bytes(`${BANNER}Event: A\r\nB: ${'x'.repeat(50_000)}`), 100), {
      limits: { line: 1_000, message: 1_000 },
    })
    assert.ok(decoder.held < 1_200, `${decoder.held} bytes are held`)
  })

  test('names the limit to raise, and none of its bytes', () => {
    const [told] = everyWay(`Event: A\r\nB: ${'hunter2'.repeat(20)}\r\n\r\n`, { line: 40 })
    assert.match(String(told?.faults[0]?.message), /limits\.line \(40\)/)
    assert.doesNotMatch(String(told?.faults[0]?.stack), /hunter2/)
  })

  test('is met by two in a row without losing a third', () => {
    const long = `Event: A\r\nB: ${'x'.repeat(100)}\r\n\r\n`
    for (const { faults, messages } of everyWay(long + long + NEXT, { line: 40 })) {
      assert.equal(faults.length, 2)
      assert.equal(messages.length, 1)
    }
  })
})

test('a message of a mebibyte in small chunks takes no time to speak of', () => {
  const text = bytes(`${BANNER}Response: Success\r\nJSON: ${'x'.repeat(1_000_000)}\r\n\r\n`)
  const started = performance.now()
  const { messages } = decodeChunks(piecesOf(text, 16), { limits: { line: 2_000_000, message: 2_000_000 } })
  assert.equal(messages[0]?.get('JSON')?.length, 1_000_000)
  const took = performance.now() - started
  assert.ok(took < 5_000, `${Math.round(took)} ms`)
})

test('raw output is judged as such wherever its head is cut', () => {
  const raw = 'Response: Follows\r\nPrivilege: Command\r\nActionID: a-1\r\nout\n--END COMMAND--\r\n\r\n'
  const whole = bytes(BANNER + raw)
  const limits = { headers: 1, line: 40 }
  const once = decodeChunks([whole], { limits })
  assert.deepEqual([once.messages.length, once.faults.length], [1, 0])
  for (let at = BANNER.length; at < whole.length; at++) {
    assert.deepEqual(decodeChunks([whole.subarray(0, at), whole.subarray(at)], { limits }).log, once.log)
  }
})
