// needs: both
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Client, type ClientOptions, connect, type LostError } from 'amiable'
import { settingsFor } from '../../../tools/servers/asterisk/settings.ts'
import { lines, type Play, PlayedServer, type PlayedSession } from '../../../tools/testbed/played-server.ts'
import { nextEvent, optionsFor } from '../../support/client.ts'
import { type Target, withAsterisk } from '../../targets.ts'

// no event of the catalog's
const FLOOD: string = 'Flood'
const OLD = 'Asterisk Call Manager/1.3\r\n'
const NEW = 'Asterisk Call Manager/11.0.0\r\n'

/** A client of a played server. */
async function played(
  { play, banner = NEW, ...options }: Partial<ClientOptions> & { play?: Play; banner?: string },
  run: (ami: Client, server: PlayedServer) => Promise<void>,
): Promise<void> {
  await using server = await PlayedServer.start(play, { banner })
  const account = { host: '127.0.0.1', port: server.port, username: 'frank', secret: 'lean' }
  await using ami = await connect({ ...account, ...options })
  await run(ami, server)
}

/** The server says an event, which has to be heard, and a Ping, which has to be answered, over the link that there is. */
async function hears(ami: Client, server: PlayedServer): Promise<void> {
  const heard = nextEvent(ami, 'Hangup', (event) => event.get('Channel') === 'last/1')
  server.session.say(lines('Event: Hangup', 'Privilege: call,all', 'Channel: last/1'))
  await heard
  await ami.send('Ping')
  assert.equal(ami.epoch, 1)
}

describe('raw output that nobody asked for', () => {
  const forged: Readonly<Record<string, string>> = {
    'for nobody': lines('Response: Follows', 'Privilege: Command', 'ActionID: nobody'),
    'without an ActionID': lines('Response: Follows', 'Privilege: Command'),
    'behind the value of a variable': 'Response: Follows\r\nb\r\n\r\n',
    'in other letters': lines('response:FOLLOWS', 'actionid: nobody'),
    'with a line of text': 'Response: Follows\r\nActionID: nobody\r\nout\nput\r\n\r\n',
    'with a name that never ends': `Response: Follows\r\nActionID: ${'x'.repeat(5_000)}\r\n\r\n`,
  }
  for (const [what, bytes] of Object.entries(forged)) {
    for (const banner of [NEW, OLD]) {
      test(`${what} keeps nothing from being heard, behind ${banner.trim()}`, () =>
        played({ banner }, async (ami, server) => {
          server.session.say(bytes)
          await hears(ami, server)
        }))
    }
  }

  test('without an ActionID, while a command runs, ends in front of its answer, which is the answer', () => {
    const play: Play = ({ name, id }) =>
      name === 'Command'
        ? `Response: Follows\r\nforged\r\n\r\n${lines('Response: Success', `ActionID: ${id}`, 'Output: 1', 'Output: 2')}`
        : undefined
    return played({ play }, async (ami, server) => {
      assert.deepEqual(await ami.command('core show version'), ['1', '2'])
      await hears(ami, server)
    })
  })
})

describe('raw output that was asked for', () => {
  const answer = (...output: string[]): Play => {
    return ({ name, id }) =>
      name === 'Command'
        ? `Response: Follows\r\nPrivilege: Command\r\nActionID: ${id}\r\n${output.join('')}`
        : undefined
  }

  test('may hold blank lines and what looks like messages, up to its mark', () => {
    const output = ['a', '', 'Event: Fake', 'Privilege: call,all', '', 'b']
    const play = answer(`${output.join('\n')}\n`, '--END COMMAND--\r\n\r\n')
    return played({ play, banner: OLD }, async (ami, server) => {
      assert.deepEqual(await ami.command('dialplan show'), output)
      await hears(ami, server)
    })
  })

  for (const banner of [NEW, OLD]) {
    for (const output of ['\r\n', 'out\r\n\r\n', 'out\nput\n\r\n\r\n']) {
      test(`without its mark fails the command, and ends with the next message: ${JSON.stringify(output)}, ${banner.trim()}`, () =>
        played({ play: answer(output), banner }, async (ami, server) => {
          const call = ami.command('core show version')
          const failed = assert.rejects(call, { code: 'AMI_PROTOCOL' })
          await ami.send('Ping')
          await failed
          await hears(ami, server)
          assert.equal(ami.stats().faults, 1)
        }))
    }
  }

  test('past the limit fails the command, and ends at the next blank line', () => {
    const play = answer('line\n'.repeat(1_000), '\r\n\r\n')
    return played({ play, limits: { message: 2_000 } }, async (ami, server) => {
      await assert.rejects(ami.command('database show'), { code: 'AMI_LIMIT' })
      await hears(ami, server)
    })
  })
})

describe('other bytes that begin something and do not end it', () => {
  for (const [what, bytes] of [
    ['a line that is none', 'rubbish\r\n'],
    ['lines with bare line feeds', 'IAX2/peer 1 2 3\nIAX2/peer 1 2 3\n'],
    ['half a message', 'Event: Half\r\nA: 1\r\n\r\n'.slice(0, 16)],
    ['a message past a limit', `Event: Long\r\nA: ${'x'.repeat(3_000)}\r\n\r\n`],
    ['rubbish past a limit', 'x'.repeat(5_000)],
    ['rubbish past a limit, in lines', 'rubbish\r\n'.repeat(2_000)],
    ['NULs', '\0'.repeat(100)],
  ] as const) {
    test(`${what}: what stands behind the next blank line is heard`, () =>
      played({ limits: { message: 2_000 } }, async (ami, server) => {
        server.session.say(`${bytes}\r\n\r\n`)
        await hears(ami, server)
      }))
  }
})

describe('a peer that answers nothing', () => {
  const keepalive = { interval: 200, timeout: 200 }
  const deaf: Play = ({ name }) => (name === 'Ping' ? '' : undefined)
  /** The first connection is deaf, the next one well. */
  const deafOnce = (): Play => {
    let first: PlayedSession | undefined
    return (action, session) => {
      first ??= session
      return session === first ? deaf(action, session) : undefined
    }
  }

  /** What a server says, again and again, until the client has gone. */
  const says: Readonly<Record<string, (i: number) => string>> = {
    'and says nothing': () => '',
    'but one byte every 50 ms': (i) => 'Event: Drip\r\nA: 1\r\n\r\n'[i % 22] ?? '',
    'but one byte every 50 ms of one message': () => 'x',
    'but the bytes of blank lines': (i) => '\r\n'[i % 2] ?? '',
    'but a hundred events every 50 ms': () => lines('Event: Flood', 'Privilege: call,all', 'A: 1').repeat(100),
    'but answers to nobody': () => lines('Response: Success', 'ActionID: nobody'),
    'but rows of nobody': () => lines('Event: PeerEntry', 'ActionID: nobody'),
  }
  for (const [what, bytes] of Object.entries(says)) {
    test(`${what} is found dead in the keepalive's time`, () =>
      played({ play: deafOnce(), keepalive, reconnect: () => 20 }, async (ami, server) => {
        const started = performance.now()
        let took = 0
        const over = new AbortController()
        const talk = (async () => {
          for (let i = 0; !over.signal.aborted; i++) {
            server.sessions[0]?.say(bytes(i))
            await wait(50)
          }
        })()
        const statuses = ami.status()
        for (;;) {
          const { value } = await statuses.next()
          if (value.type === 'ready') break
          if (value.type !== 'lost') continue
          took = performance.now() - started
          assert.equal(value.error.code, 'AMI_LOST')
          assert.equal((value.error as LostError).actionId, undefined)
        }
        over.abort()
        await talk
        assert.ok(took > 300 && took < 10_000, `${took} ms`)
        assert.equal(ami.epoch, 2)
      }))
  }

  /** What a peer goes on saying, that never answers a Ping, of a call whose answer it has begun. */
  const goesOn: Readonly<
    Record<string, readonly [(ami: Client) => Promise<unknown>, (id: string, i: number) => string]>
  > = {
    'rows of a list that had its time': [
      (ami) => ami.send('CoreShowChannels', {}, { timeout: 300 }),
      (id) => lines('Event: CoreShowChannel', `ActionID: ${id}`, 'Channel: x'),
    ],
    'rows of a list that a loop has left': [
      async (ami) => {
        for await (const _ of ami.list('CoreShowChannels', {}, { timeout: 60_000 })) break
      },
      (id) => lines('Event: CoreShowChannel', `ActionID: ${id}`, 'Channel: x'),
    ],
    'the Response to a list, again and again': [
      (ami) => ami.send('CoreShowChannels', {}, { timeout: 60_000 }),
      (id) => lines('Response: Success', `ActionID: ${id}`, 'EventList: start'),
    ],
    'rows of a fenced call that had its time': [
      (ami) => ami.sendRaw('Mystery', {}, { fence: true, timeout: 300 }),
      (id) => lines('Event: Mystery', `ActionID: ${id}`),
    ],
    'one message that grows': [
      (ami) => ami.send('CoreShowChannels', {}, { timeout: 300 }),
      (_, i) => (i === 0 ? 'Event: Big\r\nA: ' : 'x'.repeat(5_000)),
    ],
  }
  for (const [what, [call, says]] of Object.entries(goesOn)) {
    test(`but goes on with ${what} is found dead`, () => {
      let begun = ''
      const play: Play = ({ name, id }) => {
        if (name === 'Ping') return ''
        if (name !== 'CoreShowChannels' && name !== 'Mystery') return undefined
        begun = id
        return lines('Response: Success', `ActionID: ${id}`, 'EventList: start')
      }
      return played({ play, keepalive, reconnect: false }, async (ami, server) => {
        const failed = call(ami).catch((error) => error)
        let i = 0
        const talk = setInterval(() => begun !== '' && server.session.say(says(begun, i++)), 40)
        const reason = await Promise.race([ami.closed, wait(20_000, undefined, { ref: false })])
        clearInterval(talk)
        assert.equal((reason?.error as LostError | undefined)?.code, 'AMI_LOST')
        await failed
      })
    })
  }

  test('and drips in the middle of raw output that a command waits for is found dead when the command had its time', () =>
    played(
      {
        keepalive,
        reconnect: false,
        play: ({ name, id }) =>
          name === 'Ping' ? '' : name === 'Getvar' ? `Response: Follows\r\nActionID: ${id}\r\n` : undefined,
        banner: OLD,
      },
      async (ami, server) => {
        const call = ami.send('Getvar', { Variable: 'X' }, { timeout: 60_000 })
        const lost = assert.rejects(call, { code: 'AMI_LOST' })
        const drip = setInterval(() => server.session.say('x'), 20)
        await lost
        clearInterval(drip)
      },
    ))

  test('is left alone with keepalive: false', () =>
    played({ play: deaf, keepalive: false }, async (ami, server) => {
      await wait(1_000)
      assert.deepEqual([ami.state, server.session.heard.includes('Ping')], ['ready', false])
    }))
})

describe('a peer that is busy is alive', () => {
  const keepalive = { interval: 200, timeout: 400 }
  const ping = (id: string) => lines('Response: Success', `ActionID: ${id}`, 'Ping: Pong')

  test('with a flood of events', () =>
    played({ keepalive, reconnect: false }, async (ami, server) => {
      let events = 0
      ami.on(FLOOD, () => events++)
      const flood = lines('Event: Flood', 'Privilege: call,all', 'A: 1').repeat(2_000)
      const pings = () => server.session.heard.filter((name) => name === 'Ping').length
      // many times what the keepalive allows
      for (const end = performance.now() + 2_000; performance.now() < end || pings() < 3; await wait(5)) {
        server.session.say(flood)
      }
      await ami.send('Ping')
      assert.deepEqual([ami.epoch, ami.state], [1, 'ready'])
      assert.ok(events > 10_000)
    }))

  test('with the rows of a long list, behind which the answer to the Ping stands', () => {
    const pings: string[] = []
    const play: Play = ({ name, id }, session) => {
      if (name === 'Ping') {
        pings.push(id)
        return ''
      }
      if (name !== 'CoreShowChannels') return undefined
      session.say(lines('Response: Success', `ActionID: ${id}`, 'EventList: start'))
      void (async () => {
        for (let i = 0; i < 8; i++) {
          await wait(300)
          session.say(lines('Event: CoreShowChannel', `ActionID: ${id}`, `Channel: x/${i}`))
        }
        session.say(lines('Event: CoreShowChannelsComplete', `ActionID: ${id}`, 'EventList: Complete', 'ListItems: 8'))
        for (const one of pings) session.say(ping(one))
      })()
      return ''
    }
    return played({ play, keepalive, reconnect: false }, async (ami) => {
      const { events } = await ami.send('CoreShowChannels', {}, { timeout: 30_000 })
      assert.deepEqual([events.length, ami.state, pings.length > 0], [8, 'ready', true])
    })
  })

  test('with one long answer that arrives slowly', () => {
    const pings: string[] = []
    const play: Play = ({ name, id }, session) => {
      if (name === 'Ping') {
        pings.push(id)
        return ''
      }
      if (name !== 'GetConfigJSON') return undefined
      session.say(`Response: Success\r\nActionID: ${id}\r\nJSON: `)
      void (async () => {
        for (let i = 0; i < 40; i++) {
          await wait(50)
          session.say('x'.repeat(20_000))
        }
        session.say('\r\n\r\n')
        for (const one of pings) session.say(ping(one))
      })()
      return ''
    }
    return played({ play, keepalive, reconnect: false }, async (ami) => {
      const { JSON: json } = await ami.send('GetConfigJSON', { Filename: 'x.conf' }, { timeout: 30_000 })
      assert.deepEqual([json?.length, ami.state, pings.length > 0], [800_000, 'ready', true])
    })
  })

  test('with calls that it answers, and is pinged only where it answered nothing for a while', () => {
    return played({ keepalive, reconnect: false }, async (ami, server) => {
      const answers = [performance.now()]
      for (const end = performance.now() + 1_000; performance.now() < end; await wait(20)) {
        await ami.sendRaw('Work')
        answers.push(performance.now())
      }
      const longest = Math.max(...answers.map((at, i) => at - (answers[i - 1] ?? at)))
      // a machine that stands still is such a while
      assert.ok(!server.session.heard.includes('Ping') || longest >= keepalive.interval - 1, `${longest}`)
    })
  })
})

for (const version of [22, 16] as const) {
  withAsterisk(version, (target) => {
    const sentinel = 'UserEvent'

    /** A UserEvent that is sent now reaches each of these clients, and each is answered. */
    async function allHear(clients: readonly Client[], by: Client, what: string): Promise<void> {
      const heard = clients.map((ami) => nextEvent(ami, sentinel, (event) => event.get('UserEvent') === what))
      await by.sendRaw('UserEvent', { UserEvent: what })
      await Promise.all(heard)
      await Promise.all(clients.map((ami) => ami.send('Ping')))
      assert.deepEqual(
        clients.map((ami) => [ami.epoch, ami.state]),
        clients.map(() => [1, 'ready']),
      )
    }

    test(`${target.name}: a variable's value that holds the head of raw output makes no session deaf`, async () => {
      await using ami = await connect(optionsFor(target))
      for (const head of ['Response: Follows', 'response: follows', 'Response: Follows%0D%0AActionID: nobody']) {
        const variable = `URIDECODE(a%0D%0A%0D%0A${head}%0D%0Ab)`
        const { Value } = await ami.send('Getvar', { Variable: variable })
        assert.equal(Value, 'a')
        await allHear([ami], ami, `getvar-${head.length}`)
      }
      // while a command runs as well, whose answer it is not
      const [, printed] = await Promise.all([
        ami.send('Getvar', { Variable: 'URIDECODE(a%0D%0A%0D%0AResponse: Follows%0D%0Ab)' }),
        ami.command('core show version'),
      ])
      assert.match(printed.join(), /Asterisk/)
    })

    test(`${target.name}: a UserEvent over HTTP from an account with nothing but user deafens nobody`, async () => {
      await using admin = await connect(optionsFor(target))
      await using listener = await connect(optionsFor(target, { account: 'listener' }))
      await using stranger = await connect(optionsFor(target, { account: 'stranger' }))
      const clients = [admin, listener, stranger]
      for (const forged of [
        '\r\n\r\nResponse: Follows\r\nPrivilege: Command',
        '\r\n\r\nResponse: Follows',
        '\r\n\r\nResponse: Follows\r\nActionID: x\r\n\r\nrubbish\nrubbish',
        `\r\n\r\nrubbish`,
        '\n\r\nEvent: Half',
      ]) {
        await overHttp(target, { action: 'UserEvent', UserEvent: 'forged', foo: `a${forged}` })
        await allHear(clients, admin, `http-${forged.length}`)
      }
    })
  })
}

/** Runs an action over HTTP as the account `stranger`, where a header's value may hold a line's end. */
async function overHttp(target: Target, params: Readonly<Record<string, string>>): Promise<void> {
  const { http } = settingsFor(target.version as 22 | 16).ports
  const ask = async (query: Readonly<Record<string, string>>, cookie: string) => {
    const url = `http://${target.host}:${http}/rawman?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`
    const response = await fetch(url, { headers: { cookie, connection: 'close' } })
    const text = await response.text()
    assert.match(text, /^Response: Success/, text)
    return response.headers.get('set-cookie')?.split(';')[0] ?? cookie
  }
  const secret = target.accounts.stranger ?? ''
  const cookie = await ask({ action: 'login', username: 'stranger', secret }, '')
  await ask(params, cookie)
  await ask({ action: 'logoff' }, cookie).catch(() => '')
}
