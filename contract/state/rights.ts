import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOptions, connect } from 'amiable'
import { type Kind, watch } from 'amiable/state'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { KINDS } from './support/kinds.ts'

type Account = Partial<ClientOptions> & { readonly account?: string }

/** Each kind ends live, or blind with the classes of which one is missing; nothing waits for ever. */
export function rights(target: Target): void {
  const { name } = target
  const ends = (what: string, account: Account, blind: Partial<Record<Kind, string>>) =>
    test(`${name}: ${what}`, async () => {
      await using ami = await connect(optionsFor(target, account))
      await using state = watch(ami, { kinds: KINDS })
      await state.ready({ signal: AbortSignal.timeout(10_000) })
      const found: Record<string, string> = {}
      for (const [kind, fresh] of Object.entries(state.snapshot().freshness)) {
        if (fresh.type === 'blind') found[kind] = `${fresh.action}: ${fresh.classes.toSorted().join(' or ')}`
        else assert.equal(fresh.type, 'live', kind)
      }
      assert.deepEqual(found, blind)
      // a client asks once by itself what its server can (ListCommands), a second after some logins: that is answered
      for (let turn = 0; turn < 50 && ami.stats().inFlight > 0; turn++) await ami.send('Ping')
      assert.equal(ami.stats().inFlight, 0)
    })

  const states = {
    devices: 'DeviceStateList: call or reporting',
    hints: 'ExtensionStateList: call or reporting',
    presence: 'PresenceStateList: call or reporting',
    mailboxes: 'VoicemailUsersList: call or reporting',
  }
  const phones = { endpoints: 'PJSIPShowEndpoints: system', contacts: 'PJSIPShowEndpoints: system' }
  const trunks = 'PJSIPShowRegistrationsOutbound: reporting or system'
  ends('an account with every right sees every kind', {}, {})
  ends(
    'an account that may report sees all but parked calls',
    { account: 'readonly' },
    { parking: 'ParkedCalls: call', agents: 'Agents: agent', ...phones },
  )
  ends(
    'an account of class call reads channels by Status',
    { account: 'calls' },
    {
      rooms: 'ConfbridgeListRooms: reporting',
      agents: 'Agents: agent',
      trunks,
      ...phones,
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
      agents: 'Agents: agent',
      trunks,
      ...phones,
      ...states,
    },
  )
  ends(
    'a mask of the class call makes blind what other classes say',
    { events: ['call'] },
    {
      queues: 'QueueMemberAdded: agent',
      agents: 'AgentLogin: agent',
      contacts: 'ContactStatus: system',
      trunks: 'Registry: system',
    },
  )
}
