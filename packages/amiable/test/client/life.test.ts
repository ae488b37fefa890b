import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../../../tools/testbed/child.ts'

const child = fileURLToPath(new URL('../support/life-child.ts', import.meta.url))

/** Runs a whole life of a client in a process of its own. */
const run = (what: string) => runProgram(child, { args: [what] })

for (const what of [
  'close',
  'destroy',
  'destroy with calls in flight',
  'destroy while connecting',
  'destroy while waiting',
  'close with a call that is never answered',
  'failed login',
  'nobody there',
  'never connected',
]) {
  test(`nothing holds the process after: ${what}`, async () => {
    assert.deepEqual(await run(what), { output: 'over\n', code: 0 })
  })
}

test('a listener that throws is an uncaught exception where nobody asked for it', async () => {
  const { output, code } = await run('a listener that throws')
  assert.match(output, /uncaught: from a listener/)
  assert.match(output, /the others heard it/)
  assert.equal(code, 0)
})

test('a listener that rejects is told too', async () => {
  const { output, code } = await run('a listener that rejects')
  assert.match(output, /uncaught: from an async listener/)
  assert.equal(code, 0)
})

test('a connect() that nobody awaits is no secret where no status tells of it', { timeout: 20_000 }, async () => {
  const { output, code } = await run('connect() of a closed client that nobody awaits')
  assert.deepEqual({ output, code }, { output: 'unhandled: AMI_CLOSED\nover\n', code: 0 })
})
