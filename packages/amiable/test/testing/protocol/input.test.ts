import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputReader } from '../../../src/testing/protocol/input.ts'

function answers(bytes: string, size = bytes.length): string[] {
  const reader = new InputReader()
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += size) {
    for (const { lines, problem } of reader.push(bytes.slice(at, at + size))) {
      found.push(problem ?? (lines.length === 0 ? 'missing' : 'ok'))
    }
  }
  return found
}

const long = (length: number, end: string): string =>
  `Action: Ping${end}ActionID: L${end}X: ${'y'.repeat(length - 3)}${end}${end}`

test('line lengths end as Asterisk 22 and 16 end them', () => {
  // measured on both: how many Responses, and which
  const crlf: [number, string[]][] = [
    [1022, ['ok']],
    [1023, ['too long', 'missing']],
    [1024, ['too long']],
    [1030, ['too long']],
    [2045, ['too long']],
    [2046, ['too long', 'missing']],
    [2047, ['too long']],
    [3072, ['too long']],
  ]
  for (const [length, wanted] of crlf) {
    for (const size of [1, 7, 1460, 65_536]) assert.deepEqual(answers(long(length, '\r\n'), size), wanted, `${length}`)
  }
  for (const [length, wanted] of [
    [1023, ['ok']],
    [1024, ['too long']],
    [2046, ['too long']],
  ] as [number, string[]][]) {
    assert.deepEqual(answers(long(length, '\n')), wanted, `${length} with LF`)
  }
})

test('128 headers are taken, more are lost', () => {
  const headers = (count: number): string => `Action: Ping\r\n${'X: y\r\n'.repeat(count - 1)}\r\n`
  assert.deepEqual(answers(headers(128) + headers(129) + headers(3)), ['ok', 'too many', 'ok'])
})

test('a spare blank line is an action of its own, NUL ends a line', () => {
  assert.deepEqual(answers('\r\n\r\nAction: Ping\r\n\0zzz\r\n'), ['missing', 'missing', 'ok'])
  const [action] = new InputReader().push('Action: Ping\0foo\r\n\r\n')
  assert.deepEqual(action?.lines, ['Action: Ping'])
})
