import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ClientOptions } from '../../src/client/options.ts'
import { settle } from '../../src/testing/time/settle.ts'
import type { Peer } from '../support/peer.ts'
import { Rig, readyRig, watch } from '../support/rig.ts'

const UNKNOWN = (action: string) =>
  `Message: Invalid/unknown command: ${action}. Use Action: ListCommands to show available commands.`

/** Loses the link of a rig that has heard FullyBooted, and is taken by a server that boots. */
async function backWhileBooting(rig: Rig): Promise<Peer> {
  rig.peer.end()
  await settle()
  rig.clock.tick(100)
  await settle()
  await rig.peer.acceptWhileBooting()
  await settle()
  rig.peer.reply(rig.peer.actions.at(-1)!, 'Success', 'Ping: Keepalive.  (Priv: <none>)')
  await settle()
  return rig.peer
}

/** A rig of an account that hears no `system`, ready for the first time. */
async function narrowRig(options: Partial<ClientOptions> = {}, ...commands: string[]): Promise<Rig> {
  const rig = new Rig({ keepalive: { interval: 1_000_000 }, ...options })
  const connected = rig.client.connect()
  const peer = await rig.nextPeer()
  await peer.acceptWhileBooting()
  const asked = await peer.next()
  assert.equal(asked.name, 'ListCommands')
  peer.reply(asked, 'Success', ...commands.map((name) => `${name}: x`))
  peer.reply(await peer.next(), 'Error', 'Message: Permission denied')
  await connected
  await settle()
  return rig
}

describe('calls that wait while the server boots', () => {
  test('are held, and their time stands still', async () => {
    await using rig = await readyRig({ actionTimeout: 1_000 })
    const { client } = rig
    rig.peer.end()
    await settle()
    const early = watch(client.sendRaw('Early'))
    rig.clock.tick(100)
    await settle()
    await rig.peer.acceptWhileBooting()
    await settle()
    const late = watch(client.sendRaw('Late'))
    rig.clock.tick(9_000)
    await settle()
    assert.deepEqual([early.done, late.done, client.stats().queued, client.state], [false, false, 2, 'authenticating'])
    rig.peer.fullyBooted()
    await settle()
    assert.deepEqual(
      rig.peer.actions.slice(-2).map(({ name }) => name),
      ['Early', 'Late'],
    )
    rig.clock.tick(899)
    await settle()
    assert.equal(early.done, false)
    rig.clock.tick(1)
    await settle()
    assert.match(String(early.error), /no answer to Early .* within 1000 ms/)
    assert.equal(late.done, false)
    rig.clock.tick(100)
    await settle()
    assert.equal((late.error as { code: string }).code, 'AMI_TIMEOUT')
  })

  test('go out when the time is over, under a ready that says so', async () => {
    await using rig = await readyRig({ bootTimeout: 2_000 })
    const peer = await backWhileBooting(rig)
    const call = rig.client.sendRaw('Ping')
    rig.clock.tick(2_000)
    await settle()
    const ready = rig.last('ready')
    assert.deepEqual([ready?.epoch, ready?.booted], [2, false])
    peer.reply(peer.actions.at(-1)!)
    await call
  })

  test('can be given up, and end with the client', async () => {
    await using rig = await readyRig()
    await backWhileBooting(rig)
    const controller = new AbortController()
    const aborted = watch(rig.client.sendRaw('Ping', {}, { signal: controller.signal }))
    const closed = watch(rig.client.sendRaw('Ping'))
    controller.abort(new Error('enough'))
    await rig.client.close()
    await settle()
    assert.match(String(aborted.error), /enough/)
    assert.equal((closed.error as { code: string }).code, 'AMI_CLOSED')
    assert.equal(rig.clock.pending, 0)
  })

  test('are told of a further loss, and go on waiting', async () => {
    await using rig = await readyRig({ actionTimeout: 1_000 })
    await backWhileBooting(rig)
    const call = rig.client.sendRaw('Ping')
    rig.clock.tick(10_000)
    rig.peer.end()
    await settle()
    rig.clock.tick(rig.last('waiting')?.delay ?? 0)
    await settle()
    await rig.peer.accept()
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await call
  })

  test('connect() that finds the server closing meanwhile rejects as where none was reached', async () => {
    await using rig = new Rig({ reconnect: false })
    const connected = watch(rig.client.connect())
    const peer = await rig.nextPeer()
    await peer.acceptWhileBooting()
    await peer.next()
    peer.end()
    await settle()
    const { code, retryable, message } = connected.error as { code: string; retryable: boolean; message: string }
    assert.deepEqual([code, retryable], ['AMI_CONNECT', true])
    assert.match(message, /the server ended the connection while it booted$/)
  })

  test('connect() waits as well, and events are heard meanwhile', async () => {
    await using rig = new Rig()
    const heard: string[] = []
    rig.client.on('*', ({ Event, epoch }) => heard.push(`${Event} ${epoch}`))
    const connected = watch(rig.client.connect())
    const peer = await rig.nextPeer()
    await peer.acceptWhileBooting()
    peer.reply(await peer.next(), 'Success', 'Command: x')
    peer.reply(await peer.next(), 'Error', "Output: No such command 'core show version'")
    await settle()
    peer.reply(await peer.next(), 'Success', 'Output: read perm: system,all')
    peer.say('Event: PeerStatus')
    await settle()
    assert.deepEqual([connected.done, heard], [false, ['PeerStatus 1']])
    peer.fullyBooted()
    await settle()
    assert.equal(connected.done, true)
    assert.deepEqual(heard, ['PeerStatus 1', 'FullyBooted 1'])
    assert.deepEqual(rig.told, ['connecting', 'ready', 'booted'])
  })
})

describe('a refusal', () => {
  async function refusal(rig: Rig, action: string, message: string): Promise<{ retryable: boolean; message: string }> {
    const call = watch(rig.client.sendRaw(action))
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', message)
    await settle()
    return call.error as { retryable: boolean; message: string }
  }

  test('of an action that Asterisk has, while nobody knows whether the server has booted, means not yet', async () => {
    await using rig = await narrowRig({}, 'Ping')
    const error = await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))
    assert.equal(error.retryable, true)
    assert.match(error.message, /Invalid\/unknown command: QueueStatus\..* \(not yet: /)
    assert.equal((await refusal(rig, 'Nonsense', UNKNOWN('Nonsense'))).retryable, false)
    assert.equal((await refusal(rig, 'MeetmeMute', UNKNOWN('MeetmeMute'))).retryable, true)
    assert.equal((await refusal(rig, 'Hangup', 'Message: No such channel')).retryable, false)
    assert.equal((await refusal(rig, 'Originate', 'Message: Extension does not exist.')).retryable, true)
    assert.equal((await refusal(rig, 'DBPut', 'Message: Permission denied')).retryable, false)
    rig.clock.tick(60_000)
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, false)
  })

  test('where the server still boots, and says so itself, means not yet, whatever its words', async () => {
    await using rig = await readyRig({ bootTimeout: 1_000 })
    await backWhileBooting(rig)
    rig.clock.tick(1_000)
    await settle()
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, true)
    assert.equal((await refusal(rig, 'PJSIPShowAors', 'Message: No AORs found\n')).retryable, true)
    assert.equal((await refusal(rig, 'Nonsense', UNKNOWN('Nonsense'))).retryable, false)
    rig.peer.fullyBooted()
    await settle()
    assert.equal((await refusal(rig, 'PJSIPShowAors', 'Message: No AORs found\n')).retryable, false)
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, false)
  })

  test('of an action that worked under this login means that its module is away', async () => {
    await using rig = await readyRig()
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, false)
    const works = rig.client.sendRaw('QueueStatus')
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await works
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, true)
    assert.equal((await refusal(rig, 'QueueStatus', 'Message: Permission denied')).retryable, true)
    assert.equal((await refusal(rig, 'QueueSummary', 'Message: Permission denied')).retryable, false)
  })

  test('of an action that ListCommands had means that its module is away, though it never was sent', async () => {
    await using rig = await narrowRig({}, 'QueueStatus', 'SIPpeers', 'MyAction')
    rig.clock.tick(60_000)
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, true)
    assert.equal((await refusal(rig, 'MyAction', UNKNOWN('MyAction'))).retryable, true)
    assert.equal((await refusal(rig, 'SIPpeers', UNKNOWN('SIPpeers'))).retryable, false, 'Asterisk 22 has none')
    assert.equal((await refusal(rig, 'QueueSummary', UNKNOWN('QueueSummary'))).retryable, false)
  })

  test('of an action that worked under an earlier login means that its module is away, unless this version has none', async () => {
    await using rig = await readyRig()
    for (const action of ['QueueStatus', 'SIPpeers', 'MyAction']) {
      const works = rig.client.sendRaw(action)
      await settle()
      rig.peer.reply(rig.peer.actions.at(-1)!)
      await works
    }
    for (let login = 0; login < 2; login++) {
      rig.peer.end()
      await settle()
      rig.clock.tick(rig.last('waiting')?.delay ?? 0)
      await settle()
      await rig.peer.accept()
      await settle()
    }
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, true)
    assert.equal((await refusal(rig, 'MyAction', UNKNOWN('MyAction'))).retryable, true)
    assert.equal((await refusal(rig, 'SIPpeers', UNKNOWN('SIPpeers'))).retryable, false, 'Asterisk 22 has none')
    assert.equal((await refusal(rig, 'QueueStatus', 'Message: Permission denied')).retryable, false)
  })

  test('behind a FullyBooted that a stranger forged means not yet where the action worked, and a second one is no news', async () => {
    await using rig = await readyRig()
    const works = rig.client.sendRaw('QueueStatus')
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await works
    const peer = await backWhileBooting(rig)
    const told = () => rig.statuses.filter(({ type }) => type === 'ready' || type === 'booted').map(({ type }) => type)
    const before = told().length
    // what a line break in a value of his can make
    peer.say('Event: FullyBooted', 'Privilege: system,all', 'Status: Fully Booted', 'Rest: of the value')
    await settle()
    assert.deepEqual(told().slice(before), ['ready', 'booted'])
    assert.equal((await refusal(rig, 'QueueStatus', UNKNOWN('QueueStatus'))).retryable, true)
    peer.fullyBooted()
    peer.fullyBooted()
    await settle()
    assert.deepEqual(told().slice(before), ['ready', 'booted'])
    assert.equal(rig.client.state, 'ready')
  })

  test('of an action of one’s own that the last login had means not yet while the server boots', async () => {
    await using rig = await readyRig({ bootTimeout: 1_000 })
    const works = rig.client.sendRaw('MyAction')
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await works
    await backWhileBooting(rig)
    rig.clock.tick(1_000)
    await settle()
    assert.equal((await refusal(rig, 'MyAction', UNKNOWN('MyAction'))).retryable, true)
    assert.equal((await refusal(rig, 'MyAction', 'Message: Permission denied')).retryable, true)
  })

  test('of a command that the CLI does not know means not yet for a second behind a late FullyBooted', async () => {
    const absent = ["Output: No such command 'core show version'", 'Message: Command output follows']
    await using rig = await readyRig()
    const ask = async () => {
      const call = watch(rig.client.command('core show version'))
      await settle()
      rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', ...absent)
      await settle()
      return (call.error as { retryable: boolean }).retryable
    }
    assert.equal(await ask(), false)
    await backWhileBooting(rig)
    rig.peer.fullyBooted()
    await settle()
    assert.equal(await ask(), true)
    rig.clock.tick(1_000)
    assert.equal(await ask(), false)
  })

  test('while the server shuts down gracefully means not yet', async () => {
    await using rig = await readyRig()
    assert.equal((await refusal(rig, 'Ping', 'Message: Asterisk is shutting down')).retryable, true)
  })
})

describe('retry: true', () => {
  test('sends what was refused for now again each second', async () => {
    await using rig = await narrowRig()
    const call = watch(rig.client.sendRaw('QueueStatus', {}, { retry: true }))
    for (let n = 1; n <= 3; n++) {
      await settle()
      assert.equal(rig.peer.actions.filter(({ name }) => name === 'QueueStatus').length, n)
      rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', UNKNOWN('QueueStatus'))
      await settle()
      assert.deepEqual([rig.client.stats().inFlight, rig.client.stats().queued], [0, 1])
      rig.clock.tick(1_000)
    }
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await settle()
    assert.equal(call.error, undefined)
    assert.equal(call.done, true)
  })

  test('ends in time, with the refusal', async () => {
    await using rig = await narrowRig()
    const call = watch(rig.client.sendRaw('QueueStatus', {}, { retry: true, timeout: 500 }))
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', UNKNOWN('QueueStatus'))
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.deepEqual(
      [(call.error as { code: string }).code, (call.error as { retryable: boolean }).retryable],
      ['AMI_REFUSED', true],
    )
    rig.clock.tick(1_000)
    await settle()
    assert.equal(rig.peer.actions.filter(({ name }) => name === 'QueueStatus').length, 1)
  })

  test('is sent under the next login where the link goes meanwhile, and can be given up', async () => {
    await using rig = await narrowRig()
    const controller = new AbortController()
    const call = watch(rig.client.sendRaw('QueueStatus', {}, { retry: true }))
    const given = watch(rig.client.sendRaw('QueueSummary', {}, { retry: true, signal: controller.signal }))
    await settle()
    for (const heard of rig.peer.actions.slice(-2)) rig.peer.reply(heard, 'Error', UNKNOWN(heard.name))
    await settle()
    assert.throws(() => rig.client.sendRaw('Ping', {}, { actionId: rig.peer.actions.at(-2)!.id }))
    controller.abort(new Error('enough'))
    await settle()
    assert.match(String(given.error), /enough/)
    rig.peer.end()
    await settle()
    rig.clock.tick(100)
    await settle()
    await rig.peer.accept()
    await settle()
    assert.deepEqual(
      rig.peer.actions.slice(2).map(({ name }) => name),
      ['QueueStatus'],
    )
    rig.peer.reply(rig.peer.actions.at(-1)!)
    await settle()
    assert.equal(call.done, true)
  })

  test('ends with the client', async () => {
    await using rig = await narrowRig()
    const call = watch(rig.client.sendRaw('QueueStatus', {}, { retry: true }))
    await settle()
    rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', UNKNOWN('QueueStatus'))
    await settle()
    rig.client.destroy()
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_CLOSED')
    assert.equal(rig.clock.pending, 0)
  })
})

describe('an Originate that failed for no reason', () => {
  async function outcome(rig: Rig): Promise<string | undefined> {
    const result = watch(rig.client.originate({ Channel: 'PJSIP/100', Application: 'Wait' }))
    await settle()
    const sent = rig.peer.actions.at(-1)!
    rig.peer.reply(sent)
    rig.peer.say('Event: OriginateResponse', `ActionID: ${sent.id}`, 'Response: Failure', 'Reason: 0')
    await settle()
    const asked = rig.peer.actions.at(-1)!
    if (asked !== sent) {
      assert.equal(asked.get('Variable'), 'IFMODULE(chan_pjsip.so)')
      rig.peer.reply(asked, 'Success', 'Value: 1')
      await settle()
    }
    rig.clock.tick(500)
    await settle()
    assert.ok(result.value, String(result.error))
    return result.value.outcome
  }

  test('on a server that has booted failed', async () => {
    await using rig = await readyRig()
    assert.equal(await outcome(rig), 'failed')
  })

  for (const [bootTimeout, most] of [
    [1_000, 60_000],
    [300_000, 300_000],
  ] as const) {
    test(`on one that may still boot was not dialled, for ${most} ms with a bootTimeout of ${bootTimeout}`, async () => {
      await using rig = await narrowRig({ bootTimeout })
      rig.clock.tick(most - 1_000)
      assert.equal(await outcome(rig), 'notBooted')
      rig.clock.tick(1_000)
      assert.equal(await outcome(rig), 'failed')
    })
  }
})
