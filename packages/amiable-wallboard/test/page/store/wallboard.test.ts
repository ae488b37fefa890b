// Who one is, asked anew while the page is open: the answer may be long in coming, or come from a proxy that says no.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { me, refusedWith, shown, silence, silentSince, unwatch, watch } from '../../../src/page/store/wallboard.ts'
import type { Me } from '../../../src/protocol/person.ts'
import type { Snapshot } from '../../../src/protocol/view.ts'

afterEach(unwatch)

class Source extends EventTarget {
  static last: Source
  close(): void {}
  constructor() {
    super()
    Source.last = this
  }

  say(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }))
  }
}
globalThis.EventSource = Source as unknown as typeof EventSource

const ANN = { user: { name: 'ann', role: 'admin' }, now: 5_000 } as unknown as Me
const EMPTY = { revision: '1', now: 7_000, tables: {} } as unknown as Snapshot

async function eventually(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    assert.ok(turn < 2_000)
    await new Promise(setImmediate)
  }
}

test('an answer that comes after somebody has gone to another page leaves him there', async (t) => {
  let answer = (_: Response) => {}
  let asked = 0
  t.mock.method(globalThis, 'fetch', (path: string) => {
    if (path !== '/api/me') return Promise.resolve(Response.json(EMPTY))
    asked++
    return new Promise<Response>((resolve) => {
      answer = resolve
    })
  })
  watch({ page: 'queues' })
  await eventually(() => Source.last !== undefined)
  Source.last.say('reset', { why: 'rights' })
  assert.equal(asked, 1)
  watch({ page: 'agents' })
  answer(Response.json(ANN))
  await eventually(() => me.value?.user?.name === 'ann')
  assert.deepEqual(shown.value, { page: 'agents' })
})

test('a proxy that refuses every request is not asked without a pause, and the page says that nobody answers', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let requests = 0
  let isSignedIn = false
  t.mock.method(globalThis, 'fetch', async (path: string) => {
    requests++
    if (!isSignedIn) return Response.json({ message: 'sign in' }, { status: 401 })
    return Response.json(path === '/api/me' ? ANN : EMPTY)
  })
  watch({ page: 'queues' })
  for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate)
  assert.equal(requests, 2)
  assert.equal(silence.value, 'away')
  isSignedIn = true
  t.mock.timers.tick(1_500)
  await eventually(() => shown.value !== undefined && silentSince.value === EMPTY.now)
  Source.last.say('beat', { now: 7_000 })
  assert.equal(silentSince.value, undefined)
})

test('a view that was refused is shown when it is there again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let status = 404
  t.mock.method(globalThis, 'fetch', async () => Response.json(EMPTY, { status }))
  watch({ page: 'board', board: 'floor' })
  await eventually(() => refusedWith.value === 404)
  status = 200
  t.mock.timers.tick(10_000)
  await eventually(() => refusedWith.value === undefined)
})
