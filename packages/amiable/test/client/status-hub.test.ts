import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusHub } from '../../src/client/status-hub.ts'

type Told = { readonly type: 'fault' | 'ready'; readonly n: number }

test('a fault is made for a loop that has room for it, and for nobody else', async () => {
  const hub = new StatusHub<Told>()
  let made = 0
  const fault = () => ({ type: 'fault', n: made++ }) as const
  for (let i = 0; i < 1_000; i++) hub.tellFault(fault)
  assert.equal(made, 0)

  const loops = [hub.iterate(undefined), hub.iterate(undefined)]
  for (let i = 0; i < 1_000; i++) hub.tellFault(fault)
  assert.equal(made, 100)
  hub.tell({ type: 'ready', n: -1 })
  hub.end()
  for (const loop of loops) {
    const told: Told[] = []
    for await (const status of loop) told.push(status)
    assert.deepEqual([told.length, told[0]?.n, told.at(-1)?.type], [101, 0, 'ready'])
  }
})

test('a loop that lags for ever loses the oldest news', async () => {
  const hub = new StatusHub<Told>()
  const loop = hub.iterate(undefined)
  for (let n = 0; n < 1_500; n++) hub.tell({ type: 'ready', n })
  hub.end()
  const told: number[] = []
  for await (const { n } of loop) told.push(n)
  assert.deepEqual([told.length, told[0], told.at(-1)], [1_000, 500, 1_499])
})

test('what it is passed on to gets everything at once, and makes a fault only for who has room', () => {
  const hub = new StatusHub<Told>()
  const passed: unknown[] = []
  assert.equal(hub.watched, false)
  const tell = (status: unknown) => passed.push(status)
  hub.passTo({ watched: true, tell, tellFault: () => passed.push('fault') }, 'pbx')
  assert.equal(hub.watched, true)
  hub.tell({ type: 'ready', n: 1 })
  hub.tellFault(() => assert.fail('nobody has room'))
  assert.deepEqual(passed, [{ type: 'ready', n: 1, source: 'pbx' }, 'fault'])
})
