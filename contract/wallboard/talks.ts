// What the wallboard does to two who talk on a real Asterisk; a second connection says what has become of each.
import assert from 'node:assert/strict'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { RawClient } from '../../tools/testbed/raw-client.ts'
import { type Row, TIMEOUT, type WallboardProcess } from './program.ts'

/** Two who talk: the channel that dials, and the one that was dialled. */
interface Talk {
  readonly caller: Row
  readonly agent: Row
}

/** Tries to transfer, to park and to barge in, from both sides of a call. */
export async function tryTalks(
  board: WallboardProcess,
  oracle: RawClient,
  listener: RawClient,
  dial: (exten: string, channelId: string, number: string) => Promise<unknown>,
): Promise<void> {
  /** Returns what `CoreShowChannels` says of a channel. */
  const shown = async ({ key }: Row) => {
    const all = await oracle.ask({ Action: 'CoreShowChannels' })
    return all.split('\r\n\r\n').find((one) => one.includes(`\r\nUniqueid: ${idOf(key)}\r\n`)) ?? ''
  }
  const talking = async (id: string): Promise<Talk> => {
    await dial('dialtransfer', id, id)
    let talk: Partial<Talk> = {}
    await until('two who talk', TIMEOUT, async () => {
      const call = (await board.rows('calls', 'calls')).find(({ fromNumber }) => fromNumber === id)
      if (call === undefined) return false
      const legs = (await board.rows(`call&call=${encodeURIComponent(call.key)}`, 'legs')).filter(
        ({ bridge, state }) => bridge !== null && state === 'Up',
      )
      // the Local channel in whose dialplan the Dial runs has the id that was given; its other side has the dialled one
      const caller = legs.find(({ key }) => key === `pbx1/${id}` || key === `pbx1/${id}b`)
      talk = {
        ...(caller && { caller }),
        ...(caller && { agent: legs.find(({ key, bridge }) => key !== caller.key && bridge === caller.bridge) as Row }),
      }
      return talk.caller !== undefined && talk.agent !== undefined
    })
    return talk as Talk
  }
  const end = async () => {
    await oracle.ask({ Action: 'Hangup', Channel: '/^Local/' })
    await until('nobody talks and nobody is parked', TIMEOUT, async () => {
      const all = await oracle.ask({ Action: 'CoreShowChannels' })
      return !all.includes('Event: CoreShowChannel\r\n') && (await board.rows('rooms', 'parked')).length === 0
    })
  }
  /** Whether a channel has been at an extension, however short. */
  const wasAt = (row: Row, exten: string) => {
    const place = `Uniqueid: ${escaped(row)}\r\n(?:[^\r]+\r\n)*?Extension: ${exten}\r\n`
    return new RegExp(`Event: Newexten\r\n(?:[^\r]+\r\n)*?${place}`).test(listener.text)
  }

  for (const who of ['agent', 'caller'] as const) {
    const peer = who === 'agent' ? 'caller' : 'agent'
    // main/bridge.c:ast_bridge_transfer_blind: of two, the peer goes, and the one who transfers leaves
    const talk = await talking(`55501${who.length}`)
    assert.equal(await board.act('transfer', talk[who], { to: '202' }), 'done')
    const event = await listener.until(/Event: BlindTransfer\r\n(?:[^\r]+\r\n)*?\r\n/)
    assert.match(event, /Result: Success\r\n/)
    assert.match(event, new RegExp(`TransfererUniqueid: ${escaped(talk[who])}\r\n`))
    assert.match(event, new RegExp(`TransfereeUniqueid: ${escaped(talk[peer])}\r\n`))
    await until('the peer is where it was sent', TIMEOUT, async () => wasAt(talk[peer], '202'))
    assert.ok(!wasAt(talk[who], '202'))
    await end()

    // res_parking: the action parks the channel that it names, which is the peer of the one that stays
    const other = await talking(`55502${who.length}`)
    assert.equal(await board.act('park', other[who]), 'done')
    const parked = await oracle.ask({ Action: 'ParkedCalls' })
    assert.match(parked, new RegExp(`ParkeeUniqueid: ${escaped(other[peer])}\r\n`))
    assert.doesNotMatch(parked, new RegExp(`ParkeeUniqueid: ${escaped(other[who])}\r\n`))
    await end()
  }

  const { agent, caller } = await talking('555030')
  assert.equal(await board.act('barge', agent, { reason: 'training' }), 'done')
  const event = await listener.until(/Event: ChanSpyStart\r\n(?:[^\r]+\r\n)*?\r\n/)
  assert.match(event, new RegExp(`SpyeeUniqueid: ${escaped(agent)}\r\n`))
  const all = await oracle.ask({ Action: 'CoreShowChannels' })
  assert.match(all, new RegExp(`\r\nApplicationData: ${escaped(agent)},uqEB\r\n`))
  for (const one of [agent, caller]) assert.match(await shown(one), /\r\nChannelStateDesc: Up\r\n/)
  await end()
}

function idOf(key: string): string {
  return key.slice('pbx1/'.length)
}

function escaped({ key }: Row): string {
  return idOf(key).replaceAll('.', '\\.')
}
