import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PEEK } from '../../src/util/peek.ts'
import { BANNER, decodeChunks } from '../support/decode.ts'

const event = (lines: readonly string[]) => {
  const text = `Event: Newstate\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
  const [message] = decodeChunks([Buffer.from(`${BANNER}${text}`)]).messages
  assert.ok(message)
  return message
}

test('a value that is peeked at is that of get, whatever is expected and in whatever order headers are read, also of names that come again', () => {
  const names = ['Channel', 'channel', 'Context', 'Exten', 'Priority', 'Uniqueid', 'DestUniqueid']
  const name = fc.constantFrom(...names)
  const value = fc.constantFrom(
    '',
    '1',
    'default',
    'Café',
    'CafÃ©',
    'a\\nb',
    'PJSIP/100-00000001',
    'x: y',
    ' ',
    '\r',
    '\n',
  )
  const header = fc.record({ name, value })
  // what is no name stands in lines as well
  const askedName = fc.constantFrom(...names, 'Exten: x', 'Context: x')
  const asked = fc.record({ name: askedName, known: fc.option(value, { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(header), fc.array(asked), (headers, all) => {
      const message = event(headers.map((one) => `${one.name}: ${one.value}`))
      for (const { name, known } of all) assert.equal(message[PEEK](name, known), message.get(name))
    }),
  )
})
