import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY_HELP, Keyboard } from '../../src/page/keys.ts'

const free = { modified: false, typing: false }
const read = (keyboard: Keyboard, keys: string, at = 0) =>
  keys.split(' ').map((key) => keyboard.read({ key, ...free }, at))

test('g and a letter go to a page; the letter alone does what it does', () => {
  const keyboard = new Keyboard()
  assert.deepEqual(read(keyboard, 'g q'), [undefined, { type: 'page', page: 'queues' }])
  assert.deepEqual(read(keyboard, 'g l'), [undefined, { type: 'page', page: 'lines' }])
  assert.deepEqual(read(keyboard, 'l'), [{ type: 'listen' }])
})

test('g is forgotten, by time and by another key', () => {
  const keyboard = new Keyboard()
  keyboard.read({ key: 'g', ...free }, 0)
  assert.deepEqual(keyboard.read({ key: 'l', ...free }, 2_000), { type: 'listen' })
  assert.deepEqual(read(keyboard, 'g z l'), [undefined, undefined, { type: 'listen' }])
})

test('keys that the browser means, or a field, are left to them', () => {
  const keyboard = new Keyboard()
  assert.equal(keyboard.read({ key: 'k', modified: true, typing: false }, 0), undefined)
  assert.equal(keyboard.read({ key: 'p', modified: false, typing: true }, 0), undefined)
  assert.deepEqual(keyboard.read({ key: 'Escape', modified: false, typing: true }, 0), { type: 'cancel' })
  assert.equal(keyboard.read({ key: 'constructor', ...free }, 0), undefined)
})

test('numbers choose a reason', () => {
  assert.deepEqual(read(new Keyboard(), '1 9 0'), [
    { type: 'reason', index: 0 },
    { type: 'reason', index: 8 },
    undefined,
  ])
})

test('the help lists keys that do something', () => {
  for (const [keys] of KEY_HELP) {
    const keyboard = new Keyboard()
    assert.ok(
      keys.split(' ').some((key) => keyboard.read({ key: key === 'Esc' ? 'Escape' : key, ...free }, 0)),
      keys,
    )
  }
})
