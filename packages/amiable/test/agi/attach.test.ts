import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiSession, type AttachOptions, attachAgi, HangupError, router } from '../../src/agi/index.ts'
import type { Client } from '../../src/client/client.ts'
import { ActionError, LostError } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/index.ts'
import { deferred } from '../../src/util/deferred.ts'
import { ENVIRONMENT } from './asterisk-peer.ts'
import { channelRow, FakeClient } from './fake-client.ts'

const ID = '1.1'
const ENV = encodeURIComponent(
  ENVIRONMENT.replace('agi_network: yes\n', '')
    .replace(/agi_request: .*/, 'agi_request: async')
    .replace(/\n$/, 'agi_arg_1: path\n\n'),
)

/** An attachment whose handlers run until their calls are gone. */
function attach(options: AttachOptions = {}) {
  const client = new FakeClient()
  const clock = new ManualClock()
  const began = deferred<AgiSession>()
  const handler = (call: AgiSession) => {
    began.resolve(call)
    return new Promise((resolve) => call.signal.addEventListener('abort', resolve))
  }
  const attachment = attachAgi(client as unknown as Client, handler, { clock, ...options })
  return {
    client,
    clock,
    attachment,
    began: began.promise,
    start: () => client.emit('AsyncAGIStart', { Uniqueid: ID, Env: ENV }),
  }
}

/** The same with a session that has its call. */
async function session(options: AttachOptions = {}) {
  const made = attach(options)
  made.start()
  if (options.claim !== false) assert.equal(await made.client.carryOut('200 result=0\n'), 'NOOP')
  const call = await made.began
  assert.match(await made.client.carryOut('200 result=1\n'), /^SET VARIABLE AMIABLE_AGI /)
  const end = (headers: Record<string, string> = {}) => made.client.emit('AsyncAGIEnd', { Uniqueid: ID, ...headers })
  return { ...made, call, end }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error) => error.code as string,
  )

test('an accept that gives a promise takes no call, and whoever tells of the event is told', () => {
  const { client, start } = attach({ accept: (() => Promise.resolve(true)) as never })
  assert.throws(start, { code: 'AMI_ARGUMENT', argument: 'accept' })
  assert.deepEqual(client.sent, [])
})

test('whose claim is carried out second has no session, and takes no more notice', async () => {
  const { client, attachment, start } = attach()
  start()
  const { params } = await client.next()
  assert.equal(params.Channel, ID)
  assert.match(params.CommandID ?? '', /^amiable-claim-[\w]+-\w+$/)
  client.emit('AsyncAGIExec', { Uniqueid: ID, CommandId: 'amiable-claim-other-1', Result: '200%20result=0%0A' })
  client.emit('AsyncAGIExec', { Uniqueid: ID, CommandId: params.CommandID ?? '', Result: '200%20result=0%0A' })
  await attachment.close({ timeout: 0 })
  assert.deepEqual([attachment.stats().total, attachment.stats().foreign, client.sent.length], [0, 0, 0])
  assert.equal(client.listening, 0)
})

test('a session sends up to its pipeline, and each result goes to its own command', async () => {
  const { client, call, attachment, end } = await session({ claim: false, pipeline: 3, instance: 'ivr-1' })
  assert.equal(attachment.instance, 'ivr-1')
  const reads = ['A', 'B', 'C', 'D'].map((name) => call.getVariable(name))
  await new Promise(setImmediate)
  assert.equal(client.sent.length, 3)
  for (const name of ['A', 'B', 'C', 'D']) {
    assert.equal(await client.carryOut(`200 result=1 (${name}!)\n`), `GET VARIABLE "${name}"`)
  }
  assert.deepEqual(await Promise.all(reads), ['A!', 'B!', 'C!', 'D!'])
  const closing = attachment.close({ timeout: 0 })
  assert.equal(await client.carryOut('200 result=0\n'), 'ASYNCAGI BREAK')
  end()
  await closing
  assert.deepEqual(
    [call.state, call.signal.aborted, (call.signal.reason as { code: string }).code],
    ['ended', true, 'AMI_CLOSED'],
  )
})

test('why AsyncAGI has ended is what the events behind it say, or unknown when its time is over', async () => {
  const ends: [string, (made: Awaited<ReturnType<typeof session>>) => void, string, string?][] = [
    ['hangup', ({ client }) => client.emit('Hangup', { Uniqueid: ID }), 'AGI_HANGUP', 'hangup'],
    [
      'redirect',
      ({ client }) => {
        client.emit('Newexten', { Uniqueid: ID })
        client.emit('VarSet', { Uniqueid: ID, Variable: 'AGISTATUS', Value: 'HANGUP' })
        client.emit('Newexten', { Uniqueid: ID })
      },
      'AGI_HANGUP',
      'redirect',
    ],
    ['nothing', ({ clock }) => clock.tick(500), 'AGI_HANGUP', 'unknown'],
    [
      'somebody’s BREAK',
      ({ client }) => client.emit('VarSet', { Uniqueid: ID, Variable: 'AGISTATUS', Value: 'SUCCESS' }),
      'AMI_CLOSED',
    ],
    [
      'a command of a stranger that failed',
      ({ client }) => client.emit('VarSet', { Uniqueid: ID, Variable: 'AGISTATUS', Value: 'FAILURE' }),
      'AMI_CLOSED',
    ],
  ]
  for (const [title, happen, code, by] of ends) {
    const made = await session()
    const waiting = made.call.waitForDigit(-1).catch((reason) => reason)
    await made.client.next()
    made.end()
    assert.equal(made.call.signal.aborted, false, title)
    happen(made)
    const error = await waiting
    assert.deepEqual([error.code, error.by], [code, by], title)
    assert.equal(made.call.state, 'ended')
    assert.equal(await codeOf(made.call.noop()), code)
    await made.attachment.close()
    assert.equal(made.attachment.stats().sessions, 0)
  }
})

test('a -1 that ends AsyncAGI is a failed command where AGISTATUS says so', async () => {
  const { client, call, end, attachment } = await session()
  const failing = call.streamFile('no/such').catch((reason) => reason)
  const behind = codeOf(call.getVariable('A'))
  await client.carryOut('200 result=-1 endpos=0\n')
  assert.equal((await client.next()).params.Command, 'CHANNEL STATUS')
  end()
  client.emit('VarSet', { Uniqueid: ID, Variable: 'AGISTATUS', Value: 'FAILURE' })
  const error = await failing
  assert.deepEqual([error.code, error.ended, error.command], ['AGI_COMMAND', true, 'STREAM FILE'])
  assert.equal(await behind, 'AMI_CLOSED')
  await attachment.close()
})

test('a -1 of a call that lives, and of one that AMI does not know any more', async () => {
  const { client, call, attachment } = await session()
  const failing = codeOf(call.getData('no/such'))
  await client.carryOut('200 result=-1\n')
  assert.equal(await client.carryOut('200 result=6\n'), 'CHANNEL STATUS')
  assert.equal(await failing, 'AGI_COMMAND')
  client.accepts = false
  const gone = codeOf(call.getData('beep'))
  const { reject } = await client.next()
  const response = {}
  reject(new ActionError('Channel does not exist', { response }))
  await new Promise(setImmediate)
  client.emit('Hangup', { Uniqueid: ID })
  assert.equal(await gone, 'AGI_HANGUP')
  await attachment.close()
})

test('a sound is stopped when it has begun, and not before', async () => {
  const { client, call, end, attachment } = await session()
  const controller = new AbortController()
  const playing = codeOf(call.streamFile('long', { signal: controller.signal }))
  const { params } = await client.next()
  controller.abort(Object.assign(new Error('mine'), { code: 'mine' }))
  assert.equal(await playing, 'mine')
  assert.equal(client.sent.length, 0)
  client.emit('AGIExecStart', { Uniqueid: ID, Command: 'NOOP of somebody' })
  assert.equal(client.sent.length, 0)
  client.emit('AGIExecStart', { Uniqueid: ID, Command: params.Command ?? '' })
  const stop = await client.next()
  assert.deepEqual([stop.action, stop.params], ['ControlPlayback', { Channel: ID, Control: 'stop' }])
  const next = call.getVariable('A')
  client.emit('AsyncAGIExec', {
    Uniqueid: ID,
    CommandId: params.CommandID ?? '',
    Result: '200%20result=0%20endpos=1%0A',
  })
  await client.carryOut('200 result=1 (right)\n')
  assert.equal(await next, 'right')
  assert.equal(attachment.stats().lateAnswers, 1)
  end()
  client.emit('Hangup', { Uniqueid: ID })
  await attachment.close()
})

test('a lost link: what may have arrived rejects, what never left is sent after the gap, and the end too', async () => {
  const { client, call, attachment, end } = await session({ pipeline: 2 })
  client.accepts = false
  const outcomes = ['A', 'B', 'C'].map((name) => call.getVariable(name).catch((reason) => reason))
  const [a, b] = [await client.next(), await client.next()]
  a.resolve()
  b.reject(new LostError('lost', { delivered: 'no' }))
  const error = new LostError('lost')
  client.tell({ type: 'lost', error })
  await new Promise(setImmediate)
  const first = await outcomes[0]
  assert.deepEqual([first.code, first.delivered], ['AMI_LOST', 'unknown'])
  assert.equal(client.sent.length, 0)
  client.accepts = true
  client.rows = [channelRow()]
  client.tell({ type: 'ready', gap: 10 })
  // its bytes may be out of step: a fence first
  const fence = await client.next()
  const token = /"(\w+)"/.exec(fence.params.Command ?? '')?.[1]
  const Result = encodeURIComponent(`200 result=1 (rest of A)\n200 result=1 (${token})\n`)
  client.emit('AsyncAGIExec', { Uniqueid: ID, CommandId: fence.params.CommandID ?? '', Result })
  assert.equal(await client.carryOut('200 result=1 (B!)\n'), 'GET VARIABLE "B"')
  await client.carryOut('200 result=1 (C!)\n')
  assert.deepEqual([await outcomes[1], await outcomes[2]], ['B!', 'C!'])
  client.tell({ type: 'lost', error })
  await new Promise(setImmediate)
  const closing = attachment.close({ timeout: 0 })
  client.tell({ type: 'ready', gap: 10 })
  assert.equal((await client.next()).params.Command, 'ASYNCAGI BREAK')
  end()
  await closing
  assert.equal(call.state, 'ended')
})

test('a call that is gone after the gap, and a client that is closed, end their sessions', async () => {
  const one = await session()
  const waiting = codeOf(one.call.waitForDigit(-1))
  one.client.tell({ type: 'lost', error: new LostError('lost') })
  assert.equal(await waiting, 'AMI_LOST')
  const queued = codeOf(one.call.noop())
  one.client.tell({ type: 'ready', gap: 10 })
  assert.equal(await queued, 'AGI_HANGUP')
  await one.attachment.close()
  const two = await session()
  const under = codeOf(two.call.noop())
  two.client.tell({ type: 'closed', reason: { by: 'close' } })
  assert.equal(await under, 'AMI_CLOSED')
  await two.attachment.close()
})

test('a call in whose row the application of EXEC stands is kept over the gap, until it hangs up or comes again', async () => {
  for (const [event, again] of [
    ['Hangup', false],
    ['AsyncAGIStart', true],
  ] as const) {
    const { client, call, attachment } = await session()
    const under = codeOf(call.exec('Wait', [60]))
    await client.next()
    client.tell({ type: 'lost', error: new LostError('lost') })
    assert.equal(await under, 'AMI_LOST')
    client.rows = [channelRow({ Application: 'Wait', Data: '60' })]
    client.tell({ type: 'ready', gap: 10 })
    assert.match((await client.next()).params.Command ?? '', /^GET FULL VARIABLE/)
    assert.equal(call.state, 'live')
    const waiting = codeOf(call.noop())
    client.emit(event, { Uniqueid: ID, Env: ENV })
    assert.equal(await waiting, 'AGI_HANGUP')
    if (again) assert.equal(await client.carryOut('200 result=0\n'), 'NOOP')
    assert.equal(attachment.stats().foreign, 0)
    await attachment.close({ timeout: 0 })
  }
})

test('what is in AsyncAGI already is taken over by its owner’s name, or where it is nobody’s and wanted', async () => {
  const cases: [AttachOptions, string, boolean][] = [
    [{ instance: 'ivr-1' }, 'ivr-1', true],
    [{ instance: 'ivr-1' }, 'ivr-2', false],
    [{ instance: 'ivr-1' }, '', false],
    [{ instance: 'ivr-1', adopt: true }, '', true],
    [{ instance: 'ivr-1', adopt: true, accept: () => false }, '', false],
    [{ instance: 'ivr-1', adopt: true }, 'ivr-2', false],
    [{ instance: 'ivr-1', adopt: false }, 'ivr-1', false],
  ]
  for (const [options, owner, taken] of cases) {
    const client = new FakeClient()
    client.rows = [channelRow({}, owner), channelRow({ Application: 'Wait', Uniqueid: '2.2' }, owner)]
    const clock = new ManualClock()
    const attachment = attachAgi(client as unknown as Client, () => {}, { clock, ...options })
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    assert.deepEqual(
      client.sent.map(({ params }) => [params.Channel, params.Command]),
      taken ? [[ID, 'NOOP']] : [],
      JSON.stringify([options, owner]),
    )
    await attachment.close({ timeout: 0 })
  }
})

test('more calls than there may be, and those without a route, are left alone', async () => {
  const { client, attachment } = await session({ maxSessions: 1 })
  client.emit('AsyncAGIStart', { Uniqueid: '2.2', Env: ENV })
  assert.deepEqual([attachment.stats().refused, client.sent.length], [1, 0])
  const other = new FakeClient()
  attachAgi(other as unknown as Client, router({ elsewhere: () => {} }))
  other.emit('AsyncAGIStart', { Uniqueid: ID, Env: ENV })
  assert.equal(other.sent.length, 0)
  attachAgi(other as unknown as Client, router({ path: () => {} }))
  other.emit('AsyncAGIStart', { Uniqueid: ID, Env: ENV })
  assert.equal(other.sent.length, 1)
})

test('a session within the session does not end it', async () => {
  const { client, call, end } = await session()
  client.emit('AsyncAGIStart', { Uniqueid: ID, Env: ENV })
  end()
  const read = call.getVariable('A')
  await client.carryOut('200 result=1 (x)\n')
  assert.equal(await read, 'x')
})

test('a call that ends before the rest of its environment has come is forgotten', async () => {
  for (const claim of [true, false]) {
    const { client, attachment } = attach({ claim })
    client.emit('AsyncAGIStart', { Uniqueid: ID, Env: `agi_request%3A%20async%0A${'x'.repeat(1_010)}` })
    const { params } = await client.next()
    if (claim) {
      const Result = 'x'.repeat(1_024)
      client.emit('AsyncAGIExec', { Uniqueid: ID, CommandId: params.CommandID ?? '', Result })
    }
    client.emit('AsyncAGIEnd', { Uniqueid: ID })
    // it would wait for the clock, which stands
    await attachment.close({ timeout: 1_000_000 })
    assert.deepEqual([attachment.stats().total, attachment.stats().sessions], [0, 0])
  }
})

test('close ends in its time, whatever Asterisk does', async () => {
  const { attachment, clock, call } = await session()
  const closing = attachment.close({ timeout: 1_000 })
  assert.equal(attachment.close(), closing)
  clock.tick(1_000)
  await new Promise(setImmediate)
  clock.tick(5_000)
  await closing
  assert.equal(call.state, 'ended')
})

test('a handler that throws leaves a variable and is reported; one that throws for its call’s end is not', async () => {
  for (const [thrown, reported] of [
    [new Error('mine'), true],
    [new HangupError('x'), true],
  ] as const) {
    const errors: unknown[] = []
    const client = new FakeClient()
    const attachment = attachAgi(client as unknown as Client, () => Promise.reject(thrown), {
      claim: false,
      onHandlerError: (error) => errors.push(error),
    })
    client.emit('AsyncAGIStart', { Uniqueid: ID, Env: ENV })
    assert.match(await client.carryOut('200 result=1\n'), /AMIABLE_AGI /)
    assert.equal(await client.carryOut('200 result=1\n'), 'SET VARIABLE AMIABLE_AGI_ERROR 1')
    assert.equal(await client.carryOut('200 result=0\n'), 'ASYNCAGI BREAK')
    client.emit('AsyncAGIEnd', { Uniqueid: ID })
    await attachment.close()
    assert.deepEqual([errors, attachment.stats().failed], [reported ? [thrown] : [], 1])
  }
})

test('a client whose event mask leaves out the calls is warned of once, and not one that only cannot say why they end', async () => {
  const warnings: string[] = []
  const note = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', note)
  const { client, attachment } = attach()
  client.tell({ type: 'unheard', event: 'VarSet', classes: ['dialplan'] })
  for (let n = 0; n < 2; n++) client.tell({ type: 'unheard', event: 'AsyncAGIStart', classes: ['agi'] })
  await attachment.close()
  await new Promise(setImmediate)
  process.off('warning', note)
  assert.deepEqual(warnings, ["pbx1: attachAgi will hear of no call: the client's `events` leave out the class agi"])
})

test('options that are wrong are refused by their names', () => {
  const client = new FakeClient() as unknown as Client
  for (const [options, argument] of [
    [{ instance: 'two words' }, 'instance'],
    [{ instance: '' }, 'instance'],
    [{ instance: 'é' }, 'instance'],
    [{ accept: async () => true }, 'accept'],
    [{ claim: 1 }, 'claim'],
    [{ adopt: 'mine' }, 'adopt'],
    [{ pipeline: 0 }, 'pipeline'],
    [{ maxSessions: 1.5 }, 'maxSessions'],
    [{ nosuch: 1 }, 'nosuch'],
  ] as const) {
    assert.throws(() => attachAgi(client, () => {}, options as AttachOptions), { code: 'AMI_ARGUMENT', argument })
  }
  assert.throws(() => attachAgi({} as Client, () => {}), { code: 'AMI_ARGUMENT', argument: 'target' })
  assert.throws(() => attachAgi(Promise.resolve(client) as never, () => {}), /await it first/)
  assert.throws(() => attachAgi(client, 'x' as never), { code: 'AMI_ARGUMENT', argument: 'handler' })
})
