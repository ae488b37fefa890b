import { test } from 'node:test'
import { tool } from './run.ts'

test('Biome: format and lint', async () => {
  await tool('biome', 'ci', '--colors=off', '.')
})

test('knip: nothing unused, nothing missing', async () => {
  await tool('knip', '--no-progress')
})
