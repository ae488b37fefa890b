import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Kind, World } from './world.ts'

// one event in two has a double somewhere: far more than any Asterisk has
const kind = fc.oneof(
  fc.nat(4).map((n) => ({ hash: `double${n}`, unique: false })),
  fc.constant('unique' as const),
)
const gateway = fc.nat(2)
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('happen' as const), kinds: fc.array(kind, { maxLength: 30 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.constantFrom(20, 100, 700, 2_500) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unlink' as const), gateway }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('link' as const), gateway }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('store away' as const), gateway }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store back' as const), gateway }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lose answers' as const),
      gateway,
      answers: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late' as const), gateway, late: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), gateway }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), gateway }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), gateway }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('forget' as const), messages: fc.integer({ min: 1, max: 20 }) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

async function run(gateways: number, ring: number, steps: readonly Step[], seed: number): Promise<void> {
  let [serial, state] = [0, seed]
  // a small generator, so that a seed gives the same run
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const world = new World(gateways, ring, random)
  const kindOf = (kind: Kind | 'unique'): Kind =>
    kind === 'unique' ? { hash: `unique${serial++}`, unique: true } : kind
  try {
    await world.begin()
    for (const step of steps) {
      const one = 'gateway' in step ? world.gateways[step.gateway % gateways] : undefined
      if (step.do === 'happen') for (const kind of step.kinds) world.happen(kindOf(kind))
      else if (step.do === 'pass') await world.pass(step.time)
      else if (step.do === 'unlink') one?.unlink()
      else if (step.do === 'link') one?.link()
      else if (step.do === 'store away' && one) one.way.isDown = true
      else if (step.do === 'store back' && one) one.way.isDown = false
      else if (step.do === 'lose answers' && one) one.way.losing = step.answers
      else if (step.do === 'late' && one) one.way.late = step.late
      else if (step.do === 'hold') one?.way.hold()
      else if (step.do === 'release') one?.way.release()
      else if (step.do === 'replace') await world.replace(step.gateway % gateways)
      else if (step.do === 'forget') world.forget(step.messages)
    }
    // all is well again
    for (const gateway of world.gateways) {
      Object.assign(gateway.way, { isDown: false, losing: 0, late: 0 })
      gateway.way.release()
      gateway.link()
    }
    world.happen(kindOf('unique'))
    await world.pass(12_000)
    world.happen(kindOf('unique'))
    await world.pass(1_000)
    assert.equal(world.judge().last, world.events, 'what happened last is not in the log')
  } finally {
    await world.end()
  }
}

// the same runs each time; the soak takes others
const [SEED, RUNS] = [17, 50]
const steps = fc.array(step, { minLength: 5, maxLength: 25 })

test('whatever goes wrong, nothing is missing without a gap, and nothing is there twice', async () => {
  const property = fc.asyncProperty(fc.constantFrom(1, 2, 3), steps, fc.nat(), (gateways, steps, seed) =>
    run(gateways, 1_000_000, steps, seed),
  )
  await fc.assert(property, { numRuns: RUNS, seed: SEED })
})

test('a ring that is too small costs events, and the gap says how many', async () => {
  const property = fc.asyncProperty(fc.constantFrom(1, 2), steps, fc.nat(), (gateways, steps, seed) =>
    run(gateways, 2_000, steps, seed),
  )
  await fc.assert(property, { numRuns: RUNS, seed: SEED })
})
