import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAULTS_A_NIGHT } from './nights/chaos.ts'
import { runNights } from './nights/run-sessions.ts'

const NIGHTS = 105
const replayed = process.env.AMIABLE_FAULT_SEED
const seeds = replayed === undefined ? Array.from({ length: NIGHTS }, (_, n) => n + 1) : [Number(replayed)]

test(`${seeds.length * FAULTS_A_NIGHT} seeded faults: every call is told the truth in time, and the client is well after each`, async () => {
  const { calls, faults } = await runNights(seeds)
  assert.equal(faults, seeds.length * FAULTS_A_NIGHT)
  assert.ok(calls > faults)
})
