import assert from 'node:assert/strict'
import { test } from 'node:test'
import { painter as paintWith } from '../../src/output/colour.ts'
import { Painter } from '../../src/screen/painter.ts'

const plain = paintWith(false)
const line = (text: string) => ({ text })
/** Without the marks of a frame that is shown at once. */
const body = (frame: string) => frame.replace('\x1b[?2026h', '').replace('\x1b[?2026l', '')

test('of a line only what changed is written, and of a screen that is the same nothing', () => {
  const painter = new Painter(plain)
  assert.equal(body(painter.frame([line('one 00:01 end')], 20, 2)), '\x1b[1;1Hone 00:01 end\x1b[K\x1b[2;1H\x1b[K')
  assert.equal(body(painter.frame([line('one 00:02 end')], 20, 2)), '\x1b[1;9H2')
  assert.equal(painter.frame([line('one 00:02 end')], 20, 2), '')
})

test('a line that is shorter leaves nothing behind, and one that is longer is written to its end', () => {
  const painter = new Painter(plain)
  painter.frame([line('abcdef')], 20, 1)
  assert.equal(body(painter.frame([line('abx')], 20, 1)), '\x1b[1;3Hx   ')
  assert.equal(body(painter.frame([line('abxyz')], 20, 1)), '\x1b[1;4Hyz')
})

test('a line with wide characters is written whole, and cut where the terminal ends', () => {
  const painter = new Painter(plain)
  painter.frame([line('田中 1')], 20, 1)
  assert.equal(body(painter.frame([line('田中 2')], 20, 1)), '\x1b[1;1H田中 2\x1b[K')
  assert.equal(body(painter.frame([line('田中さん')], 5, 1)), '\x1b[1;1H田中…\x1b[K')
})

test('a style that changes is a change, and what was forgotten is written again', () => {
  const painter = new Painter(paintWith(true))
  painter.frame([line('text')], 20, 1)
  assert.equal(body(painter.frame([{ text: 'text', style: 'dim' }], 20, 1)), '\x1b[1;1H\x1b[2mtext\x1b[22m\x1b[K')
  painter.forget()
  assert.notEqual(painter.frame([{ text: 'text', style: 'dim' }], 20, 1), '')
})
