import { visible } from './visible.ts'

/** Returns one line of CSV (RFC 4180, without its CR). Control characters are made visible. */
export function csvLine(cells: readonly string[]): string {
  return cells
    .map(visible)
    .map((cell) => (/[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

/** Returns one line of tab-separated text. Control characters are made visible, and so is a tab: `\t`. */
export function tsvLine(cells: readonly string[]): string {
  return cells.map(visible).join('\t')
}
