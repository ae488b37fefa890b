// The screens of the README are what the command prints: on a simulated Asterisk with two calls.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { startServer } from 'amiable/testing'
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
const shim = join(line.home, 'amiable')
writeFileSync(shim, `#!/bin/sh\nexec ${process.execPath} ${line.bin} "$@"\n`)
chmodSync(shim, 0o755)
const env = line.env({ PATH: `${line.home}:${process.env.PATH}` })

/** What a shell shows of a command line: both streams, as on a terminal. */
async function screenOf(command: string): Promise<string> {
  const { stdout } = await execute('bash', ['-c', `{ ${command}; } 2>&1`], { env, cwd: line.home })
  return stdout.trimEnd()
}

/** What differs each time: times, and ids that are drawn by lot. */
function lasting(screen: string): string {
  return screen
    .replace(/\d\d:\d\d:\d\d(?:\.\d+)?/g, 'TIME')
    .replace(/\b\d+(?:\.\d+)? m?s\b/g, 'SOME ms')
    .replace(/(-[\da-f]{8}(?:;1)?) {2}\S+$/gm, '$1  ID')
    .replace(/ActionID: \S+/g, 'ActionID: ID')
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
