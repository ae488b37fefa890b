// The verbs as a person types them, against a gateway that runs: what they print, and how they leave.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { NatsVersion } from '../../tools/servers/nats/binary.ts'
import { startNats } from '../../tools/servers/nats/nats.ts'
import { GatewayCommand, RunningGateway } from '../../tools/testbed/gateway-command.ts'
import type { Target } from '../targets.ts'

/** Runs a gateway and tries each verb that needs one. */
export async function tryVerbs(
  { host, port, username, secret }: Target,
  version: NatsVersion,
  later: (close: () => Promise<void>) => void,
): Promise<void> {
  const nats = await startNats(version)
  later(() => nats.close())
  const line = new GatewayCommand()
  later(async () => line[Symbol.dispose]())
  const http = await freePort()
  const config = line.file(
    'gateway.yaml',
    `gateway: { name: gw-a }
nats: { servers: ["${nats.urls[0]}"] }
asterisks:
  pbx1: { host: ${host}, port: ${port}, username: ${username}, secret: { file: ${line.file('secret', `${secret}\n`)} } }
actions: { classes: [read, call, message], contexts: [default] }
log: { maxBytes: 64MiB, keepBytes: 64MiB }
http: { listen: "127.0.0.1:${http}" }
`,
  )
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await line.run([...words, '-c', config])
    return { code, stdout, stderr, said: `${words.join(' ')}: ${code}\n${stdout}\n${stderr}` }
  }
  const leaves = async (expected: number, ...words: string[]) => {
    const ran = await run(...words)
    assert.equal(ran.code, expected, ran.said)
    return ran
  }

  await leaves(3, 'health')
  await leaves(3, 'call', 'pbx1', 'Ping')
  const made = await leaves(0, 'init', '--team', 'crm')
  assert.match(made.stdout, /^stream AMI-LOG_pbx1: make\n[\s\S]*^consumer crm of AMI: make\n$/m)
  assert.equal((await leaves(0, 'init', '--team', 'crm')).stdout, 'everything is as wanted\n')
  assert.match((await leaves(1, 'status')).stdout, /nobody writes/)

  const gateway = new RunningGateway(line.start(['run', '-c', config]))
  later(async () => void (await gateway.end('SIGKILL')))
  await gateway.writes()
  await gateway.said(({ msg }) => msg === 'acting session: ready')
  await leaves(0, 'health')
  assert.match((await leaves(0, 'call', 'pbx1', 'Ping')).stdout, /^Response: Success$/m)

  // what is stored from now on has a sequence, and comes out as text and as JSON
  const watching = run('watch', 'pbx1', '-e', 'UserEvent', '-n', '1', '--since', new Date().toISOString())
  await leaves(0, 'call', 'pbx1', 'UserEvent', 'UserEvent=Verbs', 'N=1', '--key', 'n1')
  const again = await leaves(0, 'call', 'pbx1', 'UserEvent', 'UserEvent=Verbs', 'N=1', '--key', 'n1')
  assert.match(again.stderr, /^amiable-gateway: delivered: yes, by gw-a in \d+ ms, the reply of an earlier request/)
  const seen = await watching
  assert.equal(seen.code, 0, seen.said)
  assert.match(seen.stdout, /^\d\d:\d\d:\d\d\.\d{3} pbx1 \d+ UserEvent UserEvent=Verbs$/m)
  const json = await leaves(0, 'watch', '--since', '2020-01-01', '-e', 'User*', '-n', '1', '-o', 'json')
  const events = json.stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  assert.equal(events.at(-1).data.N, '1')
  assert.equal(events[0].gap.cause, 'log')

  const refused = await leaves(1, 'call', 'pbx1', 'Hangup', 'Channel=PJSIP/none-1')
  assert.match(refused.stderr, /^amiable-gateway: pbx1: Hangup was refused: .*\n {2}delivered: yes\n$/)
  const denied = await leaves(1, 'call', 'pbx1', 'Reload', '-o', 'json')
  const { error } = JSON.parse(denied.stderr)
  assert.deepEqual([error.code, error.exit, error.delivered], ['GW_DENIED', 1, 'no'])
  await leaves(1, 'call', 'pbx1', 'Originate', 'Channel=Local/1@none', 'Context=none', 'Exten=1', 'Priority=1')
  await leaves(2, 'call', 'pbx2', 'Ping')

  const { stdout: text } = await leaves(0, 'status')
  assert.match(text, /^pbx1\n {2}Asterisk +up since .*\n {2}writer +gw-a since /)
  const [status] = JSON.parse((await leaves(0, 'status', '-o', 'json')).stdout)
  assert.deepEqual(
    [status.isWritten, status.link.up, status.writer.gateway, status.gateways[0].role],
    [true, true, 'gw-a', 'writing'],
  )
  assert.equal(status.gateways[0].ring.limit, 64 * 1024 * 1024)
  assert.match((await leaves(0, 'verify')).stdout, /^pbx1: \d+ events in 1 to \d+, gaps: .*; the log holds\n$/)

  // a gateway that is stopped in its tracks may have sent it
  gateway.child.kill('SIGSTOP')
  const unknown = await leaves(6, 'call', 'pbx1', 'UserEvent', 'UserEvent=Verbs', '--timeout', '300ms')
  assert.match(unknown.stderr, /\n {2}delivered: unknown: look before you ask again without a key\n$/)
  gateway.child.kill('SIGCONT')
  assert.equal(await gateway.end(), 0, gateway.errors)
  const nobody = await leaves(3, 'call', 'pbx1', 'Ping')
  assert.match(nobody.stderr, /^amiable-gateway: no gateway takes Ping for pbx1 now.*\n {2}delivered: no\n$/)
  await nats.kill()
  for (const verb of ['status', 'verify', 'watch']) await leaves(3, verb)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
