import { type Context, inTurn, runJob, target, wanted } from '../context.ts'
import type { AgiJob, Outcome } from '../job.ts'
import { median, spread } from '../stats.ts'
import { agiTurnCases } from './agi-turns.ts'
import { NO_ASTERISK } from './turns-case.ts'

const FLOOR_AND_OURS = ['bytes', 'amiable']

interface Case {
  readonly mode: AgiJob['mode']
  readonly readers: readonly string[]
  readonly sessions: (ctx: Context) => number
  readonly commands?: number
  readonly unit: string
  value(outcome: Outcome): number
  /** How many units must have come out right. */
  readonly checked?: boolean
  readonly real?: boolean
}

const run = (id: string, one: Case) => async (ctx: Context) => {
  const { mode, unit, real = false, commands = 0 } = one
  if (real && ctx.asterisk === undefined) {
    ctx.add({ id, reader: 'amiable', unit, value: Number.NaN, note: NO_ASTERISK })
    return
  }
  const sessions = one.sessions(ctx)
  const jobs = wanted(ctx, one.readers).map(
    (reader): AgiJob => ({
      kind: 'agi',
      mode,
      reader,
      chunk: 0,
      target: ctx.asterisk ?? target(ctx.port),
      sessions,
      commands,
    }),
  )
  const outcomes = await inTurn(ctx, jobs, mode === 'odd' ? 1 : ctx.rounds)
  for (const { reader } of jobs) {
    const all = outcomes.get(reader)
    if (all === undefined || all instanceof Error) {
      ctx.add({ id, reader, unit, value: Number.NaN, note: all?.message ?? 'not run' })
      continue
    }
    const values = all.map(one.value)
    const complete = all.every((outcome) => outcome.count === sessions)
    ctx.add({
      id,
      reader,
      unit,
      value: median(values),
      ...(unit.endsWith('/s') && { perCpu: median(all.map((outcome) => (outcome.units * 1000) / outcome.cpuMs)) }),
      spread: spread(values),
      check: one.checked !== true ? 'none' : complete ? 'same' : reader === 'amiable' ? 'WRONG' : 'lossy',
    })
  }
}

const perSecond = ({ units, wallMs }: Outcome): number => (units * 1000) / wallMs

const idle = async (ctx: Context): Promise<void> => {
  const id = 'agi/idle'
  for (const reader of wanted(ctx, FLOOR_AND_OURS)) {
    const job: AgiJob = {
      kind: 'agi',
      mode: 'idle',
      reader,
      chunk: 0,
      target: target(ctx.port),
      sessions: 1_000,
      commands: 0,
    }
    try {
      const { extra } = await runJob(job, ['--expose-gc'])
      ctx.add({ id, reader, unit: 'kB each', value: extra!.bytesPerSession! / 1024, check: 'none' })
    } catch (error) {
      ctx.add({ id, reader, unit: 'kB each', value: Number.NaN, note: String(error) })
    }
  }
}

/** FastAGI: on a real Asterisk, and against a caller of our own that answers at once. */
export const agiCases: Record<string, (ctx: Context) => Promise<void>> = {
  ...agiTurnCases,
  'agi/sessions': run('agi/sessions', {
    mode: 'sessions',
    readers: [...FLOOR_AND_OURS, 'ding-dong'],
    sessions: ({ seconds }) => Math.round(seconds * 2_000),
    unit: 'sessions/s',
    value: perSecond,
    checked: true,
  }),
  'agi/idle': idle,
  'agi/async@asterisk': run('agi/async@asterisk', {
    mode: 'async',
    readers: ['amiable'],
    sessions: () => 1,
    commands: 10,
    unit: 'times one',
    value: ({ extra }) => extra!.p50!,
    real: true,
  }),
  'agi/odd@asterisk': run('agi/odd@asterisk', {
    mode: 'odd',
    readers: ['amiable', 'ding-dong'],
    sessions: () => 1_000,
    unit: 'right of 1000',
    value: ({ count }) => count,
    checked: true,
    real: true,
  }),
}
