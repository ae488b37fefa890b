import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readActions } from '../../src/send/read-actions.ts'

async function* cutAt(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size = 1_000): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const one of readActions(cutAt(text, size))) {
    all.push('error' in one ? [one.line, one.error.message] : [one.line, one.name, { ...one.params }])
  }
  return all
}

const MIXED = `Action: Ping\r
ActionID: 7\r
\r
{"Action":"DBPut","Family":"a","Key":"ü","Val":5}

action:Setvar
Variable: A=1
Variable:  B=2


Action: CoreStatus`

test('blocks and JSON, wherever the stream is cut', async () => {
  const expected = [
    [1, 'Ping', { ActionID: '7' }],
    [4, 'DBPut', { Family: 'a', Key: 'ü', Val: '5' }],
    [6, 'Setvar', { Variable: ['A=1', ' B=2'] }],
    [11, 'CoreStatus', {}],
  ]
  for (const size of [1, 2, 3, 7, 1_000]) assert.deepEqual(await read(MIXED, size), expected)
  assert.deepEqual(await read(''), [])
  assert.deepEqual(await read('\n\r\n\n'), [])
})

test('an action is there as soon as it is complete', async () => {
  async function* open(): AsyncGenerator<string> {
    yield 'Action: Ping\n\n{"Action":"CoreStatus"}\n'
    await new Promise(() => {})
  }
  const names: string[] = []
  for await (const one of readActions(open())) {
    if ('name' in one) names.push(one.name)
    if (names.length === 2) break
  }
  assert.deepEqual(names, ['Ping', 'CoreStatus'])
})

for (const [text, line, says] of [
  ['Family: a\n', 1, /Action is missing/],
  ['\n\nAction: a\nAction: b\n', 3, /Action must be given once/],
  ['Action: a\nnothing\n', 1, /nothing must be Name: value/],
  [`${'x'.repeat(500)}\n`, 1, /^x{60}… must be Name: value/],
  ['{"Action":\n', 1, /must be a JSON object/],
  ['{"Action":"a","B":{}}', 1, /B must be a text, a number/],
  ['{"Action":"a","B":null}', 1, /B must be a text, a number/],
] as const) {
  test(`what is no action is said, and those behind it are read: ${JSON.stringify(text)}`, async () => {
    const [wrong, next] = (await read(`${text}\n\nAction: Ping\n\n`)) as [[number, string], [number, string]]
    assert.equal(wrong[0], line)
    assert.match(wrong[1], says)
    assert.equal(next[1], 'Ping')
  })
}

test('a line or a block without an end is no memory without an end', async () => {
  async function* endless(part: string): AsyncGenerator<string> {
    for (;;) yield part
  }
  for (const part of ['x'.repeat(100_000), `${'A: x'.repeat(10_000)}\n`]) {
    await assert.rejects(async () => {
      for await (const _ of readActions(endless(part))) assert.fail()
    }, /the action at line 1 of standard input is longer than 1048576 bytes/)
  }
})
