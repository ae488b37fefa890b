import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from 'amiable/testing'
import { Listener } from '../../src/ami/listener.ts'
import type { Entry } from '../../src/log/entry.ts'
import { eventSubject } from '../../src/log/subjects.ts'

/** Listens until a user event of this name comes, and returns what came. */
async function heardUntil(port: number, last: string, begin: () => void) {
  const entries: Entry[] = []
  const links: string[] = []
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  const options = { name: 'pbx1', host: '127.0.0.1', port, username: 'gateway', tls: false, events: ['user'] }
  const onLink = (isUp: boolean, why: string) => links.push(isUp ? 'up' : why)
  const listener = new Listener(
    { ...options, secret: () => 'lean', onLink },
    {
      connecting: () => {},
      connected: begin,
      disconnected: () => {},
      dropped: () => {},
      heard: (entry) => {
        entries.push(entry)
        if (entry.json.includes(last)) end()
      },
    },
  )
  listener.start()
  await over
  await listener.stop()
  return { entries, links }
}

test('a stranger makes up no more than a thousand subjects, and those that are known stay', async (t) => {
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  t.after(() => asterisk.close())
  const { entries, links } = await heardUntil(asterisk.port, 'the last', () => {
    for (let n = 0; n < 1_500; n++) asterisk.emit('UserEvent', { UserEvent: `Call${n}` })
    asterisk.emit('UserEvent', { UserEvent: 'Call7', Text: 'the last' })
  })
  const subjects = entries.map((entry) => eventSubject('ami', 'pbx1', entry))
  assert.equal(entries.length, 1_501)
  assert.equal(new Set(subjects).size, 1_001)
  assert.equal(subjects.at(-1), 'ami.event.pbx1.UserEvent.Call7')
  assert.equal(subjects.at(-2), 'ami.event.pbx1.UserEvent._')
  // the log has it all the same
  assert.match(entries.at(-2)?.json ?? '', /Call1499/)
  assert.deepEqual(links, ['up'])
})

test('each reason why nothing is received is said once', async () => {
  const reasons: string[] = []
  await new Promise<void>((resolve) => {
    let asked = 0
    const nothing = () => {}
    const listener = new Listener(
      {
        ...{ name: 'pbx1', host: '127.0.0.1', port: 1, username: 'gateway', tls: false, events: ['user'] },
        secret: () => 'lean',
        onLink: (_isUp, why) => reasons.push(why),
      },
      {
        ...{ connecting: nothing, connected: nothing, heard: nothing, dropped: nothing },
        disconnected: () => {
          if (++asked === 3) void listener.stop().then(resolve)
        },
      },
    )
    listener.start()
  })
  assert.equal(reasons.length, 1)
  assert.match(reasons[0] ?? '', /ECONNREFUSED/)
})

test('events are said to be missing where they are, also behind others of the same read', async (t) => {
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  t.after(() => asterisk.close())
  const said: string[] = []
  await new Promise<void>((resolve) => {
    const event = (name: string) => `Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: ${name}\r\n\r\n`
    const listener = new Listener(
      {
        ...{ name: 'pbx1', host: '127.0.0.1', port: asterisk.port, username: 'gateway', tls: false, events: ['user'] },
        secret: () => 'lean',
      },
      {
        connecting: () => {},
        // an answer to nobody, as to a Ping, takes a number as well
        connected: () =>
          asterisk.send(
            `${event('One')}Response: Success\r\nActionID: old\r\n\r\n${event('Two')}no event\r\n\r\n${event('Three')}${event('Four')}`,
          ),
        disconnected: () => {},
        dropped: (lost) => said.push(String(lost)),
        heard: ({ userEvent = '' }) => {
          said.push(userEvent)
          if (userEvent === 'Four') void listener.stop().then(resolve)
        },
      },
    )
    listener.start()
  })
  assert.deepEqual(said, ['One', 'null', 'Two', 'null', 'Three', 'Four'])
})

test('a server that said that it shuts down, or refuses connections, is down, and the link is not to blame', async () => {
  const asterisk = await startServer({ users: { gateway: 'lean' } })
  const said: string[] = []
  await new Promise<void>((resolve) => {
    const listener = new Listener(
      {
        ...{
          name: 'pbx1',
          host: '127.0.0.1',
          port: asterisk.port,
          username: 'gateway',
          tls: false,
          events: ['system'],
        },
        secret: () => 'lean',
      },
      {
        connecting: () => said.push('connecting'),
        connected: () => {
          said.push('connected')
          asterisk.emit('Shutdown', { Shutdown: 'Cleanly', Restart: 'False' })
        },
        disconnected: (cause) => {
          said.push(cause)
          if (said.length >= 6) void listener.stop().then(resolve)
        },
        dropped: () => {},
        heard: ({ event }) => {
          said.push(event)
          void asterisk.close()
        },
      },
    )
    listener.start()
  })
  assert.deepEqual(said.slice(0, 6), [
    'connecting',
    'connected',
    'Shutdown',
    'asterisk-down',
    'connecting',
    'asterisk-down',
  ])
})
