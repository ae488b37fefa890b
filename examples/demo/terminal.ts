import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const colour = process.stdout.isTTY === true && !process.env.NO_COLOR

/** Text in a style, where the terminal has styles and the user wants them. */
export function paint(style: Style, text: string): string {
  return colour ? styleText(style, text) : text
}

const LABEL = 11

/** A line of the demo: what is done, and how it went. */
export function step(label: string, text = ''): void {
  console.log(`${paint('green', '●')} ${paint('bold', label.padEnd(LABEL))}${text}`.trimEnd())
}

/** A line under a step. */
export function under(text: string): void {
  console.log(`${' '.repeat(LABEL + 2)}${text}`)
}

/** Rows under a step, in columns as wide as they need to be. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')
  under(paint('dim', line(heads).trimEnd()))
  for (const row of rows) under(line(row).trimEnd())
}

export function milliseconds(since: number): string {
  const time = performance.now() - since
  return time < 10 ? `${time.toFixed(1)} ms` : time < 10_000 ? `${Math.round(time)} ms` : `${Math.round(time / 1000)} s`
}
