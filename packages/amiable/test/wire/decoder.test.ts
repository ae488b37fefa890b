import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { partsOf } from '../../src/wire/fused.ts'
import { kindOf, titleOf } from '../../src/wire/message.ts'
import { BANNER, bytes, capture, cutAt, decode, decodeChunks, headersOf, one, piecesOf } from '../support/decode.ts'
import { everything, fixtures } from '../support/fixtures.ts'

describe('the banner', () => {
  test('is told without its end, and no blank line has to follow it', () => {
    const { banners, messages } = decode('Event: A\r\n\r\n')
    assert.deepEqual(banners, ['Asterisk Call Manager/11.0.0'])
    assert.equal(messages.length, 1)
  })

  test('is told once it is whole, wherever it is cut', () => {
    for (let at = 1; at < BANNER.length; at++) {
      const { banners } = decodeChunks(cutAt(bytes(BANNER), [at]))
      assert.deepEqual(banners, ['Asterisk Call Manager/11.0.0'], `cut at ${at}`)
    }
  })

  test('is not told before its line ends', () => {
    assert.deepEqual(decodeChunks([bytes('Asterisk Call Manager/11.0.0\r')]).banners, [])
  })

  test('may be any line, and is told as it came', () => {
    assert.deepEqual(decodeChunks([bytes('HTTP/1.1 400 Bad Request\r\n')]).banners, ['HTTP/1.1 400 Bad Request'])
    assert.deepEqual(decodeChunks([bytes('\r\n')]).banners, [''])
    assert.deepEqual(decodeChunks([bytes('\n')]).banners, [''])
  })

  test('that never ends is told with its first 1,024 bytes', () => {
    assert.deepEqual(decodeChunks([bytes('x'.repeat(5_000))]).banners, ['x'.repeat(1_024)])
  })

  test('that never ends is told so too when it trickles in', () => {
    assert.deepEqual(decodeChunks(piecesOf(bytes('x'.repeat(5_000)), 100)).banners, ['x'.repeat(1_024)])
  })

  test('that ends with a bare LF comes from a relay that ends every line so', () => {
    const text = 'Asterisk Call Manager/11.0.0\nEvent: A\nB: 1\n\nResponse: Success\nActionID: a-1\n\n'
    for (const size of [1, 7, 1_000]) {
      const told = decodeChunks(piecesOf(bytes(text), size))
      assert.deepEqual(told.banners, ['Asterisk Call Manager/11.0.0'])
      assert.deepEqual(headersOf(told), [
        [
          ['Event', 'A'],
          ['B', '1'],
        ],
        [
          ['Response', 'Success'],
          ['ActionID', 'a-1'],
        ],
      ])
    }
  })

  test('with a bare LF in front of lines that end with CRLF does no harm, however they are cut', () => {
    const text = 'Asterisk Call Manager/11.0.0\nEvent: A\r\nB: 1\r\n\r\nEvent: C\r\n\r\n'
    const whole = headersOf(decodeChunks([bytes(text)]))
    for (const size of [1, 2, 3, 5, 7]) assert.deepEqual(headersOf(decodeChunks(piecesOf(bytes(text), size))), whole)
  })
})

describe('a header', () => {
  const headers = (lines: string) => one(`Event: X\r\n${lines}\r\n\r\n`).headers.slice(1)

  test('ends its name at the first colon with a blank behind it', () => {
    assert.deepEqual(headers('ChanVariable(IAX2/1.2.3.4:4569-5): X=1: 2'), [
      ['ChanVariable(IAX2/1.2.3.4:4569-5)', 'X=1: 2'],
    ])
  })

  test('without such a colon ends its name at the first one', () => {
    assert.deepEqual(headers('a:b:c'), [['a', 'b:c']])
  })

  test('loses one blank in front of its value and no more', () => {
    assert.deepEqual(headers('Output:    two'), [['Output', '   two']])
  })

  test('keeps the blanks behind its value', () => {
    assert.deepEqual(headers('Output: two  '), [['Output', 'two  ']])
  })

  test('may have an empty value, with and without a blank', () => {
    assert.deepEqual(headers('A: \r\nB:'), [
      ['A', ''],
      ['B', ''],
    ])
  })

  test('may be a line without a colon, and is all name then', () => {
    assert.deepEqual(headers('No categories found'), [['No categories found', '']])
  })

  test('may stand several times, and keeps its place', () => {
    assert.deepEqual(headers('A: 1\r\nB: 2\r\nA: 3'), [
      ['A', '1'],
      ['B', '2'],
      ['A', '3'],
    ])
  })

  test('may have no name', () => {
    assert.deepEqual(headers(': 1'), [['', '1']])
  })

  test('holds a bare LF and a bare CR in its value', () => {
    assert.deepEqual(headers('A: 1\nB: 2\rC: 3'), [['A', '1\nB: 2\rC: 3']])
  })
})

describe('a message', () => {
  test('is what its first header says, whatever follows', () => {
    const kinds = (text: string) => decode(text).messages.map(kindOf)
    assert.deepEqual(kinds('Event: OriginateResponse\r\nResponse: Failure\r\n\r\n'), ['event'])
    assert.deepEqual(kinds('Response: Success\r\nEvent: x\r\n\r\n'), ['response'])
    assert.deepEqual(kinds('Eventual: x\r\n\r\n'), ['other'])
    assert.deepEqual(kinds('Response\r\n\r\n'), ['other'])
    assert.deepEqual(kinds('EVENT: x\r\n\r\nresponse: y\r\n\r\n'), ['event', 'response'])
  })

  test('is told once its blank line is there and not before', () => {
    const text = 'Event: A\r\nB: 1\r\n\r\n'
    for (let at = 0; at < text.length; at++) assert.equal(decode(text.slice(0, at)).messages.length, 0)
    assert.equal(decode(text).messages.length, 1)
  })

  test('may have blank lines in front of it', () => {
    assert.equal(decode('\r\n\r\n\r\nEvent: A\r\n\r\n\r\n\r\nEvent: B\r\n\r\n').messages.length, 2)
  })

  test('that has not ended is held, and nothing once it has', () => {
    assert.ok(decode('Event: A\r\nB: 1').decoder.held > 0)
    assert.equal(decode('Event: A\r\nB: 1\r\n\r\n').decoder.held, 0)
  })
})

describe('what Asterisk gets wrong', () => {
  test('a bare LF in the row of an agent on a call ends the line', () => {
    assert.deepEqual(one(fixtures['an agent on a call']).headers.slice(2), [
      ['CallStarted', '123'],
      ['LoggedInTime', '99'],
      ['ActionID', 'a-1'],
    ])
  })

  test('the raw lines of IAXnetstats are one message of neither kind', () => {
    const { messages } = decode(`${fixtures['a raw output']}Response: Success\r\n\r\n`)
    assert.deepEqual(messages.map(kindOf), ['other', 'response'])
    assert.deepEqual(messages[0]?.headers, [
      ['IAX2/peer-1 12 3 4', ''],
      ['IAX2/peer-2 1 2 3', ''],
    ])
  })

  test('the empty raw output of IAXnetstats is nothing', () => {
    assert.deepEqual(decode('\r\nResponse: Success\r\n\r\n').log.length, 2)
  })

  test('bare headers with two blank lines behind them are one message', () => {
    const { messages } = decode(`${fixtures['bare headers']}Event: A\r\n\r\n`)
    assert.equal(messages.length, 2)
    assert.deepEqual(messages[0]?.headers, [
      ['Devicetype', '7960'],
      ['Devicename', 'one'],
    ])
  })

  test('fused rows come apart at their events', () => {
    const rows = partsOf(one(fixtures['fused rows']))
    assert.deepEqual(
      rows.map((row) => [titleOf(row), row.get('DeviceId'), row.actionId, row.get('EventList')]),
      [
        ['DeviceEntry', '1', 'a-1', undefined],
        ['DeviceEntry', '2', 'a-1', undefined],
        ['DevicelistComplete', undefined, 'a-1', 'Complete'],
      ],
    )
  })

  test('a message that is not fused comes apart into itself', () => {
    const message = one('Event: A\r\nEvents: 1\r\n\r\n')
    assert.deepEqual(partsOf(message), [message])
  })

  test('a stray line feed at the end of a text is no message and no part of the text', () => {
    const message = one(fixtures['a stray line feed'])
    assert.equal(message.get('Message'), 'No AORs found')
    assert.deepEqual(message.headers.at(-1), ['Message', 'No AORs found'])
  })

  test('one blank line too many is nothing', () => {
    assert.equal(decode(fixtures['one blank line too many']).messages.length, 1)
  })

  test('a forged event behind bare line feeds stays a value', () => {
    const message = one(fixtures['a bare line feed in a value'])
    assert.equal(message.get('Value'), 'a\nEvent: Fake\n\nb')
    assert.equal(message.get('Event'), undefined)
  })
})

describe('the output of a command before Asterisk 14', () => {
  test('is one message up to its mark, blank lines included', () => {
    const { messages } = decode(`${fixtures['the output of a command before 14']}Event: A\r\n\r\n`)
    assert.deepEqual(messages.map(titleOf), ['Follows', 'A'])
    assert.equal(messages[0]?.actionId, 'a-1')
  })

  test('may hold empty CRLF lines and what looks like messages', () => {
    const { messages } = decode(
      'Response: Follows\r\nPrivilege: Command\r\na\r\n\r\nEvent: Fake\r\n\r\nb\n--END COMMAND--\r\n\r\nEvent: A\r\n\r\n',
    )
    assert.equal(messages.length, 2)
  })

  test('may be spelt in any case of letters', () => {
    assert.equal(decode('response: follows\r\n\r\nx\n--END COMMAND--\r\n\r\n').messages.length, 1)
  })
})

describe('chunks', () => {
  test('may be cut at any byte of any fixture', () => {
    for (const [name, fixture] of Object.entries(fixtures)) {
      const text = bytes(`${BANNER}${fixture}Event: Next\r\n\r\n`)
      const { log } = decodeChunks([text])
      for (let at = 1; at < text.length; at++) {
        assert.deepEqual(decodeChunks(cutAt(text, [at])).log, log, `${name} cut at ${at}`)
      }
    }
  })

  test('may be single bytes', () => {
    const text = bytes(BANNER + everything)
    assert.deepEqual(decodeChunks(piecesOf(text, 1)).log, decodeChunks([text]).log)
  })

  test('may be empty', () => {
    const { messages } = decodeChunks([bytes(''), bytes(`${BANNER}Event: `), bytes(''), bytes('A\r\n\r\n'), bytes('')])
    assert.deepEqual(messages.map(titleOf), ['A'])
  })

  test('of a real Asterisk give what a plain split gives, in any size', () => {
    const text = capture().toString('latin1')
    const plain = text
      .slice(text.indexOf('\r\n') + 2)
      .split('\r\n\r\n')
      .filter((block) => block !== '')
      .map((block) =>
        // a TestEvent's own text ends in a line end
        block
          .trimStart()
          .split('\r\n')
          .map((line) => {
            const at = line.indexOf(': ')
            return [line.slice(0, at), Buffer.from(line.slice(at + 2), 'latin1').toString('utf8')]
          }),
      )
    assert.equal(plain.length, 50)
    for (const size of [1, 7, 1_460, 65_536]) {
      assert.deepEqual(headersOf(decodeChunks(piecesOf(capture(), size))), plain, `in chunks of ${size}`)
    }
  })

  test('of any kind of byte array are taken, views of a larger one too', () => {
    const larger = new Uint8Array(bytes(`xxx${BANNER}Event: A\r\n\r\nxxx`))
    assert.equal(decodeChunks([larger.subarray(3, -3)]).messages.length, 1)
  })
})
