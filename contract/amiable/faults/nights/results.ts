import { after } from 'node:test'

/** A figure of a run: `ms` for a time to a truthful answer, `value` for anything else. */
export interface Figure {
  readonly kind: string
  readonly where: string
  readonly ms?: number
  readonly value?: string
}

const figures: Figure[] = []

after(() => {
  if (figures.length > 0) console.log(tableOf(figures))
})

/** Keeps a figure for the table that is printed at the end of its file. */
export function record(figure: Figure): void {
  figures.push(figure)
}

/** A table of the longest time of each kind and place, then the other figures. */
function tableOf(figures: readonly Figure[]): string {
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
