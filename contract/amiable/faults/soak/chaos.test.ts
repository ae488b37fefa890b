// npm run soak -- contract/amiable/faults: other nights than those of npm test. AMIABLE_SOAK_NIGHTS says how many.
import { test } from 'node:test'
import { runNights } from '../nights/run-sessions.ts'

const nights = Number(process.env.AMIABLE_SOAK_NIGHTS ?? 1_000)
const first = Math.floor(Math.random() * 1_000_000) + 1_000

test(`${nights} nights of faults, from seed ${first} on`, async () => {
  await runNights(Array.from({ length: nights }, (_, n) => first + n))
})
