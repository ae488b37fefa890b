import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { State } from '../../src/link/machine.ts'
import { settle } from '../../src/testing/time/settle.ts'
import { LinkRig } from '../support/link-rig.ts'

/** Brings a link into a state. */
const into: Record<Exclude<State, 'closed'>, (rig: LinkRig) => Promise<void> | void> = {
  idle: () => {},
  connecting: (rig) => rig.link.connect(),
  authenticating: async (rig) => {
    rig.link.connect()
    await settle()
    rig.peer.send('Asterisk Call Manager/11.0.0\r\n')
    await settle()
  },
  ready: async (rig) => void (await rig.ready()),
  waiting: async (rig) => {
    await rig.ready()
    rig.peer.end()
    await settle()
  },
  closing: async (rig) => {
    rig.onDrain = () => {}
    await rig.ready()
    rig.link.close()
  },
}

type Act = 'close' | 'destroy' | 'connect'
const orders: Act[][] = [
  ['close'],
  ['destroy'],
  ['close', 'close'],
  ['destroy', 'destroy'],
  ['close', 'destroy'],
  ['destroy', 'close'],
  ['destroy', 'connect'],
  ['close', 'destroy', 'close', 'connect', 'destroy'],
]

for (const state of Object.keys(into) as (keyof typeof into)[]) {
  describe(`from ${state}`, () => {
    for (const order of orders) {
      test(`${order.join(', then ')} ends once, and leaves nothing behind`, async () => {
        const rig = new LinkRig()
        await into[state](rig)
        assert.equal(rig.link.state, state)
        for (const act of order) rig.link[act]()
        // what only a drained client does
        if (rig.link.state === 'closing') rig.link.drained()
        await settle()
        assert.equal(rig.link.state, 'closed')
        assert.equal(rig.reasons.length, 1)
        assert.equal(rig.told.indexOf('closed'), rig.told.length - 1)
        assert.equal(rig.clock.pending, 0)
        for (const peer of rig.peers) assert.equal(peer.down, true)
        const { length } = rig.log
        for (const peer of rig.peers) peer.socket.emit('close')
        rig.clock.tick(1_000_000)
        await settle()
        assert.equal(rig.log.length, length)
      })
    }
  })
}

describe('the reason', () => {
  test('is close where the caller closed', async () => {
    const rig = new LinkRig()
    await rig.ready()
    rig.link.close()
    assert.deepEqual(rig.reasons, [{ by: 'close' }])
  })

  test('is destroy with its error where the caller destroyed, also during a close', async () => {
    const error = new Error('enough')
    const rig = new LinkRig()
    rig.onDrain = () => {}
    await rig.ready()
    rig.link.close()
    rig.link.destroy(error)
    assert.deepEqual(rig.reasons, [{ by: 'destroy', error }])
  })

  test('is the first of them, whatever is said after the end', async () => {
    const rig = new LinkRig()
    rig.link.close()
    rig.link.destroy(new Error('late'))
    assert.deepEqual(rig.reasons, [{ by: 'close' }])
  })

  test('is close also where the server was quicker', async () => {
    const rig = new LinkRig()
    rig.onDrain = () => {}
    const peer = await rig.ready()
    rig.link.close()
    peer.end()
    await settle()
    assert.deepEqual(rig.reasons, [{ by: 'close' }])
    assert.equal(rig.peers.length, 1)
  })
})

describe('from inside what is told', () => {
  for (const act of ['close', 'destroy'] as const) {
    for (const type of ['connecting', 'ready', 'lost', 'waiting'] as const) {
      test(`${act} at ${type} ends once, in order`, async () => {
        const rig = new LinkRig()
        rig.onStatus = (status) => {
          if (status.type === type) rig.link[act]()
        }
        rig.link.connect()
        if (rig.peers.length > 0) {
          await rig.accept().catch(() => {})
        }
        if (rig.link.state === 'ready') {
          rig.peer.end()
          await settle()
        }
        await settle()
        assert.equal(rig.link.state, 'closed')
        assert.deepEqual(rig.reasons, [{ by: act }])
        assert.equal(rig.told.indexOf('closed'), rig.told.length - 1)
        assert.equal(rig.clock.pending, 0)
        for (const peer of rig.peers) assert.equal(peer.down, true)
      })
    }

    test(`${act} from a message ends once`, async () => {
      const rig = new LinkRig()
      const peer = await rig.ready()
      rig.onMessage = () => rig.link[act]()
      peer.say('Event: A')
      await settle()
      assert.deepEqual(rig.reasons, [{ by: act }])
      assert.equal(rig.clock.pending, 0)
    })
  }
})
