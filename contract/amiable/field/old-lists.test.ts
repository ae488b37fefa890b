// Lists before AMI 2.7 (Asterisk 1.4 to 13.1, and the appliances that are built on them) have neither `EventList: start`
// nor, most of them, `EventList: Complete`. The answers are as the branches 1.4, 1.8, 11 and 12 of Asterisk print them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { byScript, PlayedServer, lines as say } from '../../../tools/testbed/played-server.ts'

const id = 'ActionID: @ID@'
const ack = (Message: string) => say('Response: Success', id, `Message: ${Message}`)

/** What an old server answers, the names of the rows that are in it, and the end. */
interface Answer {
  readonly text: string
  readonly rows: readonly string[]
  readonly end: string | undefined
}

function answer(
  rows: readonly string[],
  end: string | undefined,
  options: { text?: string; more?: string[] } = {},
): Answer {
  const { text = 'will follow', more = [] } = options
  const told = rows.map((name, n) => say(`Event: ${name}`, `N: ${n}`, id)).join('')
  return { text: ack(text) + told + (end ? say(`Event: ${end}`, id, ...more) : ''), rows, end }
}

const answers: Readonly<Record<string, Answer>> = {
  // apps/app_queue.c:manager_queues_status
  QueueStatus: answer(['QueueParams', 'QueueMember', 'QueueEntry', 'QueueParams'], 'QueueStatusComplete'),
  QueueSummary: answer(['QueueSummary', 'QueueSummary'], 'QueueSummaryComplete'),
  // channels/chan_agent.c:action_agents
  Agents: answer(['Agents', 'Agents'], 'AgentsComplete'),
  // main/db.c:manager_dbget; 1.4 ends it with nothing
  DBGet: answer(['DBGetResponse'], 'DBGetComplete'),
  // res/res_features.c:manager_parking_status
  ParkedCalls: answer(['ParkedCall'], 'ParkedCallsComplete'),
  // main/manager.c:action_status; its rows name their class
  Status: {
    text: `${ack('Channel status will follow')}${say('Event: Status', 'Privilege: Call', 'Channel: SIP/1', id)}${say('Event: StatusComplete', id, 'Items: 1')}`,
    rows: ['Status'],
    end: 'StatusComplete',
  },
  // apps/app_voicemail.c:manager_list_voicemail_users
  VoicemailUsersList: answer(['VoicemailUserEntry'], 'VoicemailUserEntryComplete'),
  // channels/chan_sip.c:manager_sip_show_peers had marks already
  SIPpeers: {
    text: `${say('Response: Success', id, 'EventList: start')}${say('Event: PeerEntry', id, 'ObjectName: a')}${say('Event: PeerlistComplete', 'EventList: Complete', 'ListItems: 1', id)}`,
    rows: ['PeerEntry'],
    end: 'PeerlistComplete',
  },
  // channels/chan_dahdi.c:action_dahdishowchannels; of 1.4 the catalog knows nothing
  DAHDIShowChannels: answer(['DAHDIShowChannels'], 'DAHDIShowChannelsComplete', { more: ['Items: 1'] }),
  ZapShowChannels: answer(['ZapShowChannels', 'ZapShowChannels'], 'ZapShowChannelsComplete'),
  // res/res_pjsip/pjsip_configuration.c before 13.2: a start, and no end that is marked
  PJSIPShowEndpoints: {
    text: `${say('Response: Success', id, 'EventList: start')}${say('Event: EndpointList', id)}${say('Event: EndpointListComplete', id, 'ListItems: 1')}`,
    rows: ['EndpointList'],
    end: 'EndpointListComplete',
  },
}

async function onOld(
  version: string,
  script: Record<string, string>,
  run: (ami: Client, heard: string[]) => Promise<void>,
): Promise<void> {
  await using server = await PlayedServer.start(byScript(script), { banner: `Asterisk Call Manager/${version}\r\n` })
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean', reconnect: false } as const
  await using ami = await connect(account)
  const heard: string[] = []
  ami.on('*', ({ Event }) => heard.push(Event))
  await run(ami, heard)
  await ami.send('Ping')
  const { inFlight, unclaimedReplies, lateReplies, faults } = ami.stats()
  assert.deepEqual([inFlight, unclaimedReplies, lateReplies, faults], [0, 0, 0, 0])
}

const names = (events: readonly { Event: string }[]) => events.map(({ Event }) => Event)

for (const version of ['1.0', '1.1', '1.3', '2.0.0', '2.6.0']) {
  describe(`AMI ${version}`, () => {
    for (const [action, { text, rows, end }] of Object.entries(answers)) {
      test(`${action} has its rows, by send and by list`, () =>
        onOld(version, { [action]: text }, async (ami, heard) => {
          const reply = await ami.sendRaw(action)
          assert.deepEqual([names(reply.events), reply.completion?.Event], [rows, end])
          const list = ami.listRaw(action)
          assert.deepEqual(names(await list.toArray()), rows)
          assert.equal(list.completion?.Event, end)
          assert.deepEqual(heard, [])
        }))
    }

    test('what everybody is told meanwhile is no row, also if it is called so', () => {
      const told =
        say('Event: ParkedCall', 'Privilege: call,all', 'Exten: 701') + say('Event: Hangup', 'Privilege: call,all')
      const { text } = answers.ParkedCalls as Answer
      return onOld(version, { ParkedCalls: told + text + told }, async (ami, heard) => {
        assert.equal((await ami.send('ParkedCalls')).events.length, 1)
        await ami.send('Ping')
        assert.deepEqual(heard, ['ParkedCall', 'Hangup', 'ParkedCall', 'Hangup'])
      })
    })

    test('rows that lost their ActionID are rows, and so is an end', () => {
      const unnamed = (answers.QueueStatus as Answer).text.replaceAll(`${id}\r\n`, '')
      const script = { QueueStatus: `${ack('Queue status will follow')}${unnamed.slice(unnamed.indexOf('Event:'))}` }
      return onOld(version, script, async (ami) => {
        assert.equal((await ami.send('QueueStatus')).events.length, 4)
      })
    })

    test('so are those of a list whose rows can have no blank line between them', () => {
      const text = `${ack('List will follow')}${say('Event: DeviceEntry', 'N: 1')}Event: DeviceEntry\r\nN: 2\r\n${say('Event: DevicelistComplete')}`
      return onOld(version, { SKINNYdevices: text }, async (ami) => {
        const { events, completion } = await ami.send('SKINNYdevices')
        assert.deepEqual([events.map((row) => row.get('N')), completion?.Event], [['1', '2'], 'DevicelistComplete'])
      })
    })

    for (const named of [true, false]) {
      test(`rows and ends of names that the catalog does not know are rows and ends, ${named ? 'with' : 'without'} an ActionID`, () => {
        const told = (...lines: string[]) => say(...lines, ...(named ? [id] : []))
        const userEvent = say('Event: UserEvent', 'Privilege: user,all', 'UserEvent: x', id, 'EventList: Complete')
        const everybody =
          say('Event: AgentLogin', 'Privilege: agent,all', id) + say('Event: Odd', 'Privilege: x,all', id)
        const text =
          ack('will follow') +
          told('Event: OddMember', 'N: 1') +
          userEvent +
          // a row of another list, and one that is called as an end is
          told('Event: PeerEntry', 'N: 2') +
          everybody +
          told('Event: MemberComplete', 'N: 3') +
          told('Event: OddMember', 'N: 4') +
          told('Event: OddStatusComplete')
        return onOld(
          version,
          { QueueStatus: text, Agents: text, Ping: say('Response: Pong', id) },
          async (ami, heard) => {
            for (const action of ['QueueStatus', 'Agents']) {
              const [reply, , list] = await Promise.all([
                ami.sendRaw(action),
                ami.sendRaw('Ping'),
                ami.listRaw(action).toArray(),
              ])
              for (const rows of [reply.events, list]) {
                assert.deepEqual(new Set(rows.map((row) => row.get('N'))), new Set(['1', '2', '3', '4']))
              }
              assert.equal(reply.completion?.Event, 'OddStatusComplete')
            }
            assert.deepEqual(heard, Array(4).fill(['UserEvent', 'AgentLogin', 'Odd']).flat())
          },
        )
      })
    }

    test('what is no list has no rows, whatever carries its ActionID', () =>
      onOld(version, { Setvar: ack('Variable Set') + say('Event: Odd', id) }, async (ami, heard) => {
        assert.deepEqual((await ami.send('Setvar', { Variable: 'a', Value: 'b' })).events, [])
        await ami.send('Ping')
        assert.deepEqual(heard, ['Odd'])
      }))

    test('a list that ends with nothing at all ends with the Ping behind it', () =>
      onOld(version, { DBGet: answer(['DBGetResponse'], undefined).text }, async (ami) => {
        const { events, completion } = await ami.send('DBGet', { Family: 'a', Key: 'b' })
        assert.deepEqual([names(events), completion], [['DBGetResponse'], undefined])
      }))

    test('an empty list is empty, a refused one is refused, and what is no list is as quick as ever', () => {
      const script = {
        Agents: answer([], 'AgentsComplete').text,
        DBGet: say('Response: Error', id, 'Message: Database entry not found'),
        Setvar: ack('Variable Set'),
        Ping: say('Response: Pong', id),
      }
      return onOld(version, script, async (ami) => {
        assert.deepEqual((await ami.send('Agents')).events, [])
        await assert.rejects(ami.send('DBGet', { Family: 'a', Key: 'b' }), { code: 'AMI_REFUSED' })
        assert.equal((await ami.send('Setvar', { Variable: 'a', Value: 'b' })).message, 'Variable Set')
        assert.equal((await ami.sendRaw('Ping')).success, true)
      })
    })

    test('lists one behind the other keep their rows apart', () =>
      onOld(version, Object.fromEntries(Object.entries(answers).map(([a, { text }]) => [a, text])), async (ami) => {
        const asked = [...Object.keys(answers), ...Object.keys(answers)]
        const all = await Promise.all(asked.map((action) => ami.sendRaw(action)))
        for (const [n, { events }] of all.entries()) assert.deepEqual(names(events), answers[asked[n] as string]?.rows)
      }))
  })
}

test('from AMI 2.7 on, a list without marks is an empty one, and no Ping is sent for it', async () => {
  await using server = await PlayedServer.start(
    byScript({ VoicemailUsersList: ack('There are no voicemail users currently defined.') }),
    { banner: 'Asterisk Call Manager/2.10.6\r\n' },
  )
  await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
  const before = server.session.heard.length
  assert.deepEqual((await ami.send('VoicemailUsersList')).events, [])
  assert.deepEqual(server.session.heard.slice(before), ['VoicemailUsersList'])
})
