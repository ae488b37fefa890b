import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { INBOX_BYTES, Scanner } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'

function made(...learnt: string[]): Scanner {
  const scanner = Scanner.make()
  assert.ok(scanner)
  for (const lines of learnt) assert.ok(scanner.learn(lines), lines)
  return scanner
}

/** What a scan finds, as names with values, and what it leaves. */
function found(scanner: Scanner, text: string): { events: string[][]; rest: string } {
  scanner.inbox.set(bytes(text))
  const count = scanner.scan(0, text.length)
  const events: string[][] = []
  while (scanner.next()) {
    const event = text.slice(scanner.start, scanner.end)
    events.push(
      scanner.layout.names.map(
        (name, slot) => `${name}=${event.slice(scanner.valueStart(slot), scanner.valueEnd(slot))}`,
      ),
    )
  }
  assert.equal(events.length, count)
  return { events, rest: text.slice(scanner.stopped) }
}

const lines = 'Event: Hangup\r\nChannel: SIP/1\r\nCause-txt: Normal\r\n'

describe('scan', () => {
  test('finds events one behind another, whatever their values', () => {
    const text = `${lines}\r\nEvent: X\r\nChannel: \r\nCause-txt: a: b\rc\0 \r\n\r\n`
    assert.deepEqual(found(made(lines), text), {
      events: [
        ['Event=Hangup', 'Channel=SIP/1', 'Cause-txt=Normal'],
        ['Event=X', 'Channel=', 'Cause-txt=a: b\rc\0 '],
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
    for (let length = 1; length <= 62; length++) learnt.push(`Event: A\r\n${'n'.repeat(length)}: v\r\n`)
    const { events, rest } = found(made(...learnt), learnt.map((one) => `${one}\r\n`).join(''))
    assert.deepEqual([events.length, rest], [62, ''])
    assert.equal(made().learn(`Event: A\r\n${'n'.repeat(63)}: v\r\n`), false)
  })

  const odd: Readonly<Record<string, string>> = {
    'a name that was not learnt there': 'Event: A\r\nCause-txt: x\r\n\r\n',
    'a name in another case': 'Event: A\r\nchannel: x\r\nCause-txt: y\r\n\r\n',
    'no blank behind a name': 'Event: A\r\nChannel:x\r\nCause-txt: y\r\n\r\n',
    'a line that a bare LF ends': 'Event: A\r\nChannel: x\nCause-txt: y\r\n\r\n',
    'a value that holds a bare LF': 'Event: A\r\nChannel: x\ny\r\nCause-txt: y\r\n\r\n',
    'an end before its time': 'Event: A\r\nChannel: x\r\n\r\n',
    'a header more': 'Event: A\r\nChannel: x\r\nCause-txt: y\r\nMore: z\r\n\r\n',
    'a response': 'Response: Success\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
    'a blank line too many': '\r\nEvent: A\r\nChannel: x\r\nCause-txt: y\r\n\r\n',
  }
  for (const [what, text] of Object.entries(odd)) {
    test(`stops in front of ${what}`, () => {
      const { events, rest } = found(made(lines), `${lines}\r\n${text}${lines}\r\n`)
      assert.deepEqual([events.length, rest], [1, `${text}${lines}\r\n`])
    })
  }

  test('stops in front of an event that has not ended, wherever it is cut, whatever an earlier read left behind it', () => {
    const scanner = made(lines)
    const whole = `${lines}\r\n`
    for (let cut = 0; cut < whole.length; cut++) {
      scanner.inbox.set(bytes(whole + whole))
      assert.deepEqual([scanner.scan(0, cut), scanner.stopped], [0, 0], `${cut}`)
      assert.deepEqual([scanner.scan(0, whole.length + cut), scanner.stopped], [1, whole.length], `${cut}`)
    }
  })

  test('finds an event that ends with the inbox, and as many as it has room for', () => {
    const scanner = made('Event: \r\n', lines)
    const text = 'Event: \r\n\r\n'.repeat(INBOX_BYTES / 11)
    assert.equal(found(scanner, text).rest, '')
    const end = `${lines}\r\n`
    scanner.inbox.set(bytes(end), INBOX_BYTES - end.length)
    assert.equal(scanner.scan(INBOX_BYTES - end.length, INBOX_BYTES), 1)
    assert.equal(scanner.stopped, INBOX_BYTES)
  })

  test('knows what is ASCII for certain', () => {
    const scanner = made(lines)
    for (const [name, isAscii] of Object.entries({ 'Renee Example': true, 'Ren\xc3\xa9e': false })) {
      found(scanner, lines.replace('Normal', name).concat('\r\n'))
      assert.equal(scanner.isAscii, isAscii, name)
    }
  })
})

describe('learn', () => {
  const refused: Readonly<Record<string, string>> = {
    'a response': 'Response: Success\r\nA: 1\r\n',
    'a name in two spellings': 'Event: A\r\nUniqueid: 1\r\nUniqueID: 2\r\n',
    'a name that is not ASCII': 'Event: A\r\nZo\xc3\xab: 1\r\n',
    'a name that every object has': 'Event: A\r\nconstructor: 1\r\n',
    'a line without a colon': 'Event: A\r\nB\r\n',
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

  test('is limited, and begins again after 100,000 misses', () => {
    const scanner = made(lines)
    let learnt = 1
    while (scanner.learn(`Event: A\r\nN${learnt}: 1\r\n`)) learnt++
    assert.ok(learnt <= 4_096, `${learnt}`)
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 1)
    assert.ok(scanner.learn(lines), 'what is known is no miss')
    for (let misses = 1; misses < 100_000; misses++) scanner.learn('Event: A\r\nNew: 1\r\n')
    assert.equal(found(scanner, `${lines}\r\n`).events.length, 0)
    assert.ok(scanner.learn(lines))
    assert.deepEqual(found(scanner, `${lines}\r\nEvent: A\r\nN1: 1\r\n\r\n`).events.length, 1)
  })
})

describe('a layout', () => {
  test('knows where a header stands, in any case of letters', () => {
    const scanner = made(lines)
    found(scanner, `${lines}\r\n`)
    const { layout } = scanner
    assert.deepEqual(
      ['Event', 'Channel', 'CHANNEL', 'cause-TXT', 'Cause', ''].map((name) => layout.slotOf(name)),
      [0, 1, 1, 2, undefined, undefined],
    )
  })

  test('may have a name again, and knows its first place', () => {
    const text = 'Event: A\r\nChanVariable: B=1\r\nChanVariable: C=2\r\n'
    const scanner = made(text)
    assert.deepEqual(found(scanner, `${text}\r\n`).events, [['Event=A', 'ChanVariable=B=1', 'ChanVariable=C=2']])
    assert.equal(scanner.layout.slotOf('chanvariable'), 1)
  })

  test('finds the values again in lines of its own', () => {
    const scanner = made(lines)
    found(scanner, `${lines}\r\n`)
    const again = scanner.layout.readAgain(`\r\n${lines}`, 2)
    assert.deepEqual(
      again,
      [0, 1, 2].map((slot) => scanner.valueStart(slot)),
    )
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
