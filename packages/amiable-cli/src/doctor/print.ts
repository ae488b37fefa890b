import type { Common, Io } from '../io.ts'
import type { Style } from '../output/colour.ts'
import { visible } from '../output/visible.ts'
import { pad, widthOf } from '../output/width.ts'
import type { Finding, Level } from './finding.ts'

const WORDS: Readonly<Record<Level, readonly [word: string, style: Style]>> = {
  ok: ['ok', 'green'],
  warn: ['WARN', 'yellow'],
  error: ['ERROR', 'red'],
  unknown: ['?', 'dim'],
}

/** Prints findings under a title, each with its fix. */
export async function printFindings(
  io: Io,
  { paint }: Common,
  title: string,
  findings: readonly Finding[],
): Promise<void> {
  await io.out.line(`${paint('bold', visible(title))}\n`)
  const nameOf = ({ id, what, level }: Finding) => (level === 'ok' ? what : `${id} ${what}`)
  const width = findings.reduce((most, one) => Math.max(most, widthOf(nameOf(one))), 0)
  const indent = ' '.repeat(2 + 5 + 2)
  for (const one of findings) {
    const [word, style] = WORDS[one.level]
    await io.out.line(`  ${paint(style, pad(word, 5))}  ${pad(nameOf(one), width)}  ${visible(one.says)}`)
    for (const [at, line] of (one.fix ?? []).entries())
      await io.out.line(`${indent}${pad(at === 0 ? 'fix' : '', width)}  ${visible(line)}`)
  }
}

/** Counts the findings in words, as in `1 error, 2 warnings`. */
export function countFindings(findings: readonly Finding[]): string {
  const names: readonly (readonly [Level, string, string])[] = [
    ['error', 'error', 'errors'],
    ['warn', 'warning', 'warnings'],
    ['unknown', 'unknown', 'unknown'],
  ]
  const parts = names.flatMap(([level, one, many]) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  })
  return parts.join(', ') || 'no fault found'
}
