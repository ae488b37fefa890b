// What is done to two who talk, on a simulated Asterisk. A second connection, which shares no code with the wallboard,
// says what has become of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient } from '../../../../tools/testbed/raw-client.ts'
import { type Board, openBoard } from '../support/board.ts'
import type { OpenView } from '../support/browser.ts'

/** Two who talk: somebody called in, and an extension answered. */
interface Talk {
  readonly board: Board
  readonly view: OpenView
  readonly judge: RawClient
  readonly caller: string
  readonly agent: string
  /** Acts on the channel of one of them, as it is shown now. */
  act(verb: string, name: string, params?: object): Promise<void>
}

async function talking(test: (talk: Talk) => Promise<void>): Promise<void> {
  await using board = await openBoard()
  const { browser, server } = board
  const caller = server.channels.create({ name: 'PJSIP/trunk', exten: '101', callerIdNum: '0800', run: true })
  const { uniqueid } = server.channels.get(caller)!
  await using calls = await browser.open('page=calls')
  await calls.until('they talk', (one) => one.row('calls', `pbx1/${uniqueid}`)?.phase === 'up')
  await using view = await browser.open(`page=call&call=${encodeURIComponent(`pbx1/${uniqueid}`)}`)
  const named = (name: string) =>
    view.until(`the leg ${name}`, (one) =>
      one.rows<{ key: string; stamp: string; name: string; bridge: string | null }>('legs').find((leg) => {
        return leg.name === name && leg.bridge !== null
      }),
    )
  const agent = server.channels.list().find(({ name }) => name.startsWith('PJSIP/101-'))!.name
  const judge = await RawClient.login(server.port, 'call', 'board', 'board')
  try {
    await test({
      board,
      view,
      judge,
      caller,
      agent,
      async act(verb, name, params = {}) {
        const { key, stamp } = await named(name)
        const response = await browser.act(verb, key, params, stamp)
        const outcome = await view.outcome(response)
        assert.equal(outcome.state, 'done', JSON.stringify(outcome))
      },
    })
  } finally {
    judge.socket.destroy()
  }
}

/** Returns one channel's message of what `CoreShowChannels` lists. */
async function shown(judge: RawClient, name: string): Promise<string> {
  const all = await judge.ask({ Action: 'CoreShowChannels' })
  return all.split('\r\n\r\n').find((one) => one.includes(`\r\nChannel: ${name}\r\n`)) ?? ''
}

for (const who of ['agent', 'caller'] as const) {
  const peer = who === 'agent' ? 'caller' : 'agent'

  test(`a transfer by the ${who} sends the ${peer} to the number`, { timeout: 60_000 }, () =>
    talking(async (talk) => {
      const { judge, act } = talk
      await act('transfer', talk[who], { to: '9123' })
      const event = await judge.until(/Event: BlindTransfer\r\n(?:[^\r]+\r\n)*\r\n/)
      assert.match(event, new RegExp(`TransfererChannel: ${talk[who]}\r\n`))
      assert.match(event, new RegExp(`TransfereeChannel: ${talk[peer]}\r\n`))
      assert.match(await shown(judge, talk[peer]), /\r\nContext: default\r\nExten: 9123\r\n/)
      assert.doesNotMatch(await shown(judge, talk[who]), /\r\nExten: 9123\r\n/)
    }),
  )

  test(`to park by the ${who} parks the ${peer}`, { timeout: 60_000 }, () =>
    talking(async (talk) => {
      const { judge, act } = talk
      await act('park', talk[who])
      const parked = await judge.ask({ Action: 'ParkedCalls' })
      assert.match(parked, new RegExp(`ParkeeChannel: ${talk[peer]}\r\n`))
      assert.doesNotMatch(parked, new RegExp(`ParkeeChannel: ${talk[who]}\r\n`))
      assert.match(parked, /\r\nTotal: 1\r\n/)
    }),
  )
}

test(
  'a transfer that Asterisk refuses has failed, also where one of the two has hung up meanwhile',
  {
    timeout: 60_000,
  },
  () =>
    talking(async ({ board, view, caller, agent }) => {
      const { browser, server } = board
      server.handle('BlindTransfer', async (_, reply) => {
        server.channels.hangup(caller)
        reply.error('No such channel')
      })
      const leg = view.rows<{ key: string; name: string; stamp: string }>('legs').find(({ name }) => name === agent)!
      const outcome = await view.outcome(await browser.act('transfer', leg.key, { to: '9123' }, leg.stamp))
      assert.deepEqual([outcome.state, outcome.code], ['failed', 'refused'])
    }),
)

test("to barge makes one's own phone ring, and speak into exactly that channel", { timeout: 60_000 }, () =>
  talking(async ({ board, judge, caller, agent, act }) => {
    await act('barge', agent, { reason: 'training' })
    const sent = board.server.calls.filter(({ name }) => name === 'Originate')
    assert.deepEqual(
      sent.map((call) => [call.header('Channel'), call.header('Application'), call.header('Data')]),
      [['PJSIP/100', 'ChanSpy', `${board.server.channels.get(agent)!.uniqueid},uqEB`]],
    )
    for (const one of [caller, agent]) assert.match(await shown(judge, one), /\r\nChannelStateDesc: Up\r\n/)
  }),
)

test('nobody is transferred or parked who talks with nobody, or as it is no longer', { timeout: 60_000 }, () =>
  talking(async ({ board, view, caller, agent }) => {
    const leg = view.rows<{ key: string; name: string; stamp: string }>('legs').find(({ name }) => name === agent)!
    const code = async (response: Promise<Response>) => {
      const answer = await response
      return [answer.status, ((await answer.json()) as { code: string }).code]
    }
    const act = (verb: string, stamp: string, params = {}) => code(board.browser.act(verb, leg.key, params, stamp))
    assert.deepEqual(await act('park', 'old'), [409, 'changed'])
    assert.deepEqual(await act('transfer', leg.stamp, { to: 's' }), [400, 'invalid'])
    assert.deepEqual(await act('transfer', leg.stamp, { to: '9123&PJSIP/x' }), [400, 'invalid'])
    const alone = board.server.channels.create({ name: 'PJSIP/102', state: 'Up' })
    const key = `pbx1/${board.server.channels.get(alone)!.uniqueid}`
    await using other = await board.browser.open(`page=call&call=${encodeURIComponent(key)}`)
    const row = await other.until('somebody alone', (one) => one.rows<{ key: string; stamp: string }>('legs')[0])
    for (const [verb, params] of [
      ['park', {}],
      ['transfer', { to: '9123' }],
      ['barge', { reason: 'training' }],
    ] as const) {
      assert.deepEqual(await code(board.browser.act(verb, row.key, params, row.stamp)), [409, 'impossible'], verb)
    }
    const sent = board.server.calls.filter(({ name }) => ['BlindTransfer', 'Park', 'Originate'].includes(name))
    assert.deepEqual(sent, [])
    assert.equal(board.server.channels.get(caller)?.state, 'Up')
  }),
)
