import { type Context, inTurn, target, wanted } from '../context.ts'
import type { EventsJob, EventsMode, Outcome } from '../job.ts'
import { NOTHING } from '../recorder.ts'
import type { Row } from '../results.ts'
import { median, spread } from '../stats.ts'

const PEERS = ['ami-io', 'asterisk-manager', 'yana', 'nami', 'asterisk-ami-client']
const FASTEST = ['ami-io', 'asterisk-manager', 'yana']
/** They read no values: nothing of theirs is compared. */
const FLOORS = new Set(['bytes', 'reused'])
const WARM = 20_000

/** Events a second to expect, only to let every reader run about as long. */
const SPEED: Record<string, number> = {
  bytes: 1_200_000,
  reused: 2_000_000,
  plain: 250_000,
  amiable: 800_000,
  careful: 500_000,
  'ami-io': 60_000,
  'asterisk-manager': 45_000,
  yana: 60_000,
  nami: 23_000,
  'asterisk-ami-client': 9_000,
}

/** Peers that do not give what was on the wire, and why. */
const LOSSY: Record<string, string> = {
  nami: 'reads ASCII only',
  yana: 'breaks a character that lies across two chunks',
}

const rateOf = (ctx: Context, outcome: Outcome, rounds: number): number => {
  const units = outcome.units === 0 ? rounds * (ctx.events + 1) : outcome.units
  return (units * 1000) / outcome.wallMs
}

const roundsFor = (ctx: Context, reader: string, factor: number): number =>
  Math.max(1, Math.round((ctx.seconds * (SPEED[reader] ?? 50_000) * factor) / ctx.events))

const jobFor = (ctx: Context, reader: string, mode: EventsMode, chunk: number, factor: number): EventsJob => {
  const rounds = roundsFor(ctx, reader, factor)
  return {
    kind: 'events',
    reader,
    mode,
    chunk,
    rounds,
    warm: WARM,
    perRound: ctx.events + 1,
    target: target(ctx.port, { rounds, warm: WARM }),
  }
}

const checkOf = (reader: string, all: readonly Outcome[], reference: Outcome | undefined): Row['check'] => {
  if (FLOORS.has(reader) || reference === undefined) return 'none'
  const same = all.every((one) => one.steady && one.count === reference.count && one.sum === reference.sum)
  return same ? 'same' : reader in LOSSY ? 'lossy' : 'WRONG'
}

interface Plan {
  readonly id: string
  readonly mode: EventsMode
  readonly chunk: number
  readonly readers: readonly string[]
  /** How much slower than its best our own reader is expected to be here. */
  readonly factor?: number
  readonly tls?: true
}

const plans: readonly Plan[] = [
  { id: 'events/three', mode: 'three', chunk: 0, readers: ['bytes', 'reused', 'plain', 'amiable', ...PEERS] },
  {
    id: 'events/three@1460',
    mode: 'three',
    chunk: 1_460,
    readers: ['bytes', 'reused', 'plain', 'amiable', ...FASTEST],
  },
  { id: 'events/three@tls', mode: 'three', chunk: 0, readers: ['amiable', 'careful'], tls: true },
  { id: 'events/typed', mode: 'typed', chunk: 0, readers: ['bytes', 'reused', 'amiable'] },
  {
    id: 'events/json',
    mode: 'json',
    chunk: 0,
    readers: ['bytes', 'reused', 'plain', 'amiable', ...FASTEST],
    factor: 0.4,
  },
  { id: 'events/rare', mode: 'rare', chunk: 0, readers: ['bytes', 'reused', 'plain', 'amiable', ...FASTEST] },
  {
    id: 'events/predicates',
    mode: 'predicates',
    chunk: 0,
    readers: ['bytes', 'reused', 'plain', 'amiable', ...FASTEST],
    factor: 0.6,
  },
]

const runPlan = async (ctx: Context, plan: Plan): Promise<void> => {
  const readers = wanted(ctx, plan.readers)
  const jobs = readers.map((reader) => {
    const job = jobFor(ctx, reader, plan.mode, plan.chunk, reader === 'amiable' ? (plan.factor ?? 1) : 1)
    if (!plan.tls) return job
    return { ...job, target: { ...job.target, port: ctx.tlsPort, tls: { rejectUnauthorized: false } as const } }
  })
  const outcomes = await inTurn(ctx, jobs)
  const first = (reader: string): Outcome | undefined => {
    const found = outcomes.get(reader)
    return found instanceof Error ? undefined : found?.[0]
  }
  // The plain parse is the reference: it is ten lines, and ours is checked against somebody else's reading.
  const reference = first('plain') ?? first('amiable') ?? first(readers[0] ?? '')
  for (const job of jobs) addEvents(ctx, plan.id, job, outcomes.get(job.reader), reference)
}

const addEvents = (
  ctx: Context,
  id: string,
  job: EventsJob,
  all: readonly Outcome[] | Error | undefined,
  reference: Outcome | undefined,
): void => {
  if (all === undefined || all instanceof Error) {
    ctx.add({ id, reader: job.reader, unit: 'events/s', value: Number.NaN, note: all?.message ?? 'not run' })
    return
  }
  const rates = all.map((one) => rateOf(ctx, one, job.rounds))
  const perCpu = all.map((one, i) => (rates[i]! * one.wallMs) / one.cpuMs)
  ctx.add({
    id,
    reader: job.reader,
    unit: 'events/s',
    value: median(rates),
    perCpu: median(perCpu),
    spread: spread(rates),
    check: checkOf(job.reader, all, reference),
    ...(checkOf(job.reader, all, reference) === 'lossy' ? { note: LOSSY[job.reader]! } : {}),
    extra: { count: all[0]!.count, sum: all[0]!.sum, rssMb: Math.round(Math.max(...all[0]!.rss) / 1e6) },
  })
}

/** `events()` beside `on('*')` in turns of one process each, not from two sets of runs. */
const runIterator = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  const modes: readonly EventsMode[] = ['three', 'iterator']
  const runs = new Map<EventsMode, Outcome[] | Error>()
  for (let i = 0; i < ctx.rounds; i++) {
    for (const mode of modes) {
      const before = runs.get(mode) ?? []
      if (before instanceof Error) continue
      const one = (await inTurn(ctx, [jobFor(ctx, 'amiable', mode, 0, 0.7)], 1)).get('amiable')!
      runs.set(mode, one instanceof Error ? one : [...before, ...one])
    }
  }
  const three = runs.get('three')
  const reference = three instanceof Error ? undefined : three?.[0]
  for (const mode of modes) {
    const reader = mode === 'three' ? "amiable on('*')" : 'amiable events()'
    const job = { ...jobFor(ctx, 'amiable', mode, 0, 0.7), reader }
    addEvents(ctx, 'events/iterator', job, runs.get(mode), reference)
  }
}

/** Ten servers through one listener. No peer has fleets; our own single connection is the measure. */
const runFleet = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  const sources = 10
  const rounds = 1 + Math.max(1, Math.round(roundsFor(ctx, 'amiable', 1) / sources))
  const job: EventsJob = {
    ...jobFor(ctx, 'amiable', 'fleet', 0, 1),
    rounds,
    warm: 0,
    sources,
    target: target(ctx.port, { rounds, warm: 0 }),
  }
  const single = (await inTurn(ctx, [jobFor(ctx, 'amiable', 'three', 0, 0.1)], 1)).get('amiable')!
  const all = (await inTurn(ctx, [job])).get('amiable')!
  if (all instanceof Error || single instanceof Error) {
    const failed = all instanceof Error ? all : (single as Error)
    ctx.add({ id: 'events/fleet', reader: 'amiable', unit: 'events/s', value: Number.NaN, note: failed.message })
    return
  }
  // Each source: FullyBooted and the first mark (which hold none of the three headers), then its rounds.
  const expected = (sources * (2 * NOTHING + rounds * single[0]!.sum)) | 0
  const count = sources * (2 + rounds * (ctx.events + 1))
  const rates = all.map((one) => rateOf(ctx, one, rounds))
  ctx.add({
    id: 'events/fleet',
    reader: 'amiable',
    unit: 'events/s',
    value: median(rates),
    perCpu: median(all.map((one, i) => (rates[i]! * one.wallMs) / one.cpuMs)),
    spread: spread(rates),
    check: all.every((one) => one.sum === expected && one.count === count) ? 'same' : 'WRONG',
    note: `${sources} servers`,
  })
}

/** Every name and value of every event, repeated ones and UTF-8 too, in order: a rolling sum against a plain reading. */
const runPairs = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  for (const chunk of [0, 1_460, 61]) {
    const jobs = ['plain', 'amiable'].map(
      (reader): EventsJob => ({
        ...jobFor(ctx, reader, 'pairs', chunk, 0),
        rounds: 1,
        warm: 0,
        target: target(ctx.port, { rounds: 1, warm: 0 }),
      }),
    )
    const outcomes = await inTurn(ctx, jobs, 1)
    const [plain, ours] = jobs.map((job) => outcomes.get(job.reader))
    const same =
      !(plain instanceof Error || ours instanceof Error) &&
      plain![0]!.sum === ours![0]!.sum &&
      plain![0]!.count === ours![0]!.count
    ctx.add({
      id: `events/check@${chunk === 0 ? 'socket' : chunk}`,
      reader: 'amiable',
      unit: 'events',
      value: ours instanceof Error ? Number.NaN : ours![0]!.count,
      check: same ? 'same' : 'WRONG',
      note: ours instanceof Error ? ours.message : 'every header of every event, in order',
    })
  }
}

export const eventCases: Record<string, (ctx: Context) => Promise<void>> = {
  'events/check': runPairs,
  ...Object.fromEntries(plans.map((plan) => [plan.id, (ctx: Context) => runPlan(ctx, plan)])),
  'events/iterator': runIterator,
  'events/fleet': runFleet,
}
