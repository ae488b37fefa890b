// Proxies, forks and appliances: what they say differently is read, and logged in to.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connect } from 'amiable'
import { lines, type Play, PlayedServer } from '../../../tools/testbed/played-server.ts'

const account = { host: '127.0.0.1', username: 'frank', secret: 'lean', reconnect: false } as const

describe('an answer that begins with its ActionID', () => {
  const answers: Readonly<Record<string, string>> = {
    Challenge: 'Challenge: 123456789',
    Login: 'Message: Authentication accepted',
    Ping: 'Ping: Pong',
  }
  const shapes: Readonly<Record<string, (id: string, more: string) => string>> = {
    // AllStarLink's app_rpt, astmanproxy
    'as proxies write it': (id, more) => lines(`ActionID: ${id}`, 'Response: Success', more),
    'in other letters': (id, more) => lines(`actionid: ${id}`, 'response: Success', more),
    'behind the name of its server': (id, more) => lines('Server: box', `ActionID: ${id}`, 'Response: Success', more),
  }
  for (const [what, shape] of Object.entries(shapes)) {
    for (const auth of ['md5', 'plain'] as const) {
      for (const piece of [1, 1_460]) {
        test(`${what} is one: the login, and calls; ${auth}, in pieces of ${piece}`, async () => {
          const play: Play = ({ name, id }) => shape(id, answers[name] ?? 'Message: Done')
          const options = { banner: 'Asterisk Call Manager Proxy/1.28\r\n', piece }
          await using server = await PlayedServer.start(play, options)
          await using ami = await connect({ ...account, auth, port: server.port })
          assert.equal((await ami.send('Ping')).Ping, 'Pong')
          assert.equal((await ami.sendRaw('Odd')).message, 'Done')
          assert.equal(ami.stats().faults, 0)
        })
      }
    }
  }

  test('may be a refusal, and an event may begin so too', async () => {
    const play: Play = ({ name, id }) => {
      if (name === 'Odd') return lines(`ActionID: ${id}`, 'Response: Error', 'Message: No such node')
      if (name !== 'RptStatus') return undefined
      return (
        lines(`ActionID: ${id}`, 'Response: Success', 'EventList: start') +
        lines(`ActionID: ${id}`, 'Event: RptNode', 'Node: 1') +
        lines(`ActionID: ${id}`, 'Event: RptStatusComplete', 'EventList: Complete', 'ListItems: 1')
      )
    }
    await using server = await PlayedServer.start(play)
    await using ami = await connect({ ...account, port: server.port })
    await assert.rejects(ami.sendRaw('Odd'), { code: 'AMI_REFUSED', message: /No such node/ })
    const { events, completion } = await ami.sendRaw('RptStatus')
    assert.deepEqual(
      [events.map((row) => [row.Event, row.get('Node')]), completion?.get('ListItems')],
      [[['RptNode', '1']], '1'],
    )
  })

  test('may be the row of a list whose rows have no blank line between them', async () => {
    const play: Play = ({ name, id }) => {
      if (name !== 'SKINNYdevices') return undefined
      const row = (n: number) => `ActionID: ${id}\r\nEvent: DeviceEntry\r\nObjectName: ${n}\r\n`
      const end = lines(`ActionID: ${id}`, 'Event: DevicelistComplete', 'EventList: Complete', 'ListItems: 2')
      return lines(`ActionID: ${id}`, 'Response: Success', 'EventList: start') + row(1) + row(2) + end
    }
    await using server = await PlayedServer.start(play)
    await using ami = await connect({ ...account, port: server.port })
    const { events, completion } = await ami.send('SKINNYdevices')
    assert.deepEqual(
      events.map(({ ObjectName }) => ObjectName),
      ['1', '2'],
    )
    assert.equal(completion?.Event, 'DevicelistComplete')
  })

  for (const piece of [1, 1_460]) {
    for (const mark of ['\n--END COMMAND--', '']) {
      test(`may be raw output, ${mark ? 'with' : 'without'} its mark, in pieces of ${piece}`, async () => {
        const play: Play = ({ name, id }) => {
          const front = `Server: box\r\nActionID: ${id}\r\n`
          const raw = `${front}Response: Follows\r\nPrivilege: Command\r\none\nA: b${mark}\r\n\r\n`
          if (/^(?:Command|smscommand)$/.test(name)) return raw
          return lines(`ActionID: ${id}`, 'Response: Success', answers[name] ?? 'Message: Done')
        }
        for (const version of ['1.1', '11.0.0']) {
          const options = { banner: `Asterisk Call Manager/${version}\r\n`, piece }
          await using server = await PlayedServer.start(play, options)
          await using ami = await connect({ ...account, port: server.port })
          const [fenced] = await Promise.all([ami.sendRaw('smscommand', {}, { fence: true }), ami.send('Ping')])
          assert.deepEqual(fenced.lines, ['one', 'A: b'])
          if (mark) assert.deepEqual(await ami.command('core show version'), ['one', 'A: b'])
          assert.equal(ami.stats().faults, 0)
        }
      })
    }
  }
})

test("an appliance's own classes are asked for by name, and others are a mistake", async () => {
  const masks: string[] = []
  const play: Play = (action) => {
    if (action.name === 'Login') masks.push(action.get('Events'))
    return undefined
  }
  await using server = await PlayedServer.start(play)
  const options = { ...account, port: server.port }
  await using ami = await connect({ ...options, events: ['call', 'smscommand'], ownClasses: ['smscommand'] })
  assert.equal(ami.state, 'ready')
  assert.deepEqual(masks, ['call,smscommand'])
  assert.throws(() => connect({ ...options, events: ['call', 'smscommand'] }), {
    code: 'AMI_ARGUMENT',
    argument: 'events',
  })
})
