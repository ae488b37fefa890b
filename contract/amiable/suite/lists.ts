import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type AmiEvent, type Client, connect, type Params } from 'amiable'
import { actionFacts } from 'amiable/catalog'
import { until } from '../../../tools/servers/asterisk/process.ts'
import { dial, hangUp } from '../../support/calls.ts'
import { assertClean, nextEvent, optionsFor, withClient } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'
import { Scene, trials } from '../sensible-arguments.ts'
import { listedActions } from './actions.ts'

const KEYS = 1_000
/** Only against hanging. */
const PATIENCE = 30_000

/** What `ListItems` says where it is no count of the rows, by action. */
const ADVISORY: Readonly<Record<string, (target: Target, rows: readonly AmiEvent[]) => number>> = {
  // app_voicemail.c:append_vmu_info_astman is told that it is one, and it is
  VoicemailUserStatus: () => 1,
  // main/db.c:manager_db_tree_get of 16 gives a number that it never counts up
  DBGetTree: ({ version }, { length }) => (version > 16 ? length : 1),
}

/** Lists that have no rows here, each with its reason; any other list without rows proves nothing. */
const EMPTY: Readonly<Record<string, string>> = {
  IAXregistry: 'no registration over IAX is configured',
  SIPshowregistry: 'no registration over SIP is configured',
  PJSIPShowRegistrationInboundContactStatuses: 'no phone ever registers',
  PJSIPShowRegistrationsOutbound: 'none is configured',
  PJSIPShowSubscriptionsInbound: 'no phone ever subscribes',
  PJSIPShowSubscriptionsOutbound: 'Asterisk subscribes to none',
  PJSIPShowMaintenance: 'no endpoint is under maintenance',
  VoicemailBoxSummary: 'nobody has left a message',
}

/** Lists: every one that the server has; whole, counted, in order; with send and with list(); empty, refused and given up. */
export function lists(target: Target): void {
  const { name } = target
  if (target.real && !target.full) {
    test(`${name}: lists`, { skip: YOURS }, () => {})
    return
  }

  test(`${name}: a thousand rows come in order, with send and with list()`, async () => {
    await using ami = await connect(optionsFor(target, { maxInFlight: 100, events: 'off' }))
    const keys = Array.from({ length: KEYS }, (_, i) => `key-${String(i).padStart(4, '0')}`)
    await Promise.all(keys.map((Key) => ami.sendRaw('DBPut', { Family: 'contract', Key, Val: `value of ${Key}` })))
    const { events, completion } = await ami.sendRaw('DBGetTree', { Family: 'contract' })
    // main/db.c:manager_db_tree_get of 16 says 1, however many there are
    const counted = target.version > 16 ? String(KEYS) : '1'
    assert.equal(completion?.get('ListItems'), counted)
    assert.deepEqual(
      events.map((row) => row.get('Key')),
      keys.map((key) => `/contract/${key}`),
    )
    const list = ami.listRaw('DBGetTree', { Family: 'contract' })
    let i = 0
    for await (const row of list) assert.equal(row.get('Val'), `value of ${keys[i++]}`)
    assert.equal(i, KEYS)
    assert.equal(list.completion?.get('ListItems'), counted)
    await ami.sendRaw('DBDelTree', { Family: 'contract' })
    assertClean(ami)
  })

  test(`${name}: every list is whole, with send and with list(), its rows those of the catalog`, async (t) => {
    await using helper = await connect(optionsFor(target))
    await using ami = await connect(optionsFor(target))
    const scene = new Scene(helper)
    await populate(helper, scene)
    const receiving = target.real && (await fax(helper))
    // a channel that is not bridged is connected to none
    const special: Readonly<Record<string, Params>> = { CoreShowChannelMap: { Channel: await scene.talking() } }
    const actions = (await listedActions(ami)).filter((action) => actionFacts(action)?.rows.length)
    const own = actions.filter((action) => action in trials && actionFacts(action)?.completion && action !== 'Hangup')
    assert.ok(own.length > 25, `only ${own.length} lists`)
    for (const action of own) {
      await t.test(action, async () => {
        const { params, refused, perhaps } = trials[action] ?? {}
        const given = special[action] ?? (typeof params === 'function' ? await params(scene) : params)
        // a list that is refused when it is empty (res_pjsip, app_meetme) is refused both ways
        if (refused && !(perhaps && (await ami.sendRaw(action, given, { check: false })).success)) {
          await refusedBothWays(ami, action, given)
        } else await wholeBothWays(target, ami, action, given)
      })
    }
    await scene.end()
    if (receiving) await endFax(helper, receiving.channel)
    await ami.send('Ping')
    assertClean(ami)
    assertClean(helper)
    assert.equal(ami.stats().lateReplies, 0)
  })

  test(`${name}: a hangup by pattern lists the channels that it ended`, () =>
    withClient(target, async (ami) => {
      // of one call the other half may be gone before Asterisk comes to it
      const channels = [(await dial(ami)).channel, (await dial(ami)).channel]
      const quoted = channels.map((channel) => channel.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
      const { events, completion } = await ami.sendRaw('Hangup', { Channel: `/^(${quoted.join('|')})$/` })
      assert.deepEqual(events.map((row) => row.get('Channel')).sort(), channels.sort())
      assert.ok(events.every((row) => row.Event === 'ChannelHungup'))
      assert.deepEqual([completion?.Event, completion?.number('ListItems')], ['ChannelsHungupListComplete', 2])
    }))

  test(`${name}: a list that is broken off leaves the rest behind quietly, and what follows is answered`, () =>
    withClient(target, async (ami) => {
      for await (const row of ami.listRaw('ShowDialPlan')) {
        assert.equal(row.Event, 'ListDialplan')
        break
      }
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
      assert.ok((await ami.listRaw('ShowDialPlan').toArray()).length > 1)
    }))

  test(`${name}: the channels that are up are the rows of CoreShowChannels and of Status`, () =>
    withClient(target, async (ami) => {
      const call = await dial(ami)
      for (const action of ['CoreShowChannels', 'Status'] as const) {
        const rows = await ami.list(action).toArray()
        const channels = rows.map((row) => row.get('Channel'))
        assert.ok(channels.includes(call.channel) && channels.includes(call.far), action)
      }
      await hangUp(ami, call)
    }))

  test(`${name}: an empty list is a list`, () =>
    withClient(target, async (ami) => {
      const { success, events } = await ami.sendRaw('QueueStatus', { Queue: 'no-such-queue' })
      assert.deepEqual([success, events.length], [true, 0])
      assert.deepEqual(await ami.listRaw('QueueStatus', { Queue: 'no-such-queue' }).toArray(), [])
    }))

  test(`${name}: a list that is refused rejects, with send and with list()`, () =>
    withClient(target, async (ami) => {
      const refused = { code: 'AMI_REFUSED' }
      await assert.rejects(ami.sendRaw('DBGet', { Family: 'no', Key: 'such' }), refused)
      await assert.rejects(ami.listRaw('DBGet', { Family: 'no', Key: 'such' }).toArray(), refused)
      const { success, message } = await ami.sendRaw('DBGet', { Family: 'no', Key: 'such' }, { check: false })
      assert.deepEqual([success, message], [false, 'Database entry not found'])
    }))

  test(`${name}: queue entries and members follow their queue`, () =>
    withClient(target, async (ami) => {
      const { events } = await ami.send('QueueStatus')
      const order = events.map((row) => [row.Event, row.get('Queue')])
      const support = order.filter(([, queue]) => queue === 'support').map(([event]) => event)
      assert.deepEqual(support, ['QueueParams', 'QueueMember', 'QueueMember'])
      const start = order.findIndex(([, queue]) => queue === 'support')
      assert.ok(order.slice(start, start + 3).every(([, queue]) => queue === 'support'))
    }))

  test(`${name}: list rows go to the list, and to listeners that ask for all`, () =>
    withClient(target, async (ami) => {
      const seen: string[] = []
      const all: string[] = []
      ami.on('QueueParams', () => void seen.push('row'))
      ami.on('QueueParams', () => void all.push('row'), { all: true })
      const { events } = await ami.send('QueueStatus')
      await ami.send('Ping')
      assert.equal(seen.length, 0)
      assert.equal(all.length, events.filter((row) => row.Event === 'QueueParams').length)
    }))
}

/** Sees to it that lists have rows: a conference and a parked call, besides what the configuration holds. */
async function populate(ami: Client, scene: Scene): Promise<void> {
  await scene.member()
  const parked = nextEvent(ami, 'ParkedCall', (row) => row.get('ParkeeChannel')?.startsWith('Local/park@') === true)
  await scene.fresh('park')
  await parked
  await ami.sendRaw('Setvar', { Variable: 'DEVICE_STATE(Custom:desk201)', Value: 'NOT_INUSE' })
  await ami.sendRaw('Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:desk202)', Value: 'away,,at lunch' })
}

/** A fax that nobody sends, being received: its channel, and the number of its session. */
export async function fax(ami: Client): Promise<{ readonly channel: string; readonly session: string }> {
  const actionId = randomUUID()
  const answered = nextEvent(ami, 'OriginateResponse', (event) => event.actionId === actionId)
  const params = { Channel: 'Local/wait@default/n', Application: 'ReceiveFAX', Data: '/tmp/amiable.tif', Async: true }
  await ami.sendRaw('Originate', params, { actionId })
  const channel = (await answered).get('Channel') ?? ''
  // res_fax.c:receivefax_exec tells nobody that it has begun. Who asks for a session before it is active ends Asterisk:
  // res_fax_spandsp.c:spandsp_manager_fax_session reads through `t30_state`, which spandsp_fax_start sets later
  const own = await until(`a fax on ${channel}`, PATIENCE, async () => {
    const rows = await ami.listRaw('FAXSessions').toArray()
    return rows.find((row) => row.get('Channel') === channel && row.get('State') === 'Active')
  })
  return { channel, session: own.get('SessionNumber') ?? '' }
}

/** Ends a fax: its session is gone once its channel is (res_fax.c:receivefax_exec). */
export async function endFax(ami: Client, channel: string): Promise<void> {
  const gone = nextEvent(ami, 'Hangup', (event) => event.get('Channel') === channel)
  await ami.sendRaw('Hangup', { Channel: channel })
  await gone
}

async function wholeBothWays(target: Target, ami: Client, action: string, params?: Params): Promise<void> {
  const sent = await ami.sendRaw(action, params)
  whole(target, action, sent.events, sent.completion)
  const list = ami.listRaw(action, params)
  const rows: AmiEvent[] = []
  for await (const row of list) rows.push(row)
  whole(target, action, rows, list.completion)
  // the channels of other tests may come and go in between, the shape may not
  const shape = (events: readonly AmiEvent[]) => [...new Set(events.map((row) => row.Event))].sort()
  assert.deepEqual(shape(rows), shape(sent.events))
}

function whole(target: Target, action: string, rows: readonly AmiEvent[], completion: AmiEvent | undefined): void {
  const facts = actionFacts(action)
  assert.equal(completion?.Event, facts?.completion)
  for (const { Event } of rows) assert.ok(facts?.rows.includes(Event), `the catalog does not know the row ${Event}`)
  const items = ADVISORY[action]?.(target, rows) ?? rows.length
  // the simulator counts better than Asterisk does
  assert.ok([items, ...(target.real ? [] : [rows.length])].includes(completion?.number('ListItems') ?? -1), 'ListItems')
  if (target.real && rows.length === 0) assert.ok(action in EMPTY, 'it has no rows')
}

async function refusedBothWays(ami: Client, action: string, params?: Params): Promise<void> {
  const refused = { code: 'AMI_REFUSED' }
  await assert.rejects(ami.sendRaw(action, params), refused)
  await assert.rejects(ami.listRaw(action, params).toArray(), refused)
}
