import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect, isDeepStrictEqual } from 'node:util'
import { Message } from '../../src/wire/message.ts'
import { decode, one } from '../support/decode.ts'

type Open = Message & Record<string, unknown>
const event = (...lines: string[]) => one(`Event: Hangup\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`) as Open

describe('headers as properties', () => {
  test('are read by the name and undefined where there is none', () => {
    const message = event('Channel: SIP/1')
    assert.equal(message.Channel, 'SIP/1')
    assert.equal(message.Event, 'Hangup')
    assert.equal(message.NoSuchHeader, undefined)
  })

  test('never hide the members of a message nor of any object', () => {
    const lines = [
      'get',
      'getAll',
      'headers',
      'source',
      'toJSON',
      'constructor',
      'hasOwnProperty',
      '__proto__',
      'serial',
    ]
    const message = event(...lines.map((name) => `${name}: hostile`))
    for (const name of lines) assert.equal(message.get(name), 'hostile', name)
    assert.equal(typeof message.get, 'function')
    assert.equal(typeof message.toJSON, 'function')
    assert.equal(typeof message.hasOwnProperty, 'function')
    assert.equal(typeof message.serial, 'number')
    assert.equal(message.source, 'pbx')
    assert.ok(Array.isArray(message.headers))
  })

  test('make no promise of a message with a header then', async () => {
    const message = event('then: x')
    assert.equal(await Promise.resolve(message), message)
    assert.equal(message.then, undefined)
    assert.equal(message.get('then'), 'x')
    const plain = event()
    assert.equal(await Promise.resolve(plain), plain)
  })

  test('are as many as a program asks for', () => {
    const message = event('Late: x')
    for (let i = 0; i < 3_000; i++) assert.equal(message[`Unknown${i}`], undefined)
    assert.equal(message.Late, 'x')
  })

  test('are no members, whoever has read them: `in` and the keys tell of ours alone', () => {
    const message = event('Channel: SIP/1')
    for (const read of [false, true]) {
      if (read) assert.equal(message.Channel, 'SIP/1')
      assert.equal('Channel' in message, false)
      assert.equal('Nothing' in message, false)
      assert.deepEqual(
        ['serial', 'get', 'headers', 'source', 'Event'].map((name) => name in message),
        Array(5).fill(true),
      )
      assert.deepEqual(Object.keys({ ...message }), ['serial', 'client'])
    }
  })

  test('are read through a Proxy and by an object that inherits, as every member is', () => {
    const message = event('Channel: SIP/1', 'Cause: 16')
    for (const other of [
      new Proxy(message, {}),
      Object.create(message) as Open,
      new Proxy(Object.create(message), {}),
    ]) {
      assert.equal(other.Channel, 'SIP/1')
      assert.equal(other.Event, 'Hangup')
      assert.equal(other.get('Cause'), '16')
      assert.equal(other.number('Cause'), 16)
      assert.equal(other.source, 'pbx')
      assert.deepEqual(other.toJSON(), message.toJSON())
      assert.equal(`${other}`, `${message}`)
    }
  })

  test('are none of the class, nor of what is no message', () => {
    const { prototype } = Message as unknown as { prototype: Record<string, unknown> }
    assert.equal(prototype.Channel, undefined)
    assert.equal(Object.create(prototype).Channel, undefined)
  })
})

describe('two messages', () => {
  const { messages } = decode('Event: A\r\nX: 1\r\n\r\nEvent: A\r\nX: 1\r\n\r\nResponse: Success\r\n\r\n')
  const [first, second, third] = messages as [Message, Message, Message]

  test('are numbered in the order of their coming', () => {
    assert.deepEqual(
      messages.map(({ serial }) => serial),
      [1, 2, 3],
    )
  })

  test('are never equal, whatever compares them, also those of two clients', () => {
    const elsewhere = decode('Event: A\r\nX: 1\r\n\r\n').messages[0] as Message
    assert.equal(elsewhere.serial, first.serial)
    for (const other of [second, third, elsewhere]) {
      assert.notDeepEqual(first, other)
      assert.notDeepStrictEqual(first, other)
      assert.equal(isDeepStrictEqual(first, other), false)
    }
    assert.deepEqual(first, first)
  })

  test('cannot be cloned nor posted, and the error says what to do', () => {
    const { port1 } = new MessageChannel()
    for (const attempt of [structuredClone, (value: unknown) => port1.postMessage(value)]) {
      for (const value of [first, [first], { ...first }]) {
        assert.throws(() => attempt(value), { name: 'DataCloneError', message: /toJSON\(\)/ })
      }
    }
    port1.close()
    assert.deepEqual(structuredClone(first.toJSON()), { Event: 'A', X: '1' })
  })
})

describe('a copy that is made field by field, as Jest makes one to show a difference', () => {
  const copy = copied(event('Channel: SIP/1', 'A: 1', 'A: 2')) as Open

  test('has the headers as JSON, which is what Jest prints', () => {
    assert.deepEqual(copy.toJSON(), { Event: 'Hangup', Channel: 'SIP/1', A: ['1', '2'] })
  })

  test('has no header as a property, and reading one is no error', () => {
    assert.equal(copy.Channel, undefined)
    assert.equal(copy.source, 'pbx')
  })
})

/** Copies all that an object and its prototypes have, as data, and so on inside (jest-matcher-utils). */
function copied(value: unknown, copies = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (copies.has(value)) return copies.get(value)
  if (Array.isArray(value)) return value.map((one) => copied(one, copies))
  const copy = Object.create(Object.getPrototypeOf(value)) as object
  copies.set(value, copy)
  for (let from: object = value; from !== Object.prototype; from = Object.getPrototypeOf(from) as object) {
    for (const name of Reflect.ownKeys(from).filter((one) => !Object.hasOwn(copy, one))) {
      Object.defineProperty(copy, name, { value: copied((value as Open)[name as string], copies), configurable: true })
    }
  }
  return copy
}

describe('what people see of a message', () => {
  test('is one printable line as a string', () => {
    const [second] = decode('Response: Success\r\n\r\n').messages as [Message]
    assert.equal(`${event()}`, 'Event Hangup #1 of pbx')
    assert.equal(String(second), 'Response Success #1 of pbx')
    const odd = one(`Event: ${'\x1b[2J'.repeat(100)}\r\n\r\n`)
    assert.match(`${odd}`, /^Event [\x20-\x7e]{1,64} #1 of pbx$/)
    assert.match(`${decode('no AMI\r\n\r\n').messages[0]}`, /^Message #1 of pbx$/)
  })

  test('is its line and its headers where it is inspected, and less where it stands deep inside', () => {
    assert.equal(inspect(event('A: 1')), "Event Hangup #1 of pbx { Event: 'Hangup', A: '1' }")
    assert.equal(inspect({ a: { b: [[event()]] } }), '{ a: { b: [ [Array] ] } }')
    assert.equal(inspect({ a: { b: { c: event() } } }), '{ a: { b: { c: [Event Hangup #1 of pbx] } } }')
  })
})
