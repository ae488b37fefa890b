// Lines as no Asterisk sends them, by the ten thousand: reading a message costs its length, whatever stands in it.
import { test } from 'node:test'
import { Decoder } from '../../src/wire/decoder.ts'
import type { Message } from '../../src/wire/message.ts'
import { BANNER, bytes } from '../support/decode.ts'
import { assertLinear } from '../support/growth.ts'
import { testOrigin } from '../support/origin.ts'

const lines = {
  'without a colon': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'with a colon and no space': 'a:bbbbbbbbbbbbbbbbbbbbbbbbbb',
  'of a name and nothing else': 'Channel',
  'of an ActionID and nothing else': 'ActionID',
  'that are empty but for a carriage return': '\r',
}
const readers: Readonly<Record<string, (message: Message) => unknown>> = {
  headers: (message) => message.headers,
  'toJSON()': (message) => message.toJSON(),
  'getAll()': (message) => message.getAll('Channel'),
  'a property': (message) => (message as unknown as { Channel: string }).Channel,
  'the ActionID': (message) => message.actionId,
  'variables()': (message) => message.variables(),
}

/** A message that nobody has read anything of. */
function unread(text: string): Message {
  const found: Message[] = []
  const most = Number.MAX_SAFE_INTEGER
  const nothing = () => {}
  const decoder = new Decoder(
    {
      banner: nothing,
      message: (message) => found.push(message),
      fault: nothing,
      expectsRaw: () => false,
      unreadable: () => {},
    },
    { line: most, message: most, headers: most, rows: most, held: most },
  )
  decoder.push(bytes(BANNER + text), testOrigin())
  return found[0] as Message
}

for (const [kind, line] of Object.entries(lines)) {
  for (const [name, read] of Object.entries(readers)) {
    test(`${name} of lines ${kind}`, () => {
      assertLinear((size) => {
        const message = unread(`Event: Odd\r\n${`${line}\r\n`.repeat(size)}\r\n`)
        return () => read(message)
      })
    })
  }
}
