// A click whose answer is lost: the action may have been carried out, and nobody may be told to click again.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ask, asked } from '../../../src/page/store/outcomes.ts'
import type { Outcome } from '../../../src/protocol/action.ts'

/** Plays the wallboard: the answer to the action is lost, and later it says this of it. */
async function lost(t: TestContext, later: (id: string) => Response | Error): Promise<string[]> {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(globalThis, 'fetch', async (path: string, { method = 'GET' }: RequestInit) => {
    if (method === 'POST') throw new TypeError('the connection is lost')
    const answer = later(path.slice('/api/act/'.length))
    if (answer instanceof Error) throw answer
    return answer
  })
  asked.value = new Map()
  const states: string[] = []
  const state = () => [...asked.value.values()].map((one) => `${one.state} ${one.code ?? ''}`.trim()).join()
  await ask('hangup', 'pbx1/1', {})
  states.push(state())
  // a second click meanwhile
  await ask('hangup', 'pbx1/1', {})
  assert.equal(asked.value.size, 1)
  t.mock.timers.tick(7_000)
  while (state() === 'pending') await new Promise<void>((resolve) => setImmediate(resolve))
  states.push(state())
  return states
}

test('what was carried out although the answer was lost is done', async (t) => {
  const done = (id: string) => {
    const outcome: Outcome = { id, verb: 'hangup', key: 'pbx1/1', state: 'done', code: null, message: null, at: 1 }
    return Response.json(outcome)
  }
  assert.deepEqual(await lost(t, done), ['pending', 'done'])
})

test('what never arrived has failed, and what nobody knows is not confirmed', async (t) => {
  const gone = () => Response.json({ code: 'gone', message: 'there is no such action of yours' }, { status: 404 })
  assert.deepEqual(await lost(t, gone), ['pending', 'failed network'])
  t.mock.reset()
  assert.deepEqual(await lost(t, () => new TypeError('still lost')), ['pending', 'unconfirmed'])
})
