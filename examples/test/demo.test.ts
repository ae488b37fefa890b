import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
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

test('the demo of AGI shows what a caller hears and presses, and what a handler sends', async () => {
  const { code, output } = await demo(['agi'])
  assert.equal(code, 0, output)
  const parts = [
    /listen\s+a FastAGI server on 127\.0\.0\.1:\d+/,
    /call\s+a simulated Asterisk hands it PJSIP\/caller/,
    /hears\s+enter-account/,
    /presses\s+0\n.*presses\s+8\n.*presses\s+1\n.*presses\s+5/,
    /handler\s+0815 is no account/,
    /hears\s+no-such-account\n.*presses\s+4/,
    /handler\s+4711 is an account/,
    /hears\s+options\n.*presses\s+2/,
    /end\s+AGISTATUS is SUCCESS, and the dialplan goes on at operator,1\n\s+BALANCE is 120/,
    /GET DATA enter-account 0 4/,
    /exten => 100,1,AGI\(agi:/,
  ]
  let rest = output
  for (const part of parts) {
    const found = part.exec(rest)
    assert.ok(found, `${part} is not in what is left of\n${output}`)
    rest = rest.slice(found.index + found[0].length)
  }
  assert.doesNotMatch(output, STYLED)
})

test('the demo of the command shows lists, events, calls and mistakes, with their exit status', async () => {
  const { code, output } = await demo(['cli'])
  assert.equal(code, 0, output)
  for (const part of [
    /^\$ amiable list channels\nCHANNEL +STATE/m,
    /^No such command 'pjsip reload'.*\nexit status 1$/m,
    /^4 events in /m,
    /^answered after /m,
    /^busy after .*\nexit status 10$/m,
    /QueuePause has no parameter Interfce; did you mean Interface\?\n.*\nexit status 2$/m,
    /^write = agent$/m,
  ]) {
    assert.match(output, part)
  }
  assert.doesNotMatch(output, STYLED)
})

test('the demo of the gateway kills one of two in the middle of a call, and the log has every event once', async (t) => {
  const obstacle = await natsObstacle()
  if (obstacle !== undefined) return t.skip(obstacle)
  const { code, output } = await demo(['gateway'])
  assert.equal(code, 0, output)
  const parts = [
    /nats\s+nats-server 2\.\d+\.\d+ on 127/,
    /gateways\s+gw-a writes/,
    /delivered: yes/,
    /BridgeEnter/,
    /gw-a was killed/,
    /take-over\s+gw-b writes after \d/,
    /delivered: yes.*the reply of an earlier request with this key/,
    /pbx1: \d+ events in 1 to \d+, .*; the log holds/,
    /judge\s+another session received \d+ events meanwhile: of these the log lacks 0, and has 0 twice, in the same order/,
    /npx amiable-gateway init/,
  ]
  let rest = output
  for (const part of parts) {
    const found = part.exec(rest)
    assert.ok(found, `${part} is not in what is left of\n${output}`)
    rest = rest.slice(found.index + found[0].length)
  }
  assert.doesNotMatch(output, STYLED)
})

for (const [signal, args, when] of [
  ['SIGTERM', [], 'originate'],
  ['SIGINT', [], 'originate'],
  ['SIGINT', ['agi'], 'presses'],
  ['SIGINT', ['cli'], 'BridgeEnter'],
  ['SIGTERM', ['wallboard'], 'in a browser'],
] as const) {
  test(`${signal} in the middle of ${args[0] ?? 'it'} closes it cleanly`, async () => {
    const child = start(args)
    let said = ''
    const kill = (text: string) => {
      said += text
      if (!said.includes(when)) return
      child.stdout?.off('data', kill)
      child.kill(signal)
    }
    child.stdout?.on('data', kill)
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
    [['pager'], /no demo 'pager'/],
    [['agi', '--host', 'pbx'], /takes no options/],
  ]
  for (const [args, expected] of cases) {
    const { code, output } = await demo(args, 'hush')
    assert.equal(code, 1)
    assert.match(output, expected)
  }
  assert.equal((await demo(['--help'])).code, 0)
})
