import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeUtf8 } from '../../src/util/text.ts'
import { linesOf, type Message } from '../../src/wire/message.ts'
import { Scanner } from '../../src/wire/scanner.ts'
import { BANNER, bytes, capture, cutAt, decodeChunks, runs } from '../support/decode.ts'
import { fixtures } from '../support/fixtures.ts'
import { testOrigin } from '../support/origin.ts'
import { readByScan, type Scanned } from '../support/scan.ts'

const real = capture().toString('latin1').slice(BANNER.length)
const events = real.split(/(?<=\r\n\r\n)/)

const name = fc.constantFrom('Channel', 'channel', 'Uniqueid', 'UniqueID', 'Cause-txt', 'Zo\xc3\xab', 'then', 'A:b', '')
const value = fc.oneof(
  fc.constantFrom('', ' ', 'a: b', 'x\ny', 'x\ry', 'Ren\xc3\xa9e', '\xe9', '\r', 'Agents', 'a\\nb'),
  fc.string({ maxLength: 40 }),
  fc.nat(400).map((length) => 'v'.repeat(length)),
)
const line = fc.tuple(name, fc.constantFrom(': ', ': ', ': ', ':', ''), value, fc.constantFrom('\r\n', '\r\n', '\n'))
const madeUp = fc
  .tuple(fc.constantFrom('A', 'UserEvent', 'Agents', 'VarSet'), fc.array(line, { maxLength: 6 }))
  .map(([event, lines]) => `Event: ${event}\r\n${lines.map((parts) => parts.join('')).join('')}\r\n`)
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...events) },
  { weight: 4, arbitrary: madeUp },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(fixtures)) },
  { weight: 1, arbitrary: fc.constantFrom('\r', '\n', '\r\n', '\n\r\n', ': ', 'Event: ', 'Response: Follows\r\n') },
)
const mutation = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom('\r\n', '\n', '\r', ':', '\xff', ''),
)
// every stream comes twice, so that what was learnt is found
const stream = fc
  .tuple(fc.array(piece, { maxLength: 10 }), fc.array(mutation, { maxLength: 4 }))
  .map(([parts, changes]) => {
    let text = parts.join('')
    for (const [fraction, instead] of changes) {
      const at = Math.floor(fraction * text.length)
      text = text.slice(0, at) + instead + text.slice(at + 1)
    }
    return parts.join('') + text + parts.join('')
  })
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })

const viewsOf = (message: Message) => ({ lines: linesOf(message), json: message.toJSON(), headers: message.headers })

/** Holds every way to read a value by its place against what the careful reader makes of the same lines. */
function checkPlaces({ message, layout, values, text, isAscii }: Scanned, encoding: 'utf8' | 'latin1'): void {
  const decoded = encoding === 'utf8' ? decodeUtf8 : (raw: string) => raw
  const read = values.map(([start, end], slot) => [layout.names[slot], decoded(text.slice(start, end))])
  assert.deepEqual(read, message.headers)
  assert.deepEqual(
    layout.readAgain(text),
    values.map(([start]) => start),
  )
  assert.deepEqual(
    layout.readAgain(`..${text}`, 2),
    values.map(([start]) => start),
  )
  if (isAscii) assert.match(text, /^[\0-\x7f]*$/)
  const asked = layout.names.flatMap((one) => [one, one.toLowerCase(), one.toUpperCase(), `${one}x`, one.slice(1)])
  // the last is the sign of Kelvin, a small k in small letters
  for (const one of [...asked, 'No', 'then', '__proto__', '\u212a']) {
    const slot = layout.slotOf(one)
    assert.equal(slot === undefined ? undefined : read[slot]?.[1], message.get(one), one)
  }
}

test('what the scan finds is what the careful reader reads, of any stream, however it is cut', () => {
  let scanned = 0
  // one for all streams: what is learnt of one is known in the next, in whatever encoding
  const scanner = Scanner.make()
  assert.ok(scanner)
  fc.assert(
    fc.property(stream, cuts, fc.constantFrom('utf8', 'latin1'), (text, fractions, encoding) => {
      const whole = bytes(text)
      const chunks = cutAt(
        whole,
        fractions.map((one) => Math.floor(one * whole.length)),
      )
      const wanted = decodeChunks([bytes(BANNER), whole], { encoding })
      const read = readByScan(scanner, chunks, testOrigin(encoding))
      assert.deepEqual(read.messages.map(viewsOf), wanted.messages.map(viewsOf))
      for (const one of read.scanned) checkPlaces(one, encoding)
      scanned += read.scanned.length
    }),
    { numRuns: runs(300) },
  )
  assert.ok(scanned > 1_000, `only ${scanned} events were scanned`)
})

test('a captured stream is scanned but for its first and its odd events', () => {
  const scanner = Scanner.make()
  assert.ok(scanner)
  const whole = bytes(real)
  readByScan(scanner, [whole], testOrigin())
  const { messages, scanned } = readByScan(scanner, [whole], testOrigin())
  assert.deepEqual(messages.map(viewsOf), decodeChunks([bytes(BANNER), whole]).messages.map(viewsOf))
  assert.ok(scanned.length > messages.length * 0.8, `${scanned.length} of ${messages.length}`)
})
