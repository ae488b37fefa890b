// The wallboard acts on a real Asterisk. A second connection, which shares no code with it, says what has become of it.
import assert from 'node:assert/strict'
import { until } from '../../tools/servers/asterisk/process.ts'
import { RawClient } from '../../tools/testbed/raw-client.ts'
import type { Target } from '../targets.ts'
import { OWN, type Row, TIMEOUT, WallboardProcess } from './program.ts'
import { tryTalks } from './talks.ts'

/** Tries the verbs; those that a version of Asterisk does not have are left out by `has`. */
export async function tryVerbs(target: Target, ending: (close: () => Promise<void> | void) => void): Promise<void> {
  const board = new WallboardProcess(target)
  ending(() => board.close())
  const oracle = await RawClient.login(target.port, 'off', target.username, target.secret)
  const listener = await RawClient.login(target.port, 'call,dialplan', target.username, target.secret)
  ending(() => {
    oracle.socket.destroy()
    listener.socket.destroy()
  })
  const ask = (action: Record<string, string>) => oracle.ask(action)
  const members = () => ask({ Action: 'QueueStatus', Queue: 'support' })
  const dial = (exten: string, channelId: string, number: string) =>
    ask({
      Action: 'Originate',
      Channel: 'Local/wait@default/n',
      Context: 'default',
      Exten: exten,
      Priority: '1',
      Async: 'true',
      ChannelId: channelId,
      OtherChannelId: `${channelId}b`,
      CallerID: number,
    })
  await board.start()
  const one = { key: 'pbx1/Local/member@default/n' }
  const two = { key: 'pbx1/support/Local/busy@default/n' }

  assert.equal(await board.act('pause', one, { reason: 'lunch' }), 'done')
  assert.match(
    await members(),
    /Location: Local\/member@default\/n\r\n(?:[^\r]+\r\n)*?Paused: 1\r\n(?:[^\r]+\r\n)*?PausedReason: lunch\r\n/,
  )
  assert.equal(await board.act('pause', two), 'done')

  const me = { key: `pbx1/${OWN}` }
  assert.equal(await board.act('login', me, { queue: 'sales', penalty: 3 }), 'done')
  assert.match(
    await ask({ Action: 'QueueStatus', Queue: 'sales' }),
    /Location: Local\/echo@default\r\n(?:[^\r]+\r\n)*?Penalty: 3\r\n/,
  )
  const mine = { key: `pbx1/sales/${OWN}` }
  assert.equal(await board.act('penalty', mine, { penalty: 7 }), 'done')
  assert.match(await ask({ Action: 'QueueStatus', Queue: 'sales' }), /Penalty: 7\r\n/)
  assert.equal(await board.act('logout', mine), 'done')
  assert.doesNotMatch(await ask({ Action: 'QueueStatus', Queue: 'sales' }), /Location: Local\/echo@default\r\n/)

  // somebody waits in a queue where nobody answers
  await dial('q', 'wb-caller', '5551234')
  const caller = await board.row('queues', 'callers', ({ queue }) => queue === 'support')
  if (target.version > 16) {
    assert.equal(await board.act('priority', caller, { priority: 9 }), 'done')
    assert.match(await members(), /Event: QueueEntry\r\n(?:[^\r]+\r\n)*?Priority: 9\r\n/)
  }
  assert.equal(await board.act('redirect', { ...caller, stamp: 'other' }, { to: '201' }), '409 changed')
  assert.equal(await board.act('redirect', caller, { to: '201' }), 'done')
  assert.doesNotMatch(await members(), /Event: QueueEntry/)
  assert.equal(await board.act('unpause', one), 'done')
  assert.equal(await board.act('unpause', two), 'done')
  assert.doesNotMatch(await members(), /Paused: 1\r\n/)

  // two talk, and one listens to exactly one of them
  await dial('dialtransfer', 'wb-talk', '5550000')
  const call = await board.row(
    'calls',
    'calls',
    ({ phase, fromNumber, channels }) => phase === 'up' && fromNumber === '5550000' && Number(channels) >= 4,
  )
  // the call is up when the first of the two is in the bridge
  const [leg] = await until('two who talk', TIMEOUT, async () => {
    const legs = await board.rows(`call&call=${encodeURIComponent(call.key)}`, 'legs')
    const talking = legs.filter(({ bridge, state }) => bridge !== null && state === 'Up')
    return talking.length === 2 ? (talking as [Row, Row]) : undefined
  })
  assert.equal(await board.act('listen', leg, { reason: 'training' }), 'done')
  await listener.until(/Event: ChanSpyStart\r\n(?:[^\r]+\r\n)*?\r\n/)
  const [, spied] = /Event: ChanSpyStart\r\n(?:[^\r]+\r\n)*?SpyeeUniqueid: ([^\r]+)\r\n/.exec(listener.text) ?? []
  assert.equal(`pbx1/${spied}`, leg.key)
  const now = await board.row('calls', 'calls', ({ key }) => key === call.key)
  assert.equal(await board.act('hangup', now), 'done')
  const channels = await ask({ Action: 'CoreShowChannels' })
  assert.doesNotMatch(channels, new RegExp(`Uniqueid: ${leg.key.slice(5).replaceAll('.', '\\.')}\r\n`))

  await tryTalks(board, oracle, listener, dial)

  // a room
  await dial('conf', 'wb-room', '5559999')
  const party = await board.row('rooms', 'parties', () => true)
  const muted = async (word: string) =>
    assert.match(await ask({ Action: 'ConfbridgeList', Conference: '100' }), new RegExp(`Muted: ${word}\r\n`))
  assert.equal(await board.act('mute', party), 'done')
  await muted('Yes')
  assert.equal(await board.act('unmute', party), 'done')
  await muted('No')
  assert.equal(await board.act('lock', { key: 'pbx1/100' }), 'done')
  assert.match(await ask({ Action: 'ConfbridgeListRooms' }), /Locked: Yes\r\n/)
  assert.equal(await board.act('kick', party), 'done')
  // apps/app_confbridge.c tells of the leaving first, says to the party that it was kicked, and takes it from its list then
  await until('the room is empty', TIMEOUT, async () => {
    return !/Event: ConfbridgeList\r\n/.test(await ask({ Action: 'ConfbridgeList', Conference: '100' }))
  })

  // one's own phone dials, and gets a parked call
  assert.equal(await board.act('dial', null, { number: '201' }), 'done')
  await dial('park', 'wb-parked', '5557777')
  const parked = await board.row('rooms', 'parked', () => true)
  assert.equal(await board.act('pick', parked), 'done')
  await until(
    'nobody is parked',
    TIMEOUT,
    async () => !/Event: ParkedCall\r\n/.test(await ask({ Action: 'ParkedCalls' })),
  )

  assert.equal(await board.act('resetStatistics', { key: 'pbx1/support' }, { confirmed: true }), 'done')
  assert.equal(await board.act('reloadQueues', { key: 'pbx1' }, { confirmed: true }), 'done')
  await ask({ Action: 'Hangup', Channel: '/^Local/' })
}
