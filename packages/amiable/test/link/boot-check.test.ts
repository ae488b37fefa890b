import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LinkOptions } from '../../src/link/link.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { ASKS, asked, commands, firstCommands, login, NARROW, names } from '../support/boot-answers.ts'
import { LinkRig } from '../support/link-rig.ts'
import type { Heard } from '../support/peer.ts'

/** A rig whose first login, of an account that hears no `system`, has passed. */
async function known(names: readonly string[], options: Partial<LinkOptions> = {}): Promise<LinkRig> {
  const rig = new LinkRig(options)
  const peer = await login(rig)
  const hasCli = names.includes('Command')
  await firstCommands(peer, names, ...(hasCli ? ['Output: Asterisk 22.10.1'] : []))
  assert.equal(rig.last('ready')?.booted, hasCli ? true : 'unknown')
  rig.log.length = 0
  return rig
}

describe('a later login', () => {
  test('of an account that has heard FullyBooted waits for it, however much the server can do', async () => {
    await using rig = new LinkRig({ bootTimeout: 10_000 })
    await rig.ready()
    const peer = await login(rig)
    for (let second = 0; second < 9; second++) {
      await commands(peer, ASKS)
      if (peer.actions.at(-1)?.name === 'Getvar') peer.reply(await peer.next(), 'Success', 'Value: ')
      await settle()
      assert.equal(rig.link.state, 'authenticating')
      rig.clock.tick(1_000)
    }
    peer.fullyBooted()
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    assert.equal(rig.last('ready')?.gap, 9_100)
  })

  test('is told that the server still boots when the time is over', async () => {
    await using rig = new LinkRig({ bootTimeout: 500 })
    await rig.ready()
    await login(rig)
    rig.clock.tick(499)
    assert.equal(rig.last('ready')?.epoch, 1)
    rig.clock.tick(1)
    assert.deepEqual([rig.last('ready')?.epoch, rig.last('ready')?.booted], [2, false])
  })

  test('does not wait again for a FullyBooted that the last one waited for in vain: its account may have lost the right', async () => {
    await using rig = new LinkRig({ bootTimeout: 500 })
    await rig.ready()
    await commands(await login(rig), ['ListCommands', 'Ping'])
    rig.clock.tick(500)
    assert.equal(rig.last('ready')?.booted, false)
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Ping'])
    assert.deepEqual([rig.last('ready')?.epoch, rig.last('ready')?.booted], [3, true])
    // the right is given back, and the client hears it
    peer.fullyBooted()
    await settle()
    rig.link.boot.fullyBooted()
    await commands(await login(rig), ['ListCommands', 'Ping'])
    assert.equal(rig.last('ready')?.epoch, 3)
  })

  test('of a narrow account waits for all commands that there were, and asks each second', async () => {
    await using rig = await known(NARROW)
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Ping'])
    rig.clock.tick(999)
    assert.deepEqual(names(peer), ['ListCommands'])
    rig.clock.tick(1)
    await commands(peer, ['ListCommands', 'Ping', 'Originate'])
    rig.clock.tick(1_000)
    assert.equal(rig.link.state, 'authenticating')
    await commands(peer, [...NARROW, 'Another'])
    // modules are there before the boot is over
    rig.clock.tick(999)
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1)
    assert.equal(rig.last('ready')?.booted, true)
    assert.equal(rig.clock.pending, 1, 'the keepalive alone')
  })

  test('knows after one round trip that a server has booted', async () => {
    await using rig = await known(ASKS)
    const peer = await login(rig)
    const questions = [await peer.next(), await peer.next()]
    assert.deepEqual(questions.map(asked), [
      ['ListCommands', undefined],
      ['Getvar', 'IFMODULE(func_module.so)'],
    ])
    peer.reply(questions[0] as Heard, 'Success', ...ASKS.map((name) => `${name}: x`))
    peer.reply(questions[1] as Heard, 'Success', 'Variable: IFMODULE(func_module.so)', 'Value: 1')
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    // should it have come right between the last module and the end of the boot
    assert.equal(rig.link.boot.boots, 'maybe')
    rig.clock.tick(1_000)
    assert.equal(rig.link.boot.boots, false)
  })

  test('asks for a proof once the commands are complete', async () => {
    await using rig = await known(ASKS)
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Getvar'])
    peer.reply(await peer.next(), 'Success', 'Value: ')
    await settle()
    rig.clock.tick(1_000)
    await commands(peer, ASKS)
    assert.equal(rig.link.state, 'authenticating')
    peer.reply(await peer.next(), 'Success', 'Value: 1')
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1_000)
    assert.equal(rig.last('ready')?.booted, true)
    assert.deepEqual(names(peer), ['ListCommands', 'Getvar', 'ListCommands', 'Getvar'])
  })

  test('takes FullyBooted for the end of the boot that it waits for', async () => {
    await using rig = await known(ASKS)
    const peer = await login(rig)
    await commands(peer, ['ListCommands'])
    peer.reply(await peer.next(), 'Success', 'Value: 1')
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    peer.fullyBooted()
    await settle()
    assert.deepEqual([rig.last('ready')?.booted, rig.link.boot.boots], [true, false])
  })

  test('does without a proof where the server has none', async () => {
    await using rig = await known(ASKS, { keepalive: false })
    const peer = await login(rig)
    await commands(peer, ASKS)
    peer.reply(await peer.next(), 'Success', 'Value: ')
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    // what this account may not use may still be missing: the dialplan, a channel driver
    rig.clock.tick(59_999)
    assert.equal(rig.link.boot.boots, 'maybe')
    rig.clock.tick(1)
    assert.equal(rig.link.boot.boots, false)
  })

  test('does not take complete commands for a boot that the CLI denies', async () => {
    const names = [...NARROW, 'Command']
    await using rig = await known(names)
    const peer = await login(rig)
    await commands(peer, names)
    peer.reply(await peer.next(), 'Error', "Output: No such command 'core show version'")
    await settle()
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1_000)
    await commands(peer, names)
    peer.reply(await peer.next(), 'Success', 'Output: Asterisk 22.10.1 built by nobody')
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
  })

  test('does not leave the client with a session that answers nothing', async () => {
    await using rig = await known(ASKS, { bootTimeout: 2_000 })
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Getvar'])
    rig.clock.tick(2_000)
    await settle()
    assert.equal(rig.link.state, 'waiting')
    assert.match(rig.last('lost')?.error.message ?? '', /still boots/)
    assert.equal(peer.down, true)
    rig.clock.tick(rig.last('waiting')?.delay ?? 0)
    await settle()
    await rig.peer.acceptWhileBooting()
    await settle()
    assert.equal(rig.last('ready')?.booted, false)
    assert.deepEqual(names(rig.peer), [])
  })

  test('whose session nobody serves any more makes way for another in time, and nothing is sent on it', async () => {
    await using rig = new LinkRig({ keepalive: false })
    await rig.ready()
    const dead = await login(rig)
    rig.clock.tick(9_999)
    assert.deepEqual([rig.link.state, dead.down], ['authenticating', false])
    rig.clock.tick(1)
    await settle()
    assert.deepEqual([rig.link.state, dead.down], ['waiting', true])
    assert.match(rig.last('lost')?.error.message ?? '', /took the login, and answered nothing for 10000 ms/)
    assert.equal(rig.last('lost')?.error.retryable, true)
    assert.deepEqual(names(dead), ['ListCommands'])
    rig.clock.tick(rig.last('waiting')?.delay ?? 0)
    await rig.accept()
    assert.deepEqual([rig.last('ready')?.epoch, rig.last('ready')?.booted], [3, true])
    assert.equal(rig.log.filter((said) => said === 'ready').length, 2)
  })

  test('whose session dies before the CLI has answered makes way too', async () => {
    await using rig = await known([...NARROW, 'Command'])
    const peer = await login(rig)
    rig.clock.tick(5_000)
    await commands(peer, NARROW)
    rig.clock.tick(9_999)
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1)
    assert.equal(rig.link.state, 'waiting')
  })

  test('waits for longer where the server answers only when it has booted', async () => {
    await using rig = await known(ASKS)
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Getvar'])
    rig.clock.tick(30_000)
    assert.equal(rig.link.state, 'authenticating')
    peer.reply(await peer.next(), 'Success', 'Value: 1')
    await settle()
    rig.clock.tick(1_000)
    assert.equal(rig.last('ready')?.booted, true)
  })

  test('compares with all that the server had, also where the first login came in the middle of a boot', async () => {
    await using rig = await known(['ListCommands', 'Ping'], { keepalive: { interval: 100_000, timeout: 1 } })
    rig.clock.tick(60_000)
    await commands(rig.peer, NARROW)
    const peer = await login(rig)
    await commands(peer, ['ListCommands', 'Ping'])
    assert.equal(rig.link.state, 'authenticating')
  })

  test('is lost like any other, and begins again', async () => {
    await using rig = await known(NARROW)
    const peer = await login(rig)
    await commands(peer, ['ListCommands'])
    const again = await login(rig)
    assert.match(rig.last('lost')?.error.message ?? '', /the server ended the connection while it booted/)
    assert.equal(rig.last('lost')?.error.code, 'AMI_CONNECT')
    await commands(again, NARROW)
    assert.deepEqual([rig.last('ready')?.epoch, rig.last('ready')?.booted], [3, true])
  })

  test('whose ListCommands breaks off is compared with all that the server had once more', async () => {
    await using rig = await known(NARROW)
    const peer = await login(rig)
    const asked = await peer.next()
    peer.send(`Response: Success\r\nActionID: ${asked.id}\r\nListCommands: x\r\nPi`)
    const again = await login(rig)
    assert.equal(rig.last('lost')?.error.code, 'AMI_CONNECT')
    await commands(again, ['ListCommands', 'Ping'])
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1_000)
    await commands(again, NARROW)
    rig.clock.tick(1_000)
    assert.equal(rig.last('ready')?.booted, true)
  })

  test('whose ListCommands lacks for ever what there was is held for the time to boot, and is ready then', async () => {
    await using rig = await known(NARROW, { bootTimeout: 3_500, keepalive: false })
    const peer = await login(rig)
    for (let second = 0; second < 4; second++) {
      await commands(peer, NARROW.slice(0, 2))
      assert.equal(rig.link.state, 'authenticating')
      rig.clock.tick(1_000)
      await settle()
    }
    assert.deepEqual([rig.last('ready')?.epoch, rig.last('ready')?.booted], [2, false])
  })

  test('keeps no more names than a server can have', async () => {
    await using rig = await known(Array.from({ length: 2_000 }, (_, n) => `Action${n}`))
    assert.equal(rig.link.boot.lists('Action1000'), true)
    assert.equal(rig.link.boot.lists('Action1500'), false)
  })

  for (const end of ['close', 'destroy'] as const) {
    test(`${end} in the middle ends at once and leaves no timer`, async () => {
      await using rig = await known(NARROW)
      await commands(await login(rig), ['ListCommands'])
      rig.link[end]()
      await settle()
      assert.equal(rig.link.state, 'closed')
      assert.equal(rig.clock.pending, 0)
    })
  }
})
