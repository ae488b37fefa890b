import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle } from '../../../src/testing/time/settle.ts'
import { PASSING, PEEK } from '../../../src/util/peek.ts'
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
type Heard = Pick<Message, 'get' | 'toJSON' | typeof PEEK>
/** Reads as live state does: what was read so has to be there to be read again. */
const numberOf = (event: Heard) => event[PEEK]('N')
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

test('an event is whole for each of its listeners, though one of them has another client read', async () => {
  await using rig = await knowing()
  await using other = await knowing()
  const heard: unknown[] = []
  const again: unknown[] = []
  for (const [name, says] of Object.entries({ first: true, second: false })) {
    rig.client.on(
      A,
      passing((event) => {
        heard.push([name, numberOf(event)])
        // as a relay does whose stream is in the same process
        if (says) other.peer.send(events(7))
      }),
    )
  }
  other.client.on(
    A,
    passing((event) => void again.push(numberOf(event))),
  )
  rig.peer.send(events(1, 2))
  await settle()
  assert.deepEqual(heard, [
    ['first', '1'],
    ['second', '1'],
    ['first', '2'],
    ['second', '2'],
  ])
  assert.deepEqual(again, ['7', '7'])
})

test(
  'a listener that runs the event loop for long loses what was overwritten, and hears what comes after it',
  nothingToScanWith,
  async () => {
    await using rig = await knowing()
    const heard: unknown[] = []
    const late: unknown[] = []
    for (const by of [heard, late]) {
      rig.client.on(
        A,
        passing((event) => {
          by.push(numberOf(event))
          if (numberOf(event) !== '1' || by === late) return
          overwritten()
          rig.client.on(A, () => {})
          // longer than one turn of deliveries
          for (const until = performance.now() + 60; performance.now() < until; );
        }),
      )
    }
    rig.peer.send(events(1, 2, 3))
    await settle()
    rig.peer.send(events(4))
    await settle()
    assert.deepEqual([heard, late], [['1', '4'], ['4']])
    assert.equal(rig.client.stats().dropped, 3)
  },
)

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
      for await (const status of rig.client.status()) {
        // a busy machine can block a listener as well, and then none is dropped
        if (status.type === 'slow' && status.dropped > 0) return status.dropped
      }
      return undefined
    })()
    rig.peer.send(events(1, 2, 3))
    await settle()
    assert.deepEqual(heard, ['1'])
    assert.equal(await slow, 2)
  },
)
