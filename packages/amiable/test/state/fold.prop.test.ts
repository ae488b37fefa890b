// After any history, with rows that run ahead of events and ways that are out of step, the model equals the truth.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Published } from './support/messages.ts'
import type { Night } from './support/night.ts'
import { firstFailure } from './support/tapes.ts'

test('500 histories: what the model holds at the end is true, and every change was told once and in order', async () => {
  const failure = await firstFailure(1, 500)
  assert.equal(failure, undefined, failure && `seed ${failure.seed}: ${failure.error.message}`)
})

/** The model must fail where a rule of the design is broken: else the property proves nothing. */
function control(what: string, controls: Night): void {
  test(`a negative control: ${what}`, async () => {
    assert.ok(await firstFailure(1, 500, controls), 'no history shows the difference')
  })
}

const ownOf = (event: Published): Published => ({ name: 'Newstate', headers: event.headers })

control('channels read from the copies in other events', {
  arrives: (event) => (event.name === 'BridgeEnter' ? [event, ownOf(event)] : [event]),
})

control('members of bridges read from the BridgeId of CoreShowChannels', {
  membersOf: ({ channels }, bridge) =>
    [...channels.values()].filter(({ claims }) => claims === bridge).map(({ id }) => id),
})

control('no memory of what has ended', { options: { keep: { milliseconds: 0 } } })

control('a Hangup that is lost', { arrives: (event) => (event.name === 'Hangup' ? [] : [event]) })

const STATE_EVENTS = [
  ...['DeviceStateChange', 'AgentLogin', 'AgentLogoff', 'PresenceStateChange'],
  ...['ContactStatus', 'Registry', 'MessageWaiting'],
]
for (const lost of STATE_EVENTS) {
  control(`${lost} is lost`, { arrives: (event) => (event.name === lost ? [] : [event]) })
}
