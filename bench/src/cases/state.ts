import { type Context, inTurn, runJob, target, wanted } from '../context.ts'
import type { Outcome, StateJob } from '../job.ts'
import { EMPTY, HEADERS_ONLY, HEARD, ONE_RECORD, OURS } from '../readers/state-floor.ts'
import { median, spread } from '../stats.ts'

const jobOf = (ctx: Context, mode: StateJob['mode'], reader: string, rounds: number): StateJob => ({
  kind: 'state',
  mode,
  reader,
  chunk: 0,
  rounds,
  target: mode === 'poll@asterisk' && ctx.asterisk ? ctx.asterisk : target(ctx.port, { office: 1 }),
})

const rates =
  (id: string, mode: 'fold' | 'stream' | 'captured', readers: readonly string[], each: number) =>
  async (ctx: Context) => {
    const jobs = wanted(ctx, readers).map((reader) =>
      jobOf(ctx, mode, reader, Math.max(1, Math.round(ctx.seconds * each))),
    )
    const outcomes = await inTurn(ctx, jobs)
    for (const { reader } of jobs) {
      const all = outcomes.get(reader)
      if (all === undefined || all instanceof Error) {
        ctx.add({ id, reader, unit: 'events/s', value: Number.NaN, note: all?.message ?? 'not run' })
        continue
      }
      const values = all.map(({ units, wallMs }) => (units * 1_000) / wallMs)
      const same = new Set(all.map(({ count }) => count)).size === 1
      ctx.add({
        id,
        reader,
        unit: 'events/s',
        value: median(values),
        perCpu: median(all.map(({ units, cpuMs }) => (units * 1_000) / cpuMs)),
        spread: spread(values),
        // what a queue is asked again for comes when it comes
        check: reader === OURS && mode !== 'captured' ? (same ? 'same' : 'WRONG') : 'none',
      })
    }
  }

/** Figures of one run that are read together: each is a row of its own. */
const PICTURE: readonly [id: string, unit: string, value: (one: Outcome) => number][] = [
  ['state/first-truth', 'ms', ({ cpuMs }) => cpuMs],
  ['state/longest-tick', 'ms', ({ extra }) => extra!.longestTickMs!],
  ['state/memory', 'bytes each', ({ extra }) => extra!.bytesPerChannel!],
  ['state/resync', 'ms', ({ extra }) => extra!.resyncMs!],
  ['state/resync-told', 'changes', ({ extra }) => extra!.resyncTold!],
  ['state/queue-status', 'ms', ({ extra }) => extra!.queuesMs!],
  ['state/snapshot', 'ms', ({ extra }) => extra!.snapshotMs!],
  ['state/json', 'ms', ({ extra }) => extra!.jsonMs!],
]

const picture = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, [OURS]).length === 0) return
  const all: Outcome[] = []
  for (let n = 0; n < ctx.rounds; n++) all.push(await runJob(jobOf(ctx, 'picture', OURS, 1), ['--expose-gc']))
  const isWhole = all.every(({ count }) => count === 16_000)
  for (const [id, unit, value] of PICTURE) {
    const values = all.map(value)
    ctx.add({
      id,
      reader: OURS,
      unit,
      value: median(values),
      spread: spread(values),
      check: isWhole ? 'same' : 'WRONG',
    })
  }
}

/** A list of all channels and one of all queues, as often as a board asks; processor time of both sides. */
const poll = (id: string, mode: 'poll' | 'poll@asterisk') => async (ctx: Context) => {
  const reader = 'a poll'
  if (wanted(ctx, [reader]).length === 0) return
  if (mode === 'poll@asterisk' && ctx.asterisk === undefined) {
    ctx.add({ id, reader, unit: 'ms', value: Number.NaN, note: 'no Asterisk given (--asterisk=user:secret@host:port)' })
    return
  }
  const { extra, count } = await runJob(jobOf(ctx, mode, reader, mode === 'poll' ? 10 : 200))
  const note = mode === 'poll' ? `${count} rows` : `${count} rows; ${extra!.serverMs!.toFixed(2)} ms of the server`
  ctx.add({ id, reader, unit: 'ms', value: extra!.clientMs!, check: 'none', note, extra: { ...extra } })
}

/** A model of 10,000 channels in 5,000 bridges, 50 queues and 1,000 members. */
export const stateCases: Record<string, (ctx: Context) => Promise<void>> = {
  'state/fold': rates('state/fold', 'fold', [OURS], 8),
  'state/stream': rates('state/stream', 'stream', [EMPTY, HEADERS_ONLY, ONE_RECORD, OURS, HEARD], 30),
  'state/captured': rates('state/captured', 'captured', [EMPTY, OURS, HEARD], 3),
  'state/picture': picture,
  'state/poll': poll('state/poll', 'poll'),
  'state/poll@asterisk': poll('state/poll@asterisk', 'poll@asterisk'),
}
