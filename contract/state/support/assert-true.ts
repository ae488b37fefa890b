import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'amiable'
import type { State } from 'amiable/state'
import { differences, listed } from '../lists.ts'
import { quiet } from '../quiet.ts'
import { pictured } from './pictured.ts'

// what does not fit is asked again after a second at most, and what has ended may stand in a list for a moment
const CONVERGES = 5_000
// on a busy machine one look takes seconds, and what begins meanwhile is in the list and not in the picture
const LOOKS = 10
// and to list every kind again after the last trouble takes ten
const LIVE_WITHIN = 30_000

/** Waits until nothing is said any more, and compares the model with fresh lists. */
export async function assertTrue(
  state: State,
  client: Client,
  driver: Client,
  where: string,
  log: readonly string[] = [],
): Promise<void> {
  await loggedIn(client)
  await quiet(client)
  await state.ready()
  let found = await differ(state, driver)
  // `queue reload` and `dialplan reload` say nothing of what they change: only to list again shows it
  if (found.length > 0 && log.some((line) => line.includes(' reload'))) {
    assert.ok((await state.audit()).length > 0, `${where}: an audit finds nothing, but ${found}`)
    found = await differ(state, driver)
  }
  assert.equal(state.freshness.type, 'live', where)
  assert.deepEqual(found, [], where)
}

/** Waits for a login: where the first attempt fails, `connect()` rejects and the client goes on trying. */
async function loggedIn(client: Client): Promise<void> {
  const statuses = client.status()
  if (client.state === 'ready') return
  for await (const { type } of statuses) if (type === 'ready') return
}

async function differ(state: State, driver: Client): Promise<string[]> {
  const began = performance.now()
  for (let looks = 1; ; looks++) {
    const found = differences(await listed(driver), pictured(state))
    if (found.length === 0 && state.freshness.type === 'live') return found
    const patience = state.freshness.type === 'live' ? CONVERGES : LIVE_WITHIN
    if (looks >= LOOKS && performance.now() - began > patience) return found
    await sleep(50)
  }
}
