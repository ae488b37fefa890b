// The demo where it cannot run, and where it is ended. What it shows is in examples/test/demo.test.ts.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { natsBinary } from '../../../../tools/servers/nats/binary.ts'
import { natsObstacle } from '../../../../tools/servers/nats/nats.ts'
import { ended } from '../../../../tools/testbed/command.ts'
import { GatewayCommand } from '../../../../tools/testbed/gateway-command.ts'

const skip = (await natsObstacle()) ?? false
const line = new GatewayCommand()
after(() => line[Symbol.dispose]())
const TMPDIR = join(line.folder, 'tmp')
mkdirSync(TMPDIR)

test('without a nats-server that is new enough it says what to install', async () => {
  const old = line.file('old', '#!/bin/sh\necho nats-server: v2.9.10\n', 0o755)
  for (const [path, says] of [
    [join(line.folder, 'none'), /none cannot be run: .*ENOENT/],
    [old, /old must be version 2\.10 or later, got 'nats-server: v2\.9\.10': install the package nats-server/],
  ] as const) {
    const { code, stdout, stderr } = await line.run(['demo', '--nats-server', path], { TMPDIR })
    assert.deepEqual([code, stdout], [3, ''], stderr)
    assert.match(stderr, says)
  }
  assert.deepEqual(readdirSync(TMPDIR), [])
})

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends the demo with everything that it started`, { skip }, async () => {
    const child = line.start(['demo', '--nats-server', await natsBinary('2.15')], { TMPDIR })
    child.stdout.on('data', (text) => String(text).includes('called pbx1') && child.kill(signal))
    const { code, stdout, stderr } = await ended(child)
    assert.deepEqual([code, stderr], [status, ''], stdout)
    assert.deepEqual(readdirSync(TMPDIR), [])
    assert.deepEqual(
      commands().filter((one) => one.includes(TMPDIR)),
      [],
    )
  })
}

/** The command lines of this machine. */
function commands(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
}
