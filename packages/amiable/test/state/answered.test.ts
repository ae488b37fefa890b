// When a call was answered: what an event says, and never what a list alone shows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Row, speaker } from './support/flood.ts'
import type { Headers } from './support/messages.ts'

const AT = Date.UTC(2026, 0, 1, 12)

function channel(n: number, state: string): Headers {
  const id = `1000000000.${n}`
  return { Uniqueid: id, Linkedid: '1000000000.1', Channel: `PJSIP/${n}-0000000${n}`, ChannelStateDesc: state }
}

const listed = async (rows: readonly Row[]) => {
  const speaking = speaker({ kinds: ['calls'] }, { CoreShowChannels: () => rows })
  await speaking.state.ready()
  return { ...speaking, call: () => speaking.state.calls.get('1000000000.1') }
}

test('a call that a list has shown as up was answered nobody knows when, whatever comes after it', async () => {
  const { state, say, call } = await listed([1, 2].map((n) => ['CoreShowChannel', channel(n, 'Up')]))
  assert.equal(call()?.phase, 'up')
  // it is held and resumed, transferred to a third one that rings, and that one answers
  say('Hold', channel(1, 'Up'), AT)
  assert.equal(call()?.phase, 'held')
  say('Unhold', channel(1, 'Up'), AT + 1_000)
  say('NewCallerid', { ...channel(1, 'Up'), CallerIDNum: '77' }, AT + 2_000)
  say('Newchannel', channel(3, 'Down'), AT + 3_000)
  say('Newstate', channel(3, 'Ringing'), AT + 4_000)
  assert.equal(call()?.phase, 'ringing')
  say('Hangup', channel(2, 'Up'), AT + 5_000)
  say('Newstate', channel(3, 'Up'), AT + 6_000)
  assert.equal(call()?.phase, 'up')
  assert.equal(call()?.answeredAt, undefined)
  await state.close()
})

test('a call that a list has shown ringing is answered when its events say it', async () => {
  const { state, say, call } = await listed([
    ['CoreShowChannel', channel(1, 'Ring')],
    ['CoreShowChannel', channel(2, 'Ringing')],
  ])
  assert.equal(call()?.phase, 'ringing')
  say('Newstate', channel(2, 'Up'), AT)
  say('Newstate', channel(1, 'Up'), AT + 10)
  assert.deepEqual(call()?.answeredAt, new Date(AT))
  await state.close()
})
