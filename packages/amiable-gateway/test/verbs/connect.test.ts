// `check --connect` tries NATS and each login; without it nothing is opened (check.test.ts).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startServer } from 'amiable/testing'
import { natsObstacle, startNats } from '../../../../tools/servers/nats/nats.ts'
import { GatewayCommand, RunningGateway } from '../../../../tools/testbed/gateway-command.ts'

const skip = (await natsObstacle()) ?? false

test('what is right and what is not is said of each, and nothing is made', { skip }, async () => {
  const line = new GatewayCommand()
  const closing: (() => unknown)[] = [() => line[Symbol.dispose]()]
  after(async () => {
    for (const close of closing.reverse()) await close()
  })
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  closing.push(() => asterisk.close())
  const nats = await startNats('2.15', { configuration: 'authorization { users: [{ user: log, password: right }] }\n' })
  closing.push(() => nats.close())
  const right = line.file('right', 'right\n')
  const lean = line.file('lean', 'lean\n')
  const wrong = line.file('wrong', 'hush-wrong\n')
  const config = (ofNats: string, ofAsterisk: string) =>
    line.file(
      'gateway.yaml',
      `nats: { servers: ["${nats.urls[0]}"], user: log, password: { file: ${ofNats} } }
asterisks: { pbx1: { host: 127.0.0.1, port: ${asterisk.port}, username: gateway, secret: { file: ${ofAsterisk} } } }
log: { maxBytes: 8MiB, keepBytes: 8MiB }
http: false
`,
    )
  const check = async (status: number, path: string) => {
    const { code, stdout, stderr } = await line.run(['check', '--connect', '-c', path])
    assert.deepEqual([code, stderr], [status, ''], stdout)
    assert.doesNotMatch(stdout, /hush/)
    return stdout
  }

  const good = config(right, lean)
  assert.match(
    await check(0, good),
    /try NATS +well: nats-server 2\.\S+, to do: make AMI-LOG_pbx1, .*\n +try pbx1 +well: logged in as gateway/,
  )
  assert.match(await check(0, good), /to do: make AMI-LOG_pbx1/)
  const gateway = new RunningGateway(line.start(['run', '-c', good]))
  closing.push(() => gateway.end('SIGKILL'))
  await gateway.writes()
  assert.match(await check(0, good), /the streams are as wanted; .*; \S+ writes pbx1$/m)
  // whoever hears something else could not go on where that gateway ends
  const others = line.file('others.yaml', readFileSync(good, 'utf8').replace('username:', 'events: [call], username:'))
  assert.match(await check(1, others), /try NATS +FAILED: \S+ writes pbx1 with another username or other events/)
  // there is no signal that reads the configuration again
  assert.equal(await gateway.end('SIGHUP'), 0, gateway.errors)

  assert.match(await check(4, config(right, wrong)), /try NATS +well: .*\n +try pbx1 +FAILED: /)
  assert.match(await check(4, config(wrong, lean)), /try NATS +FAILED: .*\n +try pbx1 +well: /)
  await asterisk.close()
  assert.match(await check(3, config(right, lean)), /try pbx1 +FAILED: /)
})
