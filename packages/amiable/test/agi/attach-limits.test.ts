import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type AgiSession, attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { LostError } from '../../src/errors.ts'
import { deferred } from '../../src/util/deferred.ts'
import { channelRow, FakeClient } from './fake-client.ts'
import { ENV, oneAsyncSession } from './one-async-session.ts'

test('a handler that never ends takes no place when its call is gone', async () => {
  const client = new FakeClient()
  const never = attachAgi(client as unknown as Client, () => new Promise(() => {}), { maxSessions: 1, claim: false })
  for (const id of ['2.1', '2.2']) {
    client.emit('AsyncAGIStart', { Uniqueid: id, Env: ENV })
    assert.match(await client.carryOut('200 result=1\n'), /^SET VARIABLE AMIABLE_AGI /)
    assert.equal(never.stats().sessions, 1)
    client.emit('AsyncAGIEnd', { Uniqueid: id })
    client.emit('Hangup', { Uniqueid: id })
    assert.deepEqual([never.sessions(), never.stats().sessions, never.stats().refused], [[], 0, 0])
  }
})

test('a call that has begun over the new link is not taken for one that the gap has cost', async () => {
  const client = new FakeClient()
  const begun: AgiSession[] = []
  const handler = (call: AgiSession) => {
    begun.push(call)
    return call.exec('Wait', [60])
  }
  const attachment = attachAgi(client as unknown as Client, handler, { claim: false })
  client.tell({ type: 'lost', error: new LostError('lost') })
  await new Promise(setImmediate)
  client.emit('AsyncAGIStart', { Uniqueid: '3.1', Env: ENV })
  assert.match(await client.carryOut('200 result=1\n'), /^SET VARIABLE AMIABLE_AGI /)
  assert.equal((await client.next()).params.Command, 'EXEC "Wait" "60"')
  // the list was made while its application ran
  client.tell({ type: 'ready', gap: 10 })
  await new Promise(setImmediate)
  assert.equal(begun[0]?.state, 'live')
  client.emit('AsyncAGIEnd', { Uniqueid: '3.1' })
  client.emit('Hangup', { Uniqueid: '3.1' })
  await attachment.close({ timeout: 0 })
})

test('a call whose application ends while the list comes is not taken for one that the gap has cost', async () => {
  const { client, attachment, call } = await oneAsyncSession('4.1')
  const lost = call.exec('Wait', [60]).catch((error) => error.code)
  const { params } = await client.next()
  client.tell({ type: 'lost', error: new LostError('lost') })
  assert.equal(await lost, 'AMI_LOST')
  const row: Record<string, string> = { Uniqueid: '4.1', Application: 'Wait', Data: '60' }
  client.rows = [{ Event: 'Status', source: 'pbx1', get: (name) => row[name], ...row }]
  const list = client.list.bind(client)
  // a loop over rows takes them later than an event behind them is heard
  client.list = async function* (...args) {
    client.emit('AsyncAGIExec', { Uniqueid: '4.1', CommandId: params.CommandID ?? '', Result: '200%20result=0%0A' })
    yield* list(...args)
  }
  const read = call.getVariable('A')
  client.tell({ type: 'ready', gap: 10 })
  assert.equal(await client.carryOut('200 result=1 (value)\n'), 'GET VARIABLE "A"')
  assert.equal(await read, 'value')
  client.emit('Hangup', { Uniqueid: '4.1' })
  assert.equal(call.state, 'ended')
  await attachment.close({ timeout: 0 })
})

test('a call that comes again over the new link, before its row does, is a new one', async () => {
  for (const isBack of [false, true]) {
    const { client, attachment, call } = await oneAsyncSession('6.1')
    client.tell({ type: 'lost', error: new LostError('lost') })
    await new Promise(setImmediate)
    client.rows = isBack ? [channelRow({ Uniqueid: '6.1' })] : []
    client.emit('AsyncAGIStart', { Uniqueid: '6.1', Env: ENV })
    client.tell({ type: 'ready', gap: 10 })
    assert.match(await client.carryOut('200 result=0\n'), /^(?:NOOP|SET VARIABLE AMIABLE_AGI)/)
    await new Promise(setImmediate)
    assert.equal(call.state, 'ended')
    assert.equal(attachment.stats().total, 2)
    client.emit('AsyncAGIEnd', { Uniqueid: '6.1' })
    client.emit('Hangup', { Uniqueid: '6.1' })
    await attachment.close({ timeout: 0 })
  }
})

test('a call is not found by a look that the next loss of the link has cut short', async () => {
  const { client, attachment, call } = await oneAsyncSession('7.1')
  const list = client.list.bind(client)
  const lose = () => client.tell({ type: 'lost', error: new LostError('lost') })
  lose()
  // both at once: the rows fail, and the status is told
  client.list = async function* () {
    client.list = list
    lose()
    yield channelRow({ Uniqueid: '7.2' })
    throw new LostError('lost')
  }
  client.tell({ type: 'ready', gap: 10 })
  await new Promise(setImmediate)
  client.tell({ type: 'ready', gap: 10 })
  await new Promise(setImmediate)
  assert.equal(call.state, 'ended')
  await attachment.close({ timeout: 0 })
})

test('a command of another program counts as foreign from right behind the claim’s result on', async () => {
  const client = new FakeClient()
  const attachment = attachAgi(client as unknown as Client, () => new Promise(() => {}))
  const carriedOut = (CommandId: string) =>
    client.emit('AsyncAGIExec', { Uniqueid: '8.1', CommandId, Result: '200%20result=0%0A' })
  client.emit('AsyncAGIStart', { Uniqueid: '8.1', Env: ENV })
  const { params } = await client.next()
  carriedOut('before')
  carriedOut(params.CommandID ?? '')
  carriedOut('behind')
  assert.equal(attachment.stats().foreign, 1)
  client.emit('Hangup', { Uniqueid: '8.1' })
  await attachment.close({ timeout: 0 })
})

test('what a server makes up of calls does not stay: rows and ids without end, and of any length', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const size = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const client = new FakeClient()
  const grown = deferred<number>()
  client.list = async function* () {
    const before = size()
    for (let n = 0; n < 3_000; n++) {
      // of its own each time, as what comes from a socket is
      const text = Buffer.alloc(50_000, `${n} `).toString('latin1')
      client.emit('AsyncAGIEnd', { Uniqueid: `${n}${text}` })
      yield channelRow({ Uniqueid: `5.${n}`, AccountCode: text, Data: `agi:async,${text}` })
      yield channelRow({ Uniqueid: `${n}${text}` })
    }
    grown.resolve(size() - before)
  }
  const attachment = attachAgi(client as unknown as Client, () => {}, {
    adopt: true,
    maxSessions: 100,
    accept: () => false,
  })
  // 450 MB went by
  const held = await grown.promise
  assert.ok(held < 20_000_000, `${held} bytes are held`)
  await attachment.close({ timeout: 0 })
})
