import { styleText } from 'node:util'
import type { Row, Verdict } from './results.ts'

export const figure = (value: number | null, unit: string): string => {
  if (value === null || Number.isNaN(value)) return '-'
  if (unit.endsWith('/s') || unit === 'events') return Math.round(value).toLocaleString('en')
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

export const line = (row: Row): string => {
  const cells = [
    row.id.padEnd(26),
    row.reader.padEnd(22),
    figure(row.value, row.unit).padStart(12),
    row.unit.padEnd(13),
    (row.perCpu === undefined ? '' : `${figure(row.perCpu, row.unit)} per cpu`).padEnd(20),
    (row.spread === undefined ? '' : `±${Math.round(row.spread * 50)}%`).padEnd(6),
    row.check === undefined || row.check === 'none' ? '' : row.check,
    row.note ?? '',
  ]
  const text = cells.join(' ').trimEnd()
  return row.check === 'WRONG' || Number.isNaN(row.value) ? styleText('red', text) : text
}

export const verdictLine = ({ text, wanted, got, reached }: Verdict): string => {
  const mark = reached === undefined ? 'not run' : reached ? 'reached' : 'NOT REACHED'
  const out = `${mark.padEnd(12)} ${text.padEnd(64)} wanted ${wanted.padEnd(12)} got ${got}`
  return reached === false ? styleText('red', out) : out
}
