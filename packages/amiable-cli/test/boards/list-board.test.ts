import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent } from 'amiable'
import { ListBoard } from '../../src/boards/list-board.ts'

const columns = ['Channel', 'State', 'Duration'].map((name) => ({
  title: name,
  value: (row: AmiEvent) => row.get(name) ?? '',
}))
const row = (Channel: string, State: string, Duration: string, source = 'pbx1') => {
  const values: Record<string, string> = { Channel, State, Duration }
  return { source, get: (name: string) => values[name] } as unknown as AmiEvent
}
const board = (more = {}) =>
  new ListBoard({
    what: 'channels',
    sources: ['pbx1'],
    columns: () => columns,
    name: (one) => one.get('Channel') ?? '',
    sort: undefined,
    limit: undefined,
    ...more,
  })
const texts = (one: ListBoard, height = 20) => one.lines(80, height).map(({ text }) => text)

test('the first look has no marks; later ones mark what changed and what is new, but no clock', () => {
  const one = board()
  one.take('pbx1', [row('a', 'Ring', '00:00:01')])
  assert.deepEqual(texts(one).slice(1), ['Channel  State  Duration', 'a        Ring   00:00:01'])
  one.take('pbx1', [row('a', 'Up', '00:00:03'), row('b', 'Ring', '00:00:00')])
  assert.deepEqual(texts(one).slice(2), ['a        Up*    00:00:03', 'b*       Ring   00:00:00'])
  assert.deepEqual(
    one.lines(80, 20).map(({ style }) => style),
    ['bold', 'bold', 'cyan', 'cyan'],
  )
  one.take('pbx1', [row('a', 'Up', '00:00:05')])
  assert.deepEqual(texts(one).slice(2), ['a        Up     00:00:05'])
})

test('rows of one name are two rows', () => {
  const one = board()
  const rows = [row('a', 'Ring', '1'), row('a', 'Up', '1')]
  one.take('pbx1', rows)
  one.take('pbx1', rows)
  assert.ok(texts(one).every((text) => !text.includes('*')))
})

test('what is old is grey, and the head says since when; hostile text is text', () => {
  const one = board({ sources: ['pbx1', 'pbx2'] })
  one.take('pbx1', [row('\x1b[2J', 'Up', '1')])
  assert.match(texts(one)[0] ?? '', /^pbx1,pbx2 {2}channels 1 {2}[\d:]{8} {2}waiting for 1 of 2 {2}q leaves$/)
  assert.match(texts(one)[2] ?? '', /^\\x1b\[2J /)
  one.take('pbx2', [row('b', 'Up', '1', 'pbx2')])
  for (const [code, message, said] of [
    ['AMI_TIMEOUT', 'pbx1: Status was not answered', 'Status was not answered'],
    ['AMI_CONNECT', 'pbx1: cannot reach 127.0.0.1:5038', 'CONNECTION LOST'],
    ['AMI_LOST', 'pbx1: the connection was lost', 'CONNECTION LOST'],
  ] as const) {
    one.spoil('pbx1', { code, message })
    assert.ok(texts(one)[0]?.includes(`  pbx1: ${said}: this is how it was at `), code)
  }
  assert.deepEqual(
    one.lines(80, 20).map(({ style }) => style),
    ['red', 'bold', 'dim', undefined],
  )
})

test('keys move through rows that the screen has no room for; rows are sorted and limited over all servers', () => {
  const one = board({ sort: '-Channel', limit: 4 })
  one.take(
    'pbx1',
    ['a', 'b', 'c'].map((name) => row(name, 'Up', '1')),
  )
  one.take(
    'pbx2',
    ['d', 'e'].map((name) => row(name, 'Up', '1', 'pbx2')),
  )
  const first = () =>
    texts(one, 4)
      .slice(2)
      .map((text) => text[0])
  assert.deepEqual(first(), ['e', 'd'])
  one.key('pagedown')
  assert.deepEqual(first(), ['c', 'b'])
  for (const name of ['down', 'down']) one.key(name)
  assert.deepEqual(first(), ['c', 'b'])
  one.key('up')
  assert.deepEqual(first(), ['d', 'c'])
  one.key('home')
  assert.deepEqual(first(), ['e', 'd'])
  assert.deepEqual([one.key('q'), one.key('x')], [true, false])
})
