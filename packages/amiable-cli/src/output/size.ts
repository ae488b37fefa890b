// Sizes in bytes, as somebody writes them.

const SIZES: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** Reads `500M`, `2G` or plain bytes. Returns bytes, or `undefined` if it is none of these. */
export function sizeOf(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([KMG]?)$/i.exec(text) ?? []
  const size = count === '' ? 0 : Number(count) * (SIZES[unit.toUpperCase()] as number)
  return size > 0 ? size : undefined
}

/** Writes a size: `812 B`, `66 kB`, `1.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

const NUMBER = new Intl.NumberFormat('en')

/** Writes a count: `12,408`. */
export function countText(count: number): string {
  return NUMBER.format(count)
}
