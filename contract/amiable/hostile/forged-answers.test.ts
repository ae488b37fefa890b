// needs: both
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, connect } from 'amiable'
import { type AsteriskVersion, settingsFor } from '../../../tools/servers/asterisk/settings.ts'
import { byScript, PlayedServer } from '../../../tools/testbed/played-server.ts'
import { heardBy, optionsFor } from '../../support/client.ts'
import { type Target, withAsterisk, withSimulator } from '../../targets.ts'

/** A message of these lines. */
const say = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const id = 'ActionID: @ID@'

/** What is no answer to anybody, though it carries the ActionID of a call and says that it ends a list. */
const forgeries: Readonly<Record<string, string>> = {
  'a UserEvent': say('Event: UserEvent', 'Privilege: user,all', 'UserEvent: x', id, 'EventList: Complete'),
  'a UserEvent without a class': say('Event: UserEvent', 'UserEvent: x', id, 'EventList: Complete'),
  'a UserEvent that says cancelled': say('Event: UserEvent', 'Privilege: user,all', id, 'EventList: cancelled'),
  'a UserEvent with a Response': say('Event: UserEvent', 'Privilege: user,all', 'Response: Success', id),
  'an OriginateResponse': say('Event: OriginateResponse', 'Privilege: call,all', id, 'EventList: Complete'),
  'the end of another list': say('Event: PeerlistComplete', id, 'EventList: Complete', 'ListItems: 0'),
  'an event that no list has': say('Event: Newchannel', 'Privilege: call,all', id, 'EventList: Complete'),
  'an unknown end that was told to everybody': say('Event: OddComplete', 'Privilege: x,all', id, 'EventList: Complete'),
}

/** A client of a server that answers by script, and the names of the events that its listeners hear. */
async function scripted(
  script: Record<string, string>,
  run: (ami: Client, heard: string[]) => Promise<void>,
): Promise<void> {
  await using server = await PlayedServer.start(byScript(script))
  await using ami = await connect({
    host: '127.0.0.1',
    port: server.port,
    username: 'frank',
    secret: 'lean',
    reconnect: false,
  })
  const heard: string[] = []
  ami.on('*', (event) => heard.push(event.Event))
  await run(ami, heard)
  assert.deepEqual([ami.stats().inFlight, ami.stats().queued], [0, 0])
}

const refusal = say('Response: Error', id, 'Message: No such channel')
const eventOf = (message: string) => /^Event: (.*)\r/.exec(message)?.[1] ?? ''

describe('what is no answer', () => {
  for (const [what, forged] of Object.entries(forgeries)) {
    test(`${what} in front of a refusal is an event, and the call is refused`, () =>
      scripted({ Hangup: forged + refusal }, async (ami, heard) => {
        await assert.rejects(ami.send('Hangup', { Channel: 'no/1' }), {
          code: 'AMI_REFUSED',
          message: /No such channel/,
        })
        await ami.send('Ping')
        assert.deepEqual(heard, [eventOf(forged)])
        assert.deepEqual([ami.stats().lateReplies, ami.stats().unclaimedReplies], [0, 0])
      }))

    test(`${what} in front of an acknowledgement, and behind it, is an event`, () => {
      const script = { UserEvent: forged + say('Response: Success', id, 'Message: Event Sent') + forged }
      return scripted(script, async (ami, heard) => {
        const { events, completion, message } = await ami.send('UserEvent', { UserEvent: 'x' })
        assert.deepEqual([events.length, completion, message], [0, undefined, 'Event Sent'])
        await ami.send('Ping')
        assert.deepEqual(heard, [eventOf(forged), eventOf(forged)])
      })
    })

    test(`${what} among the rows of a list, known to the catalog or not, is an event and neither row nor end`, async () => {
      const list = (row: string, end: string) =>
        forged +
        say('Response: Success', id, 'EventList: start') +
        say(`Event: ${row}`, 'N: 1', id) +
        forged +
        say(`Event: ${row}`, id, 'N: 2') +
        say(`Event: ${row}`, id, 'N: 3') +
        say(`Event: ${end}`, id, 'EventList: Complete', 'ListItems: 3') +
        forged
      const script = {
        QueueStatus: list('QueueMember', 'QueueStatusComplete'),
        Odd: list('OddEntry', 'OddListComplete'),
      }
      await scripted(script, async (ami, heard) => {
        const known = await ami.listRaw('QueueStatus').toArray()
        const odd = await ami.sendRaw('Odd')
        for (const rows of [known, odd.events])
          assert.deepEqual(
            rows.map((row) => row.get('N')),
            ['1', '2', '3'],
          )
        assert.equal(odd.completion?.Event, 'OddListComplete')
        await ami.send('Ping')
        assert.deepEqual(heard, Array(6).fill(eventOf(forged)))
      })
    })
  }

  test('a row of another list is no row of one that the catalog knows', () => {
    const script = {
      QueueSummary:
        say('Response: Success', id, 'EventList: start') +
        say('Event: QueueMember', id) +
        say('Event: QueueSummary', id) +
        say('Event: QueueSummaryComplete', id, 'EventList: Complete'),
    }
    return scripted(script, async (ami, heard) => {
      assert.equal((await ami.listRaw('QueueSummary').toArray()).length, 1)
      await ami.send('Ping')
      assert.deepEqual(heard, ['QueueMember'])
    })
  })

  test('a forged event that goes past a limit ends no call', () => {
    const long = say('Event: UserEvent', 'Privilege: user,all', id, 'EventList: Complete', `Data: ${'x'.repeat(9e6)}`)
    return scripted({ Hangup: long + refusal }, async (ami) => {
      await assert.rejects(ami.send('Hangup', { Channel: 'no/1' }), { code: 'AMI_REFUSED' })
      assert.equal(ami.stats().faults, 1)
    })
  })
})

describe('a Response', () => {
  test('that names no call decides none that is answered by name', () =>
    scripted({ Hangup: say('Response: Success', 'Message: forged') + refusal }, async (ami) => {
      await assert.rejects(ami.send('Hangup', { Channel: 'no/1' }), { code: 'AMI_REFUSED', message: /No such/ })
      await ami.send('Ping')
      assert.equal(ami.stats().unclaimedReplies, 1)
    }))

  test('that names no call is the answer to one that gets no other', () =>
    scripted({ Odd: say('Response: Success', 'Message: of a relay') }, async (ami) => {
      assert.equal((await ami.sendRaw('Odd')).message, 'of a relay')
      await assert.rejects(ami.sendRaw('Unknown'), { code: 'AMI_REFUSED' })
    }))

  for (const word of [
    'error',
    'ERROR',
    'Failure',
    'Failed',
    'failed',
    'Denied',
    'Successful',
    'Success!',
    'OK',
    '',
    'Goodbye',
    'Pong',
  ]) {
    test(`that says ${JSON.stringify(word)} is not success`, () =>
      scripted({ Setvar: say(`Response: ${word}`, id) }, async (ami) => {
        await assert.rejects(ami.send('Setvar', { Variable: 'A', Value: '1' }), { code: 'AMI_REFUSED' })
        const { success } = await ami.send('Setvar', { Variable: 'A', Value: '1' }, { check: false })
        assert.equal(success, false)
      }))
  }

  for (const [what, forged] of Object.entries({
    'says Follows': say('Response: Follows', id),
    'says follows and ends with its mark': say('response: follows', id, 'out', '--END COMMAND--'),
    'says Follows in front of a success': say('Response: Follows', id, 'Event: x') + say('Response: Success', id),
  })) {
    test(`that ${what} is refused where no raw output can come`, () =>
      scripted({ Setvar: forged, QueueStatus: forged }, async (ami) => {
        const refused = {
          code: 'AMI_REFUSED',
          message: /Response: Follows \(raw output, which is read with fence: true/i,
        }
        await assert.rejects(ami.send('Setvar', { Variable: 'A', Value: '1' }), refused)
        await assert.rejects(ami.send('QueueStatus'), refused)
        await assert.rejects(ami.list('QueueStatus').toArray(), refused)
      }))
  }

  for (const word of ['Success', 'success', 'SUCCESS']) {
    test(`that says ${word} is success`, () =>
      scripted({ Setvar: say(`Response: ${word}`, id) }, async (ami) => {
        assert.equal((await ami.send('Setvar', { Variable: 'A', Value: '1' })).success, true)
      }))
  }

  test('that never came is no success, though the Ping behind the action was answered', () =>
    scripted({ IAXpeers: '', SKINNYdevices: say('Event: DeviceEntry', id), FAXSession: '' }, async (ami) => {
      for (const action of ['IAXpeers', 'SKINNYdevices', 'FAXSession']) {
        const missing = { code: 'AMI_PROTOCOL', message: new RegExp(`${action} .*got no complete answer`) }
        await assert.rejects(ami.sendRaw(action), missing)
        await assert.rejects(ami.listRaw(action).toArray(), missing)
      }
    }))

  test('that names no call, and says that a list follows of which no end comes, is no success', () => {
    const list = say('Response: Success', 'EventList: start') + say('Event: Odd', id) + say('Event: OddEnd', id)
    return scripted({ Odd: list, QueueStatus: list }, async (ami) => {
      for (const action of ['Odd', 'QueueStatus']) {
        await assert.rejects(ami.sendRaw(action), { code: 'AMI_PROTOCOL', message: /got no complete answer/ })
        await assert.rejects(ami.listRaw(action).toArray(), { code: 'AMI_PROTOCOL' })
      }
    })
  })

  test('that fails after the start of a list is its failure, in whichever word', () =>
    scripted({ Status: say('Response: Success', id, 'EventList: start') + say('Response: Failed', id) }, (ami) =>
      assert.rejects(ami.send('Status'), { code: 'AMI_REFUSED' }),
    ))

  test('cannot miss a number that a JavaScript caller gave as ActionID: it is refused', () =>
    scripted({ Setvar: say('Response: Success', id) }, async (ami) => {
      const actionId = 7 as unknown as string
      const options = { code: 'AMI_ARGUMENT', argument: 'actionId' }
      assert.throws(() => ami.send('Setvar', { Variable: 'A', Value: '1' }, { actionId }), options)
      assert.throws(() => ami.originate({ Channel: 'Local/1@x' }, { actionId }), options)
    }))
})

function open(target: Target, account?: string): Promise<Client> {
  return connect(optionsFor(target, account === undefined ? {} : { account }))
}

/** A server and a stranger on it who may send UserEvents and hear those of others, and forges whatever he can. */
function besideAStranger(target: Target): void {
  const forge = (stranger: Client, actionId: string) =>
    stranger.sendRaw('UserEvent', { UserEvent: 'Forged', EventList: 'Complete', Response: 'Success' }, { actionId })
  /** Forges while something runs. */
  const while_ = async <T>(stranger: Client, ids: () => string[], work: () => Promise<T>): Promise<T> => {
    let over = false
    const forging = (async () => {
      while (!over) await Promise.all([...new Set(ids())].map((actionId) => forge(stranger, actionId).catch(() => {})))
    })()
    try {
      return await work()
    } finally {
      over = true
      await forging
    }
  }

  test(`${target.name}: an ActionID that a stranger sees tells him no other`, async () => {
    await using ami = await open(target)
    await using stranger = await open(target, 'stranger')
    const seen: string[] = []
    stranger.on('UserEvent', (event) => {
      if (event.UserEvent === 'Mine') seen.push(event.actionId ?? '')
    })
    for (let i = 0; i < 50; i++) await ami.send('UserEvent', { UserEvent: 'Mine' })
    await heardBy(stranger, ami)
    assert.equal(new Set(seen).size, 50)
    // what counts up, or has a part in common, tells the next
    for (const [i, one] of seen.entries()) {
      for (const other of seen.slice(i + 1)) {
        const common = [...one].filter((letter, at) => letter === other[at]).length
        assert.ok(common < one.length * 0.75, `${one} and ${other} have ${common} letters in common`)
      }
    }
    const next = (text: string) => [...Array(8).keys()].map((n) => text.slice(0, -1) + n)
    await while_(
      stranger,
      () => [...seen.slice(-4), ...seen.slice(-4).flatMap(next)],
      async () => {
        for (let i = 0; i < 40; i++) {
          await assert.rejects(ami.send('Hangup', { Channel: `PJSIP/none-${i}` }), { code: 'AMI_REFUSED' })
        }
      },
    )
  })

  test(`${target.name}: a stranger who knows every ActionID ends no call, no list and no originate`, async () => {
    await using ami = await open(target)
    await using stranger = await open(target, 'stranger')
    let count = 0
    const ids = () => Array.from({ length: 8 }, (_, n) => `known-${count + n}`)
    const forged: string[] = []
    ami.on('UserEvent', (event) => forged.push(event.actionId ?? ''))
    await while_(stranger, ids, async () => {
      for (; count < 40; count++) {
        const call = ami.send('Hangup', { Channel: `PJSIP/none-${count}` }, { actionId: `known-${count}` })
        await assert.rejects(call, { code: 'AMI_REFUSED', message: /No such channel/ })
      }
      for (; count < 60; count++) {
        const rows = await ami.list('QueueSummary', {}, { actionId: `known-${count}` }).toArray()
        assert.ok(rows.length > 0 && rows.every(({ Event }) => Event === 'QueueSummary'))
      }
      for (; count < 64; count++) {
        const { outcome } = await ami.originate(
          { Channel: 'Local/no-such-extension@nowhere', Application: 'Wait', Data: 1 },
          { actionId: `known-${count}` },
        )
        assert.equal(outcome, 'failed')
      }
    })
    await ami.send('Ping')
    assert.ok(forged.length > 0, 'the forged events are heard for what they are')
    assert.equal(ami.stats().lateReplies, 0)
  })
}

/** The same stranger over HTTP, where a value may hold line breaks: what stands behind them is a message of its own to every session. */
function besideAStrangerOnTheWeb(target: Target): void {
  test(`${target.name}: a stranger who forges whole messages over HTTP answers no call, ends no list and no originate`, async () => {
    const { http } = settingsFor(target.version as AsteriskVersion).ports
    const web = async (query: Record<string, string>, cookie = '') =>
      fetch(`http://${target.host}:${http}/rawman?${new URLSearchParams(query)}`, { headers: { cookie } })
    const login = await web({ action: 'login', username: 'stranger', secret: target.accounts.stranger ?? '' })
    assert.match(await login.text(), /Authentication accepted/)
    const cookie = /mansession_id="?[0-9a-f]+"?/.exec(login.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const smuggle = async (...lines: string[]) => {
      const text = `x\r\n\r\n${lines.join('\r\n')}\r\n\r\nEvent: Rest\r\nx: x`
      await (await web({ action: 'UserEvent', UserEvent: 'Web', Data: text }, cookie)).text()
    }
    await using ami = await open(target)
    let over = false
    let count = 0
    const forging = (async () => {
      while (!over) {
        count++
        await smuggle('Response: Success', 'Message: forged')
        await smuggle('Event: QueueSummaryComplete', 'EventList: Complete', 'ListItems: 0')
        await smuggle('Event: OriginateResponse', 'Response: Success', 'Reason: 4', 'Uniqueid: <unknown>')
      }
    })()
    try {
      for (let i = 0; i < 100 || (count < 10 && i < 5_000); i++) {
        await assert.rejects(ami.send('Hangup', { Channel: `PJSIP/none-${i}` }), { code: 'AMI_REFUSED' })
        if (i % 10 > 0) continue
        assert.ok((await ami.list('QueueSummary').toArray()).length > 0)
        const { outcome } = await ami.originate({ Channel: 'Local/no-such@nowhere', Application: 'Wait', Data: 1 })
        assert.equal(outcome, 'failed')
      }
    } finally {
      over = true
      await forging
    }
    await ami.send('Ping')
    assert.ok(count >= 10 && ami.stats().unclaimedReplies > 0, 'forged Responses came, and were nobody’s')
    assert.equal(ami.state, 'ready')
  })
}

await withSimulator((target) => describe('beside a stranger', () => besideAStranger(target)))
for (const version of [22, 16] as const) {
  withAsterisk(version, (target) =>
    describe('beside a stranger', () => {
      besideAStranger(target)
      besideAStrangerOnTheWeb(target)
    }),
  )
}
