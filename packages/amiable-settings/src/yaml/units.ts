// Durations and sizes as people write them.

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZES: Readonly<Record<string, number>> = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 }

/** Reads `500ms`, `10s`, `24h` or `7d`; returns milliseconds, or `undefined` if it is none. */
export function millisecondsOf(text: string): number | undefined {
  return amountOf(text, TIMES)
}

/** Reads `64MiB` or `1GiB`; returns bytes, or `undefined` if it is none. */
export function bytesOf(text: string): number | undefined {
  return amountOf(text, SIZES)
}

function amountOf(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9})([A-Za-z]{1,3})$/.exec(text) ?? []
  if (number === undefined || !Object.hasOwn(units, unit)) return undefined
  return Number(number) * (units[unit] as number)
}

/** Says a time as people write it. */
export function timeText(milliseconds: number): string {
  return amountText(milliseconds, TIMES)
}

/** Says a size as people write it. */
export function bytesText(bytes: number): string {
  return amountText(bytes, SIZES)
}

function amountText(amount: number, units: Readonly<Record<string, number>>): string {
  const [unit, size] = Object.entries(units).findLast(([, one]) => amount >= one) ?? Object.entries(units)[0] ?? ['', 1]
  return `${Number((amount / size).toFixed(1))} ${unit}`
}
