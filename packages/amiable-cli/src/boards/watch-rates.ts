// How often events come: on a screen, as a line of JSON a second, or as a table at the end.
import type { EventFormat } from '../events/event-printer.ts'
import type { Expectation } from '../events/expectation.ts'
import type { Rates } from '../events/rates.ts'
import type { Common, Io } from '../io.ts'
import { jsonLine } from '../output/json.ts'
import { Writer } from '../output/writer.ts'
import { showScreen } from '../screen/terminal.ts'
import { RateBoard, rateLines } from './rate-board.ts'

export interface WatchRatesOptions {
  readonly rates: Rates
  readonly expectation: Expectation
  readonly format: EventFormat
  /** Whether the events come now, and not out of a recording. */
  readonly isLive: boolean
  readonly lost: () => number
  /** Watches until the watch is over. */
  readonly watch: (io: Io) => Promise<number>
}

const SECOND = 1_000

/** Counts until the watch is over, and shows it. Returns the exit status. */
export async function watchRates(io: Io, common: Common, options: WatchRatesOptions): Promise<number> {
  const { rates, format, isLive, lost, watch } = options
  if (format === 'jsonl') return await inJson(io, options)
  const isScreen = isLive && io.isTerminal.in && io.isTerminal.out
  const status = isScreen ? await onScreen(io, common, options) : await watch(io)
  if (rates.all().total > 0) for (const line of rateLines(rates, lost(), io.columns())) await io.out.line(line)
  return status
}

async function inJson(io: Io, { rates, isLive, lost, watch }: WatchRatesOptions): Promise<number> {
  const before = new Map<string, { readonly total: number; readonly bytes: number }>()
  let began = performance.now()
  const print = () => {
    const events: Record<string, object> = {}
    for (const { name, total, bytes } of rates.list()) {
      const known = before.get(name)
      before.set(name, { total, bytes })
      const count = total - (known?.total ?? 0)
      if (count > 0) events[name] = { count, bytes: bytes - (known?.bytes ?? 0) }
    }
    const now = performance.now()
    const seconds = Number(((isLive ? now - began : rates.span) / SECOND).toFixed(3))
    began = now
    io.out.offer(jsonLine({ time: new Date().toISOString(), seconds, lost: lost(), events }))
  }
  const timer = isLive ? setInterval(print, SECOND) : undefined
  try {
    return await watch(io)
  } finally {
    clearInterval(timer)
    print()
  }
}

async function onScreen(io: Io, common: Common, options: WatchRatesOptions): Promise<number> {
  const { rates, expectation, lost, watch } = options
  let said = ''
  // what would be written across the screen stands at its foot
  const foot = new Writer((bytes, from, done) => {
    said = Buffer.from(bytes).toString('utf8').trimEnd().split('\n').at(-1) ?? ''
    done(null, bytes.length - from)
  })
  const ending = new AbortController()
  const signal = AbortSignal.any([io.signal, ending.signal])
  const own: Io = {
    ...io,
    signal,
    out: foot,
    get err() {
      return expectation.hasBegun ? foot : io.err
    },
  }
  const watching = watch(own).finally(() => ending.abort('SIGINT'))
  await Promise.race([expectation.begun, watching])
  if (expectation.hasBegun) {
    await showScreen({ ...io, signal }, common.paint, new RateBoard(rates, lost, () => said), SECOND)
  }
  ending.abort('SIGINT')
  const status = await watching
  await foot.drain()
  if (status !== 0 && said !== '') await io.err.line(said)
  return status
}
