import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from 'amiable'
import { watch } from 'amiable/state'
import { optionsFor } from '../support/client.ts'
import type { OurAsterisk } from '../targets.ts'
import { untilStatus } from './support/until-status.ts'

/** What becomes of a picture whose lists come and go with the modules of the server. */
export function modules(target: OurAsterisk): void {
  const { name, server } = target

  test(`${name}: a kind whose module was away at the login is live when it is there, where nothing says so`, async () => {
    await server.cli('module unload app_queue.so')
    // without the class system: the event Load never comes to it
    await using ami = await connect(optionsFor(target, { account: 'operator' }))
    await using state = watch(ami, { kinds: ['queues'], audit: { queues: 100, others: 100 } })
    try {
      await state.ready()
      assert.equal(state.queues.freshness.type, 'blind')
    } finally {
      await server.cli('module load app_queue.so')
    }
    await untilStatus(state, 'queues are live', () => state.queues.freshness.type === 'live')
    assert.ok(state.queues.has('support'))
  })
}
