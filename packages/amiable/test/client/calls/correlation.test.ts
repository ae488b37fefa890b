import { test } from 'node:test'
import { Call } from '../../../src/client/calls/call.ts'
import { Correlation } from '../../../src/client/calls/correlation.ts'
import { Assembly } from '../../../src/client/calls/reply-assembly.ts'
import { ManualClock } from '../../../src/testing/time/manual-clock.ts'
import { one } from '../../support/decode.ts'
import { assertLinear } from '../../support/growth.ts'

const nothing = () => {}
const host = {
  whole: nothing,
  fault: nothing,
  keeps: nothing,
  fence: nothing,
  cutShort: nothing,
}

/** A call that has been sent. */
function callOf(id: string, action: string, fence = false): Call {
  const outcome = { resolve: nothing, reject: nothing }
  const parts = { id, action, text: '', started: 0, timeout: 10, blocking: 0, retry: false, fence, perishable: false }
  const call = new Call({ ...parts, outcome, nature: {} })
  call.assembly = new Assembly(action, fence ? 'fence' : undefined, fence, nothing)
  call.sent = 0
  return call
}

const start = (id: string) => one(`Response: Success\r\nActionID: ${id}\r\nEventList: start\r\n\r\n`)

test('an event costs no more where many lists had their time', () => {
  const event = one('Event: Some\r\nA: 1\r\n\r\n')
  assertLinear((size) => {
    const sent = new Correlation(host, new ManualClock())
    for (let i = 0; i < size; i++) {
      const call = callOf(`list-${i}`, 'Status')
      sent.add(call)
      sent.take(start(`list-${i}`))
      call.settled = true
    }
    return () => {
      for (let i = 0; i < size; i++) sent.take(event)
    }
  })
})

for (const [what, text, fences] of [
  ['an event without a name', 'Event: Some\r\nA: 1\r\n\r\n', [false, true]],
  ['what is no message', 'rubbish\r\n\r\n', [true]],
] as const) {
  test(`${what} costs no more beside many lists that are open, or calls that are fenced`, () => {
    const message = one(text)
    for (const fence of fences) {
      assertLinear((size) => {
        const sent = new Correlation(host, new ManualClock())
        for (let i = 0; i < size; i++) {
          sent.add(callOf(`call-${i}`, 'Mystery', fence))
          if (!fence) sent.take(start(`call-${i}`))
        }
        return () => {
          for (let i = 0; i < size; i++) sent.take(message)
        }
      })
    }
  })
}
