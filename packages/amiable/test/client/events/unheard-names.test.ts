import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { Rig } from '../../support/rig.ts'

test('a listener for a name that no server sends is told with the name that was probably meant', async () => {
  await using rig = new Rig()
  const names = ['hangup', 'NewExten', 'QueueMemberPaused', 'Hangupp', 'Hangup', 'DongleNewSMS', 'MyOwn']
  for (const name of names) rig.client.on(name as string, () => {})
  await rig.ready()
  const told = () =>
    rig.statuses.flatMap((status) => (status.type === 'unheard' ? [[status.event, status.meant, status.classes]] : []))
  assert.deepEqual(told(), [
    ['hangup', 'Hangup', []],
    ['NewExten', 'Newexten', []],
    ['QueueMemberPaused', 'QueueMemberPause', []],
    ['Hangupp', 'Hangup', []],
  ])
  // one that is added later is told at once
  rig.client.on('NewChannel' as string, () => {})
  await settle()
  assert.deepEqual(told().at(-1), ['NewChannel', 'Newchannel', []])
})

test('a name by the habit of other libraries, or with a word too few, is told with the right one', async () => {
  await using rig = new Rig()
  const right: Readonly<Record<string, string | undefined>> = {
    // the classes of asterisk-java and PAMI
    HangupEvent: 'Hangup',
    NewChannelEvent: 'Newchannel',
    DialEvent: 'DialBegin',
    'queue_member_status-event': undefined,
    // what asterisk-manager, nami and ami-io call all events, and every EventEmitter its own
    managerevent: '*',
    event: '*',
    error: 'status()',
    disconnect: 'status()',
    QueueJoin: 'QueueCallerJoin',
    QueueAbandon: 'QueueCallerAbandon',
    DeviceState: 'DeviceStateChange',
    ConfbridgeTalk: 'ConfbridgeTalking',
    // of others, who send them
    DongleNewSMS: undefined,
    UserEvent: undefined,
  }
  for (const name of Object.keys(right)) rig.client.on(name as string, () => {})
  await rig.ready()
  const told = rig.statuses.flatMap((status) => (status.type === 'unheard' ? [[status.event, status.meant]] : []))
  assert.deepEqual(
    told,
    Object.entries(right).filter(([, meant]) => meant !== undefined),
  )
})

test('a name of AMI 1.x is told with the one that Asterisk 12 replaced it by, and is right on a server of that time', async () => {
  for (const [version, expected] of [
    [
      '11.0.0',
      [
        ['Dial', 'DialBegin'],
        ['Join', 'QueueCallerJoin'],
        ['link', 'BridgeEnter'],
        ['Agentlogin', 'AgentLogin'],
        ['QueueMemberPaused', 'QueueMemberPause'],
        ['BridgeExec', 'BridgeEnter'],
      ],
    ],
    ['1.3', [['link', 'Link']]],
  ] as const) {
    await using rig = new Rig()
    for (const name of ['Dial', 'Join', 'link', 'Agentlogin', 'QueueMemberPaused', 'BridgeExec', 'Hangup'])
      rig.client.on(name, () => {})
    const connected = rig.client.connect()
    const peer = await rig.nextPeer()
    await peer.accept(version)
    await connected
    await settle()
    const told = rig.statuses.flatMap((status) => (status.type === 'unheard' ? [[status.event, status.meant]] : []))
    assert.deepEqual(told, expected)
  }
})

test('where nobody reads status(), the process is warned, once', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error) => {
    if ((warning as { code?: string }).code === 'AMIABLE_UNHEARD') warnings.push(warning)
  }
  process.on('warning', warn)
  for (const name of ['newstate', 'Hangupp']) {
    const rig = new Rig({}, { watch: false })
    rig.client.on(name, () => {})
    await rig.ready()
    await settle()
    await rig[Symbol.asyncDispose]()
  }
  process.off('warning', warn)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]?.message ?? '', /^pbx: no server sends an event 'newstate': did you mean 'Newstate'\?/)
})
