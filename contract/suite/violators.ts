import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, connect, type Params } from 'amiable'
import { assertClean, optionsFor } from '../support/client.ts'
import type { Target } from '../target.ts'
import { listedActions } from './actions.ts'

type Check = (ami: Client) => Promise<void>

const titles = async (ami: Client, action: string, params?: Params) =>
  (await ami.sendRaw(action, params)).events.map((event) => event.Event)

/*
 * Actions whose answers break the rules (protocol.md 1.6, 3.1, 3.3), each as it really comes; Ping and an unknown
 * action stand behind every one, and must get their own answers.
 */
const CHECKS: Readonly<Record<string, { readonly action: string; readonly check: Check }>> = {
  // chan_iax2.c:manager_iax2_show_netstats
  'IAXnetstats has neither Response nor ActionID': {
    action: 'IAXnetstats',
    check: async (ami) => {
      const { success, events } = await ami.sendRaw('IAXnetstats')
      assert.deepEqual([success, events.length], [true, 0])
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
    check: async (ami) => {
      const { events, completion } = await ami.sendRaw('SKINNYdevices')
      assert.deepEqual(
        events.map((event) => [event.Event, event.get('ObjectName')]),
        [
          ['DeviceEntry', 'device1'],
          ['DeviceEntry', 'device2'],
        ],
      )
      assert.equal(completion?.Event, 'DevicelistComplete')
    },
  },
  'SKINNYlines has no blank lines between its rows': {
    action: 'SKINNYlines',
    check: async (ami) => {
      const { events, completion } = await ami.sendRaw('SKINNYlines')
      assert.deepEqual(events.map((event) => event.get('ObjectName')).sort(), ['skinny1', 'skinny2'])
      assert.equal(completion?.get('ListItems'), '2')
    },
  },
  // chan_skinny.c:manager_skinny_show_device, _skinny_show_device
  'SKINNYshowdevice is headers without a Response, and nothing for a stranger': {
    action: 'SKINNYshowdevice',
    check: async (ami) => {
      const [known, stranger] = await Promise.all([
        ami.sendRaw('SKINNYshowdevice', { Device: 'device1' }),
        ami.sendRaw('SKINNYshowdevice', { Device: 'stranger' }),
      ])
      assert.deepEqual([known.get('ObjectName'), known.get('Id')], ['device1', 'SEP000000000001'])
      assert.deepEqual(stranger.headers, [])
    },
  },
  'SKINNYshowline is headers without a Response, and nothing for a stranger': {
    action: 'SKINNYshowline',
    check: async (ami) => {
      const [known, stranger] = await Promise.all([
        ami.sendRaw('SKINNYshowline', { Line: 'skinny2' }),
        ami.sendRaw('SKINNYshowline', { Line: 'stranger' }),
      ])
      assert.equal(known.get('ObjectName'), 'skinny2')
      assert.deepEqual(stranger.headers, [])
    },
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
  // app_agent_pool.c:action_agents
  'Agents gives every agent': {
    action: 'Agents',
    check: async (ami) => {
      const { events, completion } = await ami.sendRaw('Agents')
      assert.ok(events.length > 0)
      assert.equal(events.length, completion?.number('ListItems'))
    },
  },
  // app_voicemail.c: a Success that is an empty list
  'VoicemailUserStatus of a stranger is a Success without a list': {
    action: 'VoicemailUserStatus',
    check: async (ami) => {
      const reply = await ami.sendRaw('VoicemailUserStatus', { Context: 'default', Mailbox: '9999' })
      assert.deepEqual([reply.success, reply.events.length, reply.completion], [true, 0, undefined])
    },
  },
  // pbx.c:manager_show_dialplan starts its list before it knows
  'ShowDialPlan of an extension that is not there is refused': {
    action: 'ShowDialPlan',
    check: (ami) =>
      assert.rejects(ami.sendRaw('ShowDialPlan', { Context: 'default', Extension: 'no-such' }), {
        code: 'AMI_REFUSED',
        message: /Did not find extension/,
      }),
  },
  'ShowDialPlan of a context that is not there is refused': {
    action: 'ShowDialPlan',
    check: (ami) =>
      assert.rejects(ami.sendRaw('ShowDialPlan', { Context: 'no-such' }), { message: /Did not find context/ }),
  },
  // manager.c:manager_moduleload goes on after its first Error
  'ModuleLoad without a LoadType is refused three times over, and once is enough': {
    action: 'ModuleLoad',
    check: async (ami) => {
      const before = ami.stats().lateReplies
      await assert.rejects(ami.sendRaw('ModuleLoad'), { code: 'AMI_REFUSED', message: /Incomplete ModuleLoad/ })
      await ami.send('Ping')
      assert.equal(ami.stats().lateReplies - before, 2)
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
  // res_pjsip: texts that end in a line feed of their own
  'A text that ends in a line feed is given without it': {
    action: 'PJSIPShowResourceLists',
    check: async (ami) => {
      const { message } = await ami.sendRaw('PJSIPShowResourceLists', {}, { check: false })
      assert.equal(message, 'No resource lists found')
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
  // manager.c:action_waitevent ends with an event that has no EventList
  'WaitEvent ends when its time is up': {
    action: 'WaitEvent',
    check: async (ami) => {
      const { completion } = await ami.sendRaw('WaitEvent', { Timeout: 1 })
      assert.equal(completion?.Event, 'WaitEventComplete')
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

/** Every rule-breaker that the server has. */
export function violators(target: Target): void {
  if (target.real && !target.full) {
    test(`${target.name}: rule-breakers`, { skip: 'what it holds is not ours' }, () => {})
    return
  }
  test(`${target.name}: answers that break the rules are whole all the same`, async (t) => {
    await using ami = await connect(optionsFor(target))
    const listed = new Set(await listedActions(ami))
    for (const [what, { action, check }] of Object.entries(CHECKS)) {
      await t.test(what, { skip: listed.has(action) ? false : `${target.name} has no ${action}` }, async () => {
        const behind = [
          ami.send('Ping').then((pong) => assert.equal(pong.Ping, 'Pong')),
          assert.rejects(ami.sendRaw('NoSuchAction'), { code: 'AMI_REFUSED', message: /NoSuchAction/ }),
        ]
        await check(ami)
        await Promise.all(behind)
        const after = [ami.send('Ping'), assert.rejects(ami.sendRaw('NoSuchAction'), { code: 'AMI_REFUSED' })]
        await Promise.all(after)
        assertClean(ami)
      })
    }
  })
}
