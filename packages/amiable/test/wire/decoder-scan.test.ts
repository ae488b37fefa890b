import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Decoder } from '../../src/wire/decoder.ts'
import { overwritten } from '../../src/wire/inbox.ts'
import { defaultLimits } from '../../src/wire/limits.ts'
import { linesOf, type Message } from '../../src/wire/message.ts'
import type { Origin } from '../../src/wire/origin.ts'
import { INBOX_BYTES } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'
import { testOrigin } from '../support/origin.ts'
import { inInbox, nothingToScanWith } from '../support/scan.ts'

/** A decoder behind its banner, and what it told. */
class Reader {
  readonly messages: Message[] = []
  readonly lost: string[] = []
  readonly #intake = testOrigin().intake
  readonly #decoder: Decoder

  constructor(take: (message: Message) => void = () => {}, banner = 'Asterisk Call Manager/11.0.0\r\n') {
    this.#decoder = new Decoder(
      {
        banner: () => {},
        message: (message) => {
          this.messages.push(message)
          take(message)
        },
        fault: (error) => assert.fail(error),
        expectsRaw: () => false,
        unreadable: (why) => this.lost.push(why),
      },
      defaultLimits,
    )
    this.push(banner)
  }

  /** Reads what a socket has read; returns what its messages have in common. */
  push(text: string): Origin {
    return this.#push(inInbox(bytes(text)))
  }

  /** Reads what a stream has given. */
  pushFromStream(text: string): Origin {
    return this.#push(bytes(text))
  }

  #push(chunk: Uint8Array): Origin {
    const origin: Origin = { intake: this.#intake, epoch: 1, receivedAt: 0 }
    this.#decoder.push(chunk, origin)
    return origin
  }

  get values(): (string | undefined)[] {
    return this.messages.map((message) => message.get('N'))
  }
}

const event = (n: number | string) => `Event: Counted\r\nPrivilege: user,all\r\nN: ${n}\r\n\r\n`
const events = (count: number) => Array.from({ length: count }, (_, n) => event(n)).join('')

describe('bytes in the inbox', nothingToScanWith, () => {
  test('are scanned, but for the first event of its kind', () => {
    const reader = new Reader(linesOf)
    reader.push(event('first'))
    const { scanner } = reader.push(events(3))
    assert.ok(scanner)
    assert.deepEqual(reader.values, ['first', '0', '1', '2'])
  })

  test('are read with care where a bare LF ends lines', () => {
    const reader = new Reader(linesOf, 'Asterisk Call Manager/11.0.0\n')
    assert.equal(reader.push(event(1).replaceAll('\r', '')).scanner, undefined)
    assert.deepEqual(reader.values, ['1'])
  })

  test('are gone with the next that come: what was not cut out by then cannot be read', () => {
    const reader = new Reader()
    reader.push(event(0) + event(1))
    const [, kept] = reader.messages
    assert.equal(kept?.get('N'), '1')
    reader.push(event(2) + event(3))
    assert.equal(kept?.get('N'), '1')
    const [, , , forgotten] = reader.messages
    reader.push(events(5))
    assert.throws(() => linesOf(forgotten as Message))
  })

  test('are gone with what another client reads, though it has no banner yet', () => {
    const reader = new Reader(linesOf)
    reader.push(event('first'))
    reader.push(events(3))
    const [, kept] = reader.messages
    assert.equal(kept?.get('N'), '0')
    // a socket reads, and says so before anybody is told
    inInbox(bytes('x'.repeat(400)))
    overwritten()
    assert.equal(kept?.get('N'), '0')
    assert.deepEqual(kept?.toJSON(), { Event: 'Counted', Privilege: 'user,all', N: '0' })
  })

  test('are given up where another client reads in the middle of them', () => {
    const other = new Reader(linesOf)
    const reader: Reader = new Reader((message) => {
      linesOf(message)
      if (message.get('N') === '7') other.push(`${event('a')}${event('b')}`)
    })
    reader.push(event('first'))
    reader.push(events(20))
    assert.deepEqual(other.values, ['a', 'b'])
    assert.deepEqual(other.lost, [])
    assert.deepEqual(reader.values, ['first', '0', '1', '2', '3', '4', '5', '6', '7'])
    assert.equal(reader.lost.length, 1)
  })

  test('are given up as well where that is behind one that is read with care, and no event of the other is theirs', () => {
    const other = new Reader(linesOf)
    const reader: Reader = new Reader((message) => {
      linesOf(message)
      if (message.get('N') === 'o\nd') other.push(events(30))
    })
    reader.push(event('first'))
    reader.push(`${event(0)}${event('o\nd')}${events(20)}`)
    assert.equal(other.messages.length, 30)
    assert.deepEqual(reader.values, ['first', '0', 'o\nd'])
    assert.equal(reader.lost.length, 1)
  })

  test('of many clients in turns stay those of each', () => {
    const readers = Array.from({ length: 5 }, () => new Reader(linesOf))
    const whole = events(50)
    for (let at = 0; at < whole.length; at += 37) for (const reader of readers) reader.push(whole.slice(at, at + 37))
    const wanted = Array.from({ length: 50 }, (_, n) => `${n}`)
    for (const reader of readers) assert.deepEqual(reader.values, wanted)
  })

  test('are not overwritten by a stream that gives its data in the middle of them', () => {
    const other = new Reader(linesOf)
    const reader: Reader = new Reader((message) => {
      linesOf(message)
      if (message.get('N') === '7') assert.equal(other.pushFromStream(events(3)).scanner, undefined)
    })
    reader.push(event('first'))
    reader.push(events(20))
    assert.deepEqual(other.values, ['0', '1', '2'])
    assert.equal(reader.messages.length, 21)
    assert.deepEqual(reader.lost, [])
    assert.ok(other.pushFromStream(events(3)).scanner)
    assert.deepEqual(other.values, ['0', '1', '2', '0', '1', '2'])
  })

  test('stay free for others when somebody who is told throws', () => {
    const reader = new Reader(() => assert.fail('told'))
    assert.throws(() => reader.push(event(1)), /told/)
    const other = new Reader(linesOf)
    assert.ok(other.pushFromStream(events(2)).scanner)
  })

  test('from a stream are read with care where they are more than the inbox takes', () => {
    const reader = new Reader(linesOf)
    const text = event(1).repeat(1 + Math.floor(INBOX_BYTES / event(1).length))
    assert.equal(reader.pushFromStream(text).scanner, undefined)
    assert.equal(reader.messages.length, text.length / event(1).length)
  })
})

describe('a message that is kept', () => {
  const answer = `Response: Success\r\nActionID: 1\r\nMessage: ${'m'.repeat(40)}\r\n\r\n`
  // the look at more than the beginning of a chunk is worth it behind many events that are known
  const long = event(`o\nd${'d'.repeat(2_100)}`)
  const chunks: Readonly<Record<string, string>> = {
    alone: answer,
    'alone behind a blank line too many': `\r\n${answer}`,
    'among others': events(100) + long + answer + events(900),
    'among others behind a blank line too many': `${events(100)}${long}\r\n${answer}${events(900)}`,
    'among others behind many blank lines': `${events(100)}${long}\n\r\n\r\n${answer}${events(900)}`,
  }
  for (const [where, chunk] of Object.entries(chunks)) {
    test(`keeps no more than its own bytes, and says the same, where it came ${where}`, () => {
      const kept: Message[] = []
      const reader = new Reader((message) => {
        linesOf(message)
        if (message.actionId === '1') kept.push(message)
        reader.messages.length = 0
      })
      reader.push(event('first'))
      const before = used()
      for (let count = 0; count < 100; count++) reader.push(chunk)
      assert.equal(kept.length, 100)
      const grown = used() - before
      assert.ok(grown < 1_000_000, `${grown / 100} bytes for each`)
      for (const message of kept) assert.equal(linesOf(message), `\r\n${answer.slice(0, -2)}`)
      assert.deepEqual(kept[0]?.toJSON(), { Response: 'Success', ActionID: '1', Message: 'm'.repeat(40) })
    })
  }

  test('keeps no more than its own bytes where it came with the banner, behind a blank line too many', () => {
    const banner = `Asterisk Call Manager/11.0.0${' '.repeat(50_000)}\r\n\r\n${answer}`
    const before = used()
    const kept: Message[] = []
    for (let count = 0; count < 100; count++) {
      kept.push(...new Reader(linesOf, banner).messages)
    }
    assert.equal(kept.length, 100)
    const grown = used() - before
    assert.ok(grown < 2_000_000, `${grown / 100} bytes for each`)
  })
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Returns how much is in memory that somebody keeps. */
function used(): number {
  collect()
  return process.memoryUsage().heapUsed
}
