import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '../../src/testing/time/manual-clock.ts'
import { systemClock } from '../../src/util/clock.ts'
import { PatientClock } from '../../src/util/patient-clock.ts'

/** Holds the event loop. */
export function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe('on a clock that fires to the moment', () => {
  test('a timer fires then and there, once', () => {
    const manual = new ManualClock()
    const clock = new PatientClock(manual, () => 0)
    const fired: number[] = []
    clock.setTimeout(() => fired.push(clock.elapsed() - start), 50)
    const start = clock.elapsed()
    manual.tick(49)
    assert.deepEqual(fired, [])
    manual.tick(1_000)
    assert.deepEqual(fired, [50])
    assert.equal(manual.pending, 0)
  })

  for (const delay of [2_147_483_647, 2_147_483_648, 2 ** 33, 1e15]) {
    test(`a delay of ${delay} ms is as long as it says, and no timer beneath is longer than Node's may be`, () => {
      const manual = new ManualClock(0)
      const clock = new PatientClock(manual, () => 0)
      let fired = false
      const timer = clock.setTimeout(() => {
        fired = true
      }, delay)
      assert.ok((manual.next ?? Number.POSITIVE_INFINITY) <= 2_147_483_647)
      if (delay > 1e12) {
        manual.tick(2 ** 33)
        assert.equal(fired, false)
        clock.clearTimeout(timer)
      } else {
        manual.tick(delay - 1)
        assert.equal(fired, false)
        manual.tick(1)
        assert.equal(fired, true)
      }
      assert.equal(manual.pending, 0)
    })
  }

  test('a delay without an end never fires', () => {
    const manual = new ManualClock(0)
    const clock = new PatientClock(manual, () => 0)
    const timer = clock.setTimeout(() => assert.fail(), Number.POSITIVE_INFINITY)
    manual.tick(2 ** 33)
    clock.clearTimeout(timer)
    assert.equal(manual.pending, 0)
  })

  test('what is cleared does not fire where the clock beneath fails to clear it', () => {
    const manual = new ManualClock()
    const failing = {
      now: () => manual.now(),
      elapsed: () => manual.elapsed(),
      setTimeout: (callback: () => void, delay: number) => manual.setTimeout(callback, delay),
      clearTimeout: () => {},
    }
    const clock = new PatientClock(failing, () => 0)
    clock.clearTimeout(clock.setTimeout(() => assert.fail(), 50))
    manual.tick(1_000)
    assert.equal(manual.pending, 0)
  })

  test('what is cleared does not fire', () => {
    const manual = new ManualClock()
    const clock = new PatientClock(manual, () => 0)
    clock.clearTimeout(clock.setTimeout(() => assert.fail(), 5))
    clock.clearTimeout(undefined)
    manual.tick(100)
    assert.equal(manual.pending, 0)
  })
})

describe('on a clock that fires late', () => {
  /** A clock that a blocked loop makes fire `late` milliseconds late. */
  function lateClock(late: number): { manual: ManualClock; beneath: ManualClock } {
    const manual = new ManualClock()
    let first = true
    const beneath = Object.create(manual) as ManualClock
    beneath.setTimeout = (callback, delay) => {
      const extra = first ? late : 0
      first = false
      return manual.setTimeout(callback, delay + extra)
    }
    for (const name of ['now', 'elapsed', 'clearTimeout'] as const) {
      Object.defineProperty(beneath, name, { value: (manual[name] as (one?: never) => unknown).bind(manual) })
    }
    return { manual, beneath }
  }

  test('the peer gets as long as the timer was late, and then what lies in the socket is read', async () => {
    const { manual, beneath } = lateClock(300)
    let received = 0
    const clock = new PatientClock(beneath, () => received)
    let fired = false
    clock.setTimeout(() => {
      fired = true
    }, 100)
    manual.tick(400)
    manual.tick(299)
    await turn()
    assert.equal(fired, false)
    manual.tick(1)
    // something is read in each of the next turns
    for (let i = 0; i < 5; i++) {
      received++
      await turn()
      assert.equal(fired, false, `turn ${i}`)
    }
    await turn()
    await turn()
    assert.equal(fired, true)
    assert.equal(manual.pending, 0)
  })

  test('a process that stood still for an hour gives a second', async () => {
    const { manual, beneath } = lateClock(3_600_000)
    const clock = new PatientClock(beneath, () => 0)
    let fired = false
    clock.setTimeout(() => {
      fired = true
    }, 100)
    manual.tick(3_600_100)
    manual.tick(1_000)
    await turn()
    await turn()
    assert.equal(fired, true)
  })

  test('a peer that never stops talking does not put the end off for ever', async () => {
    const { manual, beneath } = lateClock(1)
    let received = 0
    const clock = new PatientClock(beneath, () => received++)
    let fired = false
    clock.setTimeout(() => {
      fired = true
    }, 100)
    manual.tick(102)
    for (let i = 0; i < 100 && !fired; i++) await turn()
    assert.equal(fired, true)
  })

  test('what is cleared at any stage does not fire', async () => {
    for (const stage of ['before', 'waiting', 'reading']) {
      const { manual, beneath } = lateClock(50)
      const clock = new PatientClock(beneath, () => 0)
      const timer = clock.setTimeout(() => assert.fail(stage), 100)
      if (stage !== 'before') manual.tick(150)
      if (stage === 'reading') manual.tick(50)
      clock.clearTimeout(timer)
      manual.tick(1_000)
      await turn()
      await turn()
      assert.equal(manual.pending, 0)
    }
  })
})

test('on the machine’s clock: never early, and after a blocked loop not before the loop has gone on', async () => {
  const clock = new PatientClock(systemClock, () => 0)
  const due = performance.now() + 20
  const fired = new Promise<number>((resolve) => {
    clock.setTimeout(() => resolve(performance.now()), 20)
  })
  let turned = false
  setImmediate(() => {
    turned = true
  })
  block(100)
  const at = await fired
  assert.ok(turned)
  assert.ok(at >= due + 150, `${at - due}`)
})
