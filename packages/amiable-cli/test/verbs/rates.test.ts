// `events --rate`, `--stats` and `--server-filter`.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connect } from 'amiable'
import { record, startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../../tools/testbed/tmux.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const server = await startServer({ users: { frank: 'lean', reader: { secret: 'lean', write: ['call'] } } })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({ pbx1: account, reader: { ...account, username: 'reader' } })
writeFileSync(`${line.home}/amiable`, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`, { mode: 0o755 })
const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
const hangup = (n: number) => server.emit('Hangup', { Channel: `PJSIP/${n}-1`, Uniqueid: `${n}.1`, Cause: 16 })

/** Starts a watch, waits until it is logged in, and lets events come. */
async function watch(args: readonly string[], emit: () => void) {
  while (server.sessions.length > 0) await turn()
  const child = line.start(['events', ...args])
  const done = ended(child)
  await server.waitForLogin()
  emit()
  return await done
}

test('--rate in a pipe is a table at the end, with the sum of all', async () => {
  const { code, stdout, stderr } = await watch(['Hangup', '--rate', '-n', '3'], () => [1, 2, 3].map(hangup))
  assert.equal(code, 0, stderr)
  const lines = stdout.trimEnd().split('\n')
  assert.match(lines[0] ?? '', /^EVENT +\/s +LAST 10 s +TOTAL +BYTES\/s$/)
  assert.match(lines[1] ?? '', /^Hangup .* 3 +\d/)
  assert.match(lines[2] ?? '', /^all .* 3 +[\d.]+ k?B {2}0 lost$/)
  assert.equal(lines.length, 3)
})

test('--rate -o jsonl is a line for each second, and what came in it', async () => {
  const { code, stdout } = await watch(['Hangup', '--rate', '--json', '-n', '2'], () => [1, 2].map(hangup))
  assert.equal(code, 0)
  const seconds = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  const count = seconds.reduce((sum, { events }) => sum + (events.Hangup?.count ?? 0), 0)
  assert.equal(count, 2)
  assert.deepEqual(Object.keys(seconds[0]), ['time', 'seconds', 'lost', 'events'])
})

test('a recording has rates of its own time', async () => {
  const file = `${line.home}/calls.jsonl`
  const client = await connect({ host: '127.0.0.1', ...account })
  let now = 1_000
  const recording = record(client, file, { now: () => (now += 1_000) })
  const seen = new Promise((resolve) => client.on('Hangup', ({ Uniqueid }) => Uniqueid === '3.1' && resolve(true)))
  for (const n of [1, 2, 3]) hangup(n)
  await seen
  await recording.stop()
  await client.close()
  const [rate, stats] = await Promise.all(
    ['--rate', '--stats'].map((how) => line.run(['events', '-r', file, 'Hangup', how])),
  )
  assert.match(rate?.stdout ?? '', /^Hangup +1\.\d/m)
  assert.match(stats?.stdout ?? '', /^EVENT +COUNT +\/s\nHangup +3 +1\.5\n$/)
})

test('--server-filter adds a filter for each name, and after a lost connection again', async () => {
  while (server.sessions.length > 0) await turn()
  const child = line.start(['events', 'Hangup', 'DialE*', '--server-filter', '-n', '2', '--time', 'none'])
  const done = ended(child)
  const filters = () => server.calls.filter(({ name }) => name === 'Filter').map((call) => call.get('MatchCriteria'))
  while (filters().length < 2) await turn()
  assert.deepEqual(filters(), ['action(include),name(DialEnd)', 'action(include),name(Hangup)'])
  hangup(1)
  await new Promise((resolve) => child.stdout.once('data', resolve))
  server.disconnect()
  while (filters().length < 4) await turn()
  hangup(2)
  assert.equal((await done).code, 0)
})

test('--server-filter takes comparisons with values, and with --call the server sends everything of the names', async () => {
  const added = async (...args: string[]) => {
    while (server.sessions.length > 0) await turn()
    const before = server.calls.length
    const child = line.start(['events', ...args, '--server-filter', '--count', '1', '--time', 'none'])
    const done = ended(child)
    const filters = () => server.calls.slice(before).filter(({ name }) => name === 'Filter')
    while (filters().length === 0) await turn()
    for (const n of [1, 2]) hangup(n)
    const { code, stdout } = await done
    assert.deepEqual([code, stdout.includes('PJSIP/2-1')], [0, true])
    return filters().map((call) => `${call.get('MatchCriteria')} ${call.get('Filter') ?? ''}`.trim())
  }
  assert.deepEqual(await added('Hangup', '-w', 'Channel=PJSIP/2-*'), [
    'action(include),name(Hangup),header(Channel),method(starts_with) PJSIP/2-',
  ])
  assert.deepEqual(await added('Hangup', '-w', 'uniqueid!=1.1'), [
    'action(include),name(Hangup)',
    'action(exclude),header(Uniqueid),method(exact) 1.1',
  ])
  assert.deepEqual(await added('Hangup', '-w', 'Channel=PJSIP/2-*', '--call', '2.1'), ['action(include),name(Hangup)'])
})

test('--server-filter leaves out what --not names, and says what it needs', async () => {
  while (server.sessions.length > 0) await turn()
  const before = server.calls.length
  await watch(['--not', 'VarSet', '--not', 'Newexten', '--server-filter', '--for', '50ms'], () => {})
  const filters = server.calls.slice(before).filter(({ name }) => name === 'Filter')
  assert.deepEqual(filters.map((call) => call.get('MatchCriteria')).sort(), [
    'action(exclude),name(Newexten)',
    'action(exclude),name(VarSet)',
  ])
  const [right, names, many, read] = await Promise.all([
    line.run(['events', 'Hangup', '--server-filter', '-c', 'reader']),
    line.run(['events', '--server-filter']),
    line.run(['events', '*', '--server-filter']),
    line.run(['events', 'Hangup', '--server-filter', '-r', 'x']),
  ])
  assert.deepEqual([right.code, names.code, many.code, read.code], [1, 2, 2, 2])
  assert.match(right.stderr, /write = system/)
  assert.match(many.stderr, /--server-filter cannot name \d+ events: 50 are the most/)
})

test('--rate on a terminal is a live table, and its end are the totals', { skip }, async () => {
  while (server.sessions.length > 0) await turn()
  await using terminal = await Terminal.open(env, 90, 16)
  await terminal.type('amiable events UserEvent Hangup --rate')
  await terminal.shows((screen) => /^EVENT +\/s +LAST 10 s +TOTAL +BYTES\/s\n/.test(screen) && /q leaves$/.test(screen))
  for (const n of [1, 2]) hangup(n)
  server.emit('UserEvent', { UserEvent: 'x\x1b[2J' })
  await terminal.shows((screen) => /^Hangup .* 2 /m.test(screen) && /^all .* 3 .*0 lost$/m.test(screen))
  server.disconnect()
  await terminal.shows((screen) => /connect/.test(screen.split('\n').at(-1) ?? ''))
  await terminal.press('q')
  const end = await terminal.shows((screen) => /\$$/.test(screen))
  assert.match(
    end,
    /\nall .* 3 .* 0 lost\n3 events in .*; the connection was lost once, and the events of that time are missing\n\$$/,
  )
})
