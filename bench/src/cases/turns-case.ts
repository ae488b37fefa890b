import { type Context, wanted } from '../context.ts'
import type { Target, TurnsJob } from '../job.ts'
import { median, spread } from '../stats.ts'
import { type Turn, type Turns, takeTurns } from '../turns.ts'

export const NO_ASTERISK = 'no Asterisk given (--asterisk=user:secret@host:port)'

export const FLOOR = 'bytes'
/** Turns before those that count: V8 has compiled by then what runs in each. */
const WARM = 8

/** What is measured in turns on a real Asterisk, beside a bare socket. */
export interface TurnsCase {
  readonly readers: readonly string[]
  readonly unit: string
  job(reader: string, asterisk: Target): TurnsJob
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
export const wall = (turn: Turn): number => turn.wallMs
export const cpu = (turn: Turn): number => turn.cpuMs

/** Units a second of all turns. */
export const rate = (turns: readonly Turn[]): number => (sum(turns, units) * 1000) / sum(turns, wall)

const perCpu = (turns: readonly Turn[]): number => (sum(turns, units) * 1000) / sum(turns, cpu)

export const warm = (turns: readonly Turn[]): readonly Turn[] => turns.slice(WARM)

export const pairs = (
  ours: readonly Turn[],
  floor: readonly Turn[],
  figure: (one: Turn, floor: Turn) => number,
): number[] => ours.flatMap((one, at) => (floor[at] === undefined ? [] : [figure(one, floor[at])]))

export const range = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`

/** By the clock the median of neighbours, round by round; by processor time all turns, the collector's with them. */
export const besideRate: TurnsCase['beside'] = (ours, floor) => {
  const each = (figure: (ours: readonly Turn[], floor: readonly Turn[]) => number): number[] =>
    ours.map((turns, round) => figure(warm(turns), warm(floor[round]!)))
  const byClock = each((a, b) => median(pairs(a, b, (one, bare) => bare.wallMs / one.wallMs)))
  const byCpu = each((a, b) => perCpu(a) / perCpu(b))
  return {
    note: `of ${FLOOR}: clock ${range(byClock)}, cpu ${range(byCpu)}`,
    extra: { ofFloor: median(byClock), ofFloorCpu: median(byCpu) },
  }
}

export const turnsCase = (id: string, one: TurnsCase) => async (ctx: Context) => {
  const { unit } = one
  const { asterisk } = ctx
  if (asterisk === undefined) {
    ctx.add({ id, reader: 'amiable', unit, value: Number.NaN, note: NO_ASTERISK })
    return
  }
  const jobs = wanted(ctx, one.readers).map((reader) => one.job(reader, asterisk))
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
    const asteriskUs = median(
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
      note: [beside?.note, Number.isNaN(asteriskUs) ? '' : `Asterisk ${asteriskUs.toFixed(1)} µs each`]
        .filter(Boolean)
        .join('; '),
      extra: { ...beside?.extra, asteriskUs },
    })
  }
}
