// No secret is an argument, and none is printed or stored: each verb is run with a marked one, as loud as it can be.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../tools/testbed/command.ts'

const MARK = 'marked-7f3a'
const server = await startServer({ users: { frank: MARK } })
const line = new CommandLine({
  pbx1: { port: server.port, username: 'frank', secret: MARK },
  wrong: { port: server.port, username: 'eve', secret: `${MARK}-wrong` },
})
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

const RUNS: readonly (readonly string[])[] = [
  ['-vvv', '-x', 'core show version'],
  ['list', 'channels', '-vvv', '--json'],
  ['send', 'CoreStatus', '-vvv', '-o', 'raw'],
  ['send', 'Login', `Secret=${MARK}`, '--dry-run', '--no-check'],
  ['events', '-vvv', '--for', '50ms', '--full'],
  ['originate', 'Local/busy@default', '--app', 'Wait', '-vvv'],
  ['record', 'recording.jsonl', '--for', '50ms', '-vvv'],
  ['context', 'ls', '--json'],
  ['context', 'show', 'pbx1'],
  ['context', 'test', '-vvv'],
  ['-c', 'wrong', '-x', 'core show version', '-vvv'],
]

for (const args of RUNS) {
  test(`nothing of it is in what is printed: ${args.join(' ').replace(MARK, '***')}`, async () => {
    const { stdout, stderr } = await line.run(args)
    assert.ok(!stdout.includes(MARK) && !stderr.includes(MARK), stdout + stderr)
  })
}

test('nothing of it is in any file but the one that it is in', () => {
  const files = readdirSync(line.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(files.length > 3)
  const holding = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(MARK))
  assert.deepEqual(holding.map(({ name }) => name).sort(), ['secret-pbx1', 'secret-wrong'])
})

test('nothing of it is in the arguments of the process', async (t) => {
  if (process.platform !== 'linux') return t.skip('/proc is of Linux')
  const child = line.start(['events'])
  const done = ended(child)
  await server.waitForLogin()
  for (const name of ['cmdline', 'environ']) {
    assert.ok(!readFileSync(`/proc/${child.pid}/${name}`, 'utf8').includes(MARK), name)
  }
  child.kill('SIGINT')
  await done
})
