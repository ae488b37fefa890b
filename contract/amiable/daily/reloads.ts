import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reload } from 'amiable'
import { withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** Reload of modules, which may take longer than other actions. */
export function reloads(target: Target): void {
  test(`${target.name}: reload of a module, and of none`, () =>
    withClient(target, async (ami) => {
      await reload(ami, 'app_queue')
      await assert.rejects(reload(ami, 'app_nonesuch'), { code: 'AMI_REFUSED' })
    }))
}
