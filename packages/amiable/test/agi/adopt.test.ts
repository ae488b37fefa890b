// A program that is started again, and calls that were in AsyncAGI before it was there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiRequest, type AttachOptions, attachAgi } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { channelRow, FakeClient } from './fake-client.ts'

const RUNNING = channelRow({ Application: 'Queue', Data: 'support' }, 'ivr-1')

function attach(client: FakeClient, options: AttachOptions = {}) {
  return attachAgi(client as unknown as Client, () => {}, { instance: 'ivr-1', ...options })
}

/** Lets a look at the channels come to its end. */
async function looked(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate)
}

const commands = (client: FakeClient) => client.sent.map(({ params }) => params.Command)

test('a call that was in an application when its program was started again is taken over when that ends', async () => {
  const client = new FakeClient()
  client.rows = [RUNNING]
  const attachment = attach(client)
  await looked()
  assert.deepEqual([client.lists, commands(client)], [1, []])
  client.rows = [channelRow({}, 'ivr-1')]
  client.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: 'any', Result: '200%20result=0%0A' })
  await looked()
  assert.deepEqual([client.lists, commands(client)], [2, ['NOOP']])
  await client.carryOut('200 result=0\n')
  await client.carryOut('200 result=1\n')
  assert.deepEqual([attachment.stats().total, attachment.stats().adopted], [1, 1])
  client.emit('AsyncAGIEnd', { Uniqueid: '1.1' })
  await attachment.close({ timeout: 0 })
})

test('a call whose application ends while its row is on the way is taken over', async () => {
  const client = new FakeClient()
  const result = { Uniqueid: '1.1', CommandId: 'any', Result: '200%20result=0%0A' }
  client.rows = [RUNNING]
  const list = client.list.bind(client)
  // a loop over rows takes them later than an event behind them is heard
  client.list = async function* () {
    yield* list()
    if (client.lists === 1) client.emit('AsyncAGIExec', result)
    client.rows = [channelRow({}, 'ivr-1')]
  }
  const attachment = attach(client)
  await looked()
  assert.deepEqual([client.lists, commands(client)], [2, ['NOOP']])
  await attachment.close({ timeout: 0 })
})

test('results on calls of other programs, and on those that have come again, are no reason to look', async () => {
  const result = { Uniqueid: '1.1', CommandId: 'any', Result: '200%20result=0%0A' }
  const again = (client: FakeClient, name: string) =>
    client.emit(name, { Uniqueid: '1.1', Env: 'agi_threadid%3A%201%0A%0A' })
  for (const [options, row, before] of [
    [{}, channelRow({ Application: 'Queue' }, 'ivr-2'), () => {}],
    [{}, channelRow({ Application: 'Queue' }), () => {}],
    [{ adopt: false }, RUNNING, () => {}],
    [{ accept: () => false }, RUNNING, (client: FakeClient) => again(client, 'AsyncAGIStart')],
    [{}, RUNNING, (client: FakeClient) => again(client, 'AsyncAGIEnd')],
    [{}, RUNNING, (client: FakeClient) => again(client, 'Hangup')],
  ] as const) {
    const client = new FakeClient()
    client.rows = [row]
    const attachment = attach(client, options)
    await looked()
    before(client)
    client.rows = [channelRow({}, 'ivr-1')]
    client.emit('AsyncAGIExec', result)
    await looked()
    assert.deepEqual([client.lists, client.sent], [1, []])
    await attachment.close({ timeout: 0 })
  }
})

test('results that come while it is looked are looked for once more, however many', async () => {
  const client = new FakeClient()
  const many = Array.from({ length: 100 }, (_, n) => channelRow({ Uniqueid: `1.${n}`, Application: 'Queue' }, 'ivr-1'))
  client.rows = many
  const attachment = attach(client)
  await looked()
  for (const { get } of many)
    client.emit('AsyncAGIExec', { Uniqueid: get('Uniqueid') ?? '', CommandId: '', Result: '' })
  await looked()
  assert.equal(client.lists, 3)
  await attachment.close({ timeout: 0 })
})

test('a call that leaves AsyncAGI while it is looked for is not taken over', async () => {
  const client = new FakeClient()
  client.rows = [channelRow({}, 'ivr-1')]
  const attachment = attach(client)
  client.emit('AsyncAGIEnd', { Uniqueid: '1.1' })
  await looked()
  assert.deepEqual([client.lists, client.sent], [1, []])
  await attachment.close({ timeout: 0 })
})

test('calls are looked for when a client connects that was not connected, as a fleet’s new member', async () => {
  const client = new FakeClient()
  const attachment = attach(client)
  await looked()
  client.rows = [channelRow({}, 'ivr-1')]
  client.tell({ type: 'ready', gap: null })
  await looked()
  assert.deepEqual([client.lists, commands(client)], [2, ['NOOP']])
  await attachment.close({ timeout: 0 })
})

test('a call that another program of the name has first is not counted as taken over', async () => {
  const client = new FakeClient()
  client.rows = [channelRow({}, 'ivr-1')]
  const attachment = attach(client)
  await looked()
  client.emit('AsyncAGIExec', { Uniqueid: '1.1', CommandId: 'amiable-claim-ivr-1-other', Result: '200%20result=0%0A' })
  await looked()
  assert.deepEqual([attachment.stats().total, attachment.stats().adopted], [0, 0])
  await attachment.close({ timeout: 0 })
})

test('what Status says of a call is its request, also where Asterisk knows no caller', async () => {
  const client = new FakeClient()
  client.rows = [channelRow({ CallerIDNum: '100', CallerIDName: '<unknown>', Exten: 's', Priority: '2' }, 'ivr-1')]
  const requests: AgiRequest[] = []
  attachAgi(client as unknown as Client, ({ request }) => requests.push(request), { instance: 'ivr-1' })
  await looked()
  await client.carryOut('200 result=0\n')
  await looked()
  const [request] = requests
  assert.deepEqual(request?.callerId, { number: '100', name: undefined })
  assert.deepEqual([request?.path, request?.args, request?.exten, request?.priority], ['path', ['a, b'], 's', 2])
  assert.deepEqual([request?.complete, request?.suspect], [false, []])
})

test('an `accept` that throws while it is looked is an uncaught error, and it is looked again', async () => {
  const client = new FakeClient()
  client.rows = [channelRow()]
  let isBroken = true
  const accept = () => {
    if (isBroken) throw new Error('mine')
    return true
  }
  const uncaught: unknown[] = []
  const listeners = process.rawListeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', (error) => uncaught.push(error))
  const attachment = attach(client, { accept, adopt: true })
  await looked()
  process.removeAllListeners('unhandledRejection')
  for (const listener of listeners) process.on('unhandledRejection', listener as () => void)
  assert.deepEqual(uncaught.map(String), ['Error: mine'])
  isBroken = false
  client.tell({ type: 'ready', gap: 1 })
  await looked()
  assert.deepEqual(commands(client), ['NOOP'])
  await attachment.close({ timeout: 0 })
})
