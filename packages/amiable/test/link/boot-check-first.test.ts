import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settle } from '../../src/testing/time/settle.ts'
import { titleOf } from '../../src/wire/message.ts'
import { asked, commands, firstCommands, login, NARROW, NO_COMMAND, names } from '../support/boot-answers.ts'
import { LinkRig } from '../support/link-rig.ts'
import type { Heard, Peer } from '../support/peer.ts'

async function rights(peer: Peer, read: string): Promise<void> {
  const asked = await peer.next()
  assert.equal(asked.get('Command'), 'manager show user "frank"')
  peer.reply(
    asked,
    'Success',
    'Message: Command output follows',
    'Output: ',
    'Output:          username: frank',
    `Output:          read perm: ${read}`,
    'Output:         write perm: all',
  )
  await settle()
}

describe('a first login', () => {
  test('behind which FullyBooted stands asks nothing', async () => {
    await using rig = new LinkRig()
    const peer = await rig.ready()
    assert.equal(rig.last('ready')?.booted, true)
    assert.deepEqual(names(peer), [])
    assert.equal(rig.clock.pending, 1, 'the keepalive alone')
  })

  test('in front of whose answer a relay puts FullyBooted asks nothing either', async () => {
    await using rig = new LinkRig()
    rig.link.connect()
    await settle()
    const { peer } = rig
    peer.send('Asterisk Call Manager/11.0.0\r\n')
    peer.reply(await peer.next(), 'Success', 'Challenge: 123456789')
    const asked = await peer.next()
    peer.fullyBooted()
    peer.reply(asked, 'Success', 'Message: Authentication accepted')
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    assert.deepEqual([names(peer), rig.messages], [[], []])
  })

  test('takes FullyBooted that comes a little later for the same, and the answer to its question for its own', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    const question = await peer.next()
    peer.fullyBooted()
    peer.reply(question, 'Success', 'Ping: Keepalive.')
    await settle()
    assert.deepEqual(rig.told, ['connecting', 'ready'])
    assert.deepEqual(rig.messages.map(titleOf), ['FullyBooted'])
    assert.equal(rig.last('ready')?.booted, true)
  })

  test('of an account that cannot know is ready at once, and says so', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    assert.equal(rig.link.state, 'authenticating')
    await firstCommands(peer, NARROW)
    assert.equal(rig.link.state, 'ready')
    assert.equal(rig.last('ready')?.booted, 'unknown')
    assert.deepEqual(names(peer), ['ListCommands', 'Command'])
    assert.ok(!rig.log.includes('message Error'), 'the refusal is nobody else’s')
  })

  test('of an account that may use the CLI knows after one round trip that a server has booted', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    const questions = [await peer.next(), await peer.next()]
    assert.deepEqual(questions.map(asked), [
      ['ListCommands', undefined],
      ['Command', 'core show version'],
    ])
    peer.reply(questions[0] as Heard, 'Success', 'Command: x', 'Ping: x')
    peer.reply(questions[1] as Heard, 'Success', 'Output: Asterisk 22.10.1 built by nobody')
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    assert.equal(rig.link.boot.boots, false)
    assert.equal(rig.clock.pending, 1, 'the keepalive alone')
  })

  test('knows as much from a server that does not answer ListCommands, or answers in AMI 1.x', async () => {
    await using rig = new LinkRig()
    rig.link.connect()
    await settle()
    await rig.peer.acceptWhileBooting('1.1')
    await settle()
    await rig.peer.next()
    rig.peer.say(
      'Response: Follows',
      'Privilege: Command',
      `ActionID: ${(await rig.peer.next()).id}`,
      'Asterisk 11.25.3 built by nobody\n\r\n\r\nof blank lines\n--END COMMAND--',
    )
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    assert.deepEqual(rig.messages, [])
  })

  test('of an account that may use the CLI and hears no system is held while the CLI says that the server boots', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    await firstCommands(peer, [...NARROW, 'Command'], ...NO_COMMAND)
    await rights(peer, 'call,agent')
    assert.equal(rig.link.state, 'authenticating')
    for (const lines of [NO_COMMAND, ['Output: Asterisk 22.10.1']]) {
      rig.clock.tick(1_000)
      await firstCommands(peer, [...NARROW, 'Command'], ...lines)
    }
    assert.equal(rig.last('ready')?.booted, true)
  })

  test('takes a server without that command for no Asterisk that boots', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    await firstCommands(peer, [...NARROW, 'Command'], ...NO_COMMAND)
    peer.reply(await peer.next(), 'Error', "Output: No such command 'manager show user'")
    await settle()
    for (let n = 0; n < 19; n++) {
      rig.clock.tick(50)
      peer.reply(await peer.next(), 'Error', "Output: No such command 'manager show user'")
      await settle()
    }
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(50)
    assert.equal(rig.last('ready')?.booted, 'unknown')
  })

  test('that asks for no system events is ready at once; what the server has is asked a second later', async () => {
    await using rig = new LinkRig({ events: 'call,agent' })
    const peer = await login(rig)
    assert.equal(rig.last('ready')?.booted, 'unknown')
    assert.deepEqual(names(peer), [])
    rig.clock.tick(1_000)
    await commands(peer, NARROW)
    assert.ok(!rig.log.includes('message Success'), 'its answer is nobody else’s')
    assert.equal(rig.link.boot.lists('QUEUESTATUS'), true)
    assert.equal(rig.link.boot.lists('ConfbridgeList'), false)
  })

  test('waits a second for a server that answers nothing', async () => {
    await using rig = new LinkRig()
    await login(rig)
    rig.clock.tick(999)
    assert.equal(rig.link.state, 'authenticating')
    rig.clock.tick(1)
    assert.equal(rig.last('ready')?.booted, 'unknown')
  })

  test('takes a refused ListCommands for an answer, and asks a last time when a boot would be over', async () => {
    await using rig = new LinkRig({ keepalive: { interval: 100_000, timeout: 1 } })
    const peer = await login(rig)
    const refuse = async () => {
      peer.reply(await peer.next(), 'Error', 'Message: Invalid/unknown command: ListCommands.')
      await settle()
    }
    await refuse()
    await refuse()
    assert.equal(rig.last('ready')?.booted, 'unknown')
    rig.clock.tick(1_000)
    await refuse()
    rig.clock.tick(59_999)
    assert.equal(names(peer).length, 3)
    rig.clock.tick(1)
    await refuse()
    assert.equal(rig.clock.pending, 1, 'the keepalive alone')
  })

  test('of an account that hears system is held until FullyBooted', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    await firstCommands(peer, [...NARROW, 'Command'], ...NO_COMMAND)
    await rights(peer, 'system,call,all')
    assert.equal(rig.link.state, 'authenticating')
    peer.say('Event: PeerStatus')
    await settle()
    assert.deepEqual(rig.log, ['status connecting', 'message PeerStatus'])
    assert.equal(rig.messages[0]?.epoch, 1)
    rig.clock.tick(9_000)
    peer.fullyBooted()
    await settle()
    assert.equal(rig.last('ready')?.booted, true)
    assert.equal(rig.last('ready')?.epoch, 1)
  })

  test('asks again where the CLI is not there yet', async () => {
    await using rig = new LinkRig()
    const peer = await login(rig)
    await firstCommands(peer, [...NARROW, 'Command'], ...NO_COMMAND)
    peer.reply(await peer.next(), 'Error', 'Output: Command failed')
    await settle()
    rig.clock.tick(50)
    await rights(peer, 'all,system')
    assert.equal(rig.link.state, 'authenticating')
  })

  test('says that the server still boots when its time is over, and until FullyBooted', async () => {
    await using rig = new LinkRig({ bootTimeout: 3_000 })
    const peer = await login(rig)
    await firstCommands(peer, [...NARROW, 'Command'], ...NO_COMMAND)
    await rights(peer, 'system,call')
    rig.clock.tick(3_000)
    assert.equal(rig.last('ready')?.booted, false)
    assert.equal(rig.link.boot.boots, true)
    rig.clock.tick(60_000)
    assert.equal(rig.link.boot.boots, true, 'it would have said so')
    peer.fullyBooted()
    await settle()
    assert.equal(rig.statuses.filter(({ type }) => type === 'ready').length, 1)
  })
})
