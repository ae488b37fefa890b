import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom, startServer } from 'amiable/testing'
import { liveThrough } from './restless.ts'

const ROUNDS = 6
const LATE = ['chan_pjsip', 'func_module', 'pbx_config', 'app_queue', 'app_confbridge']

test('the simulator restarts again and again, also while it boots: no good number fails, and no refusal is final', async () => {
  const users = {
    frank: 'lean',
    // hears of no boot, and may use the CLI
    operator: { secret: 'lean', read: ['call', 'agent'] },
    // may ask whether the modules are loaded
    narrow: { secret: 'lean', read: ['call', 'agent'], write: ['call', 'originate', 'reporting', 'agent'] },
    // may ask for nothing that proves anything
    poor: { secret: 'lean', read: ['call', 'agent'], write: ['originate', 'agent'] },
  } as const
  await using server = await startServer({ users, endpoints: { ep1: { answers: 'answer' } } })
  const random = new SeededRandom(Number(process.env.AMIABLE_FAULT_SEED ?? 13))
  const delay = (most: number) => new Promise((resolve) => setTimeout(resolve, random.integer(0, most)))
  const boot = () => ({
    duration: random.integer(0, 900),
    ...(random.next() < 0.5 ? { modules: [...LATE].sort(() => random.next() - 0.5) } : {}),
  })
  const accounts = Object.fromEntries(Object.keys(users).map((name) => [name, 'lean']))
  const target = { host: '127.0.0.1', port: server.port, accounts }
  const lived = await liveThrough(target, Object.keys(users), ['Local/wait@default', 'PJSIP/ep1'], async (lived) => {
    for (let round = 0; round < ROUNDS; round++) {
      await delay(600)
      const restarted = server.restart({ downtime: random.integer(0, 200), boot: boot() })
      if (round % 2 === 1) {
        await delay(600)
        await server.restart({ boot: boot() })
      }
      await restarted
    }
    // a busy machine does less in that time
    while (Math.min(lived.answered, lived.read, lived.disturbed) <= 20 && lived.wrong.length === 0) {
      await delay(600)
      await server.restart({ boot: boot() })
    }
    await delay(600)
  })
  assert.deepEqual(lived.wrong, [])
})
