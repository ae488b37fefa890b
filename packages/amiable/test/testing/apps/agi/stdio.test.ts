import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StdioInput } from '../../../../src/testing/apps/agi/stdio.ts'

test('a second line that came with the first is not seen until more bytes come', async () => {
  const input = new StdioInput()
  input.push('ONE\nTWO\n')
  assert.equal(await input.line(2048), 'ONE\n')
  assert.equal(input.readable, false)
  let woken = 0
  input.onReadable(() => woken++)
  input.push('THREE\n')
  assert.deepEqual([woken, input.readable], [1, true])
  assert.equal(await input.line(2048), 'TWO\n')
  assert.equal(await input.line(2048), 'THREE\n')
})

test('a line without its end keeps the reader, and the end of all gives what there is', async () => {
  const input = new StdioInput()
  input.push('HALF')
  const line = input.line(2048)
  input.push(' MORE')
  input.end()
  assert.equal(await line, 'HALF MORE')
  assert.equal(input.readable, true)
  assert.equal(await input.line(2048), '')
  await input.over
})

test('what does not fit is a line of its own', async () => {
  const input = new StdioInput()
  input.push(`${'x'.repeat(2046)}\n${'y'.repeat(2047)}\n`)
  assert.equal((await input.line(2048)).length, 2047)
  assert.equal(await input.line(2048), 'y'.repeat(2047))
  assert.equal(await input.line(2048), '\n')
})

test('a NUL ends what was read, and the next line goes on there', async () => {
  const input = new StdioInput()
  input.push('SET VARIABLE A b\0c\nd\n')
  assert.equal(await input.line(2048), 'SET VARIABLE A bd\n')
})

test('any cut gives the same lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z ]{0,30}$/)), fc.array(fc.nat(40)), async (lines, cuts) => {
      const input = new StdioInput()
      let text = lines.map((line) => `${line}\n`).join('')
      for (const cut of cuts) {
        input.push(text.slice(0, cut))
        text = text.slice(cut)
      }
      input.push(text)
      input.end()
      const read: string[] = []
      for (let line = await input.line(2048); line !== ''; line = await input.line(2048)) read.push(line.slice(0, -1))
      assert.deepEqual(read, lines)
    }),
  )
})
