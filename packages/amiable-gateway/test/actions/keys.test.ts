import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { Bench, MemoryKeys, soon } from './handler-bench.ts'

// two gateways before one Asterisk
const keys = new MemoryKeys()
const first = await Bench.start({}, { keys, name: 'gw-a' })
const second = await Bench.start({}, { keys, name: 'gw-b', server: first.server })
first.alive.add('gw-a').add('gw-b')
second.alive.add('gw-a').add('gw-b')
after(async () => {
  second.client.destroy()
  await first.close()
})
beforeEach(() => {
  keys.records.clear()
  keys.away = false
  first.mark()
})

const PAUSE = 'ami.action.pbx1.queue.QueuePause'
const BODY = { params: { Queue: 'support', Interface: 'PJSIP/100', Paused: true } }
const headers = { 'Amiable-Key': 'order-1' }
const ok = () => ({ Message: 'Interface paused successfully' })

test('the second request with a key gets the reply of the first, from any gateway, and nothing is sent', async () => {
  using _ = first.server.handle('QueuePause', ok)
  const done = await first.ask(PAUSE, BODY, { headers })
  assert.equal(done?.body.ok, true)
  assert.equal(done?.body.replayed, undefined)
  for (const bench of [first, second, first]) {
    const again = await bench.ask(PAUSE, BODY, { headers })
    assert.deepEqual(again?.body, { ...done?.body, replayed: true })
  }
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueuePause'],
  )
  assert.equal(second.audits.at(-1)?.replayed, true)
})

test('of many at once one runs, and the others are told that it is under way', async () => {
  let release = () => {}
  const waits = new Promise<void>((resolve) => {
    release = resolve
  })
  using _ = first.server.handle('QueuePause', async () => {
    await waits
    return ok()
  })
  const benches = [first, second]
  const asked = Array.from({ length: 20 }, (_value, n) =>
    benches[n % 2]?.ask(PAUSE, BODY, { headers, reply: `_INBOX_crm.m${n}` }),
  )
  await first.server.waitFor('QueuePause')
  let ended = 0
  for (const one of asked) void one?.then(() => ended++)
  while (ended < 19) await new Promise((resolve) => setImmediate(resolve))
  release()
  const answers = await Promise.all(asked)
  assert.equal(answers.filter((answer) => answer?.body.ok).length, 1)
  for (const answer of answers.filter((one) => !one?.body.ok)) {
    assert.equal(answer?.body.error?.code, 'GW_IN_PROGRESS')
    assert.equal(answer?.body.error?.retryable, true)
    assert.equal(answer?.body.delivered, 'unknown')
  }
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueuePause'],
  )
})

test('the same key with another request is a mistake, of another caller, server or action it is another key', async () => {
  using _ = first.server.handle('QueuePause', ok)
  await first.ask(PAUSE, BODY, { headers })
  const other = { params: { ...BODY.params, Paused: false } }
  const reused = await second.ask(PAUSE, other, { headers })
  assert.equal(reused?.body.error?.code, 'GW_KEY_REUSED')
  assert.equal(reused?.body.delivered, 'no')
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueuePause'],
  )
  assert.equal((await first.ask(PAUSE, BODY, { headers, reply: '_INBOX_bi.1' }))?.body.replayed, undefined)
  assert.equal((await first.ask('ami.action.pbx1.read.Ping', {}, { headers }))?.body.ok, true)
  assert.equal(first.received.length, 3)
})

test('a gateway that is gone, or a time that is up, leaves unknown what happened, and nothing runs again', async () => {
  using _ = first.server.handle('QueuePause', ok)
  await first.ask(PAUSE, BODY, { headers })
  const [name, entry] = [...keys.records][0] ?? assert.fail()
  for (const [gateway, until, code] of [
    ['gw-c', Date.now() + 60_000, 'AMI_LOST'],
    ['gw-a', Date.now() - 1, 'AMI_LOST'],
    ['gw-a', Date.now() + 60_000, 'GW_IN_PROGRESS'],
  ] as const) {
    keys.records.set(name, { ...entry, record: { ...entry.record, state: 'started', gateway, until } })
    const answer = await second.ask(PAUSE, BODY, { headers })
    assert.equal(answer?.body.error?.code, code)
    assert.equal(answer?.body.delivered, 'unknown')
  }
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueuePause'],
  )
})

test('without the store of keys an action with a key is refused, and one without runs', async () => {
  using _ = first.server.handle('QueuePause', ok)
  keys.away = true
  const answer = await first.ask(PAUSE, BODY, { headers })
  assert.equal(answer?.body.error?.code, 'GW_UNAVAILABLE')
  assert.equal(answer?.body.delivered, 'no')
  assert.deepEqual(first.received, [])
  assert.equal((await first.ask(PAUSE, BODY))?.body.ok, true)
})

test('a store that goes away after the action keeps the key from running again', async () => {
  using _ = first.server.handle('QueuePause', () => {
    keys.away = true
    return ok()
  })
  assert.equal((await first.ask(PAUSE, BODY, { headers }))?.body.ok, true)
  assert.match(first.complaints.at(-1) ?? '', /could not be kept/)
  keys.away = false
  const again = await second.ask(PAUSE, BODY, { headers })
  assert.equal(again?.body.error?.code, 'GW_IN_PROGRESS')
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueuePause'],
  )
})

test('what never left gives its key back, and what may have left keeps it', async () => {
  const late = { ...headers, 'Amiable-Expires': String(Date.now() + 50) }
  using _ = first.server.handle('QueuePause', ok)
  // the store took longer than the request had
  const began = Date.now()
  let calls = 0
  first.now = () => (calls++ < 3 ? began : began + 1_000)
  const expired = await first.ask(PAUSE, BODY, { headers: late })
  first.now = () => Date.now()
  assert.equal(expired?.body.error?.code, 'GW_EXPIRED')
  assert.equal(keys.records.size, 0)
  assert.deepEqual(first.received, [])
  using refusal = first.server.handle('QueueAdd', (_action, reply) => {
    reply.error('Unable to add interface: Already there')
    return undefined
  })
  void refusal
  const add = () =>
    second.ask('ami.action.pbx1.queue.QueueAdd', { params: { Queue: 'q', Interface: 'PJSIP/1' } }, { headers })
  assert.equal((await add())?.body.error?.code, 'AMI_REFUSED')
  const again = await add()
  assert.equal(again?.body.error?.code, 'AMI_REFUSED')
  assert.equal(again?.body.replayed, true)
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['QueueAdd'],
  )
})

test('the channel of a call is named by its key, so that it can be looked for', async () => {
  const call = { params: { Channel: 'Local/200@from-crm', Context: 'from-crm', Exten: '200', Priority: 1 } }
  const answer = await first.ask('ami.action.pbx1.call.Originate', call, { headers: soon(headers) })
  assert.equal(answer?.body.ok, true, JSON.stringify(answer?.body))
  const again = await second.ask('ami.action.pbx1.call.Originate', call, { headers: soon(headers) })
  assert.equal(again?.body.channelId, answer?.body.channelId)
  assert.deepEqual(
    first.received.map(({ name }) => name),
    ['Originate'],
  )
  keys.records.clear()
  const next = await second.ask('ami.action.pbx1.call.Originate', call, { headers: soon(headers) })
  assert.equal(next?.body.channelId, answer?.body.channelId)
})

test('the outcome of a call is waited for where that is asked', async () => {
  const call = {
    params: { Channel: 'Local/200@from-crm', Context: 'from-crm', Exten: '200', Priority: 1 },
    wait: 'outcome',
  }
  const answer = await first.ask('ami.action.pbx1.call.Originate', call, { headers: soon() })
  assert.equal(answer?.body.outcome?.outcome, 'answered')
  assert.equal(answer?.body.outcome?.Uniqueid, answer?.body.channelId)
})

test('no caller alone fills the store of keys: past 16 MiB an hour only the facts of a reply are kept', async () => {
  const Message = 'x'.repeat(200_000)
  using _ = first.server.handle('QueueSummary', () => ({ Message }))
  const ask = (n: number) =>
    first.ask(
      'ami.action.pbx1.read.QueueSummary',
      {},
      { headers: { 'Amiable-Key': `large-${n}` }, reply: `_INBOX_bi.${n}` },
    )
  for (let n = 0; n < 90; n++) assert.equal((await ask(n))?.body.ok, true)
  const kept = [...keys.records.values()].reduce((sum, { record }) => sum + JSON.stringify(record).length, 0)
  assert.ok(kept < 17 * 1_048_576, `${kept} bytes`)
  const [early, late] = [await ask(0), await ask(89)]
  assert.equal(early?.body.response?.Message, Message)
  assert.deepEqual([late?.body.ok, late?.body.replayed, late?.body.response], [true, true, undefined])
})
