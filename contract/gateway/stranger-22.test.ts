// needs: asterisk-22
// Whoever may send events on the same Asterisk says what he likes. The log has all of it as a plain session hears it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { natsObstacle } from '../../tools/servers/nats/nats.ts'
import { type Target, withAsterisk, withSimulator } from '../targets.ts'
import { type Bed, faultRun, killWriter } from './faults.ts'
import { PlainSession } from './support/plain-session.ts'

const skip = (await natsObstacle()) ?? false
const NAMES = ['a.b', '>', '*', 'ü ñ', 'x'.repeat(300), '$JS.API.STREAM.DELETE.AMI', '__proto__', '..', 'Load2']
const HEADERS = [
  ['Event', 'Hangup'],
  ['Response', 'Success'],
  ['EventList', 'start'],
  ['Message', 'Authentication accepted'],
  ['Privilege', 'system,all'],
  ['Uniqueid', '1.1'],
  ['Linkedid', '"},{"seq":1'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
  ['N', 'x'.repeat(900)],
  ['Status', 'gap'],
  ['seq', '1'],
] as const

async function stranger(target: Target, { goesOn }: Bed): Promise<void> {
  const session = new PlainSession(target, 'off')
  await session.open()
  const userEvent = (name: string, headers: readonly (readonly [string, string])[]) =>
    session.send([['Action', 'UserEvent'], ['UserEvent', name], ...headers])
  for (const name of NAMES) assert.ok(await userEvent(name, HEADERS), name)
  for (const header of HEADERS) assert.ok(await userEvent('Single', [header, header]), header[0])
  await Promise.all(Array.from({ length: 500 }, () => userEvent('Double', [['Same', 'as all others']])))
  session.close()
  await goesOn()
}

function suite(target: Target): void {
  test(`a stranger's events on ${target.name} are in the log as they are, also over a take-over`, {
    skip,
  }, async (t) => {
    const faults = async (bed: Bed) => {
      await stranger(target, bed)
      await Promise.all([stranger(target, bed), killWriter(bed)])
      await stranger(target, bed)
    }
    // what is stored and what a plain session heard are compared byte for byte
    const { missing, gaps, events } = await faultRun({ target, version: '2.15', nodes: 1, perSecond: 100, faults })
    t.diagnostic(`${events} events, ${gaps} gaps`)
    assert.equal(missing, 0)
  })
}

await withSimulator(suite)
withAsterisk(22, suite)
