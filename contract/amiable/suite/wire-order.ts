import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent } from 'amiable'
import { dial, hangUp } from '../../support/calls.ts'
import { withClient } from '../../support/client.ts'
import type { Target } from '../../targets.ts'

const LISTS = ['CoreShowChannels', 'QueueStatus', 'BridgeList', 'DeviceStateList'] as const

/** What `{ all: true }` promises: rows, completing events and other events in the order in which the server sent them. */
export function wireOrder(target: Target): void {
  if (target.real && !target.full) return

  test(`${target.name}: a listener with all hears rows, completing events and others in the order of the wire`, () =>
    withClient(target, async (ami) => {
      const heard: AmiEvent[] = []
      using _listener = ami.on('*', (event) => void heard.push(event), { all: true })
      const rows = new Map<string, number[]>()
      const list = async (n: number) => {
        const actionId = `order-${n}`
        const serials: number[] = []
        const answer = ami.list(LISTS[n % LISTS.length] ?? 'BridgeList', {}, { actionId })
        for await (const row of answer) serials.push(row.serial)
        serials.push(answer.completion?.serial ?? -1)
        rows.set(actionId, serials)
      }
      const calls = ['dial', 'wait', 'conf', 'q'].map((extension) => dial(ami, extension))
      for (let n = 0; n < 40; n++) await list(n)
      for (const call of await Promise.all(calls)) await hangUp(ami, call)
      await Promise.all(Array.from({ length: 20 }, (_, n) => list(40 + n)))
      await ami.send('Ping')
      const order = heard.map((event) => event.serial)
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      )
      for (const [actionId, serials] of rows) {
        const from = heard.findIndex((event) => event.serial === serials[0])
        const together = heard.slice(from, from + serials.length)
        assert.deepEqual(
          together.map((event) => [event.serial, event.actionId]),
          serials.map((serial) => [serial, actionId]),
          `${actionId}: something stands among its rows`,
        )
      }
      assert.ok(heard.some((event) => event.Event === 'Newchannel'))
    }))
}
