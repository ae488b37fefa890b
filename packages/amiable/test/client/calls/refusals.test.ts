import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AmiError } from '../../../src/index.ts'
import { settle } from '../../../src/testing/time/settle.ts'
import { type Rig, readyRig, watch } from '../../support/rig.ts'

/** What the peer answers when it is asked for a variable; what is not here has no value. */
type Values = Readonly<Record<string, string>>

const AWAY: Values = { 'IFMODULE(pbx_config.so)': '0' }
const LOADED: Values = { 'IFMODULE(pbx_config.so)': '1' }
const place = { Context: 'office', Exten: '100', Priority: 'start' }

/** Has an action refused, answers what the client asks then, and gives the error. */
async function refused(
  rig: Rig,
  action: string,
  params: Record<string, string>,
  message: string,
  values: Values,
): Promise<{ error: AmiError | undefined; asked: (string | undefined)[] }> {
  const call = watch(rig.client.sendRaw(action, params))
  await settle()
  let answered = rig.peer.actions.length
  rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', message)
  const asked: (string | undefined)[] = []
  for (await settle(); answered < rig.peer.actions.length; await settle()) {
    for (const question of rig.peer.actions.slice(answered)) {
      const name = question.get('Variable') ?? question.name
      asked.push(name)
      rig.peer.reply(question, 'Success', `Value: ${values[name] ?? ''}`)
      answered++
    }
  }
  return { error: call.error as AmiError | undefined, asked }
}

type Refusal = readonly [action: string, params: Record<string, string>, message: string]

const REFUSALS: readonly Refusal[] = [
  ['Originate', { Channel: 'PJSIP/1', ...place, Priority: '1' }, 'Message: Extension does not exist.'],
  ['Originate', { Channel: 'PJSIP/1', ...place }, 'Message: Invalid priority'],
  ['Redirect', { Channel: 'PJSIP/1-1', ...place }, 'Message: Priority is invalid'],
  ['ShowDialPlan', { Context: 'office' }, 'Message: Did not find context office'],
  ['ShowDialPlan', { Context: 'office', Extension: '100' }, 'Message: Did not find extension 100@office'],
  ['showdialplan', { Extension: '100' }, 'Message: Did not find extension 100 in any context'],
  ['BlindTransfer', { Channel: 'PJSIP/1-1', Context: 'office', Exten: '100' }, 'Message: Transfer failed'],
]
const [MISSING, , LABEL, CONTEXT, EXTENSION] = REFUSALS as readonly [Refusal, Refusal, Refusal, Refusal, Refusal]

describe('a place that the dialplan has not', () => {
  for (const [action, params, message] of REFUSALS) {
    test(`is refused for now while pbx_config is away, and else for good: ${action}, ${message.slice(9)}`, async () => {
      await using rig = await readyRig()
      const away = await refused(rig, action, params, message, AWAY)
      assert.deepEqual([away.error?.code, away.error?.retryable], ['AMI_REFUSED', true])
      assert.match(String(away.error), /\(not yet: pbx_config\.so is not loaded\)$/)
      const loaded = await refused(rig, action, params, message, LOADED)
      assert.deepEqual([loaded.error?.code, loaded.error?.retryable], ['AMI_REFUSED', false])
      assert.equal(rig.client.stats().inFlight, 0)
    })
  }

  test('is refused for good where another module has made the context', async () => {
    await using rig = await readyRig()
    const values = { ...AWAY, 'DIALPLAN_EXISTS(office)': '1' }
    const { error } = await refused(rig, ...MISSING, values)
    assert.equal(error?.retryable, false)
  })

  test('is refused for now where it is there a moment later', async () => {
    await using rig = await readyRig()
    for (const [refusal, there] of [
      [MISSING, 'DIALPLAN_EXISTS(office,100,1)'],
      [LABEL, 'DIALPLAN_EXISTS(office,100,start)'],
      [CONTEXT, 'DIALPLAN_EXISTS(office)'],
      [EXTENSION, 'DIALPLAN_EXISTS(office,100)'],
    ] as const) {
      const { error, asked } = await refused(rig, ...refusal, { ...LOADED, [there]: '1' })
      assert.deepEqual([error?.retryable, asked], [true, ['IFMODULE(pbx_config.so)', there]])
    }
  })

  test('of the second channel of a Redirect is looked for where that was to go', async () => {
    await using rig = await readyRig()
    const extra = { ExtraChannel: 'PJSIP/2-1', ExtraContext: 'shop', ExtraExten: '7', ExtraPriority: 'start' }
    const params = { Channel: 'PJSIP/1-1', ...place, ...extra }
    const { asked } = await refused(rig, 'Redirect', params, 'Message: ExtraPriority is invalid', LOADED)
    assert.deepEqual(asked, ['IFMODULE(pbx_config.so)', 'DIALPLAN_EXISTS(shop,7,start)'])
  })

  test('that cannot be a name is not asked for', async () => {
    await using rig = await readyRig()
    const params = { Channel: 'PJSIP/1', Context: 'a,b)', Exten: '1', Priority: '1' }
    const { asked, error } = await refused(rig, 'Originate', params, 'Message: Extension does not exist.', AWAY)
    assert.deepEqual([asked, error?.retryable], [['IFMODULE(pbx_config.so)'], true])
  })

  test('is refused for good to whom may not ask, which is found out once for a login', async () => {
    await using rig = await readyRig()
    const [action, params, message] = CONTEXT
    const call = watch(rig.client.sendRaw(action, params))
    rig.peer.reply(await rig.peer.next(), 'Error', message)
    for (let n = 0; n < 2; n++) rig.peer.reply(await rig.peer.next(), 'Error', 'Message: Permission denied')
    await settle()
    assert.equal((call.error as AmiError).retryable, false)
    const { asked } = await refused(rig, ...CONTEXT, AWAY)
    assert.deepEqual(asked, ['Ping'])
  })

  test('is refused for now where the connection is lost before the module is known', async () => {
    await using rig = await readyRig()
    const call = watch(rig.client.originate({ Channel: 'PJSIP/1', ...place, Priority: 1 }))
    rig.peer.reply(await rig.peer.next(), 'Error', 'Message: Extension does not exist.')
    await rig.peer.next()
    rig.peer.end()
    await settle()
    assert.deepEqual([(call.error as AmiError).code, (call.error as AmiError).retryable], ['AMI_REFUSED', true])
  })

  test('is told as refused where the call runs out of time, or the answer does not come', async () => {
    await using rig = await readyRig({ keepalive: false })
    for (const timeout of [1_000, 10_000]) {
      const call = watch(rig.client.sendRaw('ShowDialPlan', { Context: 'office' }, { timeout }))
      await settle()
      rig.peer.reply(rig.peer.actions.at(-1)!, 'Error', 'Message: Did not find context office')
      await settle()
      rig.clock.tick(Math.min(timeout, 3_000))
      await settle()
      assert.deepEqual([(call.error as AmiError).code, (call.error as AmiError).retryable], ['AMI_REFUSED', false])
      rig.clock.tick(3_000)
      await settle()
      assert.equal(rig.client.stats().inFlight, 0)
    }
  })

  test('is read again where that was asked for, when it is there', async () => {
    await using rig = await readyRig()
    const call = watch(rig.client.sendRaw('ShowDialPlan', { Context: 'office' }, { retry: true }))
    rig.peer.reply(await rig.peer.next(), 'Error', 'Message: Did not find context office')
    for (let n = 0; n < 2; n++) rig.peer.reply(await rig.peer.next(), 'Success', 'Value: 0')
    rig.peer.reply(await rig.peer.next(), 'Success', 'Value: 0')
    await settle()
    assert.equal(call.done, false)
    rig.clock.tick(1_000)
    await settle()
    const again = await rig.peer.next()
    assert.equal(again.name, 'ShowDialPlan')
    rig.peer.reply(again)
    await settle()
    assert.deepEqual([call.error, call.value?.success], [undefined, true])
  })
})

describe('a command of the CLI', () => {
  test('that shows a dialplan which is away is refused for now, and says what is missing', async () => {
    await using rig = await readyRig()
    const output = "Output: There is no existence of 'office' context"
    for (const [values, retryable] of [
      [AWAY, true],
      [LOADED, false],
    ] as const) {
      const { error } = await refused(rig, 'Command', { Command: 'dialplan show office' }, output, values)
      assert.deepEqual([error?.code, error?.retryable], ['AMI_REFUSED', retryable])
      assert.match(String(error), /Command was refused: There is no existence of 'office' context/)
    }
  })

  const missing = "Output: No such command 'queue show' (type 'core show help queue show' for other possible commands)"

  test('that there was under this login is refused for now, and one that there was not for good', async () => {
    await using rig = await readyRig()
    const served = watch(rig.client.command('queue  show sales now'))
    rig.peer.reply(await rig.peer.next(), 'Success', 'Output: sales has 0 calls')
    await settle()
    assert.equal(served.done, true)
    for (const [command, retryable] of [
      ['queue show sales', true],
      ['queue show', false],
      ['queue nosuch', false],
    ] as const) {
      const call = watch(rig.client.command(command))
      rig.peer.reply(await rig.peer.next(), 'Error', missing)
      await settle()
      assert.deepEqual([command, (call.error as AmiError).retryable], [command, retryable])
    }
  })
})

test('a reload that finds another one under way is refused for now', async () => {
  await using rig = await readyRig()
  const { error } = await refused(rig, 'Reload', { Module: 'app_queue' }, 'Message: A reload is in progress', {})
  assert.deepEqual([error?.code, error?.retryable], ['AMI_REFUSED', true])
})
