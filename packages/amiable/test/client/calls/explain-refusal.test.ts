import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asteriskOf, missingClasses } from '../../../src/catalog/facts.ts'
import { explainRefusal } from '../../../src/client/calls/explain-refusal.ts'
import type { ActionError } from '../../../src/errors.ts'
import type { Status } from '../../../src/link/status.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { Rig, readyRig } from '../../support/rig.ts'

const DENIED = 'Permission denied'
const UNKNOWN = 'Invalid/unknown command: X. Use Action: ListCommands to show available commands.'
const AMI_22 = '11.0.0'
const AMI_20 = '9.0.0'
const AMI_16 = '5.0.5'

describe('the Asterisk behind a version of AMI', () => {
  for (const [ami, asterisk] of [
    ['11.0.0', 22],
    ['5.0.5', 16],
    ['4.0.0', 15],
    ['2.10.6', undefined],
    ['', undefined],
  ] as const) {
    test(`${ami || 'none'}: ${asterisk ?? 'not known'}`, () => assert.equal(asteriskOf(ami), asterisk))
  }
})

describe('a refusal for want of a permission', () => {
  for (const [action, said] of [
    ['Originate', ' (the account needs write = originate)'],
    ['getconfig', ' (the account needs write = system or config)'],
    ['Status', ' (the account needs write = system or call or reporting)'],
    ['Ping', ''],
    ['NobodyKnows', ''],
  ] as const) {
    test(`${action}:${said || ' nothing to add'}`, () => assert.equal(explainRefusal(action, DENIED, AMI_22), said))
  }

  test('names the class in the error of the call', async () => {
    await using rig = await readyRig()
    const { client, peer } = rig
    const call = client.send('Originate', { Channel: 'Local/1@x' }).catch((error: unknown) => error)
    peer.reply(await peer.next(), 'Error', `Message: ${DENIED}`)
    const error = (await call) as ActionError
    assert.equal(error.code, 'AMI_REFUSED')
    assert.equal(error.message, 'pbx: Originate was refused: Permission denied (the account needs write = originate)')
  })
})

describe('a refusal of an action that the server lacks', () => {
  for (const [what, action, ami, said] of [
    ['removed', 'Monitor', AMI_22, ' (Asterisk 21 removed it; use MixMonitor)'],
    ['removed, and nothing does the same', 'ChangeMonitor', AMI_22, ' (Asterisk 21 removed it)'],
    ['not yet there', 'CoreShowChannelMap', AMI_16, ' (it came with Asterisk 18.19.0, 20.4.0)'],
    [
      'in this branch, and perhaps not in this release',
      'CoreShowChannelMap',
      AMI_20,
      ' (it came with Asterisk 18.19.0, 20.4.0; where the server is as new, its module is not loaded)',
    ],
    ['not loaded', 'Queuestatus', AMI_22, ' (the module that brings it is not loaded)'],
    ['known to nobody', 'QueueStats', AMI_22, ' (the catalog knows no such action either)'],
    [
      'not loaded, or gone from a server that tells no version',
      'Monitor',
      '',
      ' (the module that brings it is not loaded)',
    ],
  ] as const) {
    test(`${what}: ${action}`, () => assert.equal(explainRefusal(action, UNKNOWN, ami), said))
  }

  test('says so in the error of the call, by the version of the banner', async () => {
    await using rig = new Rig()
    const connected = rig.client.connect()
    const peer = await rig.nextPeer()
    await peer.accept(AMI_16)
    await connected
    const call = rig.client.sendRaw('GetConfigJSONs').catch((error: unknown) => error)
    peer.reply(await peer.next(), 'Error', `Message: ${UNKNOWN}`)
    assert.match(((await call) as ActionError).message, /\(the catalog knows no such action either\)$/)
    const other = rig.client.send('DAHDIShowStatus').catch((error: unknown) => error)
    peer.reply(await peer.next(), 'Error', `Message: ${UNKNOWN}`)
    assert.match(((await other) as ActionError).message, /\(it came with Asterisk 18\.23\.0, 20\.8\.0, 21\.3\.0\)$/)
  })
})

test('any other refusal stays as the server put it', () => {
  assert.equal(explainRefusal('Hangup', 'No such channel', AMI_22), '')
})

describe('the classes that a mask lacks for an event', () => {
  for (const [event, mask, classes] of [
    ['Hangup', 'on', []],
    ['Hangup', 'off', ['call']],
    ['Hangup', 'agent,call', []],
    ['Hangup', 'agent', ['call']],
    ['hangup', 'system', ['call']],
    ['Hangup', 'all', []],
    // every class of an event is needed (main/manager.c:process_events)
    ['VoicemailPasswordChange', 'user', ['system']],
    // a row comes to whoever asked, and what nobody knows may come
    ['QueueMember', 'off', []],
    ['MyOwnEvent', 'off', []],
  ] as const) {
    test(`${event} with ${mask}: ${classes.join() || 'none'}`, () => {
      assert.deepEqual(missingClasses(event, mask), classes)
    })
  }
})

describe('a listener that can never hear', () => {
  const unheard = (rig: Rig) =>
    rig.statuses.filter((status): status is Extract<Status, { type: 'unheard' }> => status.type === 'unheard')

  test('is told of at the login, each of its events once', async () => {
    await using rig = new Rig({ events: ['call'] })
    const { id } = rig.client.on(['Hangup', 'QueueMemberPause', 'QueueMemberPause'], () => {})
    rig.client.on('*', () => {})
    rig.client.on(
      ({ Event }) => Event === 'QueueMemberPause',
      () => {},
    )
    assert.deepEqual(unheard(rig), [])
    await rig.ready()
    assert.deepEqual(unheard(rig), [{ type: 'unheard', listener: id, event: 'QueueMemberPause', classes: ['agent'] }])
  })

  test('is told of at once behind the login, and others are not told of again', async () => {
    await using rig = await readyRig({ events: 'off' })
    const { client } = rig
    const first = client.on('Hangup', () => {})
    const second = client.on('VarSet', () => {})
    client.on('QueueMember', () => {})
    client.on('Newchannel', () => {}, { all: true })
    await settle()
    assert.deepEqual(
      unheard(rig).map(({ listener, event, classes }) => [listener, event, classes]),
      [
        [first.id, 'Hangup', ['call']],
        [second.id, 'VarSet', ['dialplan']],
      ],
    )
  })

  test('is told of again at the next login, and no more once it is removed', async () => {
    await using rig = await readyRig({ events: ['user'], reconnect: () => 100 })
    const { client, peer } = rig
    const stays = client.on('Hangup', () => {})
    client.on('Newchannel', () => {}).remove()
    const goes = client.on('DialBegin', () => {})
    await settle()
    assert.equal(unheard(rig).length, 3)
    goes.remove()
    peer.fail()
    await settle()
    rig.clock.tick(100)
    await (await rig.nextPeer()).accept()
    await settle()
    assert.equal(client.epoch, 2)
    assert.deepEqual(
      unheard(rig)
        .slice(3)
        .map(({ listener }) => listener),
      [stays.id],
    )
  })

  test('is none where every event was asked for', async () => {
    await using rig = await readyRig()
    const { client } = rig
    client.on('Hangup', () => {})
    await settle()
    assert.deepEqual(unheard(rig), [])
  })
})

test('a listener reads what was meant where Asterisk escapes, and what was sent where it does not', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const heard: (string | undefined)[] = []
  client.on('Newchannel', (event) => heard.push(event.CallerIDName, event.get('CallerIDName')))
  client.on('DialBegin', (event) => heard.push(event.DestCallerIDName))
  client.on('VarSet', (event) => heard.push(event.Value))
  client.on('Newexten', (event) => heard.push(event.AppData))
  client.on('OriginateResponse', (event) => heard.push(event.CallerIDName))
  const name = String.raw`O\'Brien`
  peer.say('Event: Newchannel', `CallerIDName: ${name}`)
  peer.say('Event: DialBegin', `DestCallerIDName: ${name}`)
  peer.say('Event: VarSet', String.raw`Value: two\nlines`)
  peer.say('Event: Newexten', String.raw`AppData: C:\new`)
  peer.say('Event: OriginateResponse', `CallerIDName: ${name}`)
  await settle()
  assert.deepEqual(heard, ["O'Brien", name, "O'Brien", 'two\nlines', String.raw`C:\new`, name])
})

test('the rows of a list are unescaped by what they are', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  const rows = client.list('CoreShowChannels').toArray()
  const heard = await peer.next()
  peer.reply(heard, 'Success', 'EventList: start')
  peer.say(
    'Event: CoreShowChannel',
    `ActionID: ${heard.id}`,
    String.raw`CallerIDName: O\'Brien`,
    String.raw`ApplicationData: \n`,
  )
  peer.say('Event: CoreShowChannelsComplete', `ActionID: ${heard.id}`, 'EventList: Complete', 'ListItems: 1')
  const [row] = await rows
  assert.deepEqual([row?.CallerIDName, row?.ApplicationData], ["O'Brien", String.raw`\n`])
})
