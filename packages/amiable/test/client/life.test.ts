import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('../support/life-child.ts', import.meta.url))

/** Runs a whole life of a client in a process of its own, and gives what it said and how it ended. */
function run(what: string): Promise<{ out: string; code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, ['--import', 'tsx', child, what], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    started.stdout.on('data', (chunk) => {
      out += chunk
    })
    started.stderr.on('data', (chunk) => {
      out += chunk
    })
    // far below the minute that a forgotten timer would hold the process
    const guard = setTimeout(() => started.kill('SIGKILL'), 30_000)
    started.on('error', reject)
    started.on('close', (code, signal) => {
      clearTimeout(guard)
      resolve({ out, code, signal })
    })
  })
}

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
    const { out, code, signal } = await run(what)
    assert.deepEqual({ out: out.trim(), code, signal }, { out: 'over', code: 0, signal: null })
  })
}

test('a listener that throws is an uncaught exception where nobody asked for it', async () => {
  const { out, code } = await run('a listener that throws')
  assert.match(out, /uncaught: from a listener/)
  assert.match(out, /the others heard it/)
  assert.equal(code, 0)
})

test('a listener that rejects is told too', async () => {
  const { out, code } = await run('a listener that rejects')
  assert.match(out, /uncaught: from an async listener/)
  assert.equal(code, 0)
})
