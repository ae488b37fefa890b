// What a model asks of a server: lists and Ping, one list after the other, and nothing that changes anything.
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { actionFacts } from '../../src/catalog/index.ts'
import { connect } from '../../src/index.ts'
import { type Kind, watch } from '../../src/state/index.ts'
import { startServer } from '../../src/testing/index.ts'
import { type Clock, systemClock } from '../../src/util/clock.ts'

const KINDS: readonly Kind[] = [
  ...(['channels', 'bridges', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints'] as const),
  ...(['agents', 'presence', 'endpoints', 'contacts', 'trunks', 'mailboxes'] as const),
]

test('a model sends nothing but actions that read, and one list after the other', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  server.channels.create({ name: 'PJSIP/100' })
  const sent: string[] = []
  let most = 0
  const record = (message: unknown) => {
    sent.push((message as { action: string }).action)
    most = Math.max(most, ami.stats().inFlight)
  }
  subscribe('ami:send', record)
  try {
    await using state = watch(ami, { audit: false, kinds: KINDS })
    await state.ready()
    await state.refresh()
    await state.audit()
  } finally {
    unsubscribe('ami:send', record)
  }
  assert.ok(sent.length > 20)
  for (const action of new Set(sent))
    assert.ok(action === 'Ping' || actionFacts(action)?.reads, `${action} does not read`)
  // BridgeInfo and ConfbridgeList are asked for several at a time
  assert.ok(most <= 8, `${most} at once`)
  const before = sent.length
  server.channels.create({ name: 'PJSIP/200' })
  await ami.send('Ping')
  assert.equal(sent.length, before, 'a model that is closed sends nothing')
})

test('a model that is closed leaves its client as it was: no listener, no call, no timer of its own', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const state = watch(ami)
  await state.ready()
  await state.close()
  await state.close()
  await ami.send('Ping')
  assert.equal(ami.stats().inFlight, 0)
  const delivered = ami.stats().delivered
  server.channels.create({ name: 'PJSIP/100' })
  await ami.send('Ping')
  assert.equal(ami.stats().delivered, delivered, 'nobody listens')
  assert.equal(state.channels.size, 0)
  assert.equal(state.freshness.type, 'stale')
  for await (const _change of state.changes()) assert.fail('nothing changes any more')
})

test('a model that is closed in the middle of its first lists leaves no timer that would hold the program', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  const timers = new Set<object>()
  const clock: Clock = {
    ...systemClock,
    setTimeout(callback, delay) {
      const timer = systemClock.setTimeout(() => {
        timers.delete(timer)
        callback()
      }, delay)
      timers.add(timer)
      return timer
    },
    clearTimeout(timer) {
      if (timer !== undefined) timers.delete(timer)
      systemClock.clearTimeout(timer)
    },
  }
  for (let turns = 0; turns < 30; turns += 2) {
    await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
    const state = watch(ami, { kinds: KINDS, clock })
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    await state.close()
    await ami.send('Ping')
    assert.equal(timers.size, 0, `closed after ${turns} turns`)
  }
})
