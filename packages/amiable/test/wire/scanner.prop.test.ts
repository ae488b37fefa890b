import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { INBOX_BYTES } from '../../src/wire/scanner.ts'
import { BANNER, bytes, capture, cutAt, runs } from '../support/decode.ts'
import { fixtures } from '../support/fixtures.ts'
import { nothingToScanWith, type Reading, type ReadingOptions, readBy } from '../support/scan.ts'

const real = capture().toString('latin1').slice(BANNER.length)
const events = real.split(/(?<=\r\n\r\n)/)

const name = fc.constantFrom(
  'Channel',
  'channel',
  'Uniqueid',
  'UniqueID',
  'Event',
  'UserEvent',
  'ChanVariable',
  'ChanVariable(SIP/1)',
  'ChanVariable(IAX2/1.2.3.4:4569-5)',
  'ChanVariable(Zo\xc3\xab)CallerIDName',
  'ChanVariable(\xe2\x84\xaa)',
  'ChanVariable(',
  'chanvariable(SIP/1)',
  'CallerIDName',
  'Value',
  'ActionID',
  'Zo\xc3\xab',
  'then',
  'A:b',
  '',
)
const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a: b',
    'x\ny',
    'x\ry',
    'Ren\xc3\xa9e',
    '\xe9',
    '\r',
    'Agents',
    'a\\nb',
    '\\',
    '1',
    'yes',
    'SIP/1',
    'X=1\\n',
  ),
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

const NEXT = '\r\n\r\n--END COMMAND--\r\n\r\nEvent: Sentinel\r\nMark: 1\r\n\r\n'
const names = [
  'Channel',
  'CHANNEL',
  'Value: a',
  'A: b',
  'Uniqueid',
  'UniqueID',
  'ChanVariable',
  'ChanVariable(SIP/1)',
  'CHANVARIABLE(sip/1)',
  'ChanVariable(Zo\u00eb)CallerIDName',
  'ChanVariable(k)',
  'CHANVARIABLE(\u212a)',
  'ChanVariable(',
  'ChanVariable(SIP/1): X',
  'CallerIDName',
  'callerIdName',
  'Value',
]
const limits = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      line: fc.constantFrom(20, 100, 65_536),
      message: fc.constantFrom(60, 300, 1_048_576),
      headers: fc.constantFrom(1, 3, 8, 4_096),
    }),
  },
)

function compare(chunks: readonly Uint8Array[], options: ReadingOptions): Reading {
  const careful = readBy('care', chunks, options)
  const read = readBy('scanner', chunks, options)
  assert.equal(careful.scanned, 0)
  for (const when of ['atOnce', 'behindChunk', 'late'] as const) {
    assert.equal(read[when].length, careful[when].length, when)
    // one by one, so that a failure shows the first that differs
    for (const [at, said] of read[when].entries()) assert.deepEqual(said, careful[when][at], `${when} ${at}`)
  }
  return read
}

test('both readers say the same of any stream, however it is cut, whenever they are asked', {
  ...nothingToScanWith,
}, () => {
  const numRuns = runs(150)
  let scanned = 0
  fc.assert(
    fc.property(stream, cuts, fc.constantFrom('utf8', 'latin1'), limits, (text, fractions, encoding, bounds) => {
      // a blank line ends whatever is under way, so that nothing is judged half
      const whole = bytes(text + NEXT)
      const places = fractions.map((one) => Math.floor(one * whole.length))
      const chunks = [bytes(BANNER), ...cutAt(whole, places)]
      const options = { encoding, limits: bounds, names } as const
      scanned += compare(chunks, options).scanned
    }),
    { numRuns, includeErrorInReport: true },
  )
  assert.ok(scanned > numRuns, `only ${scanned} events were scanned`)
})

const titles = fc.uniqueArray(fc.constantFrom('A', 'UserEvent', 'Agents', 'VarSet', 'Newexten', 'Newchannel', 'Hangup'))
const audiences = fc.array(
  titles.map((some) => new Set(some)),
  { minLength: 1, maxLength: 3 },
)

test('events that nobody reads are counted, and both readers say the same of all others', nothingToScanWith, () => {
  const numRuns = runs(150)
  let passed = 0
  fc.assert(
    fc.property(stream, cuts, audiences, limits, (text, fractions, unread, bounds) => {
      const whole = bytes(text + text + NEXT)
      const places = fractions.map((one) => Math.floor(one * whole.length))
      const chunks = [bytes(BANNER), ...cutAt(whole, places)]
      passed += compare(chunks, { limits: bounds, names, unread }).passed
    }),
    { numRuns, includeErrorInReport: true },
  )
  assert.ok(passed > numRuns / 2, `only ${passed} events were passed over`)
})

test('both readers say the same of what an Asterisk sent, in reads of any size', nothingToScanWith, () => {
  const corpus = gunzipSync(readFileSync(new URL('../../../../contract/corpus/asterisk-22.ami.gz', import.meta.url)))
  // one in so many of its messages, in their order
  const some = corpus
    .toString('latin1')
    .split(/(?<=\r\n\r\n)/)
    .filter((_, at) => at % 101 === 0)
  const whole = bytes(some.join(''))
  for (const size of [61, 1_460, INBOX_BYTES]) {
    const chunks = [bytes(BANNER)]
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size))
    const read = compare(chunks, { names })
    if (size > 1_000) assert.ok(read.scanned > some.length * 0.5, `${read.scanned} of ${some.length} at ${size}`)
    const unread = [new Set(['VarSet', 'Newexten', 'RTCPSent', 'RTCPReceived'])]
    const { passed } = compare(chunks, { names, unread })
    if (size === 1_460) assert.ok(passed > some.length * 0.3, `${passed} of ${some.length} at ${size}`)
  }
})
