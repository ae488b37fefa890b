// needs: both
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { optionsFor } from '../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../targets.ts'
import { differences, listed } from './lists.ts'
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
      await quiet(driver)
      const first = await listed(observer)
      assert.deepEqual(differences(first, await listed(observer)), [])
      for (const kind of ['channels', 'bridges', 'queues', 'members', 'devices', 'hints'] as const) {
        assert.ok(first[kind].size > 0, `no ${kind}`)
      }
    } finally {
      await busy.clear()
    }
    await quiet(driver)
    const after = await listed(observer)
    assert.deepEqual([after.channels.size, after.callers.size, after.parking.size], [0, 0, 0])
  })
}

await withSimulator(oracle)
withAsterisk(22, oracle)
withAsterisk(16, oracle)
