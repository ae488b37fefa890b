// What makes a model look again, and no more often than it must.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect } from '../../src/index.ts'
import { type State, type StateOptions, watch } from '../../src/state/index.ts'
import { type ListRow, type SimulatedAsterisk, startServer } from '../../src/testing/index.ts'
import { type Clock, systemClock } from '../../src/util/clock.ts'

interface Rig {
  readonly server: SimulatedAsterisk
  readonly ami: Client
  readonly state: State
  /** What QueueStatus answers with, and for which queues it was asked; an empty text for all. */
  readonly queues: { rows: ListRow[]; asked: string[] }
}

const params = (Queue: string): ListRow => ['QueueParams', { Queue, Strategy: 'ringall' }]
const member = (Queue: string, more = {}): ListRow => [
  'QueueMember',
  { Queue, Name: 'Anna', Location: 'PJSIP/anna', StateInterface: 'PJSIP/anna', Status: 1, Paused: 0, ...more },
]

async function withQueues(
  rows: ListRow[],
  body: (rig: Rig) => Promise<void>,
  audit: StateOptions['audit'] = false,
  clock: StateOptions['clock'] = undefined,
): Promise<void> {
  await using server = await startServer({ users: { frank: 'lean' } })
  const queues: Rig['queues'] = { rows, asked: [] }
  server.handle('QueueStatus', (action, reply) => {
    const Queue = String(action.get('Queue') ?? '')
    queues.asked.push(Queue)
    const wanted = queues.rows.filter(([, headers]) => Queue === '' || Object(headers).Queue === Queue)
    reply.list({ complete: 'QueueStatusComplete', rows: wanted })
    return undefined
  })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', clock })
  await using state = watch(ami, { audit, clock, kinds: ['queues'] })
  await state.ready()
  assert.deepEqual(queues.asked.splice(0), [''])
  await body({ server, ami, state, queues })
}

function next(state: State, name: 'queue' | 'member' | 'caller'): Promise<unknown> {
  return new Promise((resolve) => state.on(name, resolve, { once: true }))
}

test('a list whose end was dropped is asked for again, and nobody waits for that end', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  let asked = 0
  server.handle('QueueStatus', (_action, reply) => {
    // what is more than the client lets wait is dropped, and the end with it
    const rows = Array.from({ length: ++asked === 1 ? 40 : 2 }, (_, n) => params(`queue ${n}`))
    reply.list({ complete: 'QueueStatusComplete', rows })
    return undefined
  })
  const where = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  await using ami = await connect({ ...where, maxBacklog: 20 })
  const { setTimeout, clearTimeout } = systemClock
  const impatient: Clock = {
    ...systemClock,
    setTimeout: (callback, delay) => setTimeout(delay < 5_000 ? callback : () => {}, delay),
    clearTimeout,
  }
  await using state = watch(ami, { audit: false, kinds: ['queues'], clock: impatient })
  await state.ready()
  assert.equal(state.queues.size, 2)
  assert.equal(asked, 2)
})

test('a reload of the module of queues makes the model list them again; that of another module does not', () =>
  withQueues([params('support')], async ({ server, state, queues }) => {
    queues.rows = [params('support'), params('sales')]
    server.emit('Reload', { Module: 'res_parking.so', Status: 0 })
    const added = next(state, 'queue')
    server.emit('Reload', { Module: 'app_queue.so', Status: 0 })
    await added
    assert.deepEqual([...state.queues.keys()], ['support', 'sales'])
    assert.deepEqual(queues.asked, [''])
  }))

test('a caller of a queue that is unknown makes the model ask for that queue alone', () =>
  withQueues([params('support')], async ({ server, state, queues }) => {
    queues.rows = [params('support'), params('sales'), member('sales')]
    const added = next(state, 'member')
    server.emit('QueueCallerJoin', { Queue: 'sales', Uniqueid: '1', Channel: 'PJSIP/1', Position: 1, Count: 1 })
    await added
    assert.deepEqual(queues.asked, ['sales'])
    assert.deepEqual([...state.queues.keys()], ['support', 'sales'])
  }))

test('a caller that a bridge takes out of its queue without a word is found by asking for that queue alone', () =>
  withQueues([params('support')], async ({ server, state, queues }) => {
    const waits = { Queue: 'support', Uniqueid: '1.1', Channel: 'PJSIP/anna-1', Position: 1 }
    const joined = next(state, 'caller')
    server.emit('QueueCallerJoin', { ...waits, Count: 1 })
    await joined
    // until the queue looks at it, a dead channel stands in the caller's place (main/channel.c:ast_channel_yank)
    const surrogate = { ...waits, Uniqueid: '1.2', Channel: 'Surrogate/PJSIP/anna-1', Wait: 1 }
    queues.rows = [params('support'), ['QueueEntry', surrogate]]
    const left = next(state, 'caller')
    server.emit('BridgeEnter', { ...waits, BridgeUniqueid: 'b', BridgeType: 'basic', BridgeNumChannels: 1 })
    await left
    assert.deepEqual(state.queues.get('support')?.callers, [])
    assert.deepEqual(queues.asked, ['support'])
  }))

test('a count that does not fit makes the model ask for that queue alone', () =>
  withQueues([params('support'), member('support')], async ({ server, state, queues }) => {
    const entry = { Queue: 'support', Channel: 'PJSIP/9', Uniqueid: '9', Position: 1, Wait: 3, Priority: 0 }
    queues.rows.push(
      ['QueueEntry', entry],
      ['QueueEntry', { ...entry, Channel: 'PJSIP/1', Uniqueid: '1', Position: 2 }],
    )
    const joined = next(state, 'caller')
    // somebody stands in front of it whose Join was never heard
    server.emit('QueueCallerJoin', { Queue: 'support', Uniqueid: '1', Channel: 'PJSIP/1', Position: 2, Count: 2 })
    await joined
    while (state.queues.get('support')?.callers.length !== 2) await next(state, 'caller')
    assert.deepEqual(queues.asked, ['support'])
    assert.deepEqual(
      state.queues.get('support')?.callers.map(({ id }) => id),
      ['9', '1'],
    )
  }))

test('a member that rests after a call is ready again when its time is over, without an event', () =>
  withQueues([params('support'), member('support', { Wrapuptime: 1 })], async ({ server, state }) => {
    const who = () => state.queues.get('support')?.members[0]
    const call = { Queue: 'support', Interface: 'PJSIP/anna', MemberName: 'Anna', Uniqueid: '1' }
    const states: (string | undefined)[] = [who()?.state]
    const over = new Promise<void>((resolve) => {
      state.on('member.changed', ({ after, cause }) => {
        states.push(after.state)
        if (after.state !== 'ready') return
        assert.deepEqual(cause, { derived: 'wrap-up' })
        resolve()
      })
    })
    server.emit('AgentConnect', { ...call, HoldTime: 1 })
    server.emit('AgentComplete', { ...call, HoldTime: 1, TalkTime: 5 })
    await over
    assert.deepEqual(states, ['ready', 'in call', 'wrap-up', 'ready'])
    assert.equal(who()?.calls, 1)
  }))

test('after the clock was set back, the next list shows no member that rests for an hour', async () => {
  const HOUR = 3_600_000
  let set = 0
  const clock = { ...systemClock, now: () => Date.now() + set }
  const LastCall = Math.floor(Date.now() / 1_000) - 60
  const rows = [params('support'), member('support', { Wrapuptime: 5, LastCall })]
  const body = async ({ state }: Rig) => {
    set = -HOUR
    await state.refresh('queues')
    const [who] = state.queues.get('support')?.members ?? []
    assert.equal(who?.state, 'ready')
    assert.ok(Math.abs((who?.lastCallAt?.getTime() ?? 0) - (LastCall * 1_000 - HOUR)) < 5_000, String(who?.lastCallAt))
  }
  await withQueues(rows, body, false, clock)
})

test('after the clock was set back, a window has what came within its span', async () => {
  const MINUTE = 60_000
  let set = 0
  const clock = { ...systemClock, now: () => Date.now() + set }
  const body = async ({ server, state }: Rig) => {
    const join = async (id: string) => {
      const joined = next(state, 'caller')
      server.emit('QueueCallerJoin', {
        Queue: 'support',
        Uniqueid: id,
        Channel: `PJSIP/${id}`,
        Position: id,
        Count: id,
      })
      await joined
    }
    const window = () => state.queues.window('support', 15)
    await join('1')
    set = -60 * MINUTE
    assert.equal(window().offered, 1)
    await join('2')
    set += 30 * MINUTE
    assert.deepEqual([window().offered, window().complete], [0, true])
    await join('3')
    assert.equal(window().offered, 1)
  }
  await withQueues([params('support')], body, false, clock)
})

test('a list that fails is tried again, and leaves no half of a picture', () =>
  withQueues([params('support'), params('sales'), member('sales')], async ({ server, state, queues }) => {
    const before = state.snapshot().queues
    server.handle(
      'QueueStatus',
      (_action, reply) => {
        queues.asked.push('refused')
        reply.error('Try again later')
        return undefined
      },
      { times: 1 },
    )
    await state.refresh('queues')
    assert.deepEqual(state.snapshot().queues, before)
    const { freshness } = state.queues
    assert.ok(freshness.type === 'stale' && freshness.why === 'refused')
    for await (const { type } of state.status()) if (type === 'live') break
    assert.deepEqual(queues.asked, ['refused', ''])
    assert.deepEqual(state.snapshot().queues, before)
  }))

test('audits look at one queue at a time, and find what changed there without an event', () =>
  withQueues(
    [params('support'), params('sales'), member('sales')],
    async ({ state, queues }) => {
      queues.rows = [params('support'), params('sales'), member('sales', { Paused: 1, PausedReason: 'unheard' })]
      for await (const status of state.status()) {
        if (status.type !== 'drift') continue
        assert.deepEqual(
          status.differences.map(({ key, fields }) => [key, fields]),
          [['sales/pjsip/anna', ['paused']]],
        )
        break
      }
      assert.ok(!queues.asked.includes(''), `${queues.asked}`)
    },
    { queues: 100, others: 60_000 },
  ))

test('many counts that do not fit ask once, and the next that does not fit waits a second and no longer', () =>
  withQueues([params('support')], async ({ server, state, queues }) => {
    const join = (id: number) =>
      server.emit('QueueCallerJoin', {
        Queue: 'support',
        Uniqueid: `${id}`,
        Channel: 'PJSIP/1',
        Position: 1,
        Count: 99,
      })
    for (let id = 0; id < 50; id++) join(id)
    while (state.queues.get('support')?.callers.length !== 0 || queues.asked.length === 0) await next(state, 'caller')
    assert.deepEqual(queues.asked, ['support'])
    const began = performance.now()
    join(99)
    while (state.queues.get('support')?.callers.length !== 0 || queues.asked.length < 2) await next(state, 'caller')
    assert.ok(performance.now() - began < 10_000)
  }))

test('a list that fails again and again makes the records no younger, and is reported once', () =>
  withQueues([params('support')], async ({ server, state }) => {
    const refuse = (times: number) =>
      server.handle(
        'QueueStatus',
        (_action, reply) => {
          reply.error('Try again later')
          return undefined
        },
        { times },
      )
    refuse(2)
    const told: string[] = []
    const over = (async () => {
      for await (const { type } of state.status()) {
        told.push(type)
        if (type === 'live') return
      }
    })()
    await state.refresh('queues')
    const first = state.queues.freshness
    await state.refresh('queues')
    const second = state.queues.freshness
    assert.ok(first.type === 'stale' && second.type === 'stale')
    assert.equal(second.since, first.since)
    await over
    assert.deepEqual(told, ['stale', 'live'])
  }))

test('a kind whose first list fails says so once, is asked again, and is live when the server answers', async () => {
  await using server = await startServer({ users: { frank: 'lean' } })
  let asked = 0
  server.handle('QueueStatus', (_action, reply) => {
    if (++asked > 2) reply.list({ complete: 'QueueStatusComplete', rows: [params('support')] })
    else reply.error('Out of order')
    return undefined
  })
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  await using state = watch(ami, { audit: false, kinds: ['queues'], random: () => 0 })
  const told: string[] = []
  for await (const status of state.status()) {
    told.push(status.type)
    if (status.type === 'live') break
    assert.ok(status.type === 'waiting' && status.kind === 'queues' && status.why === 'refused')
    const { freshness } = state.queues
    assert.ok(freshness.type === 'waiting' && freshness.since === status.since)
  }
  assert.deepEqual(told, ['waiting', 'live'])
  assert.equal(asked, 3)
  await state.ready()
})

test('refresh() waits for a list that begins after it was called', () =>
  withQueues([params('support')], async ({ server, state, queues }) => {
    const answers: (() => void)[] = []
    server.handle(
      'QueueStatus',
      async (_action, reply) => {
        const rows = [...queues.rows]
        await new Promise<void>((resolve) => answers.push(resolve))
        reply.list({ complete: 'QueueStatusComplete', rows })
      },
      { times: 1 },
    )
    const first = state.refresh('queues')
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve))
    queues.rows = [params('support'), params('sales')]
    const second = state.refresh('queues')
    answers[0]?.()
    await first
    assert.deepEqual([...state.queues.keys()], ['support'])
    await second
    assert.deepEqual([...state.queues.keys()], ['support', 'sales'])
  }))

test('numbers of a member that somebody has set to zero are zero after the next list', () =>
  withQueues(
    [params('support'), member('support', { CallsTaken: 7, LastCall: 1_700_000_000, InCall: 0 })],
    async ({ state, queues }) => {
      assert.equal(state.queues.get('support')?.members[0]?.calls, 7)
      queues.rows = [params('support'), member('support', { CallsTaken: 0, LastCall: 0 })]
      await state.refresh('queues')
      const [anna] = state.queues.get('support')?.members ?? []
      assert.deepEqual([anna?.calls, anna?.lastCallAt], [0, undefined])
    },
  ))

test('an account that never hears of a reload finds it in CoreStatus, and one that may not ask does so once', async () => {
  const rights = { secret: 'lean', read: ['call' as const, 'agent' as const] }
  const users = { board: { ...rights, write: ['reporting' as const] }, deaf: { ...rights, write: [] } }
  await using server = await startServer({ users })
  const login = { host: '127.0.0.1', port: server.port, secret: 'lean' }
  await using one = await connect({ ...login, username: 'board' })
  await using other = await connect({ ...login, username: 'deaf' })
  let time = '10:00:00'
  const asked: string[] = []
  server.handle('CoreStatus', () => ({ CoreReloadDate: '2026-01-01', CoreReloadTime: time }))
  for (const action of ['ExtensionStateList', 'DeviceStateList']) {
    server.handle(action, (_action, _reply, builtIn) => {
      asked.push(action)
      return builtIn()
    })
  }
  const audit = { queues: 50, others: 600_000 }
  await using state = watch(one, { audit, kinds: ['hints', 'devices'] })
  await using deaf = watch(other, { audit, kinds: ['queues'] })
  await Promise.all([state.ready(), deaf.ready()])
  const byBoard = ({ username }: { readonly username: string }) => username === 'board'
  await server.waitFor('CoreStatus', byBoard)
  await server.waitFor('CoreStatus', byBoard)
  // no reload changes what devices are
  assert.deepEqual(asked.splice(0), ['DeviceStateList', 'ExtensionStateList'])
  time = '10:00:01'
  await server.waitFor('ExtensionStateList')
  await server.waitFor('ExtensionStateList')
  assert.deepEqual(asked, ['ExtensionStateList'])
  assert.equal(server.calls.filter(({ name, username }) => name === 'CoreStatus' && username === 'deaf').length, 1)
})
