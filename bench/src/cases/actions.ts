import { type Context, inTurn, target, wanted } from '../context.ts'
import type { PingsJob, Target } from '../job.ts'
import { median, spread } from '../stats.ts'
import { besideRate, FLOOR, NO_ASTERISK, rate, turnsCase } from './turns-case.ts'

const PEERS = ['ami-io', 'asterisk-manager', 'yana', 'nami', 'asterisk-ami-client']

/** Pings a second to expect, only to let every reader run about as long. */
const expected = (reader: string, inFlight: number): number => {
  if (inFlight === 1) return 10_000
  return reader === 'bytes' || reader === 'amiable' ? 70_000 : 20_000
}

const run = async (
  ctx: Context,
  id: string,
  where: Target,
  inFlight: number,
  readers: readonly string[],
): Promise<void> => {
  const jobs = wanted(ctx, readers).map(
    (reader): PingsJob => ({
      kind: 'pings',
      reader,
      chunk: 0,
      target: where,
      inFlight,
      total: Math.round((ctx.seconds * expected(reader, inFlight)) / 1_000) * 1_000,
    }),
  )
  const outcomes = await inTurn(ctx, jobs)
  for (const { reader } of jobs) {
    const all = outcomes.get(reader)
    if (all === undefined || all instanceof Error) {
      ctx.add({ id, reader, unit: 'answers/s', value: Number.NaN, note: all?.message ?? 'not run' })
      continue
    }
    const rates = all.map((one) => (one.units * 1000) / one.wallMs)
    ctx.add({
      id,
      reader,
      unit: 'answers/s',
      value: median(rates),
      perCpu: median(all.map((one) => (one.units * 1000) / one.cpuMs)),
      spread: spread(rates),
      // each reader waits for as many answers as it asks for: there is nothing to compare
      check: 'none',
    })
  }
}

const bare = (inFlight: number) => (ctx: Context) =>
  run(ctx, `actions/bare@${inFlight}`, target(ctx.port), inFlight, [
    'bytes',
    'amiable',
    // A thousand listeners by id is what some peers never get through in time; 64 shows the same.
    ...(inFlight > 64 ? [] : PEERS),
  ])

const real = (inFlight: number) => async (ctx: Context) => {
  if (ctx.asterisk === undefined) {
    ctx.add({
      id: `actions/asterisk@${inFlight}`,
      reader: 'amiable',
      unit: 'answers/s',
      value: Number.NaN,
      note: NO_ASTERISK,
    })
    return
  }
  await run(ctx, `actions/asterisk@${inFlight}`, ctx.asterisk, inFlight, ['bytes', 'amiable'])
}

/** What it costs that the error of a call shows its caller's lines: at most 3 % of a Ping's processor time. */
const frames = async (ctx: Context): Promise<void> => {
  const job = {
    kind: 'pings',
    reader: 'frames',
    chunk: 0,
    target: target(ctx.port),
    inFlight: 64,
    total: Math.round(ctx.seconds * 40_000),
  } as const
  const all = (await inTurn(ctx, [job])).get('frames')
  if (all === undefined || all instanceof Error) {
    ctx.add({
      id: 'actions/frames@64',
      reader: 'amiable',
      unit: '% more',
      value: Number.NaN,
      note: all?.message ?? 'not run',
    })
    return
  }
  const more = all.map(({ extra }) => extra?.more ?? Number.NaN)
  ctx.add({
    id: 'actions/frames@64',
    reader: 'amiable',
    unit: '% more',
    value: median(more),
    note: `${more.map((one) => one.toFixed(1)).join(', ')}; 3 at most`,
  })
}

export const actionCases: Record<string, (ctx: Context) => Promise<void>> = {
  'actions/bare@1': bare(1),
  'actions/bare@64': bare(64),
  'actions/bare@1000': bare(1_000),
  'actions/frames@64': frames,
  // in turns: a machine takes 44 µs for a Ping of the bare socket in one minute and 66 µs in the next. Shorter ones would
  // make it 0.88 for 0.90
  'actions/asterisk@1': turnsCase('actions/asterisk@1', {
    readers: [FLOOR, 'amiable'],
    job: (reader, target) => ({ kind: 'ping-turns', reader, chunk: 0, target, total: 2_000 }),
    unit: 'answers/s',
    value: rate,
    beside: besideRate,
  }),
  'actions/asterisk@64': real(64),
  'actions/asterisk@1000': real(1_000),
}
