import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect } from '../../src/index.ts'
import {
  type Change,
  type State,
  type StateOptions,
  type StateSource,
  type StateStatus,
  watch,
} from '../../src/state/index.ts'
import { type SimulatedAsterisk, startServer } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { AsyncQueue } from '../../src/util/async-queue.ts'

interface Rig {
  readonly server: SimulatedAsterisk
  readonly ami: Client
  readonly state: State
}

async function withState(body: (rig: Rig) => Promise<void>, options: StateOptions = { audit: false }): Promise<void> {
  await using server = await startServer({ users: { frank: 'lean' } })
  const login = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  await using ami = await connect({ ...login, reconnect: { initialDelay: 10 } })
  await using state = watch(ami, options)
  await state.ready()
  await body({ server, ami, state })
}

/** The first change from now on that has this name. */
function next(
  state: State,
  name: 'queue' | 'member.changed' | 'channel.added' | 'call.removed' | 'caller.added' | 'caller.removed',
): Promise<Change> {
  return new Promise((resolve) => state.on(name, (change) => resolve(change as Change), { once: true }))
}

async function statusOf(state: State, type: StateStatus['type']): Promise<StateStatus> {
  for await (const status of state.status()) if (status.type === type) return status
  throw new Error(`no ${type} came`)
}

test('records are frozen, keep their identity while nothing changes, and are replaced when something does', () =>
  withState(async ({ ami, state }) => {
    const before = state.queues.get('SUPPORT')
    assert.equal(before, state.queues.get('support'))
    assert.ok(Object.isFrozen(before) && Object.isFrozen(before?.members[0]))
    const changed = next(state, 'member.changed')
    await ami.send('QueuePause', { Interface: 'Local/member@default/n', Paused: true, Reason: 'lunch' })
    const change = await changed
    assert.ok(change.type === 'changed' && change.kind === 'member')
    assert.deepEqual(change.fields, ['ringInUse', 'paused', 'state'])
    assert.equal(change.after.paused?.reason, 'lunch')
    assert.equal(before?.members[0]?.paused, undefined)
    assert.equal(state.queues.get('support')?.members[0], change.after)
  }))

test('a list that says what is known already reports nothing', () =>
  withState(async ({ state }) => {
    const { revision } = state
    await state.refresh()
    assert.deepEqual(await state.audit(), [])
    assert.equal(state.revision, revision)
  }))

test('an audit finds what changed without an event, corrects it and says it', () =>
  withState(async ({ server, state }) => {
    const drift = statusOf(state, 'drift')
    server.handle('QueueStatus', (_action, reply) => {
      reply.list({ complete: 'QueueStatusComplete', rows: [['QueueParams', { Queue: 'other' }]] })
      return undefined
    })
    const found = await state.audit('queues')
    assert.deepEqual(found.map(({ kind, key }) => `${kind} ${key}`).sort(), [
      'member support/local/busy@default/n',
      'member support/local/member@default/n',
      'queue other',
      'queue sales',
      'queue support',
    ])
    assert.equal((await drift).type, 'drift')
    assert.deepEqual([...state.queues.keys()], ['other'])
  }))

test('since() continues after a revision, and says when it cannot', () =>
  withState(
    async ({ server, state }) => {
      const { revision } = state
      const channel = server.channels.create({ name: 'PJSIP/100' })
      server.channels.hangup(channel)
      await next(state, 'call.removed')
      const changes = state.since(revision, 'channel')
      assert.deepEqual([changes?.at(0)?.type, changes?.at(-1)?.type], ['added', 'removed'])
      assert.deepEqual(state.since(state.revision), [])
      assert.equal(state.since('another-1'), undefined)
      for (let n = 0; n < 20; n++) {
        server.channels.hangup(server.channels.create({ name: `PJSIP/${n}` }))
        await next(state, 'call.removed')
      }
      assert.equal(state.since(revision), undefined)
    },
    { audit: false, limits: { changes: 40 } },
  ))

test('a loop that is too slow gets one reset in place of what it missed', () =>
  withState(async ({ server, state }) => {
    const loop = state.changes({ filter: 'channel', capacity: 4 })
    for (let n = 0; n < 5; n++) {
      server.channels.hangup(server.channels.create({ name: `PJSIP/${n}` }))
      await next(state, 'call.removed')
    }
    const first = await loop.next()
    assert.equal(first.value.type, 'reset')
    await loop.return?.()
  }))

test('when the connection is lost readers keep the last truth, marked stale; what vanished meanwhile is unseen', () =>
  withState(async ({ server, ami, state }) => {
    const channel = server.channels.create({ name: 'PJSIP/100' })
    await next(state, 'channel.added')
    const stale = statusOf(state, 'stale')
    const refuse = server.faults.refuseConnection()
    server.faults.reset()
    assert.equal((await stale).type, 'stale')
    assert.equal(state.freshness.type, 'stale')
    assert.equal(state.channels.size, 1)
    server.channels.hangup(channel)
    const removed = next(state, 'call.removed')
    refuse.off()
    await ami.connect()
    const change = await removed
    assert.ok(change.type === 'removed' && change.unseen)
    assert.deepEqual(change.cause, { list: 'CoreShowChannels' })
    assert.equal(state.channels.size, 0)
  }))

test('wrong options are refused at once, by their names', () =>
  withState(async ({ ami, state }) => {
    const wrong = (options: unknown, argument: string) =>
      assert.throws(() => watch(ami, options as StateOptions), { code: 'AMI_ARGUMENT', argument })
    wrong({ kind: ['channels'] }, 'kind')
    wrong({ kinds: ['channel'] }, 'kinds')
    wrong({ kinds: [] }, 'kinds')
    wrong({ filter: { queue: 'support' } }, 'filter.queue')
    wrong({ audit: { queues: 0 } }, 'audit.queues')
    wrong({ limits: { channels: 0 } }, 'limits.channels')
    assert.throws(() => watch(Promise.resolve(ami) as never), /await it first/)
    assert.throws(() => state.on('chanel' as never, () => {}), { code: 'AMI_ARGUMENT' })
    await assert.rejects(async () => state.refresh('agents' as never), { code: 'AMI_ARGUMENT' })
  }))

test('ready() rejects when the model is closed before its first truth, and with the reason of a signal', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  using _stall = server.faults.drop({ action: 'CoreShowChannels' })
  const state = watch(ami)
  const reason = new Error('enough')
  await assert.rejects(state.ready({ signal: AbortSignal.abort(reason) }), reason)
  const ready = state.ready()
  await state.close()
  await assert.rejects(ready, { code: 'AMI_CLOSED' })
})

test('past a limit the newest are left out, counted and reported once', () =>
  withState(
    async ({ server, state }) => {
      const limit = statusOf(state, 'limit')
      for (let n = 0; n < 5; n++) server.channels.create({ name: `PJSIP/${n}` })
      assert.deepEqual(await limit, { type: 'limit', kind: 'channel', limit: 3 })
      await state.refresh('channels')
      assert.equal(state.channels.size, 3)
      assert.ok(state.stats().leftOut >= 2)
    },
    { audit: false, limits: { channels: 3 } },
  ))

test('a window counts from events what a queue did: offered, answered in time, abandoned, left', () =>
  withState(async ({ server, state }) => {
    const caller = (Uniqueid: string) => ({ Queue: 'Support', Channel: `PJSIP/${Uniqueid}`, Uniqueid })
    const join = (id: string, count: number) =>
      server.emit('QueueCallerJoin', { ...caller(id), Position: count, Count: count })
    const leave = (id: string, count: number) =>
      server.emit('QueueCallerLeave', { ...caller(id), Position: 1, Count: count })
    const added = next(state, 'caller.added')
    join('1', 1)
    join('2', 2)
    join('3', 3)
    await added
    leave('1', 2)
    server.emit('AgentConnect', { ...caller('1'), Interface: 'Local/member@default/n', HoldTime: 0 })
    server.emit('AgentComplete', { Queue: 'support', Interface: 'Local/member@default/n', HoldTime: 4, TalkTime: 30 })
    server.emit('QueueCallerAbandon', { ...caller('2'), Position: 1, OriginalPosition: 1, HoldTime: 9 })
    leave('2', 1)
    const last = next(state, 'caller.removed')
    leave('3', 0)
    await last
    while (state.queues.get('support')?.callers.length) await next(state, 'caller.removed')
    const { complete, ...numbers } = state.queues.window('SUPPORT', 15)
    assert.deepEqual(numbers, {
      offered: 3,
      answered: 1,
      abandoned: 1,
      left: 1,
      answeredInLevel: 1,
      averageWait: 0,
      averageTalk: 30,
      longestWait: 9,
    })
    // the model has not listened for a quarter of an hour
    assert.equal(complete, false)
    assert.throws(() => state.queues.window('support', 0), { code: 'AMI_ARGUMENT' })
  }))

test('a status that is on its way when a picture is closed changes nothing in it any more', () =>
  withState(async ({ ami }) => {
    const statuses = new AsyncQueue<{ type: string }>(() => {})
    const client = ami as unknown as StateSource
    const source: StateSource = {
      name: 'pbx',
      state: 'ready',
      on: (...all) => client.on(...all),
      listRaw: (...all) => client.listRaw(...all),
      sendRaw: (action) => client.sendRaw(action),
      status: () => statuses,
    }
    await using state = watch(source, { audit: false })
    await state.ready()
    const added = new Promise((resolve) => state.on('call.added', resolve, { once: true }))
    await ami.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: '60' })
    await added
    const { revision } = state
    statuses.push({ type: 'lost' })
    await state.close()
    await settle()
    assert.equal(state.revision, revision)
    assert.deepEqual(
      [...state.calls].map(({ complete }) => complete),
      [true],
    )
  }))
