// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of a dialplan
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messagesOf, RawClient } from '../../../../../tools/testbed/raw-client.ts'
import { ManualClock, startServer } from '../../../src/testing/index.ts'

/** What the dialplan did with a call: each application with its data, and the events of its end. */
async function story(dialplan: string, sounds?: Record<string, number>): Promise<string[]> {
  const clock = new ManualClock()
  await using server = await startServer({ clock, dialplan, ...(sounds && { sounds }) })
  using ears = await RawClient.login(server.port, 'call,dialplan')
  server.channels.create({ name: 'PJSIP/1', run: true })
  await clock.advance(20_000)
  await ears.until(/Event: Hangup\r\n/)
  return messagesOf(ears.text).flatMap((message) => {
    const { Event: event, Application, AppData, Variable, Value } = Object.fromEntries(message)
    if (event === 'Newexten') return [`${Application}(${AppData})`]
    if (event === 'VarSet') return [`${Variable}=${Value}`]
    return event === 'Hangup' || event === 'SoftHangupRequest' ? [event] : []
  })
}

test('a context’s h runs when the call has ended, and before its channel has', async () => {
  const told = await story(
    '[default]\nexten => s,1,Hangup(17)\nexten => h,1,NoOp(${HANGUPCAUSE})\n same => n,Wait(5)\n',
  )
  assert.deepEqual(told, ['Hangup(17)', 'SoftHangupRequest', 'NoOp(17)', 'Wait(5)', 'Hangup'])
})

test('Gosub goes to a subroutine with arguments, and Return comes back behind it', async () => {
  const told = await story(
    '[default]\nexten => s,1,Set(ARG1=mine)\n same => n,Gosub(sub,x,1(one,two "three"))\n same => n,NoOp(${ARG1} ${GOSUB_RETVAL})\n' +
      ' same => n,Return()\n[sub]\nexten => x,1,Return(${ARGC}:${ARG1}:${ARG2})\n',
  )
  assert.deepEqual(told, [
    'Set(ARG1=mine)',
    'ARG1=mine',
    'Gosub(sub,x,1(one,two "three"))',
    'LOCAL(ARG1)=one',
    'LOCAL(ARG2)=two \\"three\\"',
    'LOCAL(ARGC)=2',
    'Return(2:one:two "three")',
    'GOSUB_RETVAL=2:one:two \\"three\\"',
    'NoOp(mine 2:one:two "three")',
    'Return()',
    'SoftHangupRequest',
    'Hangup',
  ])
})

test('Playback plays what there is, and says whether there was all of it', async () => {
  const dialplan = '[default]\nexten => s,1,Playback(one&two)\n same => n,Playback(one)\n same => n,Hangup()\n'
  assert.deepEqual(await story(dialplan, { one: 3_000 }), [
    'Playback(one&two)',
    'PLAYBACKSTATUS=FAILED',
    'Playback(one)',
    'PLAYBACKSTATUS=SUCCESS',
    'Hangup()',
    'SoftHangupRequest',
    'Hangup',
  ])
})
