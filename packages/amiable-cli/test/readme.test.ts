// The screens of the README are what the command prints: on a simulated Asterisk with two calls.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from 'amiable'
import { record, startServer } from 'amiable/testing'
import { CommandLine } from '../../../tools/testbed/command.ts'

const execute = promisify(execFile)
const server = await startServer({
  users: { frank: 'lean' },
  endpoints: { 100: { answers: 'answer' }, 200: { answers: 'busy' } },
})
for (const [number, name, exten] of [
  ['100', 'Ann', '200'],
  ['200', 'Ben', 'echo'],
] as const) {
  server.channels.create({ name: `PJSIP/${number}-0000002a`, callerIdNum: number, callerIdName: name, exten })
}
/** Records a call that is answered, for the screens of recordings. */
async function recordCall(file: string): Promise<void> {
  await using office = await startServer({
    users: { frank: 'lean' },
    endpoints: { 200: { answers: 'answer', ringTime: 5 } },
  })
  office.system.dialplan('[default]\nexten => 200,1,Dial(PJSIP/200,60)\n')
  await using client = await connect({ host: '127.0.0.1', port: office.port, username: 'frank', secret: 'lean' })
  const recorder = record(client, file)
  const { channels } = office
  const caller = { name: 'PJSIP/100-0000002a', callerIdNum: '100', callerIdName: 'Ann', exten: '200' }
  channels.create({ ...caller, run: true })
  while (channels.list().filter(({ bridge }) => bridge !== '').length < 2) await turn()
  channels.hangup(caller.name)
  while (channels.list().length > 0) await turn()
  await client.send('Ping')
  await recorder.stop()
}

const line = new CommandLine({ pbx1: { port: server.port, username: 'frank', secret: 'lean' } })
after(async () => {
  line[Symbol.dispose]()
  await server.close()
})
line.file(
  'manager.conf',
  `[general]
enabled = yes
bindaddr = 127.0.0.1
[frank]
secret = kN7c2vQ0xTz8mB4e
permit = 127.0.0.1/255.255.255.255
read = call, log
`,
  0o600,
)
await recordCall(join(line.home, 'friday.jsonl'))
const env = line.named()

/** What a shell shows of a command line: both streams, as on a terminal. */
async function screenOf(command: string): Promise<string> {
  const { stdout } = await execute('bash', ['-c', `{ ${command}; } 2>&1`], { env, cwd: line.home })
  return stdout.trimEnd()
}

/** What differs each time: times, and ids that are drawn by lot. */
function lasting(screen: string): string {
  return screen
    .replace(/\d\d:\d\d:\d\d(?:\.\d+)?/g, 'TIME')
    .replace(/\b\d\d:\d\d\b/g, 'TIME')
    .replace(/\b\d+(?:\.\d+)? m?s\b/g, 'SOME ms')
    .replace(/(-[\da-f]{8}(?:;1)?) {2}\S+$/gm, '$1  ID')
    .replace(/ActionID: \S+/g, 'ActionID: ID')
    .replace(/^ +\d+\.\d{3} /gm, 'TIME ')
    .replace(/bridge [\da-f]{4} /g, 'bridge ID ')
    .replace(/ {2,}/g, '  ')
}

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const screens = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  [...block.matchAll(/^\$ (.+)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command = '', output = '']) => ({
    command,
    output: output.trimEnd(),
  })),
)

test('the README has screens', () => assert.ok(screens.length > 6))

for (const { command, output } of screens) {
  test(`$ ${command}`, async () => {
    const screen = await screenOf(command)
    assert.equal(lasting(screen), lasting(output), screen)
  })
}
