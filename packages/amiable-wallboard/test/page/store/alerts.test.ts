// Each alert is told once, at most one message in five seconds, and none is lost meanwhile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch } from '@preact/signals'
import { speak } from '../../../src/page/languages/language.ts'
import { spoken, startAlerts } from '../../../src/page/store/alerts.ts'
import { tables } from '../../../src/page/store/wallboard.ts'
import type { AlertRow, ServerRow } from '../../../src/protocol/rows.ts'
import type { Snapshot } from '../../../src/protocol/view.ts'

const SERVER: ServerRow = { key: 'pbx1', name: 'pbx1', state: 'live', asOf: null, connected: true, kinds: {} }

function alert(subject: string): AlertRow {
  return { key: subject, rule: 'nobodyReady', level: 'alarm', server: 'pbx1', subject, limit: null, since: 1 }
}

function shows(...subjects: string[]): void {
  const all = { servers: [SERVER], alerts: subjects.map(alert) } as unknown as Snapshot['tables']
  batch(() => tables.replace({ revision: '1', tables: all }))
}

test('alerts that come while one has just been told are told together, and none again on the next page', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await speak('en')
  shows('before')
  startAlerts()
  t.mock.timers.tick(0)
  assert.equal(spoken.value, '')
  shows('before', 'one')
  t.mock.timers.tick(0)
  assert.equal(spoken.value, 'one: nobody is ready')
  shows('before', 'one', 'two')
  // the clock of the computer is set back
  const before = Date.now()
  t.mock.method(Date, 'now', () => before - 3_600_000)
  shows('before', 'one', 'two', 'three')
  t.mock.timers.tick(5_000)
  assert.equal(spoken.value, 'two: nobody is ready. three: nobody is ready')
  spoken.value = ''
  batch(() => tables.clear())
  shows('before', 'one', 'two', 'three')
  t.mock.timers.tick(5_000)
  assert.equal(spoken.value, '')
})
