// Each verb on a simulated Asterisk: the server says what arrived, and what became of it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Board, openBoard } from '../support/board.ts'
import type { OpenView } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'amiable-wallboard-desk-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The actions that change something, as they arrived at the server. */
function arrived({ server }: Board, ...names: readonly string[]): string[] {
  return server.calls.filter(({ name }) => names.includes(name)).map((call) => JSON.stringify(call.headers))
}

async function done(view: OpenView, response: Response): Promise<void> {
  const outcome = await view.outcome(response)
  assert.equal(outcome.state, 'done', JSON.stringify(outcome))
}

async function refused(response: Response, status: number, code: string): Promise<void> {
  const body = (await response.json()) as { code: string; message: string }
  assert.deepEqual([response.status, body.code], [status, code], body.message)
}

test('a pause with its reason, in all queues or in one, and back', { timeout: 60_000 }, async () => {
  await using board = await openBoard({ site: { pauseReasons: ['lunch'] } })
  await using view = await board.browser.open('page=queues')
  await done(view, await board.browser.act('pause', 'pbx1/PJSIP/101', { reason: 'lunch' }))
  const member = await view.until('paused', (one) => one.row('members', 'pbx1/support/PJSIP/101'))
  await view.until('lunch', (one) => one.row('members', member.key)?.reason === 'lunch')
  await done(view, await board.browser.act('unpause', 'pbx1/support/PJSIP/101'))
  await refused(await board.browser.act('pause', 'pbx1/PJSIP/101', { reason: 'nap' }), 400, 'invalid')
  await refused(await board.browser.act('pause', 'pbx1/PJSIP/999'), 404, 'gone')
  await refused(await board.browser.act('pause', 'pbx9/PJSIP/101'), 404, 'gone')
  assert.equal(arrived(board, 'QueuePause').length, 2)
})

test('into a queue, another penalty, and out again', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  const { browser } = board
  await using view = await browser.open('page=queues')
  await done(view, await browser.act('login', 'pbx1/PJSIP/101', { queue: 'Sales', penalty: 2 }))
  const key = 'pbx1/sales/PJSIP/101'
  const row = await view.until('in sales', (one) => one.row('members', key))
  assert.deepEqual([row.name, row.penalty, row.dynamic], ['Ann', 2, true])
  await done(view, await browser.act('penalty', key, { penalty: 5 }))
  await done(view, await browser.act('logout', key))
  await view.until('out of sales', (one) => one.row('members', key) === undefined)
  await refused(await browser.act('logout', 'pbx1/support/PJSIP/101'), 409, 'impossible')
  await refused(await browser.act('login', 'pbx1/PJSIP/777', { queue: 'sales' }), 404, 'gone')
  await refused(await browser.act('login', 'pbx1/PJSIP/101', { queue: 'support' }), 409, 'impossible')
})

test('a call is hung up, transferred or parked as it was shown, and refused when it has changed hands', {
  timeout: 60_000,
}, async () => {
  await using board = await openBoard()
  const { browser, server } = board
  await using view = await browser.open('page=calls')
  const one = server.channels.create({ name: 'PJSIP/trunk', state: 'Up', callerIdNum: '0800' })
  const other = server.channels.create({ name: 'PJSIP/101', state: 'Up' })
  server.channels.bridge(one, other)
  const { uniqueid } = server.channels.get(one)!
  const key = `pbx1/${uniqueid}`
  const call = await view.until('a bridged call', (shown) => {
    const row = shown.row('calls', key)
    return row?.phase === 'up' && row
  })
  await refused(await browser.act('hangup', key, {}, 'stale'), 409, 'changed')
  await refused(await browser.act('hangup', key), 400, 'invalid')
  assert.equal(arrived(board, 'Hangup').length, 0)
  const id = randomUUID()
  const response = await browser.act('hangup', key, {}, String(call.stamp), id)
  // twice clicked
  const again = await browser.act('hangup', key, {}, String(call.stamp), id)
  assert.equal(again.status, 202)
  await refused(await browser.act('hangup', 'pbx1/other', {}, 'x', id), 409, 'reused')
  await done(view, response)
  assert.deepEqual(
    arrived(board, 'Hangup').map((text) => /PJSIP\/trunk-\w{8}|PJSIP\/101-\w{8}/.exec(text)?.[0]),
    [one],
  )
  await view.until('gone', (shown) => shown.row('calls', key) === undefined)
})

test('one listens to exactly one channel, by its id, and a reason is asked', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  const { browser, server } = board
  await using view = await browser.open('page=agents')
  const one = server.channels.create({ name: 'PJSIP/trunk', state: 'Up' })
  const other = server.channels.create({ name: 'PJSIP/101', state: 'Up' })
  server.channels.create({ name: 'PJSIP/1011', state: 'Up' })
  server.channels.bridge(one, other)
  server.system.deviceState('PJSIP/101', 'INUSE')
  const agent = await view.until('Ann talks', (shown) => {
    const row = shown.row('agents', 'pbx1/PJSIP/101')
    return row?.call != null && row
  })
  await refused(await browser.act('whisper', agent.key, {}, String(agent.stamp)), 400, 'invalid')
  await refused(await browser.act('whisper', agent.key, { reason: 'training' }, 'old'), 409, 'changed')
  await refused(await browser.act('listen', 'pbx1/PJSIP/102', { reason: 'training' }, 'x'), 409, 'changed')
  await done(view, await browser.act('whisper', agent.key, { reason: 'training' }, String(agent.stamp)))
  const [call] = server.calls.filter(({ name }) => name === 'Originate')
  assert.equal(call?.header('Application'), 'ChanSpy')
  assert.equal(call?.header('Data'), `${server.channels.get(other)!.uniqueid},uqEw`)
  assert.equal(call?.header('Channel'), 'PJSIP/100')
  const { entries } = await browser.json<{ entries: Record<string, unknown>[] }>('/api/audit')
  assert.deepEqual(
    entries
      .filter(({ verb }) => verb === 'whisper')
      .map(({ outcome, code, on, params }) => [outcome, code, on, params]),
    [
      ['done', null, other, { reason: 'training' }],
      ['refused', 'changed', null, { reason: 'training' }],
    ],
  )
})

test('an agent behind a Local channel who talks with the next caller is not as he was shown', {
  timeout: 60_000,
}, async () => {
  const members = [{ interface: 'Local/101@default/n', name: 'Ann' }]
  await using board = await openBoard({}, { queues: { support: { members, timeout: 20 }, sales: { members } } })
  const { browser, server } = board
  await using queues = await browser.open('page=queues')
  const { channels } = server
  // the page leaves the queue out for which she talks
  const shown = async () => {
    const { tables } = await browser.json<{ tables: { agents: { key: string; stamp: string }[] } }>(
      '/api/view?page=agents&queues=sales',
    )
    return tables.agents[0]!
  }
  const listen = async (stamp: string) => browser.act('listen', (await shown()).key, { reason: 'training' }, stamp)
  const next = async () => {
    const caller = channels.create({ name: 'PJSIP/trunk', exten: 'support', run: true })
    await queues.until('she talks', (one) =>
      one.rows('members').some(({ state, queue }) => state === 'in call' && queue === 'support'),
    )
    return caller
  }
  const first = await next()
  const { stamp } = await shown()
  channels.hangup(first)
  await queues.until('she is free', (one) => one.row('members', 'pbx1/support/Local/101@default/n')?.state === 'ready')
  await next()
  await refused(await listen(stamp), 409, 'changed')
  // her phone is bridged a moment after she has answered
  let response = await listen((await shown()).stamp)
  for (const over = Date.now() + 20_000; response.status !== 202 && Date.now() < over; ) {
    response = await listen((await shown()).stamp)
  }
  await done(queues, response)
})

test("one's own phone dials numbers, and nothing that is syntax", { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  await using view = await board.browser.open('page=phone')
  for (const number of ['9123&PJSIP/x', '\u0024{SHELL(x)}', '9123,1', 's', '']) {
    await refused(await board.browser.act('dial', null, { number }), 400, 'invalid')
  }
  await refused(await board.browser.act('dial', 'pbx1/PJSIP/101', { number: '9123' }), 400, 'invalid')
  await done(view, await board.browser.act('dial', null, { number: '9123' }))
  const leg = await view.until('the phone rings', (one) => one.rows('legs')[0])
  assert.equal(leg.own, true)
  await using silent = await openBoard({}, { endpoints: {} })
  await using other = await silent.browser.open('page=phone')
  const outcome = await other.outcome(await silent.browser.act('dial', null, { number: '9123' }))
  assert.equal(outcome.state, 'failed', JSON.stringify(outcome))
})

test('rooms, parked calls and callers of queues', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  const { browser, server } = board
  await using rooms = await browser.open('page=rooms')
  const parties = ['101', '102'].map((name) =>
    server.channels.create({ name: `PJSIP/${name}`, exten: 'room', run: true }),
  )
  server.channels.create({ name: 'PJSIP/trunk', exten: 'park', run: true })
  const party = await rooms.until('two parties', (one) => {
    const all = one.rows<{ key: string; stamp: string }>('parties')
    return all.length === 2 && all[0]
  })
  await done(rooms, await browser.act('mute', party.key, {}, party.stamp))
  await rooms.until('muted', (one) => one.row('parties', party.key)?.muted === true)
  await done(rooms, await browser.act('unmute', party.key, {}, party.stamp))
  await done(rooms, await browser.act('lock', 'pbx1/room'))
  await done(rooms, await browser.act('unlock', 'pbx1/room'))
  await done(rooms, await browser.act('kick', party.key, {}, party.stamp))
  assert.equal(server.channels.list().filter(({ name }) => parties.includes(name)).length, 1)
  const parked = await rooms.until('a parked call', (one) => one.rows<{ key: string; stamp: string }>('parked')[0])
  await refused(await browser.act('pick', parked.key, {}, 'old'), 409, 'changed')
  await done(rooms, await browser.act('pick', parked.key, {}, parked.stamp))

  await using queues = await browser.open('page=queues')
  server.queues.pause('support', 'PJSIP/101', true)
  server.queues.pause('support', 'PJSIP/102', true)
  for (const number of ['1', '2']) {
    server.channels.create({ name: 'PJSIP/trunk', exten: 'support', callerIdNum: number, run: true })
  }
  const second = await queues.until('two callers', (one) =>
    one.rows<{ key: string; stamp: string; position: number }>('callers').find(({ position }) => position === 2),
  )
  await done(queues, await browser.act('priority', second.key, { priority: 5 }, second.stamp))
  await done(queues, await browser.act('redirect', second.key, { to: '9111' }, second.stamp))
  const first = await queues.until('one caller', (one) => {
    const all = one.rows<{ key: string; stamp: string }>('callers')
    return all.length === 1 && all[0]
  })
  await done(queues, await browser.act('withdraw', first.key, {}, first.stamp))
  await done(queues, await browser.act('resetStatistics', 'pbx1/support', { confirmed: true }))
  await refused(await browser.act('resetStatistics', 'pbx1/support'), 400, 'invalid')
  await done(queues, await browser.act('reloadQueues', 'pbx1', { confirmed: true }))
})

test('what a role or a scope does not have is refused, and nothing arrives', { timeout: 60_000 }, async () => {
  for (const [role, verb, key, params, status, code] of [
    ['viewer', 'pause', 'pbx1/PJSIP/101', {}, 403, 'forbidden'],
    ['agent', 'pause', 'pbx1/PJSIP/103', {}, 404, 'gone'],
    ['agent', 'penalty', 'pbx1/support/PJSIP/101', { penalty: 1 }, 403, 'forbidden'],
    ['supervisor', 'resetStatistics', 'pbx1/support', { confirmed: true }, 403, 'forbidden'],
    ['supervisor', 'reloadQueues', 'pbx1', { confirmed: true }, 403, 'forbidden'],
  ] as const) {
    await using board = await openBoard({
      signIn: { mode: 'none', role, device: { server: 'pbx1', interface: 'PJSIP/101' } },
    })
    await refused(await board.browser.act(verb, key, params), status, code)
    assert.deepEqual(arrived(board, 'QueuePause', 'QueuePenalty', 'QueueReset', 'QueueReload'), [])
  }
})

test('what another has undone meanwhile is not said to be done, and what is over is over', {
  timeout: 60_000,
}, async () => {
  await using board = await openBoard()
  const { browser, server } = board
  await using view = await browser.open('page=queues')
  const key = 'pbx1/sales/PJSIP/101'
  const refusing = (name: string, leave: () => void) =>
    server.handle(name, async (_, reply) => {
      leave()
      reply.error('Not there')
    })
  refusing('QueuePause', () => server.queues.removeMember('sales', 'PJSIP/101'))
  refusing('QueueRemove', () => server.queues.removeMember('sales', 'PJSIP/101'))
  for (const [verb, state] of [
    ['pause', 'failed'],
    ['logout', 'done'],
  ] as const) {
    await done(view, await browser.act('login', 'pbx1/PJSIP/101', { queue: 'sales' }))
    const outcome = await view.outcome(await browser.act(verb, key))
    assert.equal(outcome.state, state, verb)
  }
  server.queues.pause('support', 'PJSIP/101', true)
  server.queues.pause('support', 'PJSIP/102', true)
  const caller = server.channels.create({ name: 'PJSIP/trunk', exten: 'support', run: true })
  const row = await view.until('a caller', (one) => one.rows<{ key: string; stamp: string }>('callers')[0])
  refusing('QueueWithdrawCaller', () => server.channels.hangup(caller))
  const outcome = await view.outcome(await browser.act('withdraw', row.key, {}, row.stamp))
  assert.equal(outcome.state, 'failed')
})

test('a name that AMI cannot carry is not sent, and nobody is told that it may have happened', {
  timeout: 60_000,
}, async () => {
  await using board = await openBoard(
    {},
    { queues: { ' lead': { members: [{ interface: 'PJSIP/101', name: 'Ann' }] } } },
  )
  await using view = await board.browser.open('page=queues')
  const outcome = await view.outcome(await board.browser.act('pause', 'pbx1/PJSIP/101'))
  assert.deepEqual([outcome.state, outcome.code], ['failed', 'refused'])
  assert.deepEqual(arrived(board, 'QueuePause'), [])
})

test('who asks too fast is refused, and does not fill the log with it', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  const { browser } = board
  const answers = await Promise.all(Array.from({ length: 200 }, () => browser.act('pause', 'pbx1/PJSIP/999')))
  const codes = await Promise.all(answers.map(async (one) => ((await one.json()) as { code: string }).code))
  assert.ok(codes.filter((code) => code === 'throttled').length > 100, codes.join())
  const { entries } = await browser.json<{ entries: { code: string }[] }>('/api/audit?limit=1000')
  const lines = entries.map(({ code }) => code)
  // one line for each run of them: between two runs a request was looked at
  const runs = lines.filter((code) => code === 'throttled').length
  assert.ok(runs >= 1 && runs <= lines.filter((code) => code === 'gone').length, lines.join())
})

test('what is not live is not acted on, and an effect that does not show is not confirmed', {
  timeout: 60_000,
}, async () => {
  const auditFile = join(folder, 'audit.jsonl')
  // closed in the end: then the file has all lines
  {
    await using board = await openBoard({ auditFile })
    const { browser, server } = board
    await using view = await browser.open('page=queues')
    server.handle('QueuePause', async (_, reply) => {
      reply.success('Interface paused successfully')
    })
    const outcome = await view.outcome(await browser.act('pause', 'pbx1/PJSIP/101'))
    assert.equal(outcome.state, 'unconfirmed')
    server.handle('QueuePause', async (_, reply) => {
      reply.error('Interface not found')
    })
    const failed = await view.outcome(await browser.act('pause', 'pbx1/PJSIP/101'))
    assert.deepEqual([failed.state, failed.code], ['failed', 'refused'])
    await server.restart({ downtime: 3_000 })
    await view.until('stale', (one) => one.row('servers', 'pbx1')?.connected === false)
    await refused(await browser.act('pause', 'pbx1/PJSIP/101'), 503, 'unavailable')
  }
  const lines = readFileSync(auditFile, 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ verb, outcome: end, code, on }) => [verb, end, code, on]),
    [
      ['pause', 'unconfirmed', null, 'PJSIP/101 in support'],
      ['pause', 'failed', 'refused', 'PJSIP/101 in support'],
      ['pause', 'refused', 'unavailable', null],
    ],
  )
})
