// A reader hears a record before the store has it: what it reads just then is older than what it knows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveServer } from '../../src/client/live-server.ts'

/** A reader in a term, with the texts of records. */
function reader() {
  let now = 1_000
  let missed = 0
  const missing = () => {
    missed++
  }
  const live = new LiveServer('pbx1', { changed: () => {}, missing, now: () => now })
  const at = new Date().toISOString()
  const kinds = { devices: { freshness: { type: 'live', listedAt: at }, from: 7, leftOut: 0 } }
  const frame = (kind: string, key: string, n: number) => ({ v: 1, server: 'pbx1', kind, key, term: 7, n, at })
  const link = (n: number) => JSON.stringify({ ...frame('link', '', n), gateway: 'gw-a', up: true, kinds })
  const device = (key: string, n: number, state?: string) =>
    JSON.stringify({ ...frame('device', key, n), ...(state !== undefined && { value: { name: key, state } }) })
  /** What a gateway says that begins the term once more, a second later. */
  const claim = () => {
    const later = new Date(Date.now() + 1_000).toISOString()
    return JSON.stringify({ ...frame('writer', '', 1), at: later, gateway: 'gw-b' })
  }
  const stored = new Map([
    ['pbx1.link', link(1)],
    ['pbx1.a', device('a', 2, 'idle')],
    ['pbx1.b', device('b', 3, 'idle')],
  ])
  const hear = (name: string, text: string) => live.hear(`pbx1.${name}`, text)
  const read = (during = () => {}) => {
    const first = live.reading()
    const fence = first === undefined ? undefined : stored.get(first)
    during()
    return live.read([...stored.keys()], stored, fence)
  }
  const states = () => Object.fromEntries([...live.devices.values()].map(({ name, state }) => [name, state as string]))
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  assert.equal(read(), false)
  return { live, claim, device, link, stored, hear, read, states, pass, missed: () => missed }
}

test('a store that does not have yet what was just heard takes nothing of it away, and is read again', () => {
  const { device, link, stored, hear, read, states } = reader()
  hear('a', device('a', 4, 'busy'))
  hear('b', device('b', 5))
  hear('c', device('c', 6, 'busy'))
  const heard = { a: 'busy', c: 'busy' }
  assert.deepEqual(states(), heard)
  assert.equal(
    read(() => hear('link', link(7))),
    true,
  )
  assert.deepEqual(states(), heard)
  stored.set('pbx1.a', device('a', 4, 'busy'))
  assert.equal(read(), true)
  assert.deepEqual(states(), heard)
  stored
    .set('pbx1.b', device('b', 5))
    .set('pbx1.c', device('c', 6, 'busy'))
    .set('pbx1.link', link(7))
  assert.equal(read(), false)
  assert.deepEqual(states(), heard)
})

test('a node that is late says nothing of what was just heard', () => {
  const { device, stored, hear, read, states } = reader()
  hear('a', device('a', 4, 'busy'))
  hear('b', device('b', 5))
  hear('c', device('c', 6, 'busy'))
  // the one that was asked first is not late
  stored.set('pbx1.c', device('c', 6, 'busy'))
  assert.equal(read(), true)
  assert.deepEqual(states(), { a: 'busy', c: 'busy' })
})

test('what was heard and is not stored when what came behind it is ends at once', () => {
  const { device, link, stored, hear, read, states } = reader()
  hear('c', device('c', 4, 'busy'))
  hear('link', link(5))
  stored.set('pbx1.link', link(5))
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'idle', b: 'idle' })
})

test('what was heard and is never stored, with nothing behind it, ends a few seconds later', () => {
  const { device, hear, read, states, pass } = reader()
  hear('a', device('a', 4, 'busy'))
  hear('c', device('c', 5, 'busy'))
  for (let second = 0; second < 4; second++) {
    assert.equal(read(), true)
    assert.deepEqual(states(), { a: 'busy', b: 'idle', c: 'busy' })
    pass(1_000)
  }
  pass(1_000)
  assert.equal(read(), false)
  assert.deepEqual(Object.keys(states()), ['a', 'b'])
})

test('a term that begins again, as where the streams were made again, replaces what there was', () => {
  const { live, claim, device, stored, hear, read, states, missed } = reader()
  const began = claim()
  hear('a', device('a', 500, 'busy'))
  hear('link', stored.get('pbx1.link')?.replace('"n":1', '"n":501') ?? '')
  const before = missed()
  hear('writer', began)
  assert.equal(missed(), before + 1)
  assert.equal(live.freshness('devices').type, 'waiting')
  const link = stored.get('pbx1.link') ?? ''
  stored.clear()
  stored.set('pbx1.writer', began).set('pbx1.link', link.replace('"n":1', '"n":2'))
  stored.set('pbx1.a', device('a', 3, 'ringing'))
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'ringing' })
  assert.equal(live.freshness('devices').type, 'live')
})

test('a store that is as it was in an earlier term says all a few seconds later, and until then nothing', () => {
  const { live, device, stored, hear, read, states, pass } = reader()
  hear('a', device('a', 4, 'busy'))
  live.gone()
  for (const [name, text] of stored)
    stored.set(name, text.replace('"term":7', '"term":4').replace('"from":7', '"from":4'))
  for (let second = 0; second < 5; second++) {
    assert.equal(read(), true)
    assert.deepEqual([states(), live.freshness('devices').type], [{ a: 'busy', b: 'idle' }, 'stale'])
    pass(1_000)
  }
  assert.equal(read(), false)
  assert.deepEqual([states(), live.freshness('devices').type], [{ a: 'idle', b: 'idle' }, 'live'])
})

test('a record that is read as it was heard comes back, whatever a node that is late took away', () => {
  const { device, link, stored, hear, read, states } = reader()
  hear('c', device('c', 5, 'busy'))
  hear('link', link(6))
  stored.set('pbx1.link', link(6))
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'idle', b: 'idle' })
  stored.set('pbx1.c', device('c', 5, 'busy'))
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'idle', b: 'idle', c: 'busy' })
})

test('a store that is always behind what is heard is read as soon as it has what was heard at first', () => {
  const { device, stored, hear, read, states } = reader()
  hear('c', device('c', 5, 'busy'))
  assert.equal(read(), true)
  hear('d', device('d', 6, 'busy'))
  stored.set('pbx1.c', device('c', 5, 'busy')).delete('pbx1.a')
  assert.equal(read(), false)
  assert.deepEqual(states(), { b: 'idle', c: 'busy', d: 'busy' })
})

test('what was read before a term began again counts for nothing, and a reading finds that it has', () => {
  const { live, claim, device, stored, hear, read, states } = reader()
  const began = claim()
  const link = stored.get('pbx1.link') ?? ''
  stored.set('pbx1.link', link.replace('"n":1', '"n":500')).set('pbx1.a', device('a', 499, 'busy'))
  assert.equal(read(), false)
  assert.equal(
    read(() => hear('writer', began)),
    true,
  )
  assert.equal(live.freshness('devices').type, 'waiting')
  stored
    .set('pbx1.writer', began)
    .set('pbx1.link', link.replace('"n":1', '"n":2'))
    .set('pbx1.a', device('a', 3, 'idle'))
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'idle', b: 'idle' })
  const other = began.replace('gw-b', 'gw-c')
  stored.set('pbx1.writer', other).set('pbx1.link', link.replace('"n":1', '"n":2').replace('gw-a', 'gw-c'))
  stored.set('pbx1.a', device('a', 2, 'ringing'))
  assert.equal(read(), true)
  assert.equal(read(), false)
  assert.deepEqual(states(), { a: 'ringing', b: 'idle' })
})
