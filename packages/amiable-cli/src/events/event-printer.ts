// Events in every format, each one line or a block of lines.
import type { Paint } from '../output/colour.ts'
import { csvLine, tsvLine } from '../output/delimited.ts'
import { jsonLine } from '../output/json.ts'
import { clockOf, type TimeChoice } from '../output/time.ts'
import { visible } from '../output/visible.ts'
import { pad } from '../output/width.ts'
import { globOf } from '../where/glob.ts'
import { oneLine, type Printed } from './one-line.ts'

export const EVENT_FORMATS = ['text', 'jsonl', 'raw', 'csv', 'tsv'] as const
export type EventFormat = (typeof EVENT_FORMATS)[number]

/** What an event is printed with. */
export interface PrintedEvent extends Printed {
  /** Milliseconds since 1970, or since the start of a recording. */
  readonly at: number
  readonly source: string
  readonly document: () => unknown
}

export interface EventPrinterOptions {
  readonly format: EventFormat
  readonly time: TimeChoice
  /** All headers, beneath each event. */
  readonly full: boolean
  /** Headers to show, which may be globs. */
  readonly select: readonly string[]
  /** Whether each line says its server. */
  readonly several: boolean
  /** Whether a terminal shows it, which must not obey what came from the wire in `raw` either. */
  readonly isTerminal: boolean
  readonly paint: Paint
}

// most names are shorter, and longer ones push their line to the right
const NAME_WIDTH = 18

/** Makes the function that turns an event into text. */
export function eventPrinter(options: EventPrinterOptions): (event: PrintedEvent) => string {
  const { format, select, several, isTerminal } = options
  if (format === 'jsonl') return (event) => jsonLine(event.document())
  if (format === 'raw') {
    const show = isTerminal ? visible : (text: string) => text
    return ({ headers }) => `${headers.map(([name, value]) => show(`${name}: ${value}`)).join('\n')}\n`
  }
  if (format === 'text') return textPrinter(options)
  const line = format === 'csv' ? csvLine : tsvLine
  const names = select.length > 0 ? select : ['Event', 'Channel', 'Uniqueid', 'Linkedid']
  return (event) => {
    const values = names.map((name) => (name === 'source' ? event.source : (event.get(name) ?? '')))
    return line([new Date(event.at).toISOString(), ...(several ? [event.source] : []), ...values])
  }
}

/** Returns the titles of csv and tsv; nothing in the other formats. */
export function titlesOf({ format, select, several }: EventPrinterOptions): string | undefined {
  if (format !== 'csv' && format !== 'tsv') return undefined
  const names = select.length > 0 ? select : ['Event', 'Channel', 'Uniqueid', 'Linkedid']
  return (format === 'csv' ? csvLine : tsvLine)(['time', ...(several ? ['source'] : []), ...names])
}

function textPrinter({ time, full, select, several, paint }: EventPrinterOptions): (event: PrintedEvent) => string {
  const clock = clockOf(time)
  const globs = select.map((name) => globOf(name, true))
  const isSelected = (name: string) => globs.some((fits) => fits(name))
  return (event) => {
    const at = clock(event.at)
    const source = several ? [visible(event.source)] : []
    const name = paint('cyan', pad(visible(event.Event), NAME_WIDTH))
    if (full) {
      const headers = event.headers.filter(
        ([header]) => header !== 'Event' && (globs.length === 0 || isSelected(header)),
      )
      const width = headers.reduce((most, [header]) => Math.max(most, header.length), 0)
      const lines = headers.map(([header, value]) =>
        `  ${paint('dim', pad(visible(header), width))}  ${visible(value)}`.trimEnd(),
      )
      return [[at, ...source, name.trimEnd()].filter((part) => part !== '').join('  '), ...lines].join('\n')
    }
    const text =
      globs.length === 0
        ? oneLine(event)
        : event.headers.flatMap(([header, value]) => (isSelected(header) ? [`${header}=${value}`] : [])).join('  ')
    return [at, ...source, name, visible(text)]
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd()
  }
}
