import { type Context, inTurn, runJob, target, wanted } from '../context.ts'
import type { ListJob } from '../job.ts'
import { median, spread } from '../stats.ts'

const rowsCase = (mode: ListJob['mode'], readers: readonly string[]) => async (ctx: Context) => {
  const id = `lists/${mode}`
  const rows = 100_000
  const jobs = wanted(ctx, readers).map(
    (reader): ListJob => ({
      kind: 'list',
      mode,
      reader,
      rows,
      chunk: 0,
      target: target(ctx.port, { rows }),
    }),
  )
  const outcomes = await inTurn(ctx, jobs)
  for (const { reader } of jobs) {
    const all = outcomes.get(reader)
    if (all === undefined || all instanceof Error) {
      ctx.add({ id, reader, unit: 'rows/s', value: Number.NaN, note: all?.message ?? 'not run' })
      continue
    }
    const rates = all.map((one) => (one.units * 1000) / one.wallMs)
    ctx.add({
      id,
      reader,
      unit: 'rows/s',
      value: median(rates),
      perCpu: median(all.map((one) => (one.units * 1000) / one.cpuMs)),
      spread: spread(rates),
      check: all.every((one) => one.units === rows && one.sum === all[0]!.sum) ? 'same' : 'WRONG',
      extra: { rssMb: Math.round(Math.max(...all[0]!.rss) / 1e6) },
    })
  }
}

/** What is resident must not follow the length of the list. The first tenth is left out: there the heap takes its size. */
const million = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  const rows = 1_000_000
  const id = 'lists/million'
  try {
    const one = await runJob({
      kind: 'list',
      mode: 'list',
      reader: 'amiable',
      rows,
      chunk: 0,
      target: target(ctx.port, { rows }),
    })
    const settled = one.rss.slice(Math.floor(one.rss.length / 10))
    const growth = (Math.max(...settled) - settled[0]!) / 2 ** 20
    ctx.add({
      id,
      reader: 'amiable',
      unit: 'MB grown',
      value: growth,
      check: one.units === rows ? 'same' : 'WRONG',
      note: `${Math.round((one.units * 1000) / one.wallMs).toLocaleString('en')} rows/s, resident at most ${Math.round(Math.max(...one.rss) / 2 ** 20)} MB`,
      extra: { rowsPerSecond: (one.units * 1000) / one.wallMs, startMb: one.rss[0]! / 2 ** 20 },
    })
  } catch (error) {
    ctx.add({ id, reader: 'amiable', unit: 'MB grown', value: Number.NaN, note: String(error) })
  }
}

export const listCases: Record<string, (ctx: Context) => Promise<void>> = {
  'lists/send': rowsCase('send', ['amiable', 'ami-io', 'nami']),
  'lists/list': rowsCase('list', ['amiable']),
  'lists/million': million,
}
