import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AmiError, type Client, connect, type RawResponse } from 'amiable'
import { dial, hangUp } from '../../support/calls.ts'
import { assertClean, optionsFor, withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'

const BLOCKED = 1_500
const QUIET = 1_000

// manager.c:action_originate without Async dials in the session's own thread: until somebody answers, or the Timeout,
// that session reads nothing and says nothing
const synchronous = { Channel: 'Local/noanswer@default', Application: 'Wait', Data: 1, Timeout: BLOCKED } as const

/** Actions that block their session: what is behind them waits, and nobody takes the silence for a death. */
export function blocking(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: actions that block`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: a call that times out behind a synchronous Originate says what it waited for`, () =>
    withClient(target, async (ami) => {
      const originate = ami.sendRaw('Originate', synchronous, { actionId: 'blocks', check: false })
      await assert.rejects(ami.send('Ping', {}, { timeout: 300 }), {
        code: 'AMI_TIMEOUT',
        message: /no answer to Ping \(.*\) within 300 ms; it waited behind Originate \(blocks\), sent \d+ ms ago/,
      })
      // a list in the same place: neither a row nor an end of it may go astray later
      await assert.rejects(ami.listRaw('QueueStatus', {}, { timeout: 100 }).toArray(), {
        code: 'AMI_TIMEOUT',
        message: /waited behind Originate/,
      })
      const reply = await originate
      assert.deepEqual([reply.success, reply.message], [false, 'Originate failed'])
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
      assert.equal(ami.stats().lateReplies, 2)
    }))

  test(`${name}: a keepalive does not take a synchronous Originate, nor two in a row, for a death`, async () => {
    // its Pings go unanswered for several times as long as it would bear from an idle server
    await using ami = await connect(
      optionsFor(target, { keepalive: { interval: 100, timeout: 1_000 }, events: 'off', actionTimeout: 10_000 }),
    )
    let ended: unknown
    ami.closed.then((reason) => {
      ended = reason
    })
    await Promise.all([
      ami.sendRaw('Originate', synchronous, { check: false }),
      ami.sendRaw('Originate', synchronous, { check: false }),
      ami.send('Ping'),
    ])
    assert.deepEqual([ami.state, ended], ['ready', undefined])
    await ami.send('Ping')
    assertClean(ami)
  })

  test(`${name}: a keepalive does not take a digit that lasts for a death`, async () => {
    await using other = await connect(optionsFor(target))
    const call = await dial(other)
    await using ami = await connect(
      optionsFor(target, { keepalive: { interval: 100, timeout: 1_000 }, events: 'off', actionTimeout: 10_000 }),
    )
    const began = performance.now()
    // main/channel.c:ast_senddigit_external sleeps for as long, in the session's own thread
    await Promise.all([
      ami.send('PlayDTMF', { Channel: call.channel, Digit: '1', Duration: BLOCKED }),
      ami.send('Ping', {}, { timeout: 10_000 }),
    ])
    assert.equal(ami.state, 'ready')
    if (target.real) assert.ok(performance.now() - began >= BLOCKED, 'it blocked nothing')
    // the keepalive's own Pings are answered before this one
    await ami.send('Ping')
    assertClean(ami)
    await hangUp(other, call)
  })

  test(`${name}: a WaitEvent that nothing ends keeps what is behind it waiting, and says so`, async () => {
    // with a keepalive its Ping would end it: manager.c:action_waitevent wakes on bytes, though not on those that had
    // come before it began; without FullyBooted the client would ask what the server can, a second later
    await using ami = await connect(optionsFor(target, { events: ['system'] }))
    // any event of the server ends it, whatever the mask: a registration that is tried again is one. Another session
    // says whether there was any, and then nothing was shown
    await using other = await connect(optionsFor(target))
    let waited: RawResponse
    let ping: unknown
    let heard: number
    let late: number
    do {
      await quiet(other)
      late = ami.stats().lateReplies
      heard = 0
      const listener = other.on('*', () => void heard++)
      const waiting = ami.sendRaw('WaitEvent', { Timeout: 2 })
      ping = await ami.send('Ping', {}, { timeout: 300 }).catch((error: unknown) => error)
      waited = await waiting
      await other.send('Ping')
      listener.remove()
    } while (heard > 0)
    assert.ok(AmiError.is(ping) && ping.code === 'AMI_TIMEOUT', String(ping))
    assert.match(ping.message, /waited behind WaitEvent \(/)
    assert.equal(waited.completion?.Event, 'WaitEventComplete')
    assert.equal((await ami.send('Ping')).Ping, 'Pong')
    assert.equal(ami.stats().lateReplies, late + 1)
    assertClean(ami)
  })
}

/** Resolves when the server has raised no event for a while. */
function quiet(ami: Client): Promise<void> {
  return new Promise((resolve) => {
    const over = setTimeout(() => {
      listener.remove()
      resolve()
    }, QUIET)
    const listener = ami.on('*', () => over.refresh())
  })
}
