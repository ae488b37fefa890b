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
  stray: nothing,
  keeps: nothing,
  fence: nothing,
  cutShort: nothing,
}

/** A list that has begun and had its time. */
function settledList(id: string): Call {
  const outcome = { resolve: nothing, reject: nothing }
  const parts = { id, action: 'Status', text: '', started: 0, timeout: 10, blocking: 0, retry: false, fence: false }
  const call = new Call({ ...parts, outcome, nature: {} })
  call.assembly = new Assembly('Status', undefined, false, nothing)
  call.sent = 0
  return call
}

test('an event costs no more where many lists had their time', () => {
  const event = one('Event: Some\r\nA: 1\r\n\r\n')
  assertLinear((size) => {
    const sent = new Correlation(host, new ManualClock())
    for (let i = 0; i < size; i++) {
      const call = settledList(`list-${i}`)
      sent.add(call)
      sent.take(one(`Response: Success\r\nActionID: list-${i}\r\nEventList: start\r\n\r\n`))
      call.settled = true
    }
    return () => {
      for (let i = 0; i < size; i++) sent.take(event)
    }
  })
})
