import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Client, connect, type RawResponse } from 'amiable'
import { byScript, type Play, PlayedServer } from '../../tools/testbed/played-server.ts'
import { assertClean } from '../support/client.ts'

const FIXTURES = new URL('../fixtures/', import.meta.url)
const PIECES = [Number.MAX_SAFE_INTEGER, 7, 1]

interface Fixture {
  readonly action: string
  /** Checks the answer; of a refused action its `Response: Error`. */
  readonly check: (reply: RawResponse, ami: Client) => void | Promise<void>
  /** How many answers came after the first that counted. */
  readonly late?: number
}

const rows = (reply: RawResponse, header: string) => reply.events.map((row) => row.get(header))
const refused =
  (message: string) =>
  (reply: RawResponse): void =>
    assert.deepEqual([reply.success, reply.message], [false, message])

const attempted = (reply: RawResponse): void => {
  assert.deepEqual([reply.success, reply.message], [true, 'Attempting to send Jabber Message'])
}

const onACall = (reply: RawResponse): void => {
  assert.deepEqual(rows(reply, 'Agent'), ['1001', '1002'])
  assert.deepEqual(rows(reply, 'CallStarted'), ['1795397820', undefined])
  assert.deepEqual(rows(reply, 'LoggedInTime'), ['1795397812', undefined])
  assert.equal(reply.completion?.get('ListItems'), '2')
}

/*
 * By file. Names end in the release whose bytes they are (Debian's 22.10.1 and 16.28.0, on the wire), or in `composed`
 * where no server of ours sends it: written from Asterisk's source.
 */
const fixtures: Readonly<Record<string, Fixture>> = {
  'iaxpeers-22': {
    action: 'IAXpeers',
    check: (reply) => assert.deepEqual(rows(reply, 'ObjectName'), ['iax1', 'iax2']),
  },
  'iaxpeers-16': {
    action: 'IAXpeers',
    check: (reply) => assert.deepEqual(rows(reply, 'ObjectName'), ['iax1', 'iax2']),
  },
  'iaxnetstats-without-calls-22': {
    action: 'IAXnetstats',
    check: (reply) => assert.deepEqual([reply.success, reply.headers], [true, []]),
  },
  'iaxnetstats-calls-22': {
    action: 'IAXnetstats',
    check: (reply) => {
      // a line's first colon may be one of a channel's name: nothing of the line is lost
      const lines = reply.headers.map(([name, value]) => `${name}:${value}`)
      assert.deepEqual(
        lines.map((line) => line.replace(/-\d+ .* Tx:NEW {5}Tx:NEW {4}$/, '')),
        ['IAX2/iax1', 'IAX2/127.0.0.1:55098'],
      )
    },
  },
  'iaxnetstats-hanging-up-22': {
    action: 'IAXnetstats',
    check: (reply) =>
      assert.deepEqual(
        reply.headers.map(([name]) => name.slice(0, 6)),
        ['(None)', '(None)'],
      ),
  },
  'faxstats-22': { action: 'FAXStats', check: (reply) => assert.deepEqual(rows(reply, 'Event'), ['FAXStats']) },
  'faxsessions-22': { action: 'FAXSessions', check: (reply) => assert.equal(reply.completion?.get('Total'), '0') },
  'faxsessions-one-16': {
    action: 'FAXSessions',
    check: (reply) => {
      assert.deepEqual(rows(reply, 'SessionNumber'), ['2'])
      assert.deepEqual([reply.completion?.get('ListItems'), reply.completion?.get('Total')], ['1', '1'])
    },
  },
  'faxsession-22': { action: 'FAXSession', check: (reply) => assert.deepEqual(rows(reply, 'State'), ['Active']) },
  'waitevent-22': {
    action: 'WaitEvent',
    check: (reply) => assert.equal(reply.completion?.Event, 'WaitEventComplete'),
  },
  'queuerule-22': {
    action: 'QueueRule',
    check: (reply) => assert.deepEqual(reply.getAll('Rule'), ['30,+3,+0', '60,10,2']),
  },
  'moduleload-22': { action: 'ModuleLoad', check: refused('Incomplete ModuleLoad action.'), late: 2 },
  'pjsip-no-resource-lists-22': { action: 'PJSIPShowResourceLists', check: refused('No resource lists found') },
  'voicemail-user-unknown-22': {
    action: 'VoicemailUserStatus',
    check: (reply) => assert.deepEqual([reply.success, reply.events.length], [true, 0]),
  },
  'voicemail-no-users-22': {
    action: 'VoicemailUsersList',
    check: (reply) => assert.deepEqual([reply.success, reply.events.length], [true, 0]),
  },
  'getconfig-no-categories-22': {
    action: 'GetConfig',
    check: (reply) => assert.deepEqual(reply.headers.at(-1), ['No categories found', '']),
  },
  'skinnydevices-16': {
    action: 'SKINNYdevices',
    check: (reply) => {
      assert.deepEqual(rows(reply, 'ObjectName'), ['device1', 'device2'])
      assert.equal(reply.completion?.get('ListItems'), '2')
    },
  },
  'skinnylines-16': {
    action: 'SKINNYlines',
    check: (reply) => {
      assert.deepEqual(rows(reply, 'ObjectName'), ['skinny1', 'skinny2'])
      assert.equal(reply.completion?.Event, 'LinelistComplete')
    },
  },
  'skinnyshowdevice-16': {
    action: 'SKINNYshowdevice',
    check: (reply) => assert.deepEqual([reply.get('ObjectName'), reply.get('ServiceURLs')], ['device1', ' 0']),
  },
  'skinnyshowdevice-unknown-16': { action: 'SKINNYshowdevice', check: (reply) => assert.deepEqual(reply.headers, []) },
  'skinnyshowline-16': { action: 'SKINNYshowline', check: (reply) => assert.equal(reply.get('ObjectName'), 'skinny1') },
  'sipshowpeer-unknown-16': { action: 'SIPshowpeer', check: refused('Peer none not found.') },
  'agents-on-a-call-22': { action: 'Agents', check: onACall },
  'agents-on-a-call-16': { action: 'Agents', check: onACall },
  'jabbersend-composed': { action: 'JabberSend', check: attempted },
  // its second answer is the verdict
  'jabbersend-refused-22': { action: 'JabberSend', check: refused('Could not find Sender') },
  'jabbersend-error-22': { action: 'JabberSend', check: refused('') },
  'presencestate-two-messages-22': {
    action: 'PresenceState',
    check: (reply) => {
      assert.deepEqual(reply.getAll('Message'), ['Presence State', 'back soon'])
      assert.deepEqual([reply.get('State'), reply.get('PresenceMessage')], ['away', 'back soon'])
    },
  },
  'voicemailmove-failed-22': {
    action: 'VoicemailMove',
    check: (reply) => assert.deepEqual([reply.success, reply.message], [true, 'Message move failed']),
  },
  // a value that holds a CRLF cannot be told from two messages: what it forges is an event to everybody
  'getvar-forged-22': {
    action: 'Getvar',
    check: (reply) => assert.deepEqual([reply.success, reply.get('Value'), reply.events.length], [true, 'a', 0]),
  },
  'showdialplan-error-after-start-22': {
    action: 'ShowDialPlan',
    check: refused('Did not find extension 911@amiable-ignored'),
  },
  'channelmap-error-after-start-composed': {
    action: 'CoreShowChannelMap',
    check: refused('Could not complete channel map'),
  },
  'channelmap-bare-rows-composed': {
    action: 'CoreShowChannelMap',
    check: (reply) => {
      assert.deepEqual(rows(reply, 'ConnectedChannel'), ['PJSIP/1-00000001', 'PJSIP/2-00000002'])
      assert.equal(reply.completion?.get('ListItems'), '2')
    },
  },
  'pjsipshowendpoint-error-and-complete-composed': {
    action: 'PJSIPShowEndpoint',
    check: refused('Unable to format endpoint ep1'),
  },
  'queues-13-composed': {
    action: 'Queues',
    check: (reply) => {
      assert.equal(reply.success, true)
      const lines = [reply, ...reply.events].flatMap((one) => one.headers.map(([name, value]) => `${name}: ${value}`))
      for (const text of ['support has 0 calls', 'Agent One', 'sales has 0 calls']) {
        assert.ok(
          lines.some((line) => line.includes(text)),
          `${text} is lost`,
        )
      }
    },
  },
  'command-follows-13-composed': { action: 'Command', check: () => {} },
  'command-follows-glued-13-composed': { action: 'Command', check: () => {} },
}

test('every fixture has its test', () => {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.ami'))
  assert.deepEqual(
    files.sort(),
    Object.keys(fixtures)
      .map((name) => `${name}.ami`)
      .sort(),
  )
})

for (const [name, { action, check, late = 0 }] of Object.entries(fixtures)) {
  test(`${name} is read whole, in one piece and byte by byte, among other actions`, async () => {
    const bytes = readFileSync(new URL(`${name}.ami`, FIXTURES), 'latin1')
    for (const piece of PIECES) {
      await using server = await PlayedServer.start(byFixture(action, bytes), { piece })
      await using ami = await client(server)
      const before = ami.send('Ping')
      const reply = ami.sendRaw(action, {}, { actionId: 'fixture-1', check: false })
      const behind = [
        ami.send('Ping'),
        assert.rejects(ami.sendRaw('NoSuch'), { code: 'AMI_REFUSED', message: /NoSuch/ }),
      ]
      assert.equal((await before).Ping, 'Pong')
      await check(await reply, ami)
      await Promise.all(behind)
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
      const { lateReplies, unclaimedReplies, inFlight, faults } = ami.stats()
      assert.deepEqual(
        { answers: lateReplies + unclaimedReplies, inFlight, faults },
        { answers: late, inFlight: 0, faults: 0 },
      )
    }
  })
}

test('command() reads the raw output of Asterisk 13 line by line', async () => {
  const outputs = {
    'command-follows-13-composed': ['  two blanks in front: yes', '', 'after a blank line', 'Event: Fake', 'last line'],
    'command-follows-glued-13-composed': ['no line feed at the end'],
  }
  for (const [name, lines] of Object.entries(outputs)) {
    const bytes = readFileSync(new URL(`${name}.ami`, FIXTURES), 'latin1')
    for (const piece of PIECES) {
      await using server = await PlayedServer.start(byFixture('Command', bytes), { piece })
      await using ami = await client(server)
      assert.deepEqual(await ami.command('anything', { actionId: 'fixture-1' }), lines)
      await ami.send('Ping')
      assertClean(ami)
    }
  }
})

// what the client asks of its own has another ActionID than the bytes
function byFixture(action: string, bytes: string): Play {
  return (heard, session) => byScript(heard.id === 'fixture-1' ? { [action]: bytes } : {})(heard, session)
}

function client(server: PlayedServer): Promise<Client> {
  return connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', reconnect: false })
}
