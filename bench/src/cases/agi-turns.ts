import type { Context } from '../context.ts'
import type { AgiTurnsJob } from '../job.ts'
import { median } from '../stats.ts'
import type { Turn } from '../turns.ts'
import { besideRate, cpu, FLOOR, pairs, range, rate, type TurnsCase, turnsCase, wall, warm } from './turns-case.ts'

const agiJob =
  (mode: AgiTurnsJob['mode'], sessions: number, commands: number): TurnsCase['job'] =>
  (reader, target) => ({ kind: 'agi-turns', mode, reader, chunk: 0, target, sessions, commands })

/** Beside all turns that are warm the first one, which is not. */
const besideRateAndCold: TurnsCase['beside'] = (ours, floor) => {
  const { note, extra } = besideRate(ours, floor)
  const cold = (figure: (turn: Turn) => number): number[] =>
    ours.map(([first], round) => figure(floor[round]![0]!) / figure(first!))
  return {
    note: `${note}; first turn clock ${range(cold(wall))}, cpu ${range(cold(cpu))}`,
    extra: { ...extra, coldOfFloor: median(cold(wall)), coldOfFloorCpu: median(cold(cpu)) },
  }
}

const p50 = (turn: Turn): number => turn.extra!.p50! * 1000

const besideLatency: TurnsCase['beside'] = (ours, floor) => {
  const over = ours.map((turns, round) =>
    median(pairs(warm(turns), warm(floor[round]!), (one, bare) => p50(one) - p50(bare))),
  )
  return { note: `over ${FLOOR}: ${range(over, 1)} µs`, extra: { overFloorUs: median(over) } }
}

/** FastAGI on a real Asterisk. Calls are held from the first turn of a round to its last. */
export const agiTurnCases: Record<string, (ctx: Context) => Promise<void>> = {
  'agi/latency@asterisk': turnsCase('agi/latency@asterisk', {
    readers: [FLOOR, 'amiable', 'ding-dong'],
    job: agiJob('latency', 1, 300),
    unit: 'µs',
    value: (turns) => median(turns.map(p50)),
    beside: besideLatency,
  }),
  'agi/rate@asterisk': turnsCase('agi/rate@asterisk', {
    readers: [FLOOR, 'amiable'],
    job: agiJob('rate', 100, 20),
    unit: 'commands/s',
    value: rate,
    beside: besideRateAndCold,
  }),
}
