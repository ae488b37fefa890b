import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { importRecording, like } from '../../src/testing/index.ts'
import { Capture } from '../../src/testing/recording/capture.ts'
import { withoutEchoes } from '../../src/util/echoes.ts'
import { GatheredLines } from '../../src/util/gathered-text.ts'
import { isSecretName } from '../../src/util/secret-names.ts'
import { kindOf, Message } from '../../src/wire/message.ts'
import { BANNER, bytes, decode, decodeChunks, piecesOf } from '../support/decode.ts'
import { assertLinear } from '../support/growth.ts'
import { testOrigin } from '../support/origin.ts'

const fill = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length))

/** What a stranger repeats, and what stands behind it: a run that ends otherwise than an expression hopes. */
const runs: Readonly<Record<string, (size: number) => string>> = {
  letters: (size) => fill('a', size),
  blanks: (size) => `${fill(' ', size)}x`,
  digits: (size) => `${fill('1', size)}a`,
  backslashes: (size) => `"${fill('\\', size)}x" = y`,
  'carriage returns': (size) => `${fill('\r', size)}x`,
  'line feeds': (size) => `${fill('\n', size)}x`,
  'lines without a colon': (size) => fill('a\r\n', size),
  'lines of a colon': (size) => fill(':\r\n', size),
  colons: (size) => fill(':', size),
  'colons and a blank': (size) => `${fill('a:', size)} x`,
  'names that repeat': (size) => fill('A: 1\r\n', size),
  'names that each stand once': (size) =>
    Array.from({ length: size / 64 }, (_, n) => `N${n}: ${fill('1', 50)}\r\n`).join(''),
  'names that nearly fit': (size) => fill('xChannel: 1\r\nchannel', size),
  'channel variables': (size) => fill('ChanVariable(', size),
  'lines of channel variables': (size) => fill('ChanVariable: a=b\\n\r\n', size),
  'many roles': (size) =>
    Array.from({ length: size / 64 }, (_, n) => `R${n}ChanVariable: ${fill('a', 40)}\r\n`).join(''),
  'escaped names': (size) => fill('CallerIDName: \\"\r\n', size),
  'a long title, and escaped names': (size) => `${fill('a', size)}\r\n${fill('CallerIDName: \\"\r\n', size)}`,
  'characters of two bytes': (size) => fill('\xc3\xa9\r\n', size),
  'halves of characters': (size) => fill('\xe2\x82', size),
  responses: (size) => fill('\nResponse:', size),
  'action ids': (size) => fill('ActionID: 1\r\n', size),
  'ends of commands': (size) => fill('--END COMMAND-- ', size),
}

function eachRun(
  reads: (text: string) => unknown,
  places: readonly ((text: string) => string)[] = [(text) => text],
): void {
  for (const [what, run] of Object.entries(runs)) {
    for (const place of places) {
      try {
        assertLinear((size) => {
          const text = place(run(size))
          return () => void reads(text)
        })
      } catch (error) {
        assert.fail(`${what} in ${JSON.stringify(place(''))}: ${(error as Error).message}`)
      }
    }
  }
}

const event = (text: string) => `Event: Own\r\nValue: ${text}\r\n`
const named = (text: string) => `Event: Own\r\n${text}\r\n`
const titled = (text: string) => `Event: ${text}\r\nChannel: 1\r\n`
const answer = (text: string) => `Response: Error\r\nMessage: ${text}\r\n`

describe('the reading of a message takes time as its length does', () => {
  test('by its members', () => {
    const origin = testOrigin()
    eachRun(
      (text) => {
        const message = new Message(origin, text.startsWith('Event') ? 'event' : 'response', text)
        for (const name of ['Channel', 'CallerIDName', 'Ä']) message.get(name)
        message.getAll('A')
        message.variables()
        message.variables('x')
        message.toJSON()
        return (message as unknown as Record<string, string>).CallerIDName
      },
      [named, titled, answer],
    )
  })

  test('by what shows or compares it', () => {
    const origin = testOrigin()
    const wanted = like({ Event: 'Own', A: /^2/ })
    eachRun(
      (text) => {
        const message = new Message(origin, 'event', text)
        return [String(message), inspect(message, { maxStringLength: 100 }), wanted.asymmetricMatch(message)]
      },
      [named],
    )
  })

  test('number(), boolean() and date()', () => {
    const origin = testOrigin()
    eachRun((text) => {
      const message = new Message(origin, 'event', event(text))
      for (const read of [() => message.number('Value'), () => message.boolean('Value'), () => message.date('Value')]) {
        try {
          read()
        } catch {
          // most are none
        }
      }
    })
  })
})

describe('the decoder takes time as the stream is long', () => {
  const follows = (text: string) => `Response: Follows\r\nPrivilege: Command\r\n${text}\n--END COMMAND--\r\n`
  test('that comes at once', () => {
    eachRun(
      (text) => {
        const { messages } = decode(`${text}\r\n\r\n`)
        for (const message of messages) kindOf(message)
      },
      [event, named, titled, answer, follows],
    )
  })

  test('that drips', () => {
    eachRun((text) => decodeChunks(piecesOf(bytes(`${BANNER}${text}\r\n\r\n`), 7)), [named, follows])
  })

  test('that never ends a message', () => {
    eachRun((text) => decodeChunks(piecesOf(bytes(BANNER + text), 64)), [named, follows])
  })
})

describe('what stands in errors and recordings takes time as its length does', () => {
  test('an echo in an error', () => {
    eachRun((text) => withoutEchoes(text, `Action: X\r\nValue: ${text.slice(0, 900)}\r\nSecret: aaaa\r\n\r\n`))
  })

  test('whether a name is a secret’s', () => {
    eachRun(isSecretName, [(text) => `x${text}`])
  })

  test('the import of a capture', () => {
    eachRun((text) => importRecording(`${text.replaceAll('\0', '')}\r\n\r\n`), [event, named, answer])
  })

  test('a capture that is read in pieces', () => {
    eachRun(
      (text) => {
        const capture = new Capture()
        for (let at = 0; at < text.length; at += 64) capture.take(text.slice(at, at + 64))
        capture.end()
      },
      [event, named, answer],
    )
  })
})

test('lines come out of pieces as they went in', () => {
  const text = 'a\n\nbc\r\nd\n\n\ne'
  for (let size = 1; size <= text.length; size++) {
    const lines = new GatheredLines()
    const found: string[] = []
    for (let at = 0; at < text.length; at += size) found.push(...lines.add(text.slice(at, at + size)))
    assert.deepEqual([...found, lines.rest()], text.split('\n'))
    assert.equal(lines.rest(), '')
  }
})
