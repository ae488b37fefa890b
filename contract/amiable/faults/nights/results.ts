import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/amiable/', import.meta.url))
// the test files of one run are children of one process
const FILE = join(CACHE, `faults-${process.ppid}.jsonl`)

/** A figure of a run: `ms` for a time to a truthful answer, `value` for anything else. */
export interface Figure {
  readonly kind: string
  readonly where: string
  readonly ms?: number
  readonly value?: string
}

/** Keeps a figure for the table at the end of the run. */
export function record(figure: Figure): void {
  mkdirSync(dirname(FILE), { recursive: true })
  appendFileSync(FILE, `${JSON.stringify(figure)}\n`)
}

/** The figures of this run so far; reading them ends them. */
export function takeFigures(): Figure[] {
  if (!existsSync(FILE)) return []
  const lines = readFileSync(FILE, 'utf8').trim().split('\n')
  rmSync(FILE)
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Figure)
}

/** A table of the longest time of each kind and place, then the other figures. */
export function tableOf(figures: readonly Figure[]): string {
  const longest = new Map<string, { count: number; ms: number }>()
  for (const { kind, where, ms } of figures) {
    if (ms === undefined) continue
    const key = `${kind.padEnd(34)} ${where.padEnd(14)}`
    const before = longest.get(key) ?? { count: 0, ms: 0 }
    longest.set(key, { count: before.count + 1, ms: Math.max(before.ms, ms) })
  }
  const rows = [...longest].map(
    ([key, { count, ms }]) => `${key} ${String(count).padStart(7)} ${ms.toFixed(0).padStart(9)}`,
  )
  const head = `${'fault'.padEnd(34)} ${'where'.padEnd(14)} ${'answers'.padStart(7)} ${'longest ms'.padStart(9)}`
  const others = figures.flatMap(({ kind, where, value }) =>
    value === undefined ? [] : [`${kind} (${where}): ${value}`],
  )
  return [head, ...rows, ...others].join('\n')
}
