import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ProtocolError } from '../../src/errors.ts'
import { linesOf, titleOf } from '../../src/wire/message.ts'
import { BANNER, bytes, capture, cutAt, decodeChunks, runs } from '../support/decode.ts'
import { fixtures } from '../support/fixtures.ts'

const NEXT = bytes('\r\n\r\n--END COMMAND--\r\n\r\nEvent: Sentinel\r\nMark: 1\r\n\r\n')
const real = capture()
const pool = [...Object.values(fixtures), ...slices(real.toString('latin1').slice(BANNER.length), 600)]

function slices(whole: string, size: number): string[] {
  return Array.from({ length: Math.floor(whole.length / size) }, (_, i) => whole.slice(i * size, (i + 1) * size))
}

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...pool) },
  { weight: 2, arbitrary: fc.constantFrom('\r', '\n', '\r\n', '\n\r\n', '\r\n\r\n', ':', ': ', ' ', '\0') },
  { weight: 1, arbitrary: fc.constantFrom('Event: A', 'Response: Follows\r\n', 'Response: S', 'ActionID: a') },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one).toString('latin1')) },
)
// text of one character for each byte, so that a counterexample can be read
const stream = fc.array(piece, { maxLength: 12 }).map((parts) => BANNER + parts.join(''))
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
const limits = fc.record({
  line: fc.constantFrom(40, 100, 65_536),
  message: fc.constantFrom(60, 300, 1_048_576),
  headers: fc.constantFrom(1, 3, 8, 4_096),
  rows: fc.constant(10),
})

const plain = (log: unknown[]) => log.map((one) => (typeof one === 'object' && one && 'fault' in one ? 'fault' : one))
const placesIn = (whole: Uint8Array, fractions: number[]) => fractions.map((one) => Math.floor(one * whole.length))

test('the same bytes give the same messages under any split', () => {
  fc.assert(
    fc.property(stream, cuts, (text, fractions) => {
      const whole = bytes(text)
      const once = decodeChunks([whole])
      const cut = decodeChunks(cutAt(whole, placesIn(whole, fractions)))
      assert.deepEqual(cut.log, once.log)
      assert.equal(cut.decoder.held > 0, once.decoder.held > 0)
    }),
    { numRuns: runs(3_000) },
  )
})

test('the same bytes give the same messages and the same faults under any split and any limits', () => {
  fc.assert(
    fc.property(stream, cuts, limits, (text, fractions, bounds) => {
      // a blank line ends whatever is under way, so that nothing is judged half
      const closed = Buffer.concat([bytes(text), NEXT])
      const once = decodeChunks([closed], { limits: bounds })
      const cut = decodeChunks(cutAt(closed, placesIn(closed, fractions)), { limits: bounds })
      // which limit is named may differ: the first that is met
      assert.deepEqual(plain(cut.log), plain(once.log))
    }),
    { numRuns: runs(3_000) },
  )
})

test('a mutated capture never throws, and what follows a blank line is read again', () => {
  const mutation = fc.tuple(fc.nat(real.length - 1), fc.constantFrom('flip', 'drop', 'double', 'line'), fc.nat(255))
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 20 }), cuts, (mutations, fractions) => {
      let whole = Buffer.from(real)
      for (const [at, what, byte] of mutations) {
        // the banner is the link's to judge
        const place = Math.max(BANNER.length, at)
        if (what === 'flip') whole[place] = byte
        else if (what === 'drop')
          whole = Buffer.concat([whole.subarray(0, place), whole.subarray(place + 1 + (byte % 40))])
        else if (what === 'double')
          whole = Buffer.concat([whole.subarray(0, place), whole.subarray(Math.max(0, place - byte))])
        else whole = Buffer.concat([whole.subarray(0, place), bytes('\r\n'), whole.subarray(place)])
      }
      const closed = Buffer.concat([whole, NEXT])
      const { messages, faults } = decodeChunks(cutAt(closed, placesIn(closed, fractions)))
      const last = messages.at(-1)
      assert.deepEqual(last?.headers, [
        ['Event', 'Sentinel'],
        ['Mark', '1'],
      ])
      for (const fault of faults) assert.ok(fault instanceof ProtocolError || fault.code === 'AMI_LIMIT')
    }),
    { numRuns: runs(300) },
  )
})

test('every view of a message says the same as its ordered list of headers', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'Event',
      'Response',
      'ActionID',
      'Uniqueid',
      'UniqueID',
      'a',
      'A',
      'Output',
      '__proto__',
      'then',
      'Value',
    ),
    fc.string({ maxLength: 5 }).filter((one) => !one.includes(': ')),
  )
  fc.assert(
    fc.property(stream, fc.array(name, { minLength: 1, maxLength: 6 }), (text, names) => {
      const whole = bytes(text)
      const { messages } = decodeChunks([whole])
      const again = decodeChunks([whole]).messages
      for (const [i, message] of messages.entries()) {
        const early = names.map((one) => again[i]?.get(one))
        const { headers } = message
        const lines = linesOf(message)
        for (const [j, asked] of [...names, ...headers.map(([header]) => header)].entries()) {
          // only a client's own UserEvent lacks the blank behind a name, and then goes behind those that have it
          if (lines.split(`\r\n${asked}`).length !== lines.split(`\r\n${asked}: `).length) continue
          const same = headers.filter(([header]) => header.toLowerCase() === asked.toLowerCase())
          const expected = (same.find(([header]) => header === asked) ?? same[0])?.[1]
          assert.equal(message.get(asked), expected, JSON.stringify(asked))
          if (j < names.length) assert.equal(early[j], expected, `unread: ${JSON.stringify(asked)}`)
          assert.deepEqual(
            message.getAll(asked),
            same.map(([, value]) => value),
          )
        }
        assert.doesNotThrow(() => JSON.stringify(message))
        assert.equal(typeof titleOf(message), 'string')
      }
    }),
    { numRuns: runs(1_000), includeErrorInReport: true },
  )
})
