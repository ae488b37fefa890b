import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Decoder } from '../../src/wire/decoder.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import { kindOf, type Message } from '../../src/wire/message.ts'
import { testOrigin } from '../support/origin.ts'

const EVENTS = 49_501
const CHUNKS = [1, 1_460, 65_536]

type Headers = readonly (readonly [name: string, value: string])[]

const capture = gunzipSync(readFileSync(new URL('../../../../contract/corpus/asterisk-22.ami.gz', import.meta.url)))
// from its first Newchannel to its last blank line: what stands before belongs to the login
const whole = capture.subarray(capture.indexOf('Event: Newchannel\r\n'), capture.lastIndexOf('\r\n\r\n') + 4)
const expected = plainSplit(whole)

test('the plain split finds as many events as the corpus is known to hold', () => {
  assert.equal(expected.length, EVENTS)
  assert.ok(expected.some(repeats), 'no event with a repeated header')
})

for (const size of CHUNKS) {
  test(`the whole corpus in chunks of ${size} bytes: every event, and every header of it`, () => {
    let count = 0
    decode(size, (message) => {
      assert.equal(kindOf(message), 'event')
      // asked of every event, and a text is compared at once
      const wanted = expected[count]
      if (String(message.headers) !== String(wanted)) assert.deepEqual(message.headers, wanted, `event ${count}`)
      count++
    })
    assert.equal(count, EVENTS)
  })
}

test('getAll, get and the headers as properties say the same as the split', () => {
  let count = 0
  decode(1_460, (message) => {
    const headers = expected[count++] as Headers
    const all = new Map<string, string[]>()
    for (const [name, value] of headers) {
      const values = all.get(name.toLowerCase()) ?? []
      all.set(name.toLowerCase(), values)
      values.push(value)
    }
    for (const [name] of headers) {
      assert.equal(String(message.getAll(name)), String(all.get(name.toLowerCase())))
      assert.equal(message.get(name), headers.find(([other]) => other === name)?.[1])
    }
    assert.equal((message as unknown as { Event: string }).Event, headers[0]?.[1])
    assert.equal(message.actionId, headers.find(([name]) => name === 'ActionID')?.[1])
  })
})

function decode(size: number, take: (message: Message) => void): void {
  const fault = (error: Error) => assert.fail(error)
  const decoder = new Decoder(
    { banner: () => {}, message: take, fault, expectsRaw: () => false, unreadable: () => {} },
    defaultLimits,
  )
  const origin = testOrigin()
  decoder.push(Buffer.from('Asterisk Call Manager/11.0.0\r\n'), origin)
  for (let at = 0; at < whole.length; at += size) decoder.push(whole.subarray(at, at + size), origin)
  assert.equal(decoder.held, 0)
}

/** The reference: nothing but splits, of the whole text at once; a blank line too many is no header. */
function plainSplit(bytes: Buffer): Headers[] {
  return bytes
    .toString('utf8')
    .split('\r\n\r\n')
    .filter((block) => block !== '')
    .map((block) =>
      block
        .split('\r\n')
        .filter((line) => line !== '')
        .map(header),
    )
}

function header(line: string): readonly [string, string] {
  const at = line.includes(': ') ? line.indexOf(': ') : line.indexOf(':')
  if (at === -1) return [line, '']
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')]
}

function repeats(headers: Headers): boolean {
  return new Set(headers.map(([name]) => name)).size < headers.length
}
