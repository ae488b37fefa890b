// `list --watch`: a line of JSON for each look, and a screen with marks on what changed.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { CommandLine, ended } from '../../../../tools/testbed/command.ts'
import { hasTmux, Terminal } from '../../../../tools/testbed/tmux.ts'

const skip = !hasTmux && 'there is no tmux to be the terminal'
const users = { frank: 'lean', reader: { secret: 'lean', write: [] } }
const server = await startServer({ users })
const account = { port: server.port, username: 'frank', secret: 'lean' }
const line = new CommandLine({
  pbx1: account,
  away: { ...account, port: 1 },
  reader: { ...account, username: 'reader' },
})
writeFileSync(`${line.home}/amiable`, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`, { mode: 0o755 })
const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})

test('-o jsonl is a document for each look, until ^C', async () => {
  const child = line.start(['list', 'channels', '-W', '20ms', '-o', 'jsonl', '--limit', '1'])
  const done = ended(child)
  let seen = ''
  const shows = (text: string) =>
    new Promise<void>((resolve) =>
      child.stdout.on('data', (part: string) => {
        seen += part
        if (seen.includes(text)) resolve()
      }),
    )
  const [empty, full] = [shows('"rows":[]'), shows('PJSIP/1-00000001')]
  await empty
  for (const n of [1, 2]) server.channels.create({ name: `PJSIP/${n}-0000000${n}`, callerIdName: 'x\x1b[2J' })
  await full
  child.kill('SIGINT')
  const { code, stdout, stderr } = await done
  assert.deepEqual([code, stderr], [0, ''])
  const looks = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  assert.deepEqual([looks[0].source, looks[0].rows], ['pbx1', []])
  assert.ok(looks.every(({ time }) => new Date(time).toISOString() === time))
  assert.deepEqual(
    looks.at(-1).rows.map((row: { data: { Channel: string } }) => row.data.Channel),
    ['PJSIP/1-00000001'],
  )
  assert.ok(!stdout.includes('\x1b'))
})

test('a screen needs a terminal, and a first look that fails is an error', async () => {
  const [pipe, csv, away, refused] = await Promise.all([
    line.run(['list', 'queues', '--watch']),
    line.run(['list', 'queues', '--watch', '-o', 'csv']),
    line.run(['list', 'queues', '-c', 'away', '--watch', '-o', 'jsonl']),
    line.run(['list', 'channels', '-c', 'reader', '--watch', '-o', 'jsonl']),
  ])
  assert.deepEqual([pipe.code, csv.code, away.code, refused.code], [2, 2, 3, 1])
  assert.match(pipe.stderr, /--watch is a screen and needs a terminal\n {2}With -o jsonl/)
  assert.equal(JSON.parse(refused.stderr).error.code, 'AMI_REFUSED')
})

test('the screen is drawn again, and q gives the terminal back', { skip }, async () => {
  for (const { name } of server.channels.list()) server.channels.hangup(name)
  const id = server.channels.create({ name: 'PJSIP/100-0000002a', callerIdNum: '100', callerIdName: 'Ann\x1b[2J' })
  await using terminal = await Terminal.open(env, 110, 12)
  await terminal.type('amiable list channels -W 50ms')
  const first = await terminal.shows((screen) => /^pbx1 {2}channels 1 {2}[\d:]+ {2}q leaves\n/.test(screen))
  assert.match(first, /\nPJSIP\/100-0000002a {2}Ring .*Ann\\x1b\[2J <100>/)
  // the mark itself is there for one look alone: the board's own test has it
  server.channels.answer(id)
  await terminal.shows((screen) => /^PJSIP\/100-0000002a\*? +Up/m.test(screen))
  await terminal.press('q')
  await terminal.shows((screen) => /\$$/.test(screen))
})

test('a lost connection is said, and the rows are those of before until it is there again', { skip }, async () => {
  const first = await startServer({ users })
  using other = new CommandLine({ pbx1: { ...account, port: first.port } })
  await using terminal = await Terminal.open({ ...env, HOME: other.home }, 110, 12)
  await terminal.type('amiable list queues -W 100ms')
  await terminal.shows((screen) => screen.includes('support'))
  await first.close()
  const lost = await terminal.shows((screen) => screen.includes('CONNECTION LOST'))
  assert.match(lost, /^pbx1 {2}queues 2 {2}pbx1: CONNECTION LOST: this is how it was at [\d:]{8} {2}q leaves\n/)
  assert.match(lost, /^sales /m)
  await using again = await startServer({ users, queues: { new: {} }, port: first.port })
  await terminal.shows((screen) => /^new/m.test(screen) && !screen.includes('LOST'))
  assert.equal(again.port, first.port)
  await terminal.press('C-c')
  await terminal.shows((screen) => /\$$/.test(screen))
})
