import { type Context, runJob, target, wanted } from '../context.ts'
import type { Outcome } from '../job.ts'
import type { IdleMemory } from '../readers/idle-memory.ts'
import { median } from '../stats.ts'

const MB = 2 ** 20

/** Ten million events, three listeners: one for everything, one rare, and the mark's own. */
const tenMillion = async (ctx: Context): Promise<void> => {
  const rounds = Math.ceil(10_000_000 / ctx.events)
  for (const reader of wanted(ctx, ['bytes', 'amiable'])) {
    const id = 'memory/ten-million'
    try {
      const one = await runJob({
        kind: 'events',
        mode: 'three',
        reader,
        chunk: 0,
        rounds,
        warm: 20_000,
        listeners: 1,
        perRound: ctx.events + 1,
        target: target(ctx.port, { rounds, warm: 20_000 }),
      })
      const quarter = Math.floor(one.rss.length / 4)
      // Medians of the third and the last quarter: single samples swing with the collector.
      const third = median(one.rss.slice(2 * quarter, 3 * quarter))
      const last = median(one.rss.slice(3 * quarter))
      ctx.add({
        id,
        reader,
        unit: 'MB resident',
        value: Math.max(...one.rss) / MB,
        check: one.steady ? 'same' : 'WRONG',
        note: `second half grows by ${((last - third) / MB).toFixed(1)} MB`,
        extra: { secondHalfMb: (last - third) / MB, startMb: one.rss[0]! / MB, lastMb: last / MB },
      })
    } catch (error) {
      ctx.add({ id, reader, unit: 'MB resident', value: Number.NaN, note: String(error) })
    }
  }
}

/** Counted both ways: one of the first thousand of a process, and one more beside two thousand. */
const idle = async (ctx: Context): Promise<void> => {
  for (const reader of wanted(ctx, ['bytes', 'amiable'])) {
    const id = 'memory/idle-client'
    const unit = 'kB each'
    try {
      const job = { kind: 'idle', reader, clients: 1_000, chunk: 0, target: target(ctx.port) } as const
      const all: Outcome[] = []
      for (let round = 0; round < ctx.rounds; round++) all.push(await runJob(job, ['--expose-gc']))
      const of = (figure: (one: Outcome) => number): number => median(all.map(figure))
      const kB = (figure: keyof IdleMemory): number => of((one) => one.extra![figure]!) / 1024
      const ready = `${job.clients} up in ${Math.round(of((one) => one.wallMs))} ms, ${of((one) => one.cpuMs).toFixed(0)} ms of cpu`
      const next = `beside two thousand others; ${kB('heap').toFixed(1)} kB of them heap`
      ctx.add({ id, reader, unit, value: kB('ofTheFirst'), check: 'none', note: `of the first thousand; ${ready}` })
      ctx.add({ id: 'memory/next-idle-client', reader, unit, value: kB('ofTheNext'), check: 'none', note: next })
    } catch (error) {
      ctx.add({ id, reader, unit, value: Number.NaN, note: String(error) })
    }
  }
}

export const memoryCases: Record<string, (ctx: Context) => Promise<void>> = {
  'memory/ten-million': tenMillion,
  'memory/idle-client': idle,
}
