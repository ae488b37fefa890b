import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agiCommands } from '../../../../src/catalog/index.ts'
import { agiTable } from '../../../../src/testing/apps/agi/commands.ts'

// written from the same sources, one by hand and one by a generator
test('the simulator and the catalog know the same commands, with the same counts', () => {
  const simulated = [...agiTable].map(([name, { least, most, dead }]) => ({ name, least, most, dead }))
  const known = Object.values(agiCommands).map(({ name, least, most = Number.POSITIVE_INFINITY, dead }) => ({
    name,
    least,
    most,
    dead,
  }))
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1)
  assert.deepEqual(simulated.sort(byName), known.sort(byName))
})
