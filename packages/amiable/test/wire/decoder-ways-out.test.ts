import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Limits } from '../../src/wire/limits.ts'
import { kindOf, linesOf, type Message, titleOf } from '../../src/wire/message.ts'
import {
  BANNER,
  bytes,
  cutAt,
  type Decoded,
  type DecodeOptions,
  decodeChunks,
  piecesOf,
  runs,
} from '../support/decode.ts'
import { fixtures } from '../support/fixtures.ts'

const NEXT = 'Event: Next\r\nPrivilege: call,all\r\nN: 1\r\n\r\n'
const long = `${'a line of a command that prints a lot\n'.repeat(100)}\r\n`

/** What each way of cutting gives, which has to be the same. */
function everyWay(text: string, options: DecodeOptions = {}): Decoded {
  const whole = bytes(BANNER + text)
  const once = decodeChunks([whole], options)
  for (const size of [1, 2, 3, 7, 100, 1_000, 2_047]) {
    assert.deepEqual(decodeChunks(piecesOf(whole, size), options).log, once.log, `in pieces of ${size}`)
  }
  for (let at = Math.max(BANNER.length, whole.length - 300); at < whole.length; at++) {
    assert.deepEqual(decodeChunks(cutAt(whole, [at]), options).log, once.log, `cut at ${at}`)
  }
  return once
}

const titles = ({ messages }: Decoded) => messages.map(titleOf)

describe('raw output', () => {
  const head = 'Response: Follows\r\nPrivilege: Command\r\nActionID: a-1\r\n'
  const refused = { raw: () => false }

  test('that nobody expects is a message like any other: it ends at its blank line', () => {
    assert.deepEqual(titles(everyWay(`${head}\r\n${NEXT}`, refused)), ['Follows', 'Next'])
    assert.deepEqual(titles(everyWay(`Response: Follows\r\nb\r\n\r\n${NEXT}`, refused)), ['Follows', 'Next'])
  })

  test('is asked for once its head is there, by its ActionID or without one', () => {
    const asked: (string | undefined)[] = []
    const raw = (id: string | undefined) => {
      asked.push(id)
      return true
    }
    decodeChunks([bytes(`${BANNER}${head}out\n--END COMMAND--\r\n\r\n`)], { raw })
    decodeChunks([bytes(`${BANNER}response: follows\r\nPrivilege: SMSCommand\r\nout\r\n--END COMMAND--\r\n\r\n`)], {
      raw,
    })
    decodeChunks(
      [bytes(`${BANNER}Response: Follows\r\nActionID: a-2\r\nPrivilege: Command\r\nout\n--END COMMAND--\r\n\r\n`)],
      {
        raw,
      },
    )
    assert.deepEqual(asked, ['a-1', undefined, 'a-2'])
    asked.length = 0
    // a name is not asked for before all of it has come
    decodeChunks([bytes(`${BANNER}Response: Follows\r\nPrivilege: Command\r\nActionID: a-`)], { raw })
    assert.deepEqual(asked, [])
  })

  const output = ['', 'one line\n', 'a line\n\nand another, glued', 'a line\r\n', long]
  const others = [
    NEXT,
    'Event: Hangup\r\nChannel: x\r\n\r\n',
    'Response: Success\r\nActionID: a-2\r\nPing: Pong\r\n\r\n',
    'Response: Error\r\nMessage: No\r\n\r\n',
  ]
  for (const said of output) {
    test(`without its mark ends in front of another message: ${JSON.stringify(said.slice(0, 30))}`, () => {
      for (const other of others) {
        const lines = said === '' ? '' : `${said}\r\n`
        const { messages } = everyWay(`${head}${lines}\r\n${other}${NEXT}`)
        assert.equal(messages.length, 3)
        assert.equal(linesOf(messages[0] as Message), `\r\n${head}${lines}`)
        assert.equal(titleOf(messages[2] as Message), 'Next')
      }
    })
  }

  test('that says nothing at all ends in front of an event of one line', () => {
    assert.deepEqual(titles(everyWay(`${head}\r\nEvent: Short\r\n\r\n${NEXT}`)), ['Follows', 'Short', 'Next'])
  })

  test('keeps what looks like a message and is none', () => {
    for (const said of [
      'a\n\nEvent: Fake\nName: value\n\nb',
      'a\r\n\r\nEvent: Fake\r\n\r\nb',
      'a\r\n\r\nEvents: 5\r\nName: value\r\n\r\nb',
      'a\r\n\r\nResponse: is what it says\r\nand this is no header\r\n\r\nb',
      'a\r\n\r\nEvent:\r\nName: value\r\n\r\nb',
      `${long}\r\nEventually\r\n\r\n${long}`,
    ]) {
      const { messages } = everyWay(`${head}${said}--END COMMAND--\r\n\r\n${NEXT}`)
      assert.deepEqual([messages.length, titleOf(messages[1] as Message)], [2, 'Next'], JSON.stringify(said))
    }
  })

  test('past the limit ends at the next blank line', () => {
    for (const end of ['--END COMMAND--\r\n\r\n', '\r\n\r\n', 'x\r\n\r\n']) {
      const { messages, faults } = everyWay(`${head}${'y\n'.repeat(200)}${end}${NEXT}`, { limits: { message: 150 } })
      assert.deepEqual([messages.map(titleOf), faults.length], [['Next'], 1])
    }
  })

  test('past the limit ends at the first blank line behind the limit, also where there were some before it', () => {
    const said = `${'y\n'.repeat(20)}\r\n\r\n${'y\n'.repeat(4_000)}\r\n\r\n`
    for (const limit of [100, 2_500, 6_000]) {
      const { messages, faults } = everyWay(`${head}${said}${NEXT}`, { limits: { message: limit } })
      assert.deepEqual([messages.map(titleOf), faults.length], [['Next'], 1], `${limit}`)
    }
  })

  test('in a stream whose lines end with a bare LF has the same ways out', () => {
    const text = `Asterisk Call Manager/1.3\n${`${head}out\n\n${NEXT}`.replaceAll('\r', '')}`
    for (const size of [1, 5, 10_000]) {
      const told = decodeChunks(piecesOf(bytes(text), size))
      assert.deepEqual(titles(told), ['Follows', 'Next'])
    }
  })
})

describe('what is neither Response nor Event', () => {
  test('ends where a message begins inside it', () => {
    for (const stray of ['rubbish\r\n', 'IAX2/peer-1 12 3 4\n', `${'rubbish\r\n'.repeat(500)}`]) {
      const { messages } = everyWay(stray + NEXT + NEXT)
      assert.deepEqual(
        messages.map((one) => (kindOf(one) === 'other' ? 'other' : titleOf(one))),
        ['other', 'Next', 'Next'],
      )
      assert.equal(linesOf(messages[0] as Message), `\r\n${stray}`)
    }
  })

  test('past a limit ends at its blank line', () => {
    const told = everyWay(`${'rubbish\r\n'.repeat(500)}\r\n${NEXT}`, { limits: { message: 1_000 } })
    assert.deepEqual([titles(told), told.faults.length], [['Next'], 1])
  })
})

describe('a message with another header in front of the one that says what it is', () => {
  // proxies, and AllStarLink's app_rpt
  for (const [text, kind, title] of [
    ['ActionID: a-1\r\nResponse: Success\r\nPing: Pong\r\n\r\n', 'response', 'Success'],
    ['ActionID: a-1\r\nEvent: RptStatusComplete\r\nNode: 1\r\n\r\n', 'event', 'RptStatusComplete'],
    ['Server: box\r\nActionID: a-1\r\nResponse: Error\r\nMessage: No\r\n\r\n', 'response', 'Error'],
    ['actionid: a-1\r\nresponse: Success\r\n\r\n', 'response', 'Success'],
  ] as const) {
    test(`is one: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const { messages } = everyWay(text + NEXT)
      assert.equal(messages.length, 2)
      const [first] = messages as [Message]
      assert.deepEqual([kindOf(first), titleOf(first), first.get('ActionID')], [kind, title, 'a-1'])
      // the order of the wire stays
      assert.match(messages[0]?.headers[0]?.[0] ?? '', /^(?:ActionID|Server)$/i)
    })
  }

  test('is none where what follows does not say it', () => {
    assert.deepEqual(everyWay(`ActionID: a-1\r\nPing: Pong\r\n\r\n${NEXT}`).messages.map(kindOf), ['other', 'event'])
  })
})

describe('a long message', () => {
  test('is the same however it is cut', () => {
    const lines = Array.from({ length: 400 }, (_, i) => `Line-${i}: ${'x'.repeat(i % 40)}`).join('\r\n')
    const { messages } = everyWay(`Response: Success\r\nActionID: a-1\r\n${lines}\r\n\r\n${NEXT}`)
    assert.deepEqual([messages.length, messages[0]?.headers.length], [2, 402])
  })

  test('costs as much a chunk at its end as at its beginning, in chunks of any size and with lines of any length', () => {
    for (const line of [
      'Output: a line of a command that says a little more\r\n',
      `JSON: ${'x'.repeat(100_000)}\r\n`,
    ]) {
      for (const size of [100, 1_460, 65_536]) {
        const eighths = timesOf(line, 8_000_000, size)
        assert.ok(isLevel(eighths), `${size}: ${eighths.map((one) => one.toFixed(2))} ms`)
      }
    }
  })

  /** Whether an eighth takes about as long as the first: fifteen times as long, where each chunk costs what came before. */
  function isLevel(eighths: readonly number[]): boolean {
    return (eighths.at(-2) ?? 0) < (eighths[0] ?? 0) * 5 + 5
  }

  /**
   * How long each eighth of a message takes, in milliseconds: the best of five runs, and of more where a busy machine
   * held each of these up.
   */
  function timesOf(line: string, length: number, size: number): number[] {
    const text = bytes(`${BANNER}Response: Success\r\nActionID: a-1\r\n${line.repeat(length / line.length)}\r\n`)
    const chunks = piecesOf(text, size)
    const best = new Array<number>(8).fill(Number.POSITIVE_INFINITY)
    for (let run = 0; run < 5 || (run < 50 && !isLevel(best)); run++) {
      let began = performance.now()
      const timed = function* () {
        for (const [i, chunk] of chunks.entries()) {
          yield chunk
          const eighth = Math.floor((i * 8) / chunks.length)
          if (Math.floor(((i + 1) * 8) / chunks.length) === eighth) continue
          const now = performance.now()
          best[eighth] = Math.min(best[eighth] ?? 0, now - began)
          began = now
        }
      }
      const { messages, faults } = decodeChunks(timed())
      assert.deepEqual([messages.length, faults.length], [1, 0])
    }
    return best
  }
})

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.values(fixtures)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom('\r', '\n', '\r\n', '\n\r\n', '\r\n\r\n', ': ', '--END COMMAND--', 'Privilege: C\r\n'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('Event: A\r\n', 'Response: Follows\r\n', 'Response: S\r\n', 'ActionID: a\r\n'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5_000 }).map((length) => 'z'.repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 500 }).map((count) => 'A: 1\r\n'.repeat(count)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((one) => Buffer.from(one).toString('latin1')) },
)
const anything = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
const limits: fc.Arbitrary<Partial<Limits>> = fc.record({
  line: fc.constantFrom(100, 3_000, 8_388_608),
  message: fc.constantFrom(200, 3_000, 8_388_608),
  headers: fc.constantFrom(8, 100, 262_144),
})

test('whatever came before, the events behind a blank line are delivered, and the same under any split', () => {
  fc.assert(
    fc.property(anything, cuts, limits, fc.boolean(), (before, fractions, bounds, expects) => {
      const whole = bytes(`${BANNER}${before}\r\n\r\n${NEXT.repeat(3)}`)
      const options = { limits: bounds, raw: () => expects }
      const told = decodeChunks([whole], options)
      assert.deepEqual(titles(told).slice(-3), ['Next', 'Next', 'Next'])
      assert.equal(told.decoder.held, 0)
      const places = fractions.map((one) => Math.floor(one * whole.length))
      const cut = decodeChunks(cutAt(whole, places), options)
      const plain = ({ log }: Decoded) => log.map((one) => (one instanceof Object && 'fault' in one ? 'fault' : one))
      assert.deepEqual(plain(cut), plain(told))
    }),
    { numRuns: runs(2_000) },
  )
})
