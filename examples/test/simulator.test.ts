import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { EXAMPLES, everyExample, prints } from './examples.ts'

const helpers = ['connection.ts', 'demo.ts']

test('every example is here', () => {
  const files = readdirSync(EXAMPLES).filter((name) => /^[^.]+\.ts$/.test(name) && !helpers.includes(name))
  assert.deepEqual(files.sort(), Object.keys(prints).sort())
})

everyExample()
