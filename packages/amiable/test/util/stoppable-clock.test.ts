import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'
import { StoppableClock } from '../../src/util/stoppable-clock.ts'

function clocks(): { beneath: ManualClock; clock: StoppableClock; fired: string[]; at: (name: string) => () => void } {
  const beneath = new ManualClock()
  const fired: string[] = []
  return { beneath, clock: new StoppableClock(beneath), fired, at: (name) => () => fired.push(name) }
}

test('while it stands still nothing falls due, and then each timer has the rest of its time', () => {
  const { beneath, clock, fired, at } = clocks()
  clock.setTimeout(at('before'), 10)
  clock.setTimeout(at('after'), 30)
  beneath.tick(20)
  assert.deepEqual(fired, ['before'])
  clock.stop()
  clock.stop()
  beneath.tick(1_000)
  clock.setTimeout(at('made meanwhile'), 5)
  clock.start()
  clock.start()
  beneath.tick(5)
  assert.deepEqual(fired, ['before', 'made meanwhile'])
  beneath.tick(4)
  assert.equal(fired.length, 2)
  beneath.tick(1)
  assert.deepEqual(fired, ['before', 'made meanwhile', 'after'])
  assert.equal(beneath.pending, 0)
})

test('elapsed() leaves out the time that it stood still, and now() does not', () => {
  const { beneath, clock } = clocks()
  const [began, elapsed] = [clock.now(), clock.elapsed()]
  beneath.tick(5)
  clock.stop()
  beneath.tick(100)
  assert.equal(clock.elapsed() - elapsed, 5)
  assert.equal(clock.now() - began, 105)
  clock.start()
  beneath.tick(7)
  assert.equal(clock.elapsed() - elapsed, 12)
  assert.equal(clock.beneath(clock.elapsed()), beneath.elapsed())
})

test('a timer that was cleared never fires, whenever it was cleared', () => {
  const { beneath, clock, fired, at } = clocks()
  const timers = [10, 20, 30].map((delay) => clock.setTimeout(at(String(delay)), delay))
  clock.clearTimeout(timers[0])
  clock.stop()
  clock.clearTimeout(timers[1])
  clock.clearTimeout(undefined)
  clock.start()
  clock.clearTimeout(timers[2])
  beneath.tick(100)
  assert.deepEqual(fired, [])
  assert.equal(beneath.pending, 0)
})
