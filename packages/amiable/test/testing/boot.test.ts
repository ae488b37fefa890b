import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { type Client, type ClientOptions, createClient, getQueues, type Status } from '../../src/index.ts'
import { ManualClock, type SimulatedAsterisk, startServer } from '../../src/testing/index.ts'
import { settle } from '../../src/testing/time/settle.ts'

const users = {
  frank: 'lean',
  // reads no system; may write call, reporting and originate
  narrow: {
    secret: 'slim',
    read: ['call', 'agent'],
    write: ['call', 'originate', 'reporting', 'agent'],
  },
  // may ask for nothing that proves anything
  poor: { secret: 'slim', read: ['call', 'agent'], write: ['originate', 'agent'] },
} as const

describe('a simulator that boots', () => {
  test('takes logins, knows no action of a module, and says FullyBooted at its time', async () => {
    await using server = await startServer({ booted: false, clock: new ManualClock() })
    using client = await RawClient.login(server.port, 'on')
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Invalid\/unknown command: QueueStatus\./)
    assert.match(await client.ask({ Action: 'CoreSettings' }), /AsteriskVersion: 22/)
    assert.doesNotMatch(await client.ask({ Action: 'ListCommands' }), /QueueStatus|PJSIPShow|ConfbridgeList/)
    assert.match(await client.ask({ Action: 'ShowDialPlan', Context: 'default' }), /Did not find context default/)
    assert.match(await client.ask({ Action: 'ExtensionState', Exten: '101' }), /Status: -1\r\nStatusText: Unknown/)
    assert.match(await client.ask({ Action: 'Command', Command: 'core show version' }), /No such command/)
    assert.match(
      await client.ask({ Action: 'Command', Command: 'manager show user "frank"' }),
      /read perm: system,call,.*,all\r\n/,
    )
    assert.match(await client.ask({ Action: 'Getvar', Variable: 'IFMODULE(func_module.so)' }), /Value: \r\n/)
    assert.doesNotMatch(client.text, /FullyBooted/)
    await server.boot()
    assert.match(
      await client.until(/Event: FullyBooted\r\n(?:.+\r\n)*\r\n/),
      /Privilege: system,all\r\nStatus: Fully Booted\r\nUptime: 0\r\nLastReload: 0\r\n\r\n/,
    )
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Event: QueueParams/)
    assert.match(await client.ask({ Action: 'ListCommands' }), /QueueStatus: /)
    assert.match(await client.ask({ Action: 'ShowDialPlan', Context: 'default' }), /Event: ListDialplan/)
    assert.match(await client.ask({ Action: 'Command', Command: 'core show version' }), /Asterisk 22/)
    assert.match(await client.ask({ Action: 'Getvar', Variable: 'IFMODULE(func_module)' }), /Value: 1\r\n/)
    assert.match(await client.ask({ Action: 'Getvar', Variable: 'IFMODULE(no_such)' }), /Value: 0\r\n/)
    using late = await RawClient.login(server.port, 'system')
    await late.until(/Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 0\r\n/)
  })

  test('loads one module after another', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ booted: false, clock })
    using client = await RawClient.login(server.port, 'system')
    const booted = server.boot({ duration: 400, modules: ['pbx_config', 'app_confbridge', 'app_queue'] })
    const known = async () => {
      const commands = await client.ask({ Action: 'ListCommands' })
      return ['AGI', 'DialplanExtensionAdd', 'ConfbridgeList', 'QueueStatus'].filter((name) =>
        commands.includes(`\n${name}: `),
      )
    }
    assert.deepEqual(await known(), ['AGI'])
    await clock.advance(100)
    assert.deepEqual(await known(), ['AGI', 'DialplanExtensionAdd'])
    await clock.advance(100)
    assert.deepEqual(await known(), ['AGI', 'DialplanExtensionAdd', 'ConfbridgeList'])
    client.action({ Action: 'Command', ActionID: 'wait', Command: 'core waitfullybooted' })
    await settle()
    await clock.advance(100)
    assert.doesNotMatch(client.text, /has fully booted/)
    using other = await RawClient.login(server.port, 'call')
    const dial = { Action: 'Originate', Channel: 'Local/wait@default', Application: 'Wait', Data: '1', Async: 'true' }
    other.action(dial)
    await other.until(/Event: OriginateResponse\r\n(?:.+\r\n)*Reason: 0\r\n/)
    await clock.advance(100)
    await booted
    await client.until(/Output: Asterisk has fully booted\./)
    assert.deepEqual(await known(), ['AGI', 'DialplanExtensionAdd', 'ConfbridgeList', 'QueueStatus'])
  })

  test('denies what a module brings that does not run yet, and sends away who asks', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ booted: false, clock })
    using client = await RawClient.login(server.port)
    void server.boot({ duration: 200, modules: ['res_pjsip'] })
    assert.match(await client.ask({ Action: 'ListCommands' }), /PJSIPShowEndpoints: /)
    client.action({ Action: 'PJSIPShowEndpoints' })
    await client.closed()
    assert.match(client.text, /Message: Permission denied\r\n\r\n$/)
  })

  test('keeps a session that looks into the list of modules until they are all loaded', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ booted: false, clock })
    using client = await RawClient.login(server.port)
    void server.boot({ duration: 200, modules: ['app_queue'] })
    client.action({ Action: 'Getvar', ActionID: 'proof', Variable: 'IFMODULE(func_module.so)' })
    client.action({ Action: 'ModuleCheck', ActionID: 'check', Module: 'app_queue' })
    client.action({ Action: 'Ping', ActionID: 'behind' })
    await settle()
    assert.doesNotMatch(client.text, /proof|behind/)
    await clock.advance(100)
    await client.until(/ActionID: proof\r\n.*\r\nValue: 1\r\n\r\nResponse: Success\r\nActionID: check/)
    await client.until(/ActionID: behind/)
  })

  for (const [what, channel] of [
    ['the extension is not there', 'Local/wait@default'],
    ['the technology is not there', 'PJSIP/ep1'],
  ] as const) {
    test(`fails an Originate with reason 0: ${what}`, async () => {
      await using server = await startServer({ booted: false, endpoints: { ep1: { answers: 'answer' } } })
      using client = await RawClient.login(server.port, 'call')
      const dial = { Action: 'Originate', Channel: channel, Application: 'Wait', Data: '1', Async: 'true' }
      client.action(dial)
      await client.until(/Event: OriginateResponse\r\n(?:.+\r\n)*Reason: 0\r\n/)
      await server.boot()
      client.action(dial)
      await client.until(/Event: OriginateResponse\r\n(?:.+\r\n)*Reason: 4\r\n/)
    })
  }

  test('boots again at each restart, which resolves when it has booted', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ users, clock })
    const restarted = server.restart({ boot: { duration: 100 } })
    using client = await loginSoon(server)
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Invalid\/unknown command/)
    await clock.advance(100)
    await restarted
    await client.until(/Event: FullyBooted/)
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Event: QueueParams/)
  })

  test('restarts as often as it is told, also while nobody listens and in the middle of a boot', async () => {
    await using server = await startServer({ users })
    const restarts = [1, 2, 3].map((n) => server.restart({ downtime: 20 * n, boot: { duration: 50 } }))
    await Promise.all(restarts)
    using client = await RawClient.login(server.port, 'on')
    await client.until(/Event: FullyBooted/)
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Event: QueueParams/)
  })

  test('that is closed meanwhile leaves nobody waiting', async () => {
    const server = await startServer({ booted: false })
    const booted = server.boot({ duration: 60_000 })
    await server.close()
    await booted
  })

  test('a module that is unloaded takes its actions, its applications and its dialplan with it', async () => {
    await using server = await startServer()
    using client = await RawClient.login(server.port, 'call')
    const change = (LoadType: string, Module: string) => client.ask({ Action: 'ModuleLoad', LoadType, Module })
    assert.match(await change('unload', 'app_queue.so'), /Module unloaded/)
    assert.match(await change('unload', 'app_queue.so'), /Could not unload module/)
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Invalid\/unknown command/)
    await change('unload', 'pbx_config')
    assert.match(await client.ask({ Action: 'ShowDialPlan', Context: 'default' }), /Did not find context default/)
    await change('load', 'app_queue.so')
    await change('load', 'pbx_config')
    assert.match(await client.ask({ Action: 'QueueStatus' }), /Event: QueueParams/)
    assert.match(await client.ask({ Action: 'ShowDialPlan', Context: 'default' }), /Event: ListDialplan/)
  })
})

describe('a client of a simulator that restarts', () => {
  for (const username of ['frank', 'narrow', 'poor'] as const) {
    test(`reads and dials right at ready, as ${username}`, async () => {
      await using server = await startServer({ users, channelVars: [] })
      await using client = clientOf(server, username)
      const statuses = client.status()
      await client.connect()
      const first = await next(statuses, 'ready')
      assert.equal(first.booted, username === 'frank' ? true : 'unknown')
      await server.restart()
      const ready = await next(statuses, 'ready')
      assert.deepEqual([ready.epoch, ready.booted], [2, true])
      const [queues, call] = await Promise.all([
        getQueues(client),
        client.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 1 }),
      ])
      assert.deepEqual(queues.map(({ name }) => name).sort(), ['sales', 'support'])
      assert.equal(call.outcome, 'answered')
    })
  }

  test('is ready in time though the server still boots, and told that each refusal is none for good', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ users, clock })
    await using client = clientOf(server, 'narrow', { bootTimeout: 150 })
    const statuses = client.status()
    await client.connect()
    await next(statuses, 'ready')
    const restarted = server.restart({ boot: { duration: 1_500, modules: ['func_module', 'pbx_config', 'app_queue'] } })
    const ready = await next(statuses, 'ready')
    assert.equal(ready.booted, false)
    await assert.rejects(client.send('QueueStatus'), { code: 'AMI_REFUSED', retryable: true })
    const call = await client.originate({ Channel: 'Local/wait@default', Application: 'Wait', Data: 1 })
    assert.equal(call.outcome, 'notBooted')
    const read = client.send('QueueStatus', undefined, { retry: true })
    await clock.advance(1_500)
    await restarted
    assert.ok((await read).events.length > 2)
  })

  test('that logs in for the first time while it boots is held where it hears of the boot', async () => {
    const clock = new ManualClock()
    await using server = await startServer({ users, booted: false, clock })
    await using client = clientOf(server, 'frank', { clock })
    const connected = client.connect()
    const statuses = client.status()
    await server.waitFor('Command', { Command: /manager show user/ })
    await settle()
    assert.equal(client.state, 'authenticating')
    const read = client.send('QueueStatus', undefined, { timeout: 50 })
    await clock.advance(30_000)
    assert.equal(client.state, 'authenticating')
    await server.boot()
    await connected
    assert.equal((await next(statuses, 'ready')).booted, true)
    assert.ok((await read).events.length > 2)
  })

  test('that hears nothing of the boot is ready at once', async () => {
    await using server = await startServer({ users, booted: false })
    await using client = clientOf(server, 'narrow')
    const statuses = client.status()
    await client.connect()
    assert.equal((await next(statuses, 'ready')).booted, 'unknown')
    await assert.rejects(client.send('QueueStatus'), { code: 'AMI_REFUSED', retryable: true })
  })

  test('is told that a module is away for a while', async () => {
    await using server = await startServer({ users })
    await using client = clientOf(server, 'frank')
    await client.connect()
    await client.send('QueueStatus')
    await client.send('ModuleLoad', { LoadType: 'unload', Module: 'app_queue.so' })
    await assert.rejects(client.send('QueueStatus'), { code: 'AMI_REFUSED', retryable: true, message: /not yet/ })
    await assert.rejects(client.send('ConfbridgeList', { Conference: '1' }), { code: 'AMI_REFUSED', retryable: false })
    const read = client.send('QueueStatus', undefined, { retry: true })
    await client.send('ModuleLoad', { LoadType: 'load', Module: 'app_queue.so' })
    assert.ok((await read).events.length > 2)
  })
})

function clientOf(server: SimulatedAsterisk, username: keyof typeof users, more: Partial<ClientOptions> = {}): Client {
  const secret = username === 'frank' ? 'lean' : 'slim'
  const reconnect = { initialDelay: 10, maxDelay: 20 }
  return createClient({ host: '127.0.0.1', port: server.port, username, secret, reconnect, ...more })
}

async function next<T extends Status['type']>(
  statuses: AsyncIterableIterator<Status>,
  type: T,
): Promise<Extract<Status, { type: T }>> {
  for (;;) {
    const { value } = await statuses.next()
    if (value?.type === type) return value as Extract<Status, { type: T }>
    assert.ok(value, `no ${type}`)
  }
}

/** Logs in as soon as somebody listens again. */
async function loginSoon(server: SimulatedAsterisk): Promise<RawClient> {
  for (;;) {
    try {
      return await RawClient.login(server.port, 'on')
    } catch {
      await settle()
    }
  }
}
