import { type Context, inTurn, target, wanted } from '../context.ts'
import type { LoginsJob, Target } from '../job.ts'
import { median, spread } from '../stats.ts'

/** Logins of one turn. A login of a real Asterisk takes some tenths of a millisecond. */
const PER_SECOND = 300

/** What it takes from nothing to the answer of the first Ping, beside a bare socket that does the same. */
const run = async (ctx: Context, id: string, where: Target, again: boolean): Promise<void> => {
  const total = Math.max(1, Math.round(ctx.seconds * PER_SECOND))
  const jobs = wanted(ctx, ['bytes', 'amiable']).map(
    (reader): LoginsJob => ({ kind: 'logins', reader, chunk: 0, target: where, total, again }),
  )
  const outcomes = await inTurn(ctx, jobs)
  let floor: number | undefined
  for (const { reader } of jobs) {
    const all = outcomes.get(reader)
    if (all === undefined || all instanceof Error) {
      ctx.add({ id, reader, unit: 'ms', value: Number.NaN, note: all?.message ?? 'not run' })
      continue
    }
    const times = all.map((one) => one.wallMs / one.units)
    const value = median(times)
    if (reader === 'bytes') floor = value
    const cpu = `${median(all.map((one) => one.cpuMs / one.units)).toFixed(2)} ms of the reader's processor`
    ctx.add({
      id,
      reader,
      unit: 'ms',
      value,
      spread: spread(times),
      check: all.every((one) => one.count === total) ? 'same' : 'WRONG',
      note: floor === undefined || reader === 'bytes' ? cpu : `${(value - floor).toFixed(2)} ms over a socket; ${cpu}`,
    })
  }
}

const bare =
  (id: string, wish: Record<string, number>, again = false) =>
  (ctx: Context) =>
    run(ctx, id, target(ctx.port, wish), again)

const real =
  (id: string, again = false) =>
  async (ctx: Context) => {
    if (ctx.asterisk) return run(ctx, id, ctx.asterisk, again)
    const note = 'no Asterisk given (--asterisk=user:secret@host:port)'
    ctx.add({ id, reader: 'amiable', unit: 'ms', value: Number.NaN, note })
  }

/**
 * The first login of a client, and one after a lost link, when it compares what the server can do. `again` has the
 * Logoff, the end of the socket and the timer of the reconnection in it: compare it with itself, with and without `system`.
 */
export const loginCases: Record<string, (ctx: Context) => Promise<void>> = {
  'start/login': bare('start/login', {}),
  'start/login-again': bare('start/login-again', {}, true),
  'start/login@no-system': bare('start/login@no-system', { system: 0 }),
  'start/login-again@no-system': bare('start/login-again@no-system', { system: 0 }, true),
  'start/login@asterisk': real('start/login@asterisk'),
  'start/login-again@asterisk': real('start/login-again@asterisk', true),
}
