import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../src/client/client.ts'
import type { ConfigChange } from '../../../src/client/helpers/config-changes.ts'
import { getConfig } from '../../../src/client/helpers/config-file.ts'
import { addEventFilter, type EventFilter } from '../../../src/client/helpers/event-filter.ts'
import { hangup } from '../../../src/client/helpers/hangup.ts'
import { getQueues } from '../../../src/client/helpers/queues.ts'
import { reload } from '../../../src/client/helpers/reload.ts'
import { dbGet, getVariable } from '../../../src/client/helpers/stored-values.ts'
import { updateConfig } from '../../../src/client/helpers/update-config.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard, Peer } from '../../support/peer.ts'
import { Rig, readyRig, watch } from '../../support/rig.ts'

/** Runs `work`, and answers every action by `answer`: the lines after `Response: Success`, or an error. */
async function answered<T>(
  work: (client: Client) => Promise<T>,
  answer: (action: Heard, peer: Peer) => readonly string[] | { error: string } | undefined,
  version = '11.0.0',
): Promise<{ value: T; actions: Heard[] }> {
  await using rig = new Rig()
  await using _ = rig
  const connected = rig.client.connect()
  const peer = await rig.nextPeer()
  await peer.accept(version)
  await connected
  const result = watch(work(rig.client))
  const actions: Heard[] = []
  while (!result.done) {
    const action = await Promise.race([peer.next(), settle().then(() => undefined)])
    if (!action) continue
    actions.push(action)
    const lines = answer(action, peer)
    if (lines === undefined) continue
    if ('error' in lines) peer.reply(action, 'Error', `Message: ${lines.error}`)
    else peer.reply(action, 'Success', ...lines)
    await settle()
  }
  if ('error' in result) throw result.error
  return { value: result.value as T, actions }
}

const headersOf = (action: Heard | undefined) => action?.headers.slice(2).map(([name, value]) => `${name}: ${value}`)

test('getConfig: order, repeated names, values with equals signs, templates', async () => {
  const { value, actions } = await answered(
    (client) => getConfig(client, 'queues.conf'),
    () => [
      'Category-000000: base',
      'IsTemplate-000000: 1',
      'Category-000001: support',
      'Templates-000001: base,more',
      'Line-000001-000000: member=PJSIP/1',
      'Line-000001-000001: setvar=A=B=C',
      'Line-000001-000002: member=PJSIP/2',
      'Line-000001-000003: bare',
      'Category-000002: support',
      'Line-000002-000000: member=PJSIP/3',
    ],
  )
  assert.deepEqual(headersOf(actions[0]), ['Filename: queues.conf', 'Filter: TEMPLATES=include'])
  assert.deepEqual(value.categories, [
    { name: 'base', template: true, inherits: [], lines: [] },
    {
      name: 'support',
      template: false,
      inherits: ['base', 'more'],
      lines: [
        ['member', 'PJSIP/1'],
        ['setvar', 'A=B=C'],
        ['member', 'PJSIP/2'],
        ['bare', ''],
      ],
    },
    { name: 'support', template: false, inherits: [], lines: [['member', 'PJSIP/3']] },
  ])
  assert.deepEqual(value.getAll('support', 'member'), ['PJSIP/1', 'PJSIP/2'])
  assert.equal(value.get('support', 'member'), 'PJSIP/2')
  assert.equal(value.get('nowhere', 'member'), undefined)
})

test('getConfig of a category that is not there: the line without a colon (main/manager.c:action_getconfig)', async () => {
  const { value } = await answered(
    (client) => getConfig(client, 'queues.conf', { category: 'nowhere' }),
    () => ['No categories found'],
  )
  assert.deepEqual(value.categories, [])
})

test("updateConfig: every kind of change, in Asterisk's headers", async () => {
  const category = 'support'
  const { actions } = await answered(
    (client) =>
      updateConfig(
        client,
        'queues.conf',
        [
          { change: 'newCategory', category, template: true, inherits: ['a', 'b'], duplicate: true },
          { change: 'renameCategory', category, to: 'sales' },
          { change: 'deleteCategory', category },
          { change: 'emptyCategory', category, filter: 'TEMPLATES=include' },
          { change: 'append', category, name: 'member', value: 'PJSIP/1' },
          { change: 'append', category, name: 'exten', value: '1,1,NoOp()', object: true },
          { change: 'insert', category, name: 'timeout', value: 5, line: 2 },
          { change: 'update', category, name: 'timeout', value: 6, match: '5' },
          { change: 'update', category, name: 'timeout', value: 7 },
          { change: 'delete', category, name: 'timeout', match: '7' },
          { change: 'delete', category, name: 'timeout', line: 3 },
        ],
        { to: 'copy.conf', reload: 'app_queue' },
      ),
    () => [],
  )
  assert.deepEqual(
    actions.map(({ name }) => name),
    ['GetConfig', 'UpdateConfig'],
  )
  assert.deepEqual(headersOf(actions[1]), [
    'SrcFilename: queues.conf',
    'DstFilename: copy.conf',
    'Reload: app_queue',
    'Action-000000: NewCat',
    'Cat-000000: support',
    'Options-000000: template,inherit="a,b",allowdups',
    'Action-000001: RenameCat',
    'Cat-000001: support',
    'Value-000001: sales',
    'Action-000002: DelCat',
    'Cat-000002: support',
    'Action-000003: EmptyCat',
    'Cat-000003: support',
    'Options-000003: catfilter="TEMPLATES=include"',
    'Action-000004: Append',
    'Cat-000004: support',
    'Var-000004: member',
    'Value-000004: PJSIP/1',
    'Action-000005: Append',
    'Cat-000005: support',
    'Var-000005: exten',
    'Value-000005: >1,1,NoOp()',
    'Action-000006: Insert',
    'Cat-000006: support',
    'Var-000006: timeout',
    'Value-000006: 5',
    'Line-000006: 2',
    'Action-000007: Update',
    'Cat-000007: support',
    'Var-000007: timeout',
    'Value-000007: 6',
    'Match-000007: 5',
    'Action-000008: Update',
    'Cat-000008: support',
    'Var-000008: timeout',
    'Value-000008: 7',
    'Action-000009: Delete',
    'Cat-000009: support',
    'Var-000009: timeout',
    'Match-000009: 7',
    'Action-000010: Delete',
    'Cat-000010: support',
    'Var-000010: timeout',
    'Line-000010: 3',
  ])
})

test('updateConfig: more than fits goes in several actions, numbered anew, of which the last reloads', async () => {
  const changes = Array.from(
    { length: 70 },
    (_, i): ConfigChange => ({ change: 'append', category: 'c', name: 'n', value: i }),
  )
  const { actions } = await answered(
    (client) => updateConfig(client, 'a.conf', changes, { to: 'b.conf', reload: true }),
    () => [],
  )
  const numbers = actions.map(({ headers }) =>
    headers.filter(([name]) => name.startsWith('Action-')).map(([name]) => name),
  )
  assert.deepEqual(
    numbers.map(({ length }) => length),
    [30, 30, 10],
  )
  assert.deepEqual(
    numbers.map(([first]) => first),
    ['Action-000000', 'Action-000000', 'Action-000000'],
  )
  assert.deepEqual(
    actions.map((action) => action.get('SrcFilename')),
    ['a.conf', 'b.conf', 'b.conf'],
  )
  assert.deepEqual(
    actions.map((action) => action.get('DstFilename')),
    ['b.conf', 'b.conf', 'b.conf'],
  )
  assert.deepEqual(
    actions.map((action) => action.get('Reload')),
    [undefined, undefined, 'yes'],
  )
  for (const { headers } of actions) assert.ok(headers.length <= 128)
  const values = actions.flatMap(({ headers }) => headers.filter(([name]) => name.startsWith('Value-')))
  assert.deepEqual(
    values.map(([, value]) => value),
    changes.map((_, i) => String(i)),
  )
})

test('updateConfig: what would be written otherwise is refused at once', async () => {
  await using rig = await readyRig()
  const { client, peer } = rig
  await using _ = rig
  const append = { change: 'append', category: 'c', name: 'n' } as const
  assert.throws(() => updateConfig(client, 'a.conf', [{ ...append, value: '> x' }]), { argument: 'value' })
  assert.throws(() => updateConfig(client, 'a.conf', [{ change: 'nonsense' } as never]), { argument: 'change' })
  assert.throws(() => updateConfig(client, 'a.conf', [{ ...append, value: 'a\r\nb' }]), { argument: 'value' })
  await updateConfig(client, 'a.conf', [])
  assert.equal(peer.actions.length, 2, 'nothing but the login')
})

test('getVariable asks a second time only where the answer is empty', async () => {
  const ask = (name: string, channel: string | undefined, values: readonly (readonly string[])[]) => {
    const left = [...values]
    return answered(
      (client) => getVariable(client, name, { channel }),
      (action, peer) => {
        const lines = left.shift() ?? []
        if (action.name === 'Getvar') return [`Variable: ${name}`, ...lines]
        peer.reply(action, 'Success', 'EventList: start')
        peer.say('Event: Status', `ActionID: ${action.id}`, ...lines)
        peer.say('Event: StatusComplete', `ActionID: ${action.id}`, 'EventList: Complete', 'ListItems: 1')
        return undefined
      },
    )
  }
  const set = await ask('A', 'PJSIP/1', [['Value: x']])
  assert.deepEqual([set.value, set.actions.length], ['x', 1])
  const empty = await ask('A', 'PJSIP/1', [['Value: '], ['Variable: A=']])
  assert.deepEqual([empty.value, empty.actions.length], ['', 2])
  const unset = await ask('A', 'PJSIP/1', [['Value: '], ['Variable: A=(null)']])
  assert.equal(unset.value, undefined)
  const func = await ask('CALLERID(num)', 'PJSIP/1', [['Value: ']])
  assert.deepEqual([func.value, func.actions.length], ['', 1])
  const global = await ask('A', undefined, [['Value: ']])
  assert.deepEqual([global.value, global.actions.length], ['', 1])
})

test('dbGet: none is undefined, and any other refusal is one', async () => {
  const none = await answered(
    (client) => dbGet(client, 'f', 'k'),
    () => ({ error: 'Database entry not found' }),
  )
  assert.equal(none.value, undefined)
  const denied = answered(
    (client) => dbGet(client, 'f', 'k'),
    () => ({ error: 'Permission denied' }),
  )
  await assert.rejects(denied, { code: 'AMI_REFUSED' })
})

test('hangup says which, and never takes a name for a pattern', async () => {
  const one = await answered(
    (client) => hangup(client, { channel: 'PJSIP/1-1' }, { cause: 17 }),
    () => [],
  )
  assert.deepEqual(headersOf(one.actions[0]), ['Channel: PJSIP/1-1', 'Cause: 17'])
  assert.deepEqual(one.value, ['PJSIP/1-1'])
  const all = await answered(
    (client) => hangup(client, { pattern: '^PJSIP/' }),
    (action, peer) => {
      peer.reply(action, 'Success', 'EventList: start')
      for (const n of [1, 2]) peer.say('Event: ChannelHungup', `ActionID: ${action.id}`, `Channel: PJSIP/${n}-1`)
      peer.say('Event: ChannelsHungupListComplete', `ActionID: ${action.id}`, 'EventList: Complete', 'ListItems: 2')
      return undefined
    },
  )
  assert.deepEqual(headersOf(all.actions[0]), ['Channel: /^PJSIP//'])
  assert.deepEqual(all.value, ['PJSIP/1-1', 'PJSIP/2-1'])
})

test('getQueues: members and callers under their queue; headers of another version count as nothing', async () => {
  const { value } = await answered(
    (client) => getQueues(client, { name: 'support' }),
    (action, peer) => {
      assert.equal(action.get('Queue'), 'support')
      peer.reply(action, 'Success', 'EventList: start')
      const row = (...lines: string[]) => peer.say(...lines, `ActionID: ${action.id}`)
      row('Event: QueueParams', 'Queue: support', 'Strategy: ringall', 'Calls: 1', 'ServicelevelPerf: 50.0')
      row(
        'Event: QueueMember',
        'Queue: support',
        'Name: Ann',
        'Location: PJSIP/1',
        'Status: 6',
        'Paused: 1',
        'LastCall: 9',
      )
      row('Event: QueueEntry', 'Queue: support', 'Position: 1', 'Channel: PJSIP/9-1', 'Wait: 12', 'CallerIDNum: 100')
      row('Event: QueueParams', 'Queue: sales', 'Strategy: rrmemory')
      row('Event: QueueMember', 'Queue: sales', 'Name: Bob', 'Location: PJSIP/2', 'Status: 99')
      peer.say('Event: QueueStatusComplete', `ActionID: ${action.id}`, 'EventList: Complete', 'ListItems: 5')
      return undefined
    },
  )
  const [support, sales] = value
  assert.equal(support?.serviceLevelPerf, 50)
  assert.deepEqual([support?.calls, support?.completed, support?.event.Queue], [1, 0, 'support'])
  const [ann] = support?.members ?? []
  assert.deepEqual(
    [ann?.name, ann?.status, ann?.paused, ann?.pausedReason, ann?.lastCall],
    ['Ann', 'ringing', true, '', new Date(9_000)],
  )
  const [caller] = support?.callers ?? []
  assert.deepEqual([caller?.position, caller?.channel, caller?.wait, caller?.callerIdNum], [1, 'PJSIP/9-1', 12, '100'])
  assert.deepEqual(
    sales?.members.map(({ name, status, lastCall }) => [name, status, lastCall]),
    [['Bob', 'unknown', undefined]],
  )
})

const filter: EventFilter = {
  action: 'exclude',
  event: 'VarSet',
  header: 'Variable',
  method: 'startsWith',
  value: 'a.b',
}

for (const [version, asterisk, form] of [
  ['5.0.4', undefined, 'regex'],
  ['7.0.2', '18.25.0', 'regex'],
  ['7.0.3', '18.26.4', 'structured'],
  ['8.0.2', '19.8.1', 'regex'],
  ['9.0.0', 'certified/20.7-cert4', 'regex'],
  ['9.0.0', '20.11.0', 'structured'],
  ['10.0.0', '21.5.0', 'regex'],
  ['10.0.0', '21.6.0', 'structured'],
  ['11.0.0', '22.0.0', 'regex'],
  ['11.0.0', '22.10.1+dfsg+~cs6.17', 'structured'],
  ['11.0.0', 'GIT-master-abcdef', 'regex'],
  ['12.0.0', undefined, 'structured'],
] as const) {
  test(`addEventFilter: the ${form} form for AMI ${version}, Asterisk ${asterisk ?? 'not asked'}`, async () => {
    const { actions } = await answered(
      (client) => addEventFilter(client, filter),
      (action) => (action.name === 'CoreSettings' ? [`AsteriskVersion: ${asterisk}`] : []),
      version,
    )
    assert.equal(actions.length, asterisk === undefined ? 1 : 2)
    assert.deepEqual(
      headersOf(actions.at(-1)),
      form === 'structured'
        ? [
            'Operation: Add',
            'MatchCriteria: action(exclude),name(VarSet),header(Variable),method(starts_with)',
            'Filter: a.b',
          ]
        : ['Operation: Add', 'Filter: !^Event: VarSet[[:cntrl:]].*[[:cntrl:]]Variable: a\\.b'],
    )
  })
}

test('reload: its module, and a timeout of its own', async () => {
  await using rig = await readyRig({ keepalive: { interval: 1_000_000 } })
  const { client, peer } = rig
  await using _ = rig
  const one = watch(reload(client, 'app_queue'))
  const all = watch(reload(client, undefined, { timeout: 1_000 }))
  assert.deepEqual(headersOf(await peer.next()), ['Module: app_queue'])
  assert.deepEqual(headersOf(await peer.next()), [])
  rig.clock.tick(1_000)
  await settle()
  assert.equal((all.error as { code: string }).code, 'AMI_TIMEOUT')
  rig.clock.tick(118_999)
  await settle()
  assert.equal(one.done, false)
  rig.clock.tick(1)
  await settle()
  assert.equal((one.error as { code: string }).code, 'AMI_TIMEOUT')
})
