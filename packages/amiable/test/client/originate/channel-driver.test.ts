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
    assert.match(call.value?.meaning ?? '', /^not dialled: chan_iax2\.so is not loaded/)
    assert.equal(rig.client.stats().inFlight, 0)
  })

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
