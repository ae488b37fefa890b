import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOptions, connect } from 'amiable'
import { type Kind, watch } from 'amiable/state'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'

type Account = Partial<ClientOptions> & { readonly account?: string }

/** Each kind ends live, or blind with the classes of which one is missing; nothing waits for ever. */
export function rights(target: Target): void {
  const { name } = target
  const ends = (what: string, account: Account, blind: Partial<Record<Kind, string>>) =>
    test(`${name}: ${what}`, async () => {
      await using ami = await connect(optionsFor(target, account))
      await using state = watch(ami)
      await state.ready({ signal: AbortSignal.timeout(10_000) })
      const found: Record<string, string> = {}
      for (const [kind, fresh] of Object.entries(state.snapshot().freshness)) {
        if (fresh.type === 'blind') found[kind] = `${fresh.action}: ${fresh.classes.toSorted().join(' or ')}`
        else assert.equal(fresh.type, 'live', kind)
      }
      assert.deepEqual(found, blind)
      assert.equal(ami.stats().inFlight, 0)
    })

  const states = {
    devices: 'DeviceStateList: call or reporting',
    hints: 'ExtensionStateList: call or reporting',
  }
  ends('an account with every right sees every kind', {}, {})
  ends(
    'an account that may report sees all but parked calls',
    { account: 'readonly' },
    { parking: 'ParkedCalls: call' },
  )
  ends(
    'an account of class call reads channels by Status',
    { account: 'calls' },
    {
      rooms: 'ConfbridgeListRooms: reporting',
    },
  )
  ends(
    'an account that may send nothing sees what every login may',
    { account: 'listener' },
    {
      channels: 'Status: call or reporting or system',
      calls: 'Status: call or reporting or system',
      rooms: 'ConfbridgeListRooms: reporting',
      parking: 'ParkedCalls: call',
      ...states,
    },
  )
  ends(
    'a mask that leaves the class agent out makes queues blind',
    { events: ['call'] },
    {
      queues: 'QueueMemberAdded: agent',
    },
  )
}
