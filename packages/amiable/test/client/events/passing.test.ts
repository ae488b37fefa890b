import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { PASSING } from '../../../src/util/peek.ts'
import { overwritten } from '../../../src/wire/inbox.ts'
import type { Message } from '../../../src/wire/message.ts'
import { readyRig } from '../../support/rig.ts'
import { nothingToScanWith } from '../../support/scan.ts'

const A: string = 'A'
const events = (...numbers: number[]) => numbers.map((n) => `Event: A\r\nN: ${n}\r\n\r\n`).join('')

/** A client whose scan has learnt the event. */
const knowing = async () => {
  const rig = await readyRig()
  const learns = rig.client.on(A, () => {})
  rig.peer.send(events(0))
  await settle()
  learns.remove()
  return rig
}
type Heard = Pick<Message, 'get' | 'toJSON'>
const passing = (handler: (event: Heard) => void) => Object.assign(handler, { [PASSING]: true })

test('a listener that keeps no event reads each, also those that wait when more bytes come', async () => {
  await using rig = await knowing()
  const heard: unknown[] = []
  rig.client.on(
    A,
    passing((event) => void heard.push(event.get('N'))),
  )
  rig.peer.send(events(1, 2))
  rig.peer.send(events(3))
  await settle()
  rig.peer.send(events(4))
  await settle()
  assert.deepEqual(heard, ['1', '2', '3', '4'])
})

test('a listener that comes while an event waits can keep it', async () => {
  await using rig = await knowing()
  const kept: Heard[] = []
  rig.client.on(
    A,
    passing((event) => {
      if (event.get('N') === '1') rig.client.on(A, (one) => void kept.push(one))
    }),
  )
  rig.peer.send(events(1, 2))
  await settle()
  rig.peer.send(events(3))
  await settle()
  assert.deepEqual(
    kept.map((event) => [event.get('N'), event.toJSON()]),
    [
      ['2', { Event: 'A', N: '2' }],
      ['3', { Event: 'A', N: '3' }],
    ],
  )
})

test(
  'an event whose bytes are overwritten before such a listener has it counts as dropped',
  nothingToScanWith,
  async () => {
    await using rig = await knowing()
    const heard: unknown[] = []
    rig.client.on(
      A,
      passing((event) => {
        heard.push(event.get('N'))
        // as where a handler runs the event loop, and another socket reads
        if (event.get('N') === '1') overwritten()
      }),
    )
    const slow = (async () => {
      for await (const status of rig.client.status()) if (status.type === 'slow') return status.dropped
      return undefined
    })()
    rig.peer.send(events(1, 2, 3))
    await settle()
    assert.deepEqual(heard, ['1'])
    assert.equal(await slow, 2)
  },
)
