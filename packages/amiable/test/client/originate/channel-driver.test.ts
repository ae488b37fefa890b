import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OriginateResult } from '../../../src/index.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import type { Heard } from '../../support/peer.ts'
import { type Rig, readyRig, watch } from '../../support/rig.ts'
import { originateResponse, params } from './originate-events.ts'

describe('reason 0 without a channel of a technology that a module makes', () => {
  async function failed(
    rig: Rig,
    Channel: string,
  ): Promise<{ call: ReturnType<typeof watch<OriginateResult>>; asked: Heard }> {
    const call = watch(rig.client.originate({ ...params, Channel }))
    const action = await rig.peer.next()
    rig.peer.reply(action)
    originateResponse(rig.peer, action, 'Failure', 0)
    const asked = await rig.peer.next()
    assert.equal(asked.name, 'Getvar')
    return { call, asked }
  }

  test('is told for what it is where the module is not loaded', async () => {
    await using rig = await readyRig()
    const { call, asked } = await failed(rig, 'iax2/trunk/100')
    assert.equal(asked.get('Variable'), 'IFMODULE(chan_iax2.so)')
    rig.peer.reply(asked, 'Success', 'Variable: IFMODULE(chan_iax2.so)', 'Value: 0')
    await settle()
    assert.deepEqual([call.value?.outcome, call.value?.reason], ['noDriver', 0])
    assert.match(call.value?.meaning ?? '', /^not dialled: chan_iax2\.so was not loaded/)
    assert.equal(rig.client.stats().inFlight, 0)
  })

  for (const [Channel, module] of [
    // channels/chan_unistim.c:channel_type
    ['USTM/violet@black', 'chan_unistim.so'],
    ['UnicastRTP/127.0.0.1:4000', 'chan_rtp.so'],
    ['mISDN/1/100', 'chan_misdn.so'],
  ] as const) {
    test(`of ${Channel} asks for ${module}`, async () => {
      await using rig = await readyRig()
      const { asked } = await failed(rig, Channel)
      assert.equal(asked.get('Variable'), `IFMODULE(${module})`)
    })
  }

  for (const [what, ...answer] of [
    ['it is loaded', 'Success', 'Value: 1'],
    ['the server has no such function', 'Success', 'Value: '],
  ] as const) {
    test(`failed where ${what}`, async () => {
      await using rig = await readyRig()
      const { call, asked } = await failed(rig, 'PJSIP/100')
      rig.peer.reply(asked, ...answer)
      await settle()
      rig.clock.tick(500)
      await settle()
      assert.equal(call.value?.outcome, 'failed')
    })
  }

  test('failed where the account may not ask, which is found out once', async () => {
    await using rig = await readyRig()
    const { call, asked } = await failed(rig, 'PJSIP/100')
    rig.peer.reply(asked, 'Error', 'Message: Permission denied')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(call.value?.outcome, 'failed')
    const again = watch(rig.client.originate({ ...params, Channel: 'PJSIP/100' }))
    const action = await rig.peer.next()
    rig.peer.reply(action)
    originateResponse(rig.peer, action, 'Failure', 0)
    await settle()
    const ping = await rig.peer.next()
    assert.equal(ping.name, 'Ping')
    rig.peer.reply(ping)
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(again.value?.outcome, 'failed')
  })

  test('is no bad number where the module has been loaded since: the event says so', async () => {
    await using rig = await readyRig()
    const { call, asked } = await failed(rig, 'PJSIP/100')
    rig.clock.tick(1)
    rig.peer.say('Event: Load', 'Privilege: system,all', 'Module: chan_iax2.so', 'Status: Success')
    rig.peer.reply(asked, 'Success', 'Value: 1')
    rig.peer.say('Event: Load', 'Privilege: system,all', 'Module: chan_pjsip', 'Status: Success')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(call.value?.outcome, 'noDriver')
    assert.match(call.value?.meaning ?? '', /chan_pjsip\.so was not loaded/)
    const { call: next, asked: again } = await failed(rig, 'PJSIP/100')
    rig.peer.reply(again, 'Success', 'Value: 1')
    rig.peer.say('Event: Load', 'Privilege: system,all', 'Module: chan_pjsip.so', 'Status: Failure')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(next.value?.outcome, 'failed')
  })

  test('is no bad number where it was dialled before the module was seen to be back', async () => {
    await using rig = await readyRig()
    const away = await failed(rig, 'PJSIP/100')
    const early = await failed(rig, 'PJSIP/101')
    rig.peer.reply(away.asked, 'Success', 'Value: 0')
    await settle()
    assert.equal(away.call.value?.outcome, 'noDriver')
    rig.clock.tick(100)
    rig.peer.reply(early.asked, 'Success', 'Value: 1')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(early.call.value?.outcome, 'noDriver')
    const late = await failed(rig, 'PJSIP/102')
    rig.peer.reply(late.asked, 'Success', 'Value: 1')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(late.call.value?.outcome, 'failed')
  })

  test('is no matter of a module whose loading was told right behind the answer that it is away', async () => {
    await using rig = await readyRig()
    const { call, asked } = await failed(rig, 'PJSIP/100')
    const answer = ['Response: Success', `ActionID: ${asked.id}`, 'Value: 0', '', '']
    const load = ['Event: Load', 'Privilege: system,all', 'Module: chan_pjsip.so', 'Status: Success', '', '']
    // in one read
    rig.peer.send([...answer, ...load].join('\r\n'))
    await settle()
    assert.equal(call.value?.outcome, 'noDriver')
    rig.clock.tick(100)
    const next = await failed(rig, 'PJSIP/101')
    rig.clock.tick(100)
    rig.peer.reply(next.asked, 'Success', 'Value: 1')
    await settle()
    rig.clock.tick(500)
    await settle()
    assert.equal(next.call.value?.outcome, 'failed')
  })

  test('does not wait for long where the server does not answer, and ends with the client', async () => {
    await using rig = await readyRig()
    const { call } = await failed(rig, 'PJSIP/100')
    rig.clock.tick(3_000)
    await settle()
    assert.equal(call.value?.outcome, 'failed')
    const { call: other } = await failed(rig, 'PJSIP/101')
    rig.client.destroy()
    await settle()
    assert.equal((other.error as { code: string }).code, 'AMI_LOST')
  })
})

describe('reason 0 of a channel into the dialplan', () => {
  for (const [what, channel, context, loaded, exists, outcome] of [
    ['pbx_config is not loaded', 'Local/100@office/n', 'office', '0', '0', 'noDriver'],
    ['neither pbx_config nor func_dialplan is loaded', 'local/100', 'default', '0', '', 'noDriver'],
    ['another module has made the context', 'Local/100@office', 'office', '0', '1', 'failed'],
    ['pbx_config is loaded', 'Local/100@office', 'office', '1', undefined, 'failed'],
    ['no context can be called so', 'Local/100@a,b)', 'a,b)', '0', undefined, 'noDriver'],
  ] as const) {
    test(`is ${outcome} where ${what}`, async () => {
      await using rig = await readyRig()
      const call = watch(rig.client.originate({ ...params, Channel: channel }))
      const action = await rig.peer.next()
      rig.peer.reply(action)
      const Uniqueid = action.get('ChannelId')
      rig.peer.say('Event: Newchannel', 'Privilege: call,all', `Uniqueid: ${Uniqueid}`)
      rig.peer.say('Event: Hangup', 'Privilege: call,all', `Uniqueid: ${Uniqueid}`, 'Cause: 0', 'Cause-txt: Unknown')
      originateResponse(rig.peer, action, 'Failure', 0)
      const module = await rig.peer.next()
      assert.equal(module.get('Variable'), 'IFMODULE(pbx_config.so)')
      rig.peer.reply(module, 'Success', `Value: ${loaded}`)
      if (exists !== undefined) {
        const asked = await rig.peer.next()
        assert.equal(asked.get('Variable'), `DIALPLAN_EXISTS(${context})`)
        rig.peer.reply(asked, 'Success', `Value: ${exists}`)
      }
      await settle()
      // whether the module was loaded meanwhile may be reported a moment later
      rig.clock.tick(outcome === 'failed' ? 500 : 0)
      await settle()
      assert.equal(call.value?.outcome, outcome)
      assert.equal(rig.client.stats().inFlight, 0)
    })
  }
})
