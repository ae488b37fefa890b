import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect, type Params } from 'amiable'
import { assertClean, nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, YOURS } from '../../targets.ts'
import { listedActions } from './actions.ts'
import { endFax, fax } from './lists.ts'

type Check = (ami: Client) => Promise<void>

interface Trial {
  readonly action: string
  readonly check: Check
  /** Needs what the simulator does not hold. */
  readonly real?: true
  /** How many answers come after the first, which has ended the call. */
  readonly late?: number
}

const titles = async (ami: Client, action: string, params?: Params) =>
  (await ami.sendRaw(action, params)).events.map((event) => event.Event)

/*
 * Actions whose answers break the rules, each as it really comes; Ping and an unknown
 * action stand behind every one, and must get their own answers.
 */
const CHECKS: Readonly<Record<string, Trial>> = {
  // chan_iax2.c:manager_iax2_show_netstats
  'IAXnetstats has neither Response nor ActionID': {
    action: 'IAXnetstats',
    check: async (ami) => {
      const { success, events } = await ami.sendRaw('IAXnetstats')
      assert.deepEqual([success, events.length], [true, 0])
    },
  },
  'IAXnetstats of calls is a line for each': {
    action: 'IAXnetstats',
    real: true,
    check: async (ami) => {
      // nobody listens at iax1's address: the call is there until its Timeout
      const begun = nextEvent(ami, 'Newchannel', (event) => event.Channel?.startsWith('IAX2/iax1-') === true)
      const call = { Channel: 'IAX2/iax1/s', Application: 'Wait', Data: 1, Timeout: 5_000, Async: true }
      await ami.sendRaw('Originate', call)
      const { Channel = '' } = await begun
      const [one, other] = await Promise.all([ami.sendRaw('IAXnetstats'), ami.sendRaw('IAXnetstats')])
      for (const { success, headers } of [one, other]) {
        assert.equal(success, true)
        assert.ok(
          headers.some(([name]) => name.startsWith(`${Channel} `)),
          `no line of ${Channel}`,
        )
      }
      await ami.sendRaw('Hangup', { Channel })
    },
  },
  // chan_iax2.c:manager_iax2_show_peers
  'IAXpeers has rows without ActionID, and so has another behind it': {
    action: 'IAXpeers',
    check: async (ami) => {
      const two = await Promise.all([ami.sendRaw('IAXpeers'), ami.sendRaw('IAXpeers')])
      for (const { events, completion } of two) {
        const [first] = events
        assert.deepEqual([first?.Event, first?.get('ObjectName')], ['PeerEntry', 'iax1'])
        assert.equal(events.length, completion?.number('ListItems'))
      }
    },
  },
  // chan_skinny.c:manager_skinny_show_devices
  'SKINNYdevices has no blank lines between its rows': {
    action: 'SKINNYdevices',
    check: fused('SKINNYdevices', 'DeviceEntry', ['device1', 'device2'], 'DevicelistComplete'),
  },
  'SKINNYlines has no blank lines between its rows': {
    action: 'SKINNYlines',
    check: fused('SKINNYlines', 'LineEntry', ['skinny1', 'skinny2'], 'LinelistComplete'),
  },
  // chan_skinny.c:manager_skinny_show_device, _skinny_show_device
  'SKINNYshowdevice is headers without a Response, and nothing for a stranger': {
    action: 'SKINNYshowdevice',
    check: bare('SKINNYshowdevice', 'Device', 'device1'),
  },
  'SKINNYshowline is headers without a Response, and nothing for a stranger': {
    action: 'SKINNYshowline',
    check: bare('SKINNYshowline', 'Line', 'skinny2'),
  },
  // res_fax.c:manager_fax_stats announces one event and marks nothing
  'FAXStats is one event without a mark': {
    action: 'FAXStats',
    check: async (ami) => assert.deepEqual(await titles(ami, 'FAXStats'), ['FAXStats']),
  },
  'FAXSessions spells its start with a capital': {
    action: 'FAXSessions',
    check: async (ami) => {
      const { completion, events } = await ami.sendRaw('FAXSessions')
      assert.deepEqual([completion?.Event, events.length], ['FAXSessionsComplete', 0])
    },
  },
  'FAXSession of a stranger is refused': {
    action: 'FAXSession',
    check: (ami) => assert.rejects(ami.sendRaw('FAXSession', { SessionNumber: 99 }), { code: 'AMI_REFUSED' }),
  },
  // res_fax.c:manager_fax_session announces one event and marks nothing
  'FAXSession is one event without a mark': {
    action: 'FAXSession',
    real: true,
    check: async (ami) => {
      const { channel, session: SessionNumber } = await fax(ami)
      const [{ events, completion }, list] = await Promise.all([
        ami.sendRaw('FAXSession', { SessionNumber }),
        ami.listRaw('FAXSession', { SessionNumber }).toArray(),
      ])
      for (const rows of [events, list]) {
        assert.deepEqual(
          rows.map((row) => [row.Event, row.get('SessionNumber'), row.get('Operation')]),
          [['FAXSession', SessionNumber, 'receive']],
        )
      }
      assert.equal(completion, undefined)
      await endFax(ami, channel)
    },
  },
  // app_voicemail.c: a Success that is an empty list
  'VoicemailUserStatus of a stranger is a Success without a list': {
    action: 'VoicemailUserStatus',
    check: withoutList('VoicemailUserStatus', { Context: 'default', Mailbox: '9999' }),
  },
  'VoicemailBoxSummary of a stranger is a Success without a list': {
    action: 'VoicemailBoxSummary',
    check: withoutList('VoicemailBoxSummary', { Context: 'default', Mailbox: '9999' }),
  },
  // app_voicemail.c:manager_voicemail_move: a Success that says that it failed
  'VoicemailMove of a message that is not there is a Success with a text': {
    action: 'VoicemailMove',
    check: async (ami) => {
      const mailbox = { Context: 'default', Mailbox: '1234', Folder: 'INBOX', ID: 'none', ToFolder: 'Old' }
      const { success, message } = await ami.sendRaw('VoicemailMove', mailbox)
      assert.deepEqual([success, message], [true, 'Message move failed'])
    },
  },
  // pbx.c:manager_show_dialplan_helper: the pattern `9` fits the extension, which starts the list, and then nothing does
  'ShowDialPlan that fails after its start is refused, with send and with list()': {
    action: 'ShowDialPlan',
    check: async (ami) => {
      const Context = 'amiable-ignored'
      await ami.sendRaw('DialplanExtensionAdd', { Context, Extension: 's', Priority: 1, Application: 'NoOp' })
      await ami.command(`dialplan add ignorepat 9 into ${Context}`)
      const refused = { code: 'AMI_REFUSED', message: /Did not find extension 911@amiable-ignored/ }
      const rows: string[] = []
      const loop = async () => {
        for await (const row of ami.listRaw('ShowDialPlan', { Context, Extension: '911' })) rows.push(row.Event)
      }
      const both = [ami.sendRaw('ShowDialPlan', { Context, Extension: '911' }), loop()]
      await Promise.all(both.map((one) => assert.rejects(one, refused)))
      // it did start: there was a row before the Error
      assert.deepEqual(rows, ['ListDialplan'])
      await ami.command(`dialplan remove context ${Context}`)
    },
  },
  // pbx.c:manager_show_dialplan finds nothing, and says so at once
  'ShowDialPlan of what is not there is refused': {
    action: 'ShowDialPlan',
    check: async (ami) => {
      const code = 'AMI_REFUSED'
      const extension = { Context: 'default', Extension: 'no-such' }
      await Promise.all([
        assert.rejects(ami.sendRaw('ShowDialPlan', extension), { code, message: /Did not find extension/ }),
        assert.rejects(ami.sendRaw('ShowDialPlan', { Context: 'no-such' }), { code, message: /Did not find context/ }),
      ])
    },
  },
  // manager.c:manager_moduleload goes on after its first Error
  'ModuleLoad without a LoadType is refused three times over, and once is enough': {
    action: 'ModuleLoad',
    late: 2,
    check: (ami) =>
      assert.rejects(ami.sendRaw('ModuleLoad'), { code: 'AMI_REFUSED', message: /Incomplete ModuleLoad/ }),
  },
  // res_xmpp.c:manager_jabber_send says that it tries, and then, with the same ActionID, how it went
  'JabberSend is refused by its second answer': {
    action: 'JabberSend',
    check: (ami) => {
      const message = { Jabber: 'none', ScreenName: 'none@example.org', Message: 'hello' }
      return assert.rejects(ami.sendRaw('JabberSend', message), { message: /Could not find Sender/ })
    },
  },
  // app_queue.c:manager_queue_rule_show
  'QueueRule ends in one blank line too many': {
    action: 'QueueRule',
    check: async (ami) => {
      const [reply, pong] = await Promise.all([ami.sendRaw('QueueRule', { Rule: 'lab' }), ami.send('Ping')])
      assert.equal(reply.success, true)
      if (reply.get('RuleList')) assert.equal(reply.getAll('Rule').length, 2)
      assert.equal(pong.Ping, 'Pong')
    },
  },
  'SIPshowpeer of a stranger is refused, blank lines and all': {
    action: 'SIPshowpeer',
    check: (ami) => assert.rejects(ami.sendRaw('SIPshowpeer', { Peer: 'stranger' }), { code: 'AMI_REFUSED' }),
  },
  // res_pjsip/pjsip_configuration.c:ami_show_endpoint
  'PJSIPShowEndpoint of a stranger is refused': {
    action: 'PJSIPShowEndpoint',
    check: (ami) => assert.rejects(ami.sendRaw('PJSIPShowEndpoint', { Endpoint: 'stranger' }), { code: 'AMI_REFUSED' }),
  },
  // manager.c:action_originate, and many in res_pjsip: texts that end in a line feed of their own
  'A text that ends in a line feed is given without it': {
    action: 'Originate',
    check: async (ami) => {
      const ChannelId = 'x'.repeat(150)
      const call = { Channel: 'Local/answered@default', Application: 'Wait', ChannelId, Async: true }
      const { success, message } = await ami.sendRaw('Originate', call, { check: false })
      assert.deepEqual([success, message], [false, 'Uniqueid length exceeds maximum of 149'])
      const listed = await listedActions(ami)
      for (const [action, params, text] of LINE_FEEDS) {
        if (!listed.includes(action)) continue
        assert.equal((await ami.sendRaw(action, params, { check: false })).message, text)
        await assert.rejects(ami.sendRaw(action, params), ({ message }: Error) => message.includes(text))
      }
    },
  },
  // manager.c:action_getconfig
  'GetConfig of a category that is not there has a line without a colon': {
    action: 'GetConfig',
    check: async (ami) => {
      const { headers } = await ami.sendRaw(
        'GetConfig',
        { Filename: 'queues.conf', Category: 'no-such' },
        { check: false },
      )
      assert.ok(headers.length > 0)
    },
  },
  // manager.c:action_presencestate
  'PresenceState has two headers Message': {
    action: 'PresenceState',
    check: async (ami) => {
      const reply = await ami.sendRaw('PresenceState', { Provider: 'CustomPresence:desk202' })
      assert.equal(reply.getAll('Message')[0], 'Presence State')
    },
  },
  'PresenceState with a text of its own gives both': {
    action: 'PresenceState',
    real: true,
    check: async (ami) => {
      const set = (Value: string) =>
        ami.sendRaw('Setvar', { Variable: 'PRESENCE_STATE(CustomPresence:desk202)', Value })
      await set('away,lunch,back soon')
      const reply = await ami.sendRaw('PresenceState', { Provider: 'CustomPresence:desk202' })
      await set('not_set')
      assert.deepEqual(reply.getAll('Message'), ['Presence State', 'back soon'])
      assert.deepEqual([reply.message, reply.get('PresenceMessage')], ['Presence State', 'back soon'])
    },
  },
  // manager.c:action_getvar does not escape: no client can tell a value's own CRLF from the end of a line. What can be
  // had is that the call ends, and that what was forged is taken for nobody's row.
  'Getvar of a value that forges an event resolves, and the event belongs to nobody': {
    action: 'Getvar',
    real: true,
    check: async (ami) => {
      const actionId = `forged-${Date.now()}`
      const forged = nextEvent(ami, 'Forged', (event) => event.actionId === actionId)
      const Variable = `URIDECODE(a%0D%0A%0D%0AEvent: Forged%0D%0AActionID: ${actionId}%0D%0A)`
      const reply = await ami.sendRaw('Getvar', { Variable }, { actionId })
      assert.deepEqual([reply.get('Variable'), reply.get('Value'), reply.events.length], [Variable, 'a', 0])
      await forged
    },
  },
  // manager.c:action_waitevent ends with an event that has no EventList
  'WaitEvent ends when its time is up': {
    action: 'WaitEvent',
    check: async (ami) => {
      const { completion } = await ami.sendRaw('WaitEvent', { Timeout: 1 })
      assert.equal(completion?.Event, 'WaitEventComplete')
    },
  },
  // manager.c:action_waitevent gives events without its ActionID: listeners get them, as they get all
  'WaitEvent ends when an event comes, and the event is told like any other': {
    action: 'WaitEvent',
    check: async (ami) => {
      const told = nextEvent(ami, 'UserEvent', (event) => event.get('UserEvent') === 'Awaited')
      // what an action itself causes is written behind its answer (manager.c:process_message), and so within the wait
      const [, waited] = await Promise.all([
        ami.sendRaw('UserEvent', { UserEvent: 'Awaited' }),
        ami.sendRaw('WaitEvent', { Timeout: 2 }),
      ])
      assert.equal(waited.completion?.Event, 'WaitEventComplete')
      await told
    },
  },
  // manager.c:action_hangup: a name in slashes is a pattern, and the answer is a list
  'Hangup by a pattern that fits nothing is an empty list': {
    action: 'Hangup',
    check: async (ami) => {
      const reply = await ami.sendRaw('Hangup', { Channel: '/^no-such-channel$/' }, { check: false })
      assert.equal(reply.events.length, 0)
    },
  },
}

/** Refusals whose texts end in a line feed of their own. */
const LINE_FEEDS: readonly (readonly [action: string, params: Params, text: string])[] = [
  ['SorceryMemoryCacheExpire', { Cache: 'none' }, 'The provided cache does not exist'],
  ['PJSIPShowResourceLists', {}, 'No resource lists found'],
  ['PJSIPQualify', { Endpoint: 'none' }, 'Unable to retrieve endpoint'],
  ['PJSIPRegister', { Registration: 'none' }, 'Unable to retrieve registration entry'],
  ['CoreShowChannelMap', { Channel: 'no/such' }, 'Could not get channel snapshot'],
]

/** Every rule-breaker that the server has. */
export function violators(target: Target): void {
  if (target.real && !target.full) {
    test(`${target.name}: rule-breakers`, { skip: YOURS }, () => {})
    return
  }
  test(`${target.name}: answers that break the rules are whole all the same`, async (t) => {
    await using ami = await connect(optionsFor(target))
    const listed = new Set(await listedActions(ami))
    for (const [what, { action, check, real, late = 0 }] of Object.entries(CHECKS)) {
      const able = listed.has(action) && (target.real || !real)
      await t.test(what, { skip: able ? false : `not on ${target.name}: ${action}` }, async () => {
        const before = ami.stats().lateReplies
        const behind = [ping(ami), unknown(ami)]
        await check(ami)
        await Promise.all(behind)
        await Promise.all([ping(ami), unknown(ami)])
        assertClean(ami)
        assert.equal(ami.stats().lateReplies - before, late, 'late replies')
      })
    }
    await t.test('all of them at once, three times over, each get their own', async () => {
      const can = (action: string, one: () => Promise<void>) => (listed.has(action) ? [one()] : [])
      const rounds = [0, 1, 2].flatMap(() => [
        ...can('IAXnetstats', async () => assert.equal((await ami.sendRaw('IAXnetstats')).events.length, 0)),
        ...can('IAXpeers', async () => assert.ok((await titles(ami, 'IAXpeers')).every((one) => one === 'PeerEntry'))),
        ping(ami),
        ...can('FAXStats', async () => assert.deepEqual(await titles(ami, 'FAXStats'), ['FAXStats'])),
        ...can('SKINNYshowline', async () => {
          const line = await ami.sendRaw('SKINNYshowline', { Line: 'skinny1' })
          assert.equal(line.get('ObjectName'), 'skinny1')
        }),
        ...can('SKINNYdevices', async () => assert.equal((await titles(ami, 'SKINNYdevices')).length, 2)),
        unknown(ami),
        ...can('SKINNYshowdevice', async () => {
          const { headers } = await ami.sendRaw('SKINNYshowdevice', { Device: 'stranger' })
          assert.deepEqual(headers, [])
        }),
        ...can('QueueRule', async () => assert.equal((await ami.sendRaw('QueueRule', { Rule: 'lab' })).success, true)),
        ...can('ModuleLoad', () => assert.rejects(ami.sendRaw('ModuleLoad'), { message: /Incomplete ModuleLoad/ })),
        ...can('IAXpeers', async () => assert.ok((await ami.listRaw('IAXpeers').toArray()).length > 0)),
        ping(ami),
      ])
      await Promise.all(rounds)
      await ping(ami)
      assertClean(ami)
    })
  })
}

function fused(action: string, row: string, names: readonly string[], end: string): Check {
  return async (ami) => {
    const { events, completion } = await ami.sendRaw(action)
    const seen = events.map((event) => [event.Event, event.get('ObjectName')])
    assert.deepEqual(
      seen.sort(),
      names.map((name) => [row, name]),
    )
    assert.deepEqual([completion?.Event, completion?.number('ListItems')], [end, names.length])
  }
}

function bare(action: string, header: string, name: string): Check {
  return async (ami) => {
    const [known, stranger] = await Promise.all([
      ami.sendRaw(action, { [header]: name }),
      ami.sendRaw(action, { [header]: 'stranger' }),
    ])
    assert.equal(known.get('ObjectName'), name)
    assert.deepEqual([stranger.success, stranger.headers], [true, []])
  }
}

function withoutList(action: string, params: Params): Check {
  return async (ami) => {
    const { success, events, completion } = await ami.sendRaw(action, params)
    assert.deepEqual([success, events.length, completion], [true, 0, undefined])
    assert.deepEqual(await ami.listRaw(action, params).toArray(), [])
  }
}

async function ping(ami: Client): Promise<void> {
  assert.equal((await ami.send('Ping')).Ping, 'Pong')
}

function unknown(ami: Client): Promise<void> {
  return assert.rejects(ami.sendRaw('NoSuchAction'), { code: 'AMI_REFUSED', message: /NoSuchAction/ })
}
