// What modules outside of Asterisk's tree answer, byte for byte as their sources print it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { byScript, PlayedServer } from '../../../tools/testbed/played-server.ts'

/** A message of these lines. */
const say = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const id = 'ActionID: @ID@'
const start = say('Response: Success', id, 'EventList: start', 'Message: x list will follow')
/** What everybody is told meanwhile, in front of an answer and behind it. */
const hangup = say('Event: Hangup', 'Privilege: call,all', 'Channel: SIP/1')
const forged = say('Event: UserEvent', 'Privilege: user,all', 'UserEvent: x', id, 'EventList: Complete')

async function scripted(
  script: Record<string, string>,
  run: (ami: Client) => Promise<void>,
  version = '11.0.0',
): Promise<void> {
  const banner = `Asterisk Call Manager/${version}\r\n`
  for (const piece of [Number.MAX_SAFE_INTEGER, 7]) {
    await using server = await PlayedServer.start(byScript(script), { banner, piece })
    const account = {
      host: '127.0.0.1',
      port: server.port,
      username: 'frank',
      secret: 'lean',
      reconnect: false,
    } as const
    await using ami = await connect(account)
    await run(ami)
    const { inFlight, unclaimedReplies, faults } = ami.stats()
    assert.deepEqual({ inFlight, unclaimedReplies, faults }, { inFlight: 0, unclaimedReplies: 0, faults: 0 })
  }
}

describe('chan_sccp', () => {
  test('SCCPListDevices (src/sccp_management.c) ends with an event that names no action', () => {
    const row = (n: number) => say('Event: DeviceEntry', id, 'ChannelType: SCCP', `ObjectId: SEP${n}`)
    const end = say('Event: SCCPListDevicesComplete', 'EventList: Complete', 'ListItems: 2')
    return scripted({ SCCPListDevices: start + row(1) + row(2) + end + hangup }, async (ami) => {
      const heard: string[] = []
      const listener = ami.on('*', ({ Event }) => heard.push(Event))
      const reply = await ami.sendRaw('SCCPListDevices')
      assert.deepEqual(
        reply.events.map(({ ObjectId }) => ObjectId),
        ['SEP1', 'SEP2'],
      )
      assert.equal(reply.completion?.Event, 'SCCPListDevicesComplete')
      assert.equal((await ami.listRaw('SCCPListDevices').toArray()).length, 2)
      await ami.send('Ping')
      assert.deepEqual(heard, ['Hangup', 'Hangup'])
      listener.remove()
    })
  })

  test('rows that spell ActionId otherwise are rows', () => {
    const row = (spelt: string) => say('Event: SCCPDeviceEntry', `${spelt}: @ID@`, 'ChannelType: SCCP')
    const rows = ['ActionId', 'actionid', 'ACTIONID', 'ActionID'].map(row).join('')
    const end = say('Event: SCCPShowDevicesComplete', 'EventList: Complete', 'actionID: @ID@')
    return scripted({ SCCPShowDevices: hangup + start + rows + end }, async (ami) => {
      assert.equal((await ami.sendRaw('SCCPShowDevices')).events.length, 4)
      assert.equal((await ami.listRaw('SCCPShowDevices').toArray()).length, 4)
    })
  })

  test('an end without ActionID ends the oldest list that is open, unless it was told to everybody or is of another', async () => {
    const broadcast = say('Event: OddComplete', 'Privilege: call,all', 'EventList: Complete')
    const other = say('Event: PeerlistComplete', 'EventList: Complete')
    const row = say('Event: OddEntry', id)
    const end = say('Event: OddComplete', 'EventList: Complete')
    await scripted({ Odd: start + row + broadcast + row + other + row + end }, async (ami) => {
      assert.equal((await ami.sendRaw('Odd')).events.length, 3)
    })
    const known = say('Event: QueueStatusComplete', 'EventList: Complete')
    const member = say('Event: QueueMember', id)
    await scripted({ QueueStatus: start + member + other + member + known }, async (ami) => {
      assert.equal((await ami.send('QueueStatus')).events.length, 2)
    })
  })
})

describe('a banner', () => {
  for (const [banner, version] of [
    ['Asterisk Call Manager Proxy/1.28', ''],
    ['Asterisk Call Manager Proxy', ''],
    ['Asterisk Manager Proxy/1.22', ''],
    ['Asterisk Call Manager', ''],
    ['Asterisk Call Manager/1.1 (Yeastar)', '1.1'],
    ['asterisk call manager/1.0', '1.0'],
    ['Asterisk Call Manager/9.0.0-fork', '9.0.0'],
    ['CallWeaver Call Manager/1.0', '1.0'],
    ['OpenPBX.org Call Manager/1.0', '1.0'],
    ['Issabel Call Manager/1.3', '1.3'],
  ] as const) {
    test(`of a proxy or a fork is taken: ${banner}`, async () => {
      await using server = await PlayedServer.start(undefined, { banner: `${banner}\r\n` })
      await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
      assert.equal(ami.version, version)
      assert.equal((await ami.send('Ping')).Ping, 'Pong')
    })
  }

  for (const banner of ['SSH-2.0-OpenSSH_9.2p1', '220 Call Manager of example.org', 'Window Manager/1.0']) {
    test(`of something else is none: ${banner}`, async () => {
      await using server = await PlayedServer.start(undefined, { banner: `${banner}\r\n` })
      const where = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
      await assert.rejects(connect(where), { code: 'AMI_CONNECT', message: /it is no AMI server/ })
    })
  }
})

test('an ActionID in front of the Response names it all the same, and so do other names there', () => {
  const script = {
    RptStatus: say(id, 'Response: Success', 'Node: 1999'),
    Proxied: say('Server: pbx1', id, 'Response: Error', 'Message: no'),
  }
  return scripted(script, async (ami) => {
    const { success, Node, actionId } = await ami.sendRaw('RptStatus', {}, { actionId: 'mine' })
    assert.deepEqual([success, Node, actionId], [true, '1999', 'mine'])
    await assert.rejects(ami.sendRaw('Proxied'), { code: 'AMI_REFUSED' })
  })
})

describe('a fenced call', () => {
  const rows = (...lines: string[][]) => lines.map((line) => say(...line)).join('')

  test('gives the rows of chan_dongle, whatever they carry (manager.c:manager_show_devices)', () => {
    const devices = rows(['Event: DongleDeviceEntry', id, 'Device: d0'], ['Event: DongleDeviceEntry', 'Device: d1'])
    const end = say('Event: DongleShowDevicesComplete', id, 'EventList: Complete', 'ListItems: 2')
    return scripted({ DongleShowDevices: hangup + start + devices + end + forged }, async (ami) => {
      const heard: string[] = []
      const listener = ami.on('*', ({ Event }) => heard.push(Event))
      const { events, completion } = await ami.sendRaw('DongleShowDevices', {}, { fence: true })
      assert.deepEqual(
        events.map(({ Device }) => Device),
        ['d0', 'd1'],
      )
      assert.equal(completion?.Event, 'DongleShowDevicesComplete')
      assert.equal((await ami.listRaw('DongleShowDevices', {}, { fence: true }).toArray()).length, 2)
      assert.deepEqual(heard, ['Hangup', 'UserEvent', 'Hangup', 'UserEvent'])
      listener.remove()
    })
  })

  test('gives rows without a Response, without a mark and without an end', () => {
    const table = rows(['Event: TableStart', 'TableName: Lines'], ['Event: SCCPLineEntry', 'N: 1'], ['Event: TableEnd'])
    return scripted({ SCCPShowLines: table + hangup }, async (ami) => {
      const reply = await ami.sendRaw('SCCPShowLines', {}, { fence: true })
      assert.equal(reply.success, true)
      assert.deepEqual(
        reply.events.map(({ Event }) => Event),
        ['TableStart', 'SCCPLineEntry', 'TableEnd'],
      )
    })
  })

  test('gives lines that are no AMI: RptLocalNodes of app_rpt (rpt_manager.c:manager_rpt_local_nodes)', () => {
    const xml = ['<?xml version="1.0"?>', '<nodes>', '  <node>1999</node>', '</nodes>']
    return scripted({ RptLocalNodes: say(...xml) }, async (ami) => {
      assert.deepEqual((await ami.sendRaw('RptLocalNodes', {}, { fence: true })).lines, xml)
      const list = ami.listRaw('RptLocalNodes', {}, { fence: true })
      assert.deepEqual(await list.toArray(), [])
      assert.deepEqual(list.response?.lines, xml)
    })
  })

  test('gives headers that come late, as headers, and the ActionID in front of the Response (app_rpt)', () => {
    const script = {
      RptStatus: say(id, 'Response: Success') + say('Node: 1999', 'Conn: a 1 2 3', 'Conn: b 4 5 6') + hangup,
    }
    return scripted(script, async (ami) => {
      const reply = await ami.sendRaw('RptStatus', { Node: 1999 }, { fence: true })
      assert.deepEqual([reply.success, reply.Node, reply.getAll('Conn')], [true, '1999', ['a 1 2 3', 'b 4 5 6']])
      assert.deepEqual(reply.lines, ['Node: 1999', 'Conn: a 1 2 3', 'Conn: b 4 5 6'])
      assert.equal(reply.actionId?.length, 16)
    })
  })

  test('is refused by any of its Responses', () => {
    const refusals = [
      say('Response: Error', id, 'Message: no') + say('Response: Error', id, 'Message: still no'),
      say('Response: Success', id) + say('Response: Error', id, 'Message: no'),
      say('Response: Success', id, 'EventList: start') +
        say('Event: X', id) +
        say('Response: Failed', id, 'Message: no'),
    ]
    return scripted(Object.fromEntries(refusals.map((text, n) => [`Refused${n}`, text])), async (ami) => {
      for (const n of [0, 1, 2]) {
        await assert.rejects(ami.sendRaw(`Refused${n}`, {}, { fence: true }), {
          code: 'AMI_REFUSED',
          message: /: no\b/,
        })
      }
    })
  })

  test('beside others takes nothing of theirs', () => {
    const mine = rows(['Event: OddEntry', 'N: mine'])
    const script = {
      Odd: mine,
      QueueStatus: start + say('Event: QueueMember', id) + say('Event: QueueStatusComplete', id, 'EventList: Complete'),
      IAXnetstats: 'IAX2/peer-1 12 3\n\r\n',
    }
    return scripted(script, async (ami) => {
      const all = await Promise.all([
        ami.send('QueueStatus'),
        ami.sendRaw('Odd', {}, { fence: true }),
        ami.sendRaw('IAXnetstats'),
        ami.sendRaw('Odd', {}, { fence: true }),
        ami.send('QueueStatus'),
      ])
      assert.deepEqual(
        all.map(({ events }) => events.length),
        [1, 1, 0, 1, 1],
      )
      assert.deepEqual(all[2].lines, ['IAX2/peer-1 12 3'])
    })
  })

  test('leaves the end of an older list alone, which comes without its ActionID', async () => {
    let older = ''
    const row = (event: string, owner: string, n: number) => say(`Event: ${event}`, `ActionID: ${owner}`, `N: ${n}`)
    await using server = await PlayedServer.start(({ name, id: own }) => {
      const begun = say('Response: Success', `ActionID: ${own}`, 'EventList: start')
      if (name === 'QueueStatus') {
        older = own
        return begun + row('QueueMember', own, 1)
      }
      if (name !== 'Odd') return undefined
      const end = say('Event: QueueStatusComplete', 'EventList: Complete')
      return begun + row('OddEntry', own, 1) + row('QueueMember', older, 2) + end + row('OddEntry', own, 2)
    })
    await using ami = await connect({ host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' })
    const all = await Promise.all([ami.sendRaw('QueueStatus'), ami.sendRaw('Odd', {}, { fence: true })])
    assert.deepEqual(
      all.map(({ events, completion }) => [events.map(({ N }) => N), completion?.Event]),
      [
        [['1', '2'], 'QueueStatusComplete'],
        [['1', '2'], undefined],
      ],
    )
  })

  test('is an option of every call, and a boolean', () =>
    scripted({}, async (ami) => {
      assert.throws(() => ami.send('Ping', {}, { fence: 1 as never }), { code: 'AMI_ARGUMENT', argument: 'fence' })
      assert.equal((await ami.send('Ping', {}, { fence: true })).Ping, 'Pong')
    }))
})

describe('raw output of an action that is not Command (smscommand of Yeastar)', () => {
  const lines = ['GSM span 1: Power on, Provisioned, Up', '  a: b', '', 'ActionID: none of ours', 'last']
  const body = `${lines.join('\n')}\n--END COMMAND--\r\n\r\n`
  const follows = `Response: Follows\r\nPrivilege: SMSCommand\r\n`
  const script = { smscommand: `${follows}${id}\r\n${body}`, nameless: follows + body }
  const ask = async (ami: Client, action: string, fence: boolean) => {
    const { success, lines: printed, headers } = await ami.sendRaw(action, { command: 'gsm show spans' }, { fence })
    assert.deepEqual([success, printed], [true, lines])
    assert.deepEqual(
      headers.map(([name]) => name),
      action === 'nameless' ? ['Response', 'Privilege'] : ['Response', 'Privilege', 'ActionID'],
    )
  }

  for (const version of ['1.0', '1.1', '1.3', '2.5.0', '11.0.0']) {
    test(`is read where the call is fenced, with AMI ${version}`, () =>
      scripted(
        script,
        async (ami) => {
          await ask(ami, 'smscommand', true)
          await ask(ami, 'nameless', true)
        },
        version,
      ))
  }

  test('is read before AMI 2.8 without a fence as well', () =>
    scripted(
      script,
      async (ami) => {
        await ask(ami, 'smscommand', false)
        await ask(ami, 'nameless', false)
      },
      '1.3',
    ))

  test('is read behind it without a fence, where it has no blank line', () => {
    const short = `${follows}${id}\r\nspan 1\r\nspan 2\r\n--END COMMAND--\r\n\r\n`
    return scripted({ smscommand: short }, async (ami) => {
      assert.deepEqual((await ami.sendRaw('smscommand')).lines, ['span 1', 'span 2'])
    })
  })
})

test('the lines of a command are those that it printed, whatever the version', async () => {
  const printed = ['Channel  Location', '', '  indented']
  const since14 = ['Response: Success', id, 'Message: Command output follows', ...printed.map((l) => `Output: ${l}`)]
  const before = `Response: Follows\r\nPrivilege: Command\r\n${id}\r\n${printed.join('\n')}\n--END COMMAND--\r\n\r\n`
  for (const [version, Command] of [['11.0.0', say(...since14)] as const, ['1.3', before] as const]) {
    await scripted(
      { Command },
      async (ami) => {
        assert.deepEqual((await ami.sendRaw('Command', { Command: 'x' })).lines, printed)
        assert.deepEqual(await ami.command('x'), printed)
        assert.deepEqual((await ami.send('Ping')).lines, [])
      },
      version,
    )
  }
})
