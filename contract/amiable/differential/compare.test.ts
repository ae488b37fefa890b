import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent } from 'amiable'
import { differences } from './compare.ts'

type Headers = readonly (readonly [string, string])[]

function event(name: string, ...headers: Headers): AmiEvent {
  const get = (wanted: string) => headers.find(([header]) => header === wanted)?.[1]
  return { Event: name, headers, get } as unknown as AmiEvent
}

const channel = ['Channel', 'Local/wait@default-00000001;1'] as const
const born = event('Newchannel', channel)
const died = event('Hangup', channel, ['Cause', '16'])

const texts = (real: AmiEvent[], simulated: AmiEvent[]) =>
  differences('x', real, simulated).map(({ whose, text }) => `${whose}: ${text}`)

test('the same events make no difference, whatever the channels are called', () => {
  const other = ['Channel', 'Local/wait@default-000000ff;1'] as const
  assert.deepEqual(texts([born, died], [event('Newchannel', other), event('Hangup', other, ['Cause', '16'])]), [])
})

test('an event more, an event less, another cause and another order are told', () => {
  assert.deepEqual(texts([born, died], [born]), ['wait;1: - Hangup 16'])
  assert.deepEqual(texts([born], [born, died]), ['wait;1: + Hangup 16'])
  const busy = event('Hangup', channel, ['Cause', '17'])
  assert.deepEqual(texts([born, died], [born, busy]), ['wait;1: - Hangup 16, + Hangup 17'])
  assert.deepEqual(texts([born, died], [died, born]), ['wait;1: - Newchannel, + Newchannel'])
})

test('headers are compared, and so is their order', () => {
  const more = event('Newchannel', channel, ['Extra', ''])
  assert.deepEqual(texts([born], [more]), ['Newchannel: headers +Extra'])
  assert.deepEqual(texts([more], [born]), ['Newchannel: headers -Extra'])
  const turned = event('Newchannel', ['Extra', ''], channel)
  assert.deepEqual(texts([more], [turned]), ['Newchannel: headers in another order'])
})

test('a channel or a bridge that only one of them has is told', () => {
  const far = event('Newchannel', ['Channel', 'Local/wait@default-00000001;2'])
  assert.deepEqual(texts([born, far], [born]), ['wait;2: - it is there'])
  assert.deepEqual(texts([born], [born, event('BridgeCreate', ['BridgeUniqueid', 'b'])]), ['bridge: + it is there'])
})

test('which of two channels leaves a bridge first is no difference, and how many are left is one', () => {
  const leaves = (half: number, left: number) =>
    event(
      'BridgeLeave',
      ['BridgeUniqueid', 'b'],
      ['BridgeNumChannels', String(left)],
      ['Channel', `Local/wait@default-00000001;${half}`],
    )
  const inOrder = [leaves(1, 1), leaves(2, 0)]
  assert.deepEqual(texts(inOrder, [leaves(2, 1), leaves(1, 0)]), [])
  assert.deepEqual(texts(inOrder, [leaves(1, 1), leaves(2, 1)]), ['bridge: - BridgeLeave 0, + BridgeLeave 1'])
})

test('when a channel is asked to hang up, or rings, is no difference, and that it does is one', () => {
  const asked = event('HangupRequest', channel, ['Cause', '34'])
  assert.deepEqual(texts([born, asked, died], [asked, born, died]), [])
  assert.deepEqual(texts([born, asked, died], [born, died]), ['wait;1 is asked to hang up: - it is there'])
  const rings = event('Newstate', channel, ['ChannelStateDesc', 'Ringing'])
  assert.deepEqual(texts([born, rings, died], [rings, born, died]), [])
  assert.deepEqual(texts([born, rings, died], [born, died]), ['wait;1 rings: - it is there'])
})
