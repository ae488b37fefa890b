// Sizes in bytes, as somebody writes them.

const SIZES: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** Reads `500M`, `2G` or plain bytes. Returns bytes, or `undefined` if it is none of these. */
export function sizeOf(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([KMG]?)$/i.exec(text) ?? []
  const size = count === '' ? 0 : Number(count) * (SIZES[unit.toUpperCase()] as number)
  return size > 0 ? size : undefined
}
