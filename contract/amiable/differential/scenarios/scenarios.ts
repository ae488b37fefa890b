import type { Scenario } from '../stage.ts'
import { bridges } from './bridges.ts'
import { calls } from './calls.ts'

/** What is played on both servers, by name: each ends its calls, or starts what ends by itself. */
export const scenarios: Readonly<Record<string, Scenario>> = { ...calls, ...bridges }
