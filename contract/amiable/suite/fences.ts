import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

/** `fence: true` changes nothing of an answer that needs none, and gives all of one that does. */
export function fences(target: Target): void {
  test(`${target.name}: a fenced call has the same answer`, () =>
    withClient(target, async (ami) => {
      const actions = {
        CoreSettings: {},
        ListCommands: {},
        Command: { Command: 'core show version' },
        QueueSummary: {},
      }
      for (const [action, params] of Object.entries(actions)) {
        const plain = await ami.sendRaw(action, params, { check: false })
        const fenced = await ami.sendRaw(action, params, { check: false, fence: true })
        const shape = ({ success, headers, lines, events }: typeof plain) => ({
          success,
          names: headers.map(([name]) => name),
          lines: lines.length,
          events: events.map(({ Event }) => Event),
        })
        assert.deepEqual(shape(fenced), shape(plain), action)
      }
      await assert.rejects(ami.sendRaw('NobodyKnowsThis', {}, { fence: true }), { code: 'AMI_REFUSED' })
    }))

  test(`${target.name}: fenced calls at once keep to their own`, () =>
    withClient(target, async (ami) => {
      const asked = Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0
          ? ami.sendRaw('CoreSettings', {}, { fence: n % 4 === 0 })
          : ami.sendRaw('Command', { Command: 'core show uptime' }, { fence: n % 4 === 1 }),
      )
      for (const [n, { headers, events, lines }] of (await Promise.all(asked)).entries()) {
        assert.equal(
          headers.some(([name]) => name === 'AMIversion'),
          n % 2 === 0,
        )
        assert.deepEqual([events.length, lines.length > 0], [0, n % 2 === 1])
      }
    }))

  // somebody's server may have no queues
  if (target.real && !target.full) return
  test(`${target.name}: { all: true } gives rows and events in the order in which the server sent them`, () =>
    withClient(target, async (ami) => {
      const heard: string[] = []
      using _ = ami.on('*', ({ Event, UserEvent }) => heard.push(UserEvent ?? Event), { all: true })
      await Promise.all([
        ami.send('UserEvent', { UserEvent: 'first' }),
        ami.send('QueueSummary'),
        ami.send('UserEvent', { UserEvent: 'second' }),
        ami.list('QueueSummary').toArray(),
        ami.send('UserEvent', { UserEvent: 'third' }),
      ])
      await ami.send('Ping')
      const wanted = /^(?:first|second|third|QueueSummary|QueueSummaryComplete)$/
      const order = heard.filter((name, n) => wanted.test(name) && name !== heard[n - 1])
      assert.deepEqual(order, [
        'first',
        'QueueSummary',
        'QueueSummaryComplete',
        'second',
        'QueueSummary',
        'QueueSummaryComplete',
        'third',
      ])
    }))
}
