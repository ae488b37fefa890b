import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { Rig } from '../../support/rig.ts'

test('a listener for a name that no server sends is told with the name that was probably meant', async () => {
  await using rig = new Rig()
  const names = ['hangup', 'NewExten', 'QueueMemberPaused', 'Hangupp', 'Hangup', 'DongleNewSMS', 'MyOwn']
  for (const name of names) rig.client.on(name as string, () => {})
  await rig.ready()
  const told = () =>
    rig.statuses.flatMap((status) => (status.type === 'unheard' ? [[status.event, status.meant, status.classes]] : []))
  assert.deepEqual(told(), [
    ['hangup', 'Hangup', []],
    ['NewExten', 'Newexten', []],
    ['QueueMemberPaused', 'QueueMemberPause', []],
    ['Hangupp', 'Hangup', []],
  ])
  // one that is added later is told at once
  rig.client.on('NewChannel' as string, () => {})
  await settle()
  assert.deepEqual(told().at(-1), ['NewChannel', 'Newchannel', []])
})

test('where nobody reads status(), the process is warned, once', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error) => {
    if ((warning as { code?: string }).code === 'AMIABLE_UNHEARD') warnings.push(warning)
  }
  process.on('warning', warn)
  for (const name of ['newstate', 'Hangupp']) {
    const rig = new Rig({}, { watch: false })
    rig.client.on(name, () => {})
    await rig.ready()
    await settle()
    await rig[Symbol.asyncDispose]()
  }
  process.off('warning', warn)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]?.message ?? '', /^pbx: no server sends an event 'newstate': did you mean 'Newstate'\?/)
})
