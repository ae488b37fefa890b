// After any history, with rows that run ahead of events and ways that are out of step, the model equals the truth.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ended } from '../../src/state/ended.ts'
import { Places } from '../../src/state/fold/places.ts'
import { KINDS } from '../../src/state/kinds.ts'
import { Lane } from '../../src/state/lane.ts'
import { Table } from '../../src/state/table.ts'
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
    assert.ok(await firstFailure(1, 5_000, controls), 'no history shows the difference')
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

/** The model must fail where a part of it does something else. */
function broken(what: string, part: object, name: string, other: PropertyDescriptor): void {
  test(`a negative control: ${what}`, async () => {
    const own = Object.getOwnPropertyDescriptor(part, name) as PropertyDescriptor
    Object.defineProperty(part, name, { configurable: true, ...other })
    try {
      assert.ok(await firstFailure(1, 1_000), 'no history shows the difference')
    } finally {
      Object.defineProperty(part, name, own)
    }
  })
}

const { refuses } = Ended.prototype
broken('no memory of Hangups', Ended.prototype, 'refuses', {
  value(this: Ended, key: string, now: number) {
    return !/^\d/.test(key) && refuses.call(this, key, now)
  },
})
broken('a channel that a list leaves out forgets its bridge', Places.prototype, 'keep', { value: () => {} })
broken('channels are not listed once more after a login', KINDS.channels, 'lags', { value: undefined })
broken('readers see a list while it is written', Table.prototype, 'part', { value: () => {} })
broken('events are read while a list is written', Lane.prototype, 'busy', { get: () => false })
