import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { demo, end, start } from './demo.ts'
import { EXAMPLES } from './examples.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would take for a style
const STYLED = /\x1b\[/

test('the demo makes a call on a simulated Asterisk and ends by itself', async () => {
  const { code, output } = await demo([])
  assert.equal(code, 0, output)
  assert.match(output, /start\s+a simulated Asterisk/)
  assert.match(output, /ping\s+Pong in/)
  assert.match(output, /channels\s+/)
  assert.match(output, /originate\s+PJSIP\/anna → ben/)
  for (const what of ['Newchannel', 'the outcome: answered', 'BridgeEnter', 'Hangup'])
    assert.ok(output.includes(what), output)
  assert.match(output, /close\s+logged off/)
  assert.match(output, /npm run demo -- --host/)
  assert.doesNotMatch(output, STYLED)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} in the middle closes it cleanly`, async () => {
    const child = start([])
    child.stdout?.on('data', (text: string) => {
      if (text.includes('originate')) child.kill(signal)
    })
    const { code, output } = await end(child)
    assert.equal(code, 0, output)
    assert.match(output, new RegExp(`Ended by ${signal}`))
  })
}

test('whoever reads no further, as `head` does, ends it cleanly too', async () => {
  const child = start([])
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { code, output } = await end(child)
  assert.deepEqual({ code, said: output.includes('Error') }, { code: 0, said: false })
})

test('a secret on the command line is refused, and not repeated', async () => {
  for (const args of [['--secret', 'hush'], ['--secret=hush']]) {
    const { code, output } = await demo(['--host', 'pbx', '--username', 'frank', ...args])
    assert.equal(code, 1)
    assert.match(output, /AMIABLE_SECRET/)
    assert.doesNotMatch(output, /hush/)
  }
})

test('without a terminal and without AMIABLE_SECRET it says what to do', async () => {
  const { code, output } = await demo(['--host', '127.0.0.1', '--port', '1', '--username', 'frank'])
  assert.equal(code, 1)
  assert.match(output, /set AMIABLE_SECRET/)
})

const script = spawnSync('script', ['--version']).status === 0

test('at a terminal the secret is asked for, and not shown', { skip: !script && 'there is no script(1)' }, async () => {
  const command = `exec '${process.execPath}' --import tsx demo.ts --host 127.0.0.1 --port 1 --username frank`
  const { AMIABLE_SECRET: _, ...env } = process.env
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: EXAMPLES, env })
  child.stdout.setEncoding('utf8')
  child.stdout.once('data', () => child.stdin.write('hush\r'))
  const { code, output } = await end(child)
  assert.equal(code, 1, output)
  assert.match(output, /^Secret of frank: \r\nAMI_CONNECT/)
  assert.doesNotMatch(output, /hush/)
})

test('a server that is not there is one line and exit code 1', async () => {
  const { code, output } = await demo(['--host', '127.0.0.1', '--port', '1', '--username', 'frank'], 'hush')
  assert.equal(code, 1)
  assert.match(output, /^AMI_CONNECT: 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/)
  assert.doesNotMatch(output, /hush/)
})

test('options that make no sense are explained', async () => {
  const cases: [string[], RegExp][] = [
    [['--host', 'pbx'], /--username/],
    [['--channel', 'Local/1'], /--host/],
    [['--host', 'pbx', '--username', 'x', '--port', 'ami'], /--port is a number/],
    [['--host', 'pbx', '--username', 'x', '--channel', 'Local/1', '--context', 'c'], /go together/],
    [['--nonsense'], /--nonsense/],
  ]
  for (const [args, expected] of cases) {
    const { code, output } = await demo(args, 'hush')
    assert.equal(code, 1)
    assert.match(output, expected)
  }
  assert.equal((await demo(['--help'])).code, 0)
})
