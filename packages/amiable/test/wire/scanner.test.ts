import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { isCareful } from '../../../../tools/testbed/careful.ts'
import { eachPlaced } from '../../src/wire/by-place.ts'
import { INBOX_BYTES, type Scanned, Scanner } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'
import { canScan, nothingToScanWith } from '../support/scan.ts'

test('there is a scanner here, but for a run that is to have none', () => {
  assert.equal(canScan, !isCareful())
})

function made(...learnt: string[]): Scanner {
  const scanner = Scanner.make()
  assert.ok(scanner)
  for (const lines of learnt) assert.ok(scanner.learn(lines), lines)
  return scanner
}

/** The headers of the event that the scanner came to. */
function valuesOf(scanner: Scanner): string[] {
  const { start, end, event, known } = scanner
  assert.ok(scanner.linesOf(start, end).endsWith('\r\n'))
  const headers: string[] = []
  eachPlaced(scanner.places.at(event), (name, value) => headers.push(`${name}=${value}`))
  for (const [slot, header] of headers.entries()) assert.ok(header.startsWith(known.names[slot] as string), header)
  assert.equal(headers.length, known.names.length)
  assert.equal(headers[0], `Event=${known.title}`)
  return headers
}

/** What a scan finds, as names with values, and what it leaves. */
function found(scanner: Scanner, text: string): { events: string[][]; rest: string } {
  scanner.inbox.set(bytes(text))
  scanner.begin({}, text.length, 'latin1')
  const { first } = scanner
  const count = scanner.scan(first, first + text.length)
  const events: string[][] = []
  while (scanner.next()) events.push(valuesOf(scanner))
  assert.equal(events.length, count)
  return { events, rest: text.slice(scanner.stopped - first) }
}

const lines = 'Event: Hangup\r\nChannel: SIP/1\r\nCause-txt: Normal\r\n'

describe('scan', nothingToScanWith, () => {
  test('finds events one behind another, whatever their values', () => {
    const text = `${lines}\r\nEvent: Hangup\r\nChannel: \r\nCause-txt: a: b\rc\0 \r\n\r\n`
    assert.deepEqual(found(made(lines), text), {
      events: [
        ['Event=Hangup', 'Channel=SIP/1', 'Cause-txt=Normal'],
        ['Event=Hangup', 'Channel=', 'Cause-txt=a: b\rc\0 '],
      ],
      rest: '',
    })
  })

  test('tells layouts apart that begin alike, and one that ends where another goes on', () => {
    const [short, other] = ['Event: A\r\nChannel: 1\r\n', 'Event: A\r\nChannelState: 6\r\n']
    const { events } = found(made(lines, short, other), `${short}\r\n${other}\r\n${lines}\r\n`)
    assert.deepEqual(events.map(String), [
      'Event=A,Channel=1',
      'Event=A,ChannelState=6',
      'Event=Hangup,Channel=SIP/1,Cause-txt=Normal',
    ])
  })

  test('finds names of every length that can be learnt', () => {
    const learnt: string[] = []
    // a few behind each other's names: no name has all of them behind it
    const name = (length: number) => `In${length % 8}: 1\r\n${'n'.repeat(length)}: v\r\n`
    for (let length = 1; length <= 62; length++) learnt.push(`Event: A\r\n${name(length)}`)
    const { events, rest } = found(made(...learnt), learnt.map((one) => `${one}\r\n`).join(''))
    assert.deepEqual([events.length, rest], [62, ''])
    assert.equal(made().learn(`Event: A\r\n${'n'.repeat(63)}: v\r\n`), false)
  })

  const odd: Readonly<Record<string, string>> = {
    'a title that was not learnt for these names': 'Event: Hang\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
    'a longer title': 'Event: Hangups\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
    'no title': 'Event: \r\nChannel: x\r\nCause-txt: y\r\n\r\n',
    'a name that was not learnt there': 'Event: Hangup\r\nCause-txt: x\r\n\r\n',
    'a name in another case': 'Event: Hangup\r\nchannel: x\r\nCause-txt: y\r\n\r\n',
    'no blank behind a name': 'Event: Hangup\r\nChannel:x\r\nCause-txt: y\r\n\r\n',
    'a line that a bare LF ends': 'Event: Hangup\r\nChannel: x\nCause-txt: y\r\n\r\n',
    'a value that holds a bare LF': 'Event: Hangup\r\nChannel: x\ny\r\nCause-txt: y\r\n\r\n',
    'an end before its time': 'Event: Hangup\r\nChannel: x\r\n\r\n',
    'a header more': 'Event: Hangup\r\nChannel: x\r\nCause-txt: y\r\nMore: z\r\n\r\n',
    'a response': 'Response: Success\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
    'a blank line too many': '\r\nEvent: Hangup\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
  }
  for (const [what, text] of Object.entries(odd)) {
    test(`stops in front of ${what}`, () => {
      const { events, rest } = found(made(lines), `${lines}\r\n${text}${lines}\r\n`)
      assert.deepEqual([events.length, rest], [1, `${text}${lines}\r\n`])
    })
  }

  test('stops in front of an event that has not ended, wherever it is cut, whatever an earlier read left behind it', () => {
    const scanner = made(lines)
    const { first } = scanner
    const whole = `${lines}\r\n`
    for (let cut = 0; cut < whole.length; cut++) {
      scanner.inbox.set(bytes(whole + whole))
      scanner.begin({}, cut, 'latin1')
      assert.deepEqual([scanner.scan(first, first + cut), scanner.stopped], [0, first], `${cut}`)
      const behind = first + whole.length
      assert.deepEqual([scanner.scan(first, behind + cut), scanner.stopped], [1, behind], `${cut}`)
    }
  })

  test('finds an event that ends with the inbox, and as many as can lie there', () => {
    const scanner = made('Event: A\r\n', lines)
    const text = 'Event: A\r\n\r\n'.repeat(INBOX_BYTES / 12)
    assert.equal(found(scanner, text).rest, '')
    const end = `${lines}\r\n`
    const behind = scanner.first + INBOX_BYTES
    scanner.inbox.set(bytes(end), INBOX_BYTES - end.length)
    scanner.begin({}, INBOX_BYTES, 'latin1')
    assert.equal(scanner.scan(behind - end.length, behind), 1)
    assert.equal(scanner.stopped, behind)
  })

  test('keeps the places of all events of a chunk, until the next chunk begins', () => {
    const scanner = made(lines)
    const chunk: Scanned = {}
    const odd = 'Response: Success\r\n\r\n'
    const text = `${lines}\r\n${odd}${lines.replace('SIP', 'IAX2')}\r\n`
    scanner.inbox.set(bytes(text))
    scanner.begin(chunk, text.length, 'utf8')
    const to = scanner.first + text.length
    const kept: (() => unknown)[] = []
    for (let at = scanner.first; at < to; at = scanner.stopped + odd.length) {
      scanner.scan(at, to)
      while (scanner.next()) {
        const { event } = scanner
        kept.push(() => scanner.places.at(event).read('channel'))
      }
    }
    assert.deepEqual(
      kept.map((read) => read()),
      ['SIP/1', 'IAX2/1'],
    )
    assert.equal(chunk.scanner, scanner)
    scanner.begin({}, 0, 'latin1')
    assert.equal(chunk.scanner, undefined)
  })

  test('finds an event of up to 65,535 bytes, and stops in front of a longer one', () => {
    const scanner = made(lines)
    const { first } = scanner
    for (const [length, count] of [
      [65_535, 1],
      [65_536, 0],
    ] as const) {
      scanner.begin({}, INBOX_BYTES, 'latin1')
      const from = scanner.putInFront('Event: Hangup\r\nChannel: ')
      const behind = '\r\nCause-txt: Normal\r\n\r\n'
      const value = 'v'.repeat(length - (first - from) - (behind.length - 2))
      const text = value + behind
      scanner.inbox.set(bytes(text))
      assert.equal(scanner.scan(from, first + text.length), count)
      if (count === 0) continue
      assert.ok(scanner.next())
      assert.deepEqual(
        ['Channel', 'Cause-txt'].map((name) => scanner.places.at(scanner.event).read(name)),
        [value, 'Normal'],
      )
    }
  })
})

describe('a value', nothingToScanWith, () => {
  /** What a scanner says of values, each read twice and between others. */
  function readAll(scanner: Scanner, values: readonly string[], utf8: boolean): string[] {
    const read: string[] = []
    for (let at = 0; at < values.length; at += 50) {
      const some = values.slice(at, at + 50)
      const text = some.map((value) => `Event: A\r\nV: ${value}\r\nW: ${value}\r\n\r\n`).join('')
      scanner.inbox.set(bytes(text))
      scanner.begin({}, text.length, utf8 ? 'utf8' : 'latin1')
      assert.equal(scanner.scan(scanner.first, scanner.first + text.length), some.length)
      while (scanner.next()) {
        const { event } = scanner
        read.push(scanner.places.at(event).value(1))
        assert.equal(scanner.places.at(event).value(2), read.at(-1))
      }
    }
    return read
  }
  const learnt = 'Event: A\r\nV: 1\r\nW: 1\r\n'

  test('of any length is what stands there, whatever was read before', () => {
    const scanner = made(learnt)
    const values: string[] = []
    for (let length = 0; length < 80; length++) {
      for (const end of ['', 'a', '\0', '\0\0', '\r']) values.push('x'.repeat(length) + end)
      // one that differs at each of its places
      for (let at = 0; at < length; at++) values.push(`${'x'.repeat(at)}y${'x'.repeat(length - at - 1)}`)
    }
    for (let round = 0; round < 2; round++) assert.deepEqual(readAll(scanner, values, false), values)
  })

  test('is read again and again where more are read than are kept, wherever they differ', () => {
    const scanner = made(learnt)
    // their bytes are compared by sixteen
    for (const front of [0, 16, 32, 44]) {
      const name = `${'x'.repeat(front)}PJSIP/alice-`
      const values = Array.from({ length: 5_000 }, (_, n) => name + ((n * 7_919) % 5_000).toString(16))
      for (let round = 0; round < 3; round++) assert.deepEqual(readAll(scanner, values, true), values)
    }
  })

  test('means in each encoding what it means there', () => {
    const scanner = made(learnt)
    const values = ['Ren\xc3\xa9e', 'Renee', '\xff', '\xe2\x82\xac', 'x'.repeat(60), `${'x'.repeat(58)}\xc3\xa9`]
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(readAll(scanner, values, false), values)
      const meant = values.map((value) => Buffer.from(value, 'latin1').toString('utf8'))
      assert.deepEqual(readAll(scanner, values, true), meant)
    }
  })

  test('whose string could not be made is not another one later', () => {
    const scanner = made(learnt)
    const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice: () => string }
    assert.deepEqual(readAll(scanner, ['before'], false), ['before'])
    Object.assign(Buffer.prototype, {
      latin1Slice: () => {
        throw new RangeError('Maximum call stack size exceeded')
      },
    })
    try {
      for (let n = 0; n < 3_000; n++) assert.throws(() => readAll(scanner, [`value ${n}`], false), RangeError)
    } finally {
      Object.assign(Buffer.prototype, { latin1Slice })
    }
    const values = Array.from({ length: 3_000 }, (_, n) => `value ${n}`)
    assert.deepEqual(readAll(scanner, ['before', ...values], false), ['before', ...values])
  })

  test('is found by whatever name of it was asked for, of many names and events', () => {
    const texts = Array.from({ length: 30 }, (_, n) => `Event: E${n}\r\nA${n % 5}: ${n}\r\nB: ${n}b\r\n`)
    const scanner = made(...texts)
    const text = texts.map((one) => `${one}\r\n`).join('')
    for (let round = 0; round < 2; round++) {
      scanner.inbox.set(bytes(text))
      scanner.begin({}, text.length, 'latin1')
      assert.equal(scanner.scan(scanner.first, scanner.first + text.length), 30)
      for (let n = 0; scanner.next(); n++) {
        const { event } = scanner
        const ask = (name: string) => scanner.places.at(event).read(name)
        // more names than are remembered
        for (let other = 0; other < 10; other++) assert.equal(ask(`No${n * 10 + other}`), undefined)
        assert.deepEqual(
          [0, 1, 2, 3, 4].map((one) => ask(`a${one}`)).join(),
          [0, 1, 2, 3, 4].map((one) => (one === n % 5 ? n : '')).join(),
        )
        assert.deepEqual(
          [ask('Event'), ask('B'), ask('b'), ask('constructor'), ask('')],
          [`E${n}`, `${n}b`, `${n}b`, undefined, undefined],
        )
      }
    }
  })
})

test('a chunk keeps neither the scanner nor those who read it when other bytes come', nothingToScanWith, () => {
  const scanner = Scanner.make() as Scanner
  let left = 0
  const chunk: Scanned = { leave: () => void left++ }
  scanner.begin(chunk, 0, 'latin1')
  scanner.leaveChunk()
  scanner.leaveChunk()
  assert.equal(left, 1)
  assert.deepEqual(chunk, { scanner: undefined, leave: undefined })
})

describe('learn', nothingToScanWith, () => {
  const refused: Readonly<Record<string, string>> = {
    'a response': 'Response: Success\r\nA: 1\r\n',
    'a name in two spellings': 'Event: A\r\nUniqueid: 1\r\nUniqueID: 2\r\n',
    'a name that is not ASCII': 'Event: A\r\nZo\xc3\xab: 1\r\n',
    'a name that every object has': 'Event: A\r\nconstructor: 1\r\n',
    'a line without a colon': 'Event: A\r\nB\r\n',
    'a title that is not ASCII': 'Event: Zo\xc3\xab\r\nB: 1\r\n',
    'an event without a title': 'Event: \r\nB: 1\r\n',
    'an event whose lines a bare LF may end': 'Event: Agents\r\nB: 1\r\n',
    'a title of 64 letters': `Event: ${'A'.repeat(64)}\r\nB: 1\r\n`,
    'a colon without a blank': 'Event: A\r\nB:1\r\n',
    'a line without a name': 'Event: A\r\n: 1\r\n',
    'a line that a bare LF ends': 'Event: A\r\nB: 1\nC: 2\r\n',
    'an end in the middle of a line': 'Event: A\r\nB: 1',
    'more than 64 headers': `Event: A\r\n${Array.from({ length: 64 }, (_, i) => `N${i}: 1\r\n`).join('')}`,
    nothing: '',
  }
  for (const [what, text] of Object.entries(refused)) {
    test(`refuses ${what}`, () => assert.equal(made().learn(text), false))
  }

  test('is limited, and begins again with a chunk after 10,000 misses', () => {
    const scanner = made(lines)
    let learnt = 1
    const next = () => `Event: A\r\nM${learnt >> 10}: 1\r\nN${(learnt >> 5) & 31}: 1\r\nO${learnt & 31}: 1\r\n`
    while (scanner.learn(next())) learnt++
    assert.ok(learnt <= 4_096, `${learnt}`)
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 1)
    assert.ok(scanner.learn(lines), 'what is known is no miss')
    for (let misses = 1; misses < 10_000; misses++) scanner.learn('Event: A\r\nNew: 1\r\n')
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 0)
    assert.ok(scanner.learn(lines))
    assert.deepEqual(found(scanner, `${lines}\r\nEvent: A\r\nM0: 1\r\nN0: 1\r\nO1: 1\r\n\r\n`).events.length, 1)
  })

  test('that begins again has no place of before', () => {
    const scanner = made(lines)
    const ask = (text: string): (string | undefined)[] => {
      assert.equal(found(scanner, `${text}\r\n`).events.length, 1)
      return ['Channel', 'Cause-txt', 'Channel', 'Cause-txt'].map((name) => scanner.places.at(scanner.event).read(name))
    }
    assert.deepEqual(ask(lines), ['SIP/1', 'Normal', 'SIP/1', 'Normal'])
    for (let misses = 0; misses < 10_032; misses++) scanner.learn(`Event: A${misses}\r\nN: 1\r\n`)
    scanner.begin({}, 0, 'latin1')
    const other = 'Event: Hangup\r\nCause-txt: Busy\r\nChannel: SIP/2\r\n'
    assert.ok(scanner.learn(other))
    assert.deepEqual(ask(other), ['SIP/2', 'Busy', 'SIP/2', 'Busy'])
  })

  test('takes 32 names behind the same names, and 32 titles', () => {
    for (const text of [(n: number) => `Event: A\r\nN${n}: 1\r\n`, (n: number) => `Event: A${n}\r\nN: 1\r\n`]) {
      const scanner = made()
      let learnt = 0
      while (scanner.learn(text(learnt))) learnt++
      assert.equal(learnt, 32)
      assert.equal(found(scanner, `${text(31)}\r\n`).events.length, 1)
    }
  })

  test('tries in vain only as long as the stream allows it', () => {
    const scanner = made()
    const strange = `Event: A\r\nB:${'x'.repeat(10_000)}\r\n`
    // what it has credit for at first is 16 MiB, and each try takes 256 times what it looks at
    for (let tries = 0; tries < 8; tries++) scanner.tryToLearn(strange)
    scanner.tryToLearn(lines)
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 0)
    for (let chunks = 0; chunks < 60; chunks++) scanner.begin({}, INBOX_BYTES, 'latin1')
    scanner.tryToLearn(lines)
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 1)
  })
})

describe('without WebAssembly', () => {
  const whole = globalThis as { WebAssembly?: unknown }
  const engine = whole.WebAssembly
  afterEach(() => {
    whole.WebAssembly = engine
  })

  test('there is no scanner, nor where its memory or its code is refused', () => {
    const fails = class {
      constructor() {
        throw new RangeError('no room')
      }
    }
    for (const instead of [undefined, { ...named(), Memory: fails }, { ...named(), Module: fails }]) {
      whole.WebAssembly = instead
      assert.equal(Scanner.make(), undefined)
    }
  })

  function named(): object {
    const { Memory, Module, Instance } = engine as Record<string, unknown>
    return { Memory, Module, Instance }
  }
})
