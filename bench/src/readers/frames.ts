import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import type { Outcome, PingsJob } from '../job.ts'
import type { Amiable, AmiClient } from '../peers/amiable-api.ts'
import { median } from '../stats.ts'
import { measured } from './measured.ts'
import { pingsOf } from './ping-loop.ts'

// the copy of the build that every reader gets
const PUBLISHED = fileURLToPath(new URL('../node_modules/amiable/dist/cjs/amiable.js', import.meta.url))
const require = createRequire(import.meta.url)
/** Pairs of blocks, each block of so many pings. */
const PAIRS = 40

/** A copy of the published package, in which the errors of calls show their callers' lines, or do not. */
const copy = (frames: boolean): Amiable => {
  const published = readFileSync(PUBLISHED, 'utf8')
  const text = frames ? published : published.replaceAll(/new AwaitedCall\(\)/g, 'deferred()')
  if (!frames && text === published) throw new Error(`${PUBLISHED} makes no AwaitedCall`)
  const module = { exports: {} as { index: Amiable } }
  compileFunction(text, ['module', 'exports', 'require'])(module, module.exports, require)
  return module.exports.index
}

/**
 * What the frames cost: both copies ping in turn in one process, in short blocks, so that whatever else the machine does
 * falls on both. `extra.more` is the median over the pairs of blocks, in percent of processor time.
 */
export const framesPings = async (job: PingsJob): Promise<Outcome> => {
  const open = async (frames: boolean): Promise<AmiClient> => {
    const client = copy(frames).createClient({ ...job.target, events: 'off', reconnect: false })
    await client.connect()
    return client
  }
  const clients = [await open(true), await open(false)] as const
  const block = (client: AmiClient, total: number) =>
    measured(total, () => pingsOf(() => client.send('Ping'), job.inFlight)(total))
  const total = Math.round(job.total / PAIRS)
  for (const client of clients) await block(client, job.total / 5)
  const ratios: number[] = []
  const bare: number[] = []
  let all: Outcome | undefined
  for (let pair = 0; pair < PAIRS; pair++) {
    // now the one is first, now the other
    const first = pair % 2
    const outcomes = [await block(clients[first]!, total), await block(clients[1 - first]!, total)]
    const [framed, plain] = first === 0 ? outcomes : outcomes.toReversed()
    ratios.push(framed!.cpuMs / plain!.cpuMs)
    bare.push(plain!.cpuMs)
    all = framed
  }
  return { ...all!, units: total, cpuMs: median(bare) * median(ratios), extra: { more: (median(ratios) - 1) * 100 } }
}
