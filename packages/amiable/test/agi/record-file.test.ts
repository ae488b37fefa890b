import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgiHandler, listenAgi, type Recorded } from '../../src/agi/index.ts'
import { callAgi, ManualClock } from '../../src/testing/index.ts'

/** What RECORD FILE gives to a caller who does something meanwhile. */
async function recorded(
  maxDuration: number,
  meanwhile: (clock: ManualClock, press: (digit: string) => void) => unknown,
) {
  const clock = new ManualClock()
  const got: Recorded[] = []
  const handler: AgiHandler = async (call) => {
    got.push(await call.recordFile('mine', { format: 'wav', escapeDigits: '1', maxDuration, silence: 3_000 }))
  }
  await using server = await listenAgi(handler, { port: 0 })
  await using call = await callAgi({ port: server.port, clock })
  while (call.commands.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await meanwhile(clock, (digit) => void call.press(digit))
  await call.ended
  return got[0]
}

test('a recording that silence ends has no digit, whatever number Asterisk gives', async () => {
  // 49 ms are left then, which is also the code of the digit 1: `200 result=49 (timeout)`
  assert.deepEqual(await recorded(3_069, (clock) => clock.advance(3_020)), {
    digit: undefined,
    samples: 8_160,
    end: 'timeout',
  })
})

test('a recording that a digit ends has it', async () => {
  const press = async (clock: ManualClock, pressed: (digit: string) => void) => {
    await clock.advance(1_000)
    pressed('1')
  }
  assert.deepEqual(await recorded(60_000, press), { digit: '1', samples: 8_000, end: 'digit' })
})
