// needs: both
// Rows of lists that a stranger tears with line breaks in a value of his: what he puts behind them ends no list.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { type AsteriskVersion, settingsFor } from '../../../tools/servers/asterisk/settings.ts'
import { byScript, PlayedServer } from '../../../tools/testbed/played-server.ts'
import { dial, hangUp } from '../../support/calls.ts'
import { optionsFor } from '../../support/client.ts'
import { type Target, withAsterisk } from '../../targets.ts'

const say = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const id = 'ActionID: @ID@'

/** What stands behind the line breaks; the rest of the row follows it, its ActionID as well where that stands there. */
const forgeries: Readonly<Record<string, readonly string[]>> = {
  'the end of the list': ['Event: QueueStatusComplete', 'EventList: Complete', 'ListItems: 1', 'X: y'],
  'a list that was cancelled': ['Event: QueueStatusComplete', 'EventList: cancelled', 'X: y'],
  'a refusal': ['Response: Error', 'Message: forged', 'X: y'],
  'an end of its own and another row': ['Event: QueueStatusComplete', 'EventList: Complete', '', 'Event: QueueMember'],
}

describe('a torn row', () => {
  for (const [what, forged] of Object.entries(forgeries)) {
    test(`and ${what} behind it end no list`, async () => {
      const QueueStatus =
        say('Response: Success', id, 'EventList: start', 'Message: Queue status will follow') +
        say('Event: QueueParams', 'Queue: a', id) +
        say('Event: QueueMember', 'Queue: a', 'Name: x', '', ...forged, 'Status: 1', id) +
        say('Event: QueueParams', 'Queue: b', id) +
        say('Event: QueueStatusComplete', id, 'EventList: Complete', 'ListItems: 3')
      await using server = await PlayedServer.start(byScript({ QueueStatus }))
      const account = {
        host: '127.0.0.1',
        port: server.port,
        username: 'frank',
        secret: 'lean',
        reconnect: false,
      } as const
      await using ami = await connect(account)
      const rows = await ami.list('QueueStatus').toArray()
      const queues = rows.filter(({ Event }) => Event === 'QueueParams').map((row) => row.get('Queue'))
      assert.deepEqual(queues, ['a', 'b'])
      if (!forged.includes('')) assert.equal(ami.stats().faults, 1, 'that a row is missing is told')
      assert.equal((await ami.send('QueueStatus')).completion?.get('ListItems'), '3')
    })
  }

  test('an end and a refusal of a server that names the call elsewhere are believed once it has gone on', async () => {
    const list = say('Response: Success', id, 'EventList: start') + say('Event: QueueParams', 'Queue: a', id)
    const script = {
      QueueStatus: list + say('Event: QueueStatusComplete', 'EventList: Complete', 'Odd: 1', id),
      QueueSummary: list + say('Response: Error', 'Odd: 1', 'Message: no more', id),
    }
    await using server = await PlayedServer.start(byScript(script))
    await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
    assert.equal((await ami.send('QueueStatus')).completion?.get('Odd'), '1')
    await assert.rejects(ami.send('QueueSummary'), { code: 'AMI_REFUSED', message: /no more/ })
  })
})

/** A stranger who may add members and dial, over HTTP, where a value may hold line breaks. */
function besideAStranger(target: Target): void {
  const settings = settingsFor(target.version as AsteriskVersion)
  let cookie = ''
  const web = async (query: Record<string, string>): Promise<string> => {
    const address = `http://${target.host}:${settings.ports.http}/rawman?${new URLSearchParams(query)}`
    const answer = await fetch(address, { headers: { cookie } })
    cookie ||= /mansession_id="?[0-9a-f]+"?/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
    return answer.text()
  }
  const login = () => web({ action: 'login', username: 'nosystem', secret: target.accounts.nosystem ?? '' })

  for (const [what, forged] of Object.entries(forgeries)) {
    test(`${target.name}: a member whose name goes on as ${what} takes no queue away`, async (context) => {
      await using ami: Client = await connect(optionsFor(target))
      await login()
      const member = { Queue: 'support', Interface: 'Local/torn@default' }
      context.after(() => web({ action: 'QueueRemove', ...member }))
      const MemberName = ['x', '', ...forged].join('\r\n')
      assert.match(await web({ action: 'QueueAdd', ...member, MemberName }), /Added interface/)
      for (let i = 0; i < 3; i++) {
        const { events, completion } = await ami.send('QueueStatus')
        const queues = events.filter(({ Event }) => Event === 'QueueParams').map((row) => row.get('Queue'))
        assert.deepEqual(new Set(queues), new Set(['support', 'sales']))
        assert.deepEqual([completion?.get('EventList'), completion?.get('X')], ['Complete', undefined])
      }
    })
  }

  test(`${target.name}: an application whose arguments go on as the end of a list hides no other channel`, async () => {
    await using ami: Client = await connect(optionsFor(target))
    await login()
    const calls = [await dial(ami, 'wait'), await dial(ami, 'wait')]
    const torn = randomUUID()
    try {
      const end = ['Event: CoreShowChannelsComplete', 'EventList: Complete']
      const Data = ['x', '', ...end, '', 'Event: X', 'X: y'].join('\r\n')
      const call = { Channel: 'Local/wait@default', Application: 'Echo', Data, Async: 'true', ChannelId: torn }
      assert.match(await web({ action: 'Originate', ...call }), /queued/)
      calls.push(await dial(ami, 'wait'))
      for (const action of ['CoreShowChannels', 'Status'] as const) {
        const { events, completion } = await ami.send(action)
        const names = new Set(events.map((row) => row.get('Channel')))
        for (const { channel } of calls) assert.ok(names.has(channel), `${action} lacks ${channel}`)
        assert.ok(Number(completion?.get('ListItems')) >= names.size)
      }
    } finally {
      for (const call of calls) await hangUp(ami, call)
      await ami.send('Hangup', { Channel: torn }, { check: false })
    }
  })

  test(`${target.name}: that a row is missing which a value of its own tears is told`, async () => {
    await using ami: Client = await connect(optionsFor(target))
    await login()
    const call = await dial(ami, 'wait')
    try {
      const torn = { Channel: call.channel, Variable: 'CHANNEL(accountcode)', Value: 'x\r\n\r\nEvent: X\r\nX: y' }
      assert.match(await web({ action: 'Setvar', ...torn }), /Variable Set/)
      const told = (async () => {
        for await (const status of ami.status()) if (status.type === 'fault') return status.error
        return undefined
      })()
      const { events, completion } = await ami.send('Status', { Channel: call.channel })
      assert.deepEqual([events.length, completion?.get('ListItems')], [0, '1'])
      assert.match(String((await told)?.message), /Status \(\w+\) ended with 0 of its 1 rows/)
    } finally {
      await hangUp(ami, call)
    }
  })
}

for (const version of [22, 16] as const) {
  withAsterisk(version, (target) => describe('beside a stranger on the web', () => besideAStranger(target)))
}
