import { type Context, inTurn, target, wanted } from '../context.ts'
import type { EventsJob } from '../job.ts'
import { median, spread } from '../stats.ts'

const SIZES = [10, 100, 1_000, 10_000]
/** Events of a synthetic round, as server/main.ts makes it. */
const SYNTHETIC = 40_000

type Growing = 'names' | 'listeners' | 'pending'

const job = (ctx: Context, what: Growing, n: number): EventsJob => {
  const synthetic = what === 'names'
  const perRound = (synthetic ? SYNTHETIC : ctx.events) + 1
  const rounds = Math.max(2, Math.round((ctx.seconds * 500_000) / perRound))
  const wish = { rounds, warm: 20_000, ...(synthetic ? { names: n } : {}) }
  return {
    kind: 'events',
    mode: 'three',
    reader: 'amiable',
    chunk: 0,
    rounds,
    warm: 20_000,
    perRound,
    target: target(ctx.port, wish),
    ...(what === 'listeners' ? { listeners: n } : {}),
    ...(what === 'pending' ? { pending: n } : {}),
  }
}

/** Sizes in turn as well: a trend must not be the machine's. */
const flat = (what: Growing) => async (ctx: Context) => {
  if (wanted(ctx, ['amiable']).length === 0) return
  const id = `flatness/${what}`
  const costs = new Map<number, number[]>(SIZES.map((n) => [n, []]))
  const failed = new Map<number, string>()
  for (let round = 0; round < ctx.rounds; round++) {
    for (const n of SIZES) {
      if (failed.has(n)) continue
      const one = (await inTurn(ctx, [job(ctx, what, n)], 1)).get('amiable')!
      if (one instanceof Error) {
        failed.set(n, one.message)
        continue
      }
      const { rounds, perRound } = job(ctx, what, n)
      costs.get(n)!.push((one[0]!.wallMs * 1e6) / (rounds * perRound))
    }
  }
  for (const n of SIZES) {
    const values = costs.get(n)!
    const note = failed.get(n)
    ctx.add({
      id: `${id}@${n}`,
      reader: 'amiable',
      unit: 'ns/event',
      value: note === undefined ? median(values) : Number.NaN,
      spread: spread(values),
      ...(note === undefined ? {} : { note }),
    })
  }
}

export const flatnessCases: Record<string, (ctx: Context) => Promise<void>> = {
  'flatness/names': flat('names'),
  'flatness/listeners': flat('listeners'),
  'flatness/pending': flat('pending'),
}
