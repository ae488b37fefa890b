import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LostError } from '../../../src/errors.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { readyRig, watch } from '../../support/rig.ts'

describe('a call whose link goes', () => {
  test('may have been delivered once its bytes have left', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Originate', { Channel: 'SIP/1' }))
    const heard = await peer.next()
    peer.end()
    await settle()
    const { error } = call
    assert.ok(error instanceof LostError)
    assert.equal(error.delivered, 'unknown')
    assert.equal(error.retryable, false)
    assert.equal(error.actionId, heard.id)
    assert.equal(error.source, 'pbx')
    assert.equal((error.cause as LostError).code, 'AMI_LOST')
    assert.equal(rig.last('lost')?.rejected, 1)
  })

  test('was not delivered while its bytes wait behind others', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    peer.hold()
    const first = watch(client.sendRaw('First'))
    await settle()
    const second = watch(client.sendRaw('Second'))
    await settle()
    assert.equal(peer.actions.at(-1)?.name, 'First')
    peer.fail('ECONNRESET')
    await settle()
    assert.equal((first.error as LostError).delivered, 'unknown')
    assert.equal((second.error as LostError).delivered, 'no')
    assert.equal((second.error as LostError).retryable, true)
    assert.doesNotMatch(peer.raw, /Second/)
    assert.equal(rig.last('lost')?.rejected, 2)
  })

  test('made in the turn in which the link goes is never told delivered: no after it left', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('Now'))
    peer.fail('ECONNRESET')
    await settle()
    const { delivered } = call.error as LostError
    assert.equal(delivered, peer.raw.includes('Action: Now') ? 'unknown' : 'no')
  })

  test('that still waits its turn goes on waiting, and is sent once, under the next login', async () => {
    await using rig = await readyRig({ maxInFlight: 1 })
    const { client, peer } = rig
    const first = watch(client.sendRaw('First'))
    const second = client.sendRaw('Second')
    await peer.next()
    peer.end()
    await settle()
    assert.equal(first.done, true)
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await rig.peers[1]?.accept()
    const heard = await next.next()
    assert.equal(heard.name, 'Second')
    next.reply(heard)
    assert.equal((await second).epoch, 2)
    assert.doesNotMatch(peer.raw, /Second/)
  })

  test('that was given up before is not rejected a second time, nor counted', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('X', {}, { timeout: 5 }))
    await peer.next()
    rig.clock.tick(5)
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_TIMEOUT')
    peer.end()
    await settle()
    assert.equal(rig.last('lost')?.rejected, 0)
  })

  test('is counted alone, without the Pings that the library sends for itself', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    void client.sendRaw('IAXpeers').catch(() => {})
    await settle()
    rig.clock.tick(15_000)
    peer.end()
    await settle()
    assert.equal(rig.last('lost')?.rejected, 0)

    await using other = await readyRig()
    void other.client.sendRaw('IAXpeers', {}, { timeout: 60_000 }).catch(() => {})
    await settle()
    other.clock.tick(15_000)
    await settle()
    other.peer.end()
    await settle()
    assert.equal(other.last('lost')?.rejected, 1)
  })
})

describe('retry', () => {
  test('sends a call that reads again under the next login, and resolves', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('CoreStatus', {}, { retry: true })
    const first = await peer.next()
    peer.end()
    await settle()
    assert.equal(rig.last('lost')?.rejected, 0)
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    const again = await next.next()
    assert.deepEqual([again.name, again.id], ['CoreStatus', first.id])
    next.reply(again, 'Success', 'Message: at last')
    assert.equal((await call).message, 'at last')
  })

  test('goes before what has waited since', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    void client.sendRaw('Retried', {}, { retry: true }).catch(() => {})
    await peer.next()
    peer.end()
    await settle()
    void client.sendRaw('Later').catch(() => {})
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    assert.deepEqual([(await next.next()).name, (await next.next()).name], ['Retried', 'Later'])
  })

  test('forgets the rows of the first try', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.sendRaw('Status', {}, { retry: true })
    const first = await peer.next()
    peer.reply(first, 'Success', 'EventList: start')
    peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${first.id}`)
    await settle()
    peer.end()
    await settle()
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    const again = await next.next()
    next.reply(again, 'Success', 'EventList: start')
    next.say('Event: Status', 'Channel: SIP/2', `ActionID: ${again.id}`)
    next.say('Event: StatusComplete', 'EventList: Complete', `ActionID: ${again.id}`)
    assert.deepEqual(
      (await call).events.map(({ Channel }) => Channel),
      ['SIP/2'],
    )
  })

  test('does not give rows to a loop twice', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const list = client.listRaw('Status', {}, { retry: true })
    const heard = await peer.next()
    peer.reply(heard, 'Success', 'EventList: start')
    peer.say('Event: Status', 'Channel: SIP/1', `ActionID: ${heard.id}`)
    await settle()
    peer.end()
    assert.equal((await list.next()).value?.Channel, 'SIP/1')
    await assert.rejects(list.next(), { code: 'AMI_LOST' })
  })

  test('still ends at the timeout, counted from the call', async () => {
    await using rig = await readyRig({ reconnect: () => 60_000 })
    const { client, peer } = rig
    const call = watch(client.sendRaw('CoreStatus', {}, { retry: true, timeout: 1_000 }))
    await peer.next()
    rig.clock.tick(400)
    peer.end()
    await settle()
    rig.clock.tick(599)
    await settle()
    assert.equal(call.done, false)
    rig.clock.tick(1)
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_TIMEOUT')
  })

  test('ends with the client', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('CoreStatus', {}, { retry: true }))
    await peer.next()
    peer.end()
    await settle()
    client.destroy()
    await settle()
    assert.equal((call.error as { code: string }).code, 'AMI_CLOSED')
  })

  test('is refused for what would act twice', async () => {
    await using rig = await readyRig()
    const { client } = rig
    for (const action of ['Originate', 'originate', 'UserEvent', 'Redirect', 'Command', 'QueueAdd', 'MessageSend']) {
      assert.throws(
        () => client.sendRaw(action, {}, { retry: true }),
        { code: 'AMI_ARGUMENT', argument: 'retry' },
        action,
      )
    }
  })

  test('is never done unasked', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = watch(client.sendRaw('CoreStatus'))
    await peer.next()
    peer.end()
    await settle()
    assert.equal(call.done, true)
    rig.clock.tick(100)
    const next = await rig.nextPeer()
    await next.accept()
    await settle()
    assert.deepEqual(
      next.actions.map(({ name }) => name),
      ['Challenge', 'Login'],
    )
  })
})

describe('keepalive', () => {
  test('does not take two blocking actions, one behind the other, for death', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const both = [1, 2].map(() =>
      client.sendRaw('Originate', { Channel: 'SIP/1', Timeout: 30_000 }, { timeout: 120_000 }),
    )
    const first = await peer.next()
    const second = await peer.next()
    rig.clock.tick(29_000)
    peer.reply(first)
    await settle()
    // the second began to ring when the first was answered
    rig.clock.tick(29_000)
    assert.equal(client.state, 'ready')
    peer.reply(second)
    assert.equal((await Promise.all(both)).length, 2)
  })

  test('finds a peer dead behind a blocking action, once its time is over', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    void client.sendRaw('Originate', { Channel: 'SIP/1', Timeout: 30_000 }, { timeout: 500_000 }).catch(() => {})
    await peer.next()
    rig.clock.tick(34_999)
    assert.equal(client.state, 'ready')
    rig.clock.tick(1)
    assert.equal(client.state, 'waiting')
  })

  test('measures the round trip', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    rig.clock.tick(15_000)
    const ping = await peer.next()
    assert.equal(ping.name, 'Ping')
    rig.clock.tick(25)
    peer.reply(ping)
    await settle()
    assert.equal(client.stats().roundTrip, 25)
  })
})

test('a lost connection itself says delivered: no, whether it is made again or not', async () => {
  for (const reconnect of [false, { initialDelay: 100 }] as const) {
    await using rig = await readyRig({ reconnect })
    rig.peer.end()
    await settle()
    assert.equal((rig.last('lost')?.error as LostError | undefined)?.delivered, 'no')
    if (reconnect === false) assert.equal(((await rig.client.closed).error as LostError | undefined)?.delivered, 'no')
  }
})
