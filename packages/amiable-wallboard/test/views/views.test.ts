// What a browser has by frames alone is what the models say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedCentre } from '../../src/sources/simulated.ts'
import { openBoard } from '../support/board.ts'
import { Browser } from '../support/browser.ts'
import { openSimulated } from '../support/simulated.ts'

const PAGES = ['queues', 'agents', 'calls', 'lines', 'rooms', 'phone', 'board&board=hall']

interface Picture {
  readonly revision: string
  readonly tables: Record<string, ({ key: string } & Record<string, unknown>)[]>
}

const numberOf = (revision: string) => Number(revision.split('.')[1])
const keysOf = (rows: readonly { key: string }[] | undefined) => rows?.map(({ key }) => key).sort()

/** Looks again until it is so: while something happens, two questions have two answers. */
async function eventually(what: string, look: () => Promise<void>): Promise<void> {
  for (const over = Date.now() + 20_000; ; ) {
    try {
      await look()
      return
    } catch (error) {
      if (Date.now() > over) throw new Error(`${what} is never as it should be`, { cause: error })
    }
  }
}

/** The tables of a view as text that can be compared; what time alone changes is left out. */
function tablesOf(tables: Iterable<readonly [string, Iterable<{ key: string }>]>): Record<string, unknown[]> {
  const sorted = [...tables].map(([name, rows]) => [
    name,
    [...rows].sort((one, other) => (one.key < other.key ? -1 : 1)),
  ])
  return Object.fromEntries(sorted)
}

test('after a busy while each view by its frames is what its snapshot is, and what the model says', {
  timeout: 60_000,
}, async () => {
  await using board = await openSimulated()
  const browser = new Browser({ url: board.wallboard.url })
  const views = await Promise.all(PAGES.map((page) => browser.open(`page=${page}`)))
  const queues = views[0]!
  await queues.until('twelve frames', ({ frames }) => frames >= 12)
  board.centre.rest()
  // phones that ring are answered still: looked at until nothing happens between two questions
  for (const [at, page] of PAGES.entries()) {
    const view = views[at]!
    await eventually(page, async () => {
      const { tables, revision } = await browser.json<Picture>(`/api/view?page=${page}`)
      await view.until(`${page} at ${revision}`, (one) => numberOf(one.revision) >= numberOf(revision))
      assert.equal(view.revision, revision)
      const mine = [...view.tables].map(([name, rows]) => [name, [...rows.values()]] as const)
      assert.deepEqual(tablesOf(mine), tablesOf(Object.entries(tables)), page)
    })
    await view[Symbol.asyncDispose]()
  }
  const state = board.wallboard.watched.state('simulated')!
  await eventually('the model', async () => {
    const { calls, queues: known, revision } = state.snapshot()
    const fresh = await browser.json<Picture>('/api/view?page=calls')
    const { tables } = await browser.json<Picture>('/api/view?page=queues')
    assert.equal(state.revision, revision)
    assert.deepEqual(keysOf(fresh.tables.calls), calls.map(({ id }) => `simulated/${id}`).sort())
    assert.deepEqual(
      keysOf(tables.callers),
      known.flatMap(({ name, callers }) => callers.map(({ id }) => `simulated/${name}/${id}`)).sort(),
    )
    assert.deepEqual(
      tables.members?.map(({ key, state: word }) => `${key} ${word}`).sort(),
      known
        .flatMap(({ members }) => members.map((one) => `simulated/${one.queue}/${one.interface} ${one.state}`))
        .sort(),
    )
  })
})

test('the same view is one view, and a browser that comes back continues where it was', {
  timeout: 30_000,
}, async () => {
  await using board = await openBoard()
  const { browser, server, wallboard } = board
  await using first = await browser.open('page=queues&queues=sales,support')
  await using second = await browser.open('page=queues&queues=support,sales')
  assert.equal(wallboard.hub.size, 1)
  const revision = first.revision
  await first[Symbol.asyncDispose]()
  server.queues.pause('support', 'PJSIP/101', true, 'lunch')
  await second.until('lunch', ({ tables }) => tables.get('members')?.get('pbx1/support/PJSIP/101')?.reason === 'lunch')
  // what it has is old; the frames that it missed make it new
  const back = await fetch(`${wallboard.url}/api/stream?page=queues&queues=sales,support`, {
    headers: { 'last-event-id': revision },
  })
  const reader = back.body!.getReader()
  let text = ''
  while (!text.includes('event: beat')) text += new TextDecoder().decode((await reader.read()).value)
  await reader.cancel()
  assert.match(text, /"reason":"lunch"/)
  // a revision that nobody knows
  const lost = await (await fetch(`${wallboard.url}/api/stream?page=queues&from=abc.7`)).text()
  assert.match(lost, /event: reset\ndata: \{"why":"old"\}/)
})

test('a server that is gone is stale and dated, and live again when it is back', { timeout: 60_000 }, async () => {
  await using board = await openBoard()
  await using view = await board.browser.open('page=queues')
  await board.server.restart({ downtime: 1_500 })
  const stale = await view.until('stale', ({ tables }) => {
    const row = tables.get('servers')?.get('pbx1')
    return row?.state === 'stale' && row
  })
  assert.ok(typeof stale.asOf === 'number' && stale.asOf <= Date.now())
  assert.equal(view.rows('members').length, 3)
  await view.until('live', ({ tables }) => tables.get('servers')?.get('pbx1')?.state === 'live')
})

test('hostile names are text of a length that a page can show', { timeout: 30_000 }, async () => {
  await using board = await openBoard()
  await using view = await board.browser.open('page=queues')
  const name = `<img src=x onerror=alert(1)>\u202e\u2028${'x'.repeat(3_000)}`
  const channel = board.server.channels.create({
    name: 'PJSIP/trunk',
    state: 'Up',
    callerIdName: name,
    callerIdNum: '1"><script>',
  })
  board.server.queues.join('support', channel)
  const caller = await view.until('the caller', (one) => one.rows('callers')[0])
  assert.ok(String(caller.name).startsWith('<img src=x onerror=alert(1)>'))
  assert.ok(String(caller.name).length <= 257)
  assert.equal(caller.number, '1"><script>')
})

test('the simulated centre does the same with the same seed', async () => {
  await using one = await SimulatedCentre.open({ seed: 3 })
  await using other = await SimulatedCentre.open({ seed: 3 })
  const names = ({ server }: SimulatedCentre) =>
    server.channels.list().map(({ callerIdName, exten }) => `${callerIdName} ${exten}`)
  assert.deepEqual(names(one), names(other))
})
