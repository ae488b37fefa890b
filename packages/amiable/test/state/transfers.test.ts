// main/bridge_basic.c:attended_transfer_monitor_thread reports a transfer in a thread of its own: whoever transfers by
// hanging up may be gone by then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Step } from '../../src/state/index.ts'
import { speaker } from './support/flood.ts'

const transfer = (by: string) => ({
  Result: 'Success',
  OrigTransfererUniqueid: by,
  TransfereeUniqueid: 'transferee',
  TransferTargetChannel: 'PJSIP/target',
})

test('a transfer that is reported when who transferred has hung up is one of the call', async () => {
  const { state, say } = speaker({ kinds: ['calls'] }, {})
  await state.ready()
  const steps: Step[] = []
  for (const Uniqueid of ['transferee', 'by', 'target'])
    say('Newchannel', { Uniqueid, Linkedid: 'transferee', Channel: `PJSIP/${Uniqueid}`, ChannelStateDesc: 'Up' })
  const followed = (async () => {
    for await (const step of state.follow({ call: 'transferee' })) steps.push(step)
  })()
  say('Hangup', { Uniqueid: 'by', Cause: '16' })
  say('AttendedTransfer', transfer('by'))
  assert.deepEqual(
    state.calls.get('transferee')?.transfers.map(({ kind, to }) => [kind, to]),
    [['attended', 'PJSIP/target']],
  )
  for (const Uniqueid of ['transferee', 'target']) say('Hangup', { Uniqueid, Cause: '16' })
  await followed
  assert.deepEqual(
    steps.filter(({ type }) => type === 'transfer' || type === 'hangup').map(({ type }) => type),
    ['hangup', 'transfer', 'hangup', 'hangup'],
  )
  await state.close()
})

test('a transfer that is reported when the call is over is in what is kept of the call', async () => {
  const { state, say } = speaker({ kinds: ['calls'] }, {})
  await state.ready()
  for (const Uniqueid of ['transferee', 'by'])
    say('Newchannel', { Uniqueid, Linkedid: 'transferee', Channel: `PJSIP/${Uniqueid}`, ChannelStateDesc: 'Up' })
  for (const Uniqueid of ['by', 'transferee']) say('Hangup', { Uniqueid, Cause: '16' })
  say('AttendedTransfer', transfer('by'))
  assert.equal(state.calls.size, 0)
  assert.deepEqual(
    state.calls.ended.map(({ id, transfers }) => [id, transfers.length]),
    [['transferee', 1]],
  )
  await state.close()
})
