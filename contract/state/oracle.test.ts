// needs: both
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect } from 'amiable'
import { FENCE, optionsFor } from '../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../targets.ts'
import { differences, listed, type Picture } from './lists.ts'
import { load } from './load.ts'
import { quiet } from './quiet.ts'

/** The lists that a model is compared with must not move by themselves, or the comparison proves nothing. */
function oracle(target: Target): void {
  test(`${target.name}: at a quiet point behind a load two looks say the same, and it is not nothing`, async () => {
    await using driver = await connect(optionsFor(target))
    await using observer = await connect(optionsFor(target))
    const busy = await load(driver, 1, 150)
    try {
      await busy.settle()
      const [first, second] = await twoLooks(driver, observer)
      assert.deepEqual(differences(first, second), [])
      for (const kind of ['channels', 'bridges', 'queues', 'members', 'devices', 'hints'] as const) {
        assert.ok(first[kind].size > 0, `no ${kind}`)
      }
    } finally {
      await busy.clear()
    }
    await quiet(driver)
    const after = await listed(observer)
    assert.deepEqual([...after.channels, ...after.callers, ...after.parking], [], 'nothing is left of the load')
  })
}

/** Looks twice while nothing is said: a call that ends by itself between two looks is no fault of the lists. */
async function twoLooks(driver: Client, observer: Client): Promise<[Picture, Picture]> {
  let said = 0
  const listener = driver.on('*', (event) => {
    if (event.get('Variable') !== FENCE) said++
  })
  try {
    for (;;) {
      await quiet(driver)
      said = 0
      const looks: [Picture, Picture] = [await listed(observer), await listed(observer)]
      await quiet(driver)
      if (said === 0) return looks
    }
  } finally {
    listener.remove()
  }
}

await withSimulator(oracle)
withAsterisk(22, oracle)
withAsterisk(16, oracle)
