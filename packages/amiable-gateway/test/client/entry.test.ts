// The entry for programs, as it is published.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { jsonSchemas } from '../../src/schema/json-schema.ts'

const HERE = fileURLToPath(new URL('../..', import.meta.url))
const NAMES = ['GatewayError', 'events', 'request', 'state']

test('the client is there for import and for require, with the same names', () => {
  const run = (...args: string[]) => JSON.parse(execFileSync(process.execPath, args, { cwd: HERE, encoding: 'utf8' }))
  const print = 'console.log(JSON.stringify(Object.keys(client).sort()))'
  const imported = `import * as client from 'amiable-gateway/client'; ${print}`
  assert.deepEqual(run('--input-type=module', '-e', imported), NAMES)
  assert.deepEqual(run('-e', `const client = require('amiable-gateway/client'); ${print}`), NAMES)
})

test('the client asks nothing of Node, and of packages only the core of NATS', () => {
  for (const path of ['dist/client/index.js', 'dist/cjs/client/index.js']) {
    const code = readFileSync(`${HERE}/${path}`, 'utf8')
    const names = [...code.matchAll(/\bfrom "([^"]+)"|\brequire\("([^"]+)"\)|\bimport\("([^"]+)"\)/g)]
    const specifiers = names.map(([, one, other, third]) => one ?? other ?? third)
    assert.deepEqual([...new Set(specifiers)], ['@nats-io/nats-core'], path)
    assert.doesNotMatch(code, /\b(?:Buffer|process|global|require\('node)\b/, path)
  }
})

test('each schema lies beside the code', () => {
  const files = readdirSync(`${HERE}/dist/schema`).filter((name) => name.endsWith('.json'))
  const all = jsonSchemas()
  assert.deepEqual(
    files.sort(),
    Object.keys(all)
      .map((name) => `${name}.json`)
      .sort(),
  )
  for (const [name, schema] of Object.entries(all)) {
    assert.deepEqual(JSON.parse(readFileSync(`${HERE}/dist/schema/${name}.json`, 'utf8')), schema)
  }
})
