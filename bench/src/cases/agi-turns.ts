import { type Context, wanted } from '../context.ts'
import type { AgiTurnsJob } from '../job.ts'
import { median, spread } from '../stats.ts'
import { type Turn, type Turns, takeTurns } from '../turns.ts'

export const NO_ASTERISK = 'no Asterisk given (--asterisk=user:secret@host:port)'

const FLOOR = 'bytes'
/** Turns before those that count: V8 has compiled by then what runs for every command. */
const WARM = 8

interface Case {
  readonly mode: AgiTurnsJob['mode']
  readonly readers: readonly string[]
  readonly sessions: number
  /** Of each session in a turn. */
  readonly commands: number
  readonly unit: string
  /** The figure of one round. */
  value(turns: readonly Turn[]): number
  /** How a reader's rounds stand beside the floor's. */
  beside(ours: readonly (readonly Turn[])[], floor: readonly (readonly Turn[])[]): Beside
}

interface Beside {
  readonly note: string
  readonly extra: Readonly<Record<string, number>>
}

const sum = (turns: readonly Turn[], one: (turn: Turn) => number): number =>
  turns.reduce((total, turn) => total + one(turn), 0)
const units = (turn: Turn): number => turn.units
const wall = (turn: Turn): number => turn.wallMs
const cpu = (turn: Turn): number => turn.cpuMs

const perCpu = (turns: readonly Turn[]): number => (sum(turns, units) * 1000) / sum(turns, cpu)

const warm = (turns: readonly Turn[]): readonly Turn[] => turns.slice(WARM)

const pairs = (ours: readonly Turn[], floor: readonly Turn[], figure: (one: Turn, floor: Turn) => number): number[] =>
  ours.flatMap((one, at) => (floor[at] === undefined ? [] : [figure(one, floor[at])]))

const range = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`

/** By the clock the median of neighbours, round by round; by processor time all turns, the collector's with them. */
const besideRate: Case['beside'] = (ours, floor) => {
  const each = (figure: (ours: readonly Turn[], floor: readonly Turn[]) => number): number[] =>
    ours.map((turns, round) => figure(turns, floor[round]!))
  const byClock = each((a, b) => median(pairs(warm(a), warm(b), (one, bare) => bare.wallMs / one.wallMs)))
  const byCpu = each((a, b) => perCpu(warm(a)) / perCpu(warm(b)))
  const coldByClock = each(([a], [b]) => wall(b!) / wall(a!))
  const coldByCpu = each(([a], [b]) => cpu(b!) / cpu(a!))
  return {
    note: `of ${FLOOR}: clock ${range(byClock)}, cpu ${range(byCpu)}; first turn clock ${range(coldByClock)}, cpu ${range(coldByCpu)}`,
    extra: {
      ofFloor: median(byClock),
      ofFloorCpu: median(byCpu),
      coldOfFloor: median(coldByClock),
      coldOfFloorCpu: median(coldByCpu),
    },
  }
}

const p50 = (turn: Turn): number => turn.extra!.p50! * 1000

const besideLatency: Case['beside'] = (ours, floor) => {
  const over = ours.map((turns, round) =>
    median(pairs(warm(turns), warm(floor[round]!), (one, bare) => p50(one) - p50(bare))),
  )
  return { note: `over ${FLOOR}: ${range(over, 1)} µs`, extra: { overFloorUs: median(over) } }
}

const run = (id: string, one: Case) => async (ctx: Context) => {
  const { mode, unit, sessions, commands } = one
  if (ctx.asterisk === undefined) {
    ctx.add({ id, reader: 'amiable', unit, value: Number.NaN, note: NO_ASTERISK })
    return
  }
  const { asterisk } = ctx
  const jobs = wanted(ctx, one.readers).map(
    (reader): AgiTurnsJob => ({ kind: 'agi-turns', mode, reader, chunk: 0, target: asterisk, sessions, commands }),
  )
  const rounds: Turns[] = []
  for (let round = 0; round < ctx.rounds; round++) rounds.push(await takeTurns(ctx, jobs))
  const roundsOf = (reader: string): (readonly Turn[])[] =>
    rounds.map((round) => round.get(reader)).filter((turns) => Array.isArray(turns))
  const floor = roundsOf(FLOOR)
  for (const { reader } of jobs) {
    const failed = rounds.map((round) => round.get(reader)).find((turns) => turns instanceof Error)
    if (failed !== undefined) {
      ctx.add({ id, reader, unit, value: Number.NaN, note: failed.message })
      continue
    }
    const all = roundsOf(reader)
    const values = all.map((turns) => one.value(warm(turns)))
    const asterisk = median(
      all.map((turns) => (sum(warm(turns), (turn) => turn.asteriskMs) * 1000) / sum(warm(turns), units)),
    )
    const beside = reader === FLOOR || floor.length < all.length ? undefined : one.beside(all, floor)
    ctx.add({
      id,
      reader,
      unit,
      value: median(values),
      perCpu: median(all.map((turns) => perCpu(warm(turns)))),
      spread: spread(values),
      check: 'none',
      note: [beside?.note, Number.isNaN(asterisk) ? '' : `Asterisk ${asterisk.toFixed(1)} µs each`]
        .filter(Boolean)
        .join('; '),
      extra: { ...beside?.extra, asteriskUs: asterisk },
    })
  }
}

/** FastAGI on a real Asterisk. Calls are held from the first turn of a round to its last. */
export const agiTurnCases: Record<string, (ctx: Context) => Promise<void>> = {
  'agi/latency@asterisk': run('agi/latency@asterisk', {
    mode: 'latency',
    readers: [FLOOR, 'amiable', 'ding-dong'],
    sessions: 1,
    commands: 300,
    unit: 'µs',
    value: (turns) => median(turns.map(p50)),
    beside: besideLatency,
  }),
  'agi/rate@asterisk': run('agi/rate@asterisk', {
    mode: 'rate',
    readers: [FLOOR, 'amiable'],
    sessions: 100,
    commands: 20,
    unit: 'commands/s',
    value: (turns) => (sum(turns, units) * 1000) / sum(turns, wall),
    beside: besideRate,
  }),
}
