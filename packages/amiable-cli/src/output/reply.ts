// The answer to an action, in every format.
import type { AmiEvent, RawResponse } from 'amiable'
import type { Common, Io } from '../io.ts'
import { isOfRow } from '../lists/find-list.ts'
import { seenColumns } from '../lists/seen-columns.ts'
import type { ListColumn } from '../lists/short-lists.ts'
import { documentOf, jsonLine, jsonText } from './json.ts'
import { layOut } from './table.ts'
import { visible, visibleLine } from './visible.ts'
import { pad, widthOf } from './width.ts'

export const REPLY_FORMATS = ['table', 'json', 'jsonl', 'raw'] as const
export type ReplyFormat = (typeof REPLY_FORMATS)[number]

/** Prints an answer with the rows of its list. */
export async function printReply(
  io: Io,
  { paint }: Common,
  response: RawResponse,
  { format, several, waited }: { format: ReplyFormat; several: boolean; waited?: AmiEvent | undefined },
): Promise<void> {
  const { out } = io
  if (format === 'json' || format === 'jsonl') {
    const document = { ...documentOf(response), ...rowsOf(response), ...(waited && { waited: documentOf(waited) }) }
    await out.line(format === 'json' ? jsonText(document) : jsonLine(document))
    return
  }
  if (format === 'raw') {
    const { events, completion } = response
    const messages = [response, ...events, ...(completion ? [completion] : []), ...(waited ? [waited] : [])]
    const show = io.isTerminal.out ? visible : (text: string) => text
    for (const { headers } of messages)
      await out.line(`${headers.map(([name, value]) => show(`${name}: ${value}`)).join('\n')}\n`)
    return
  }
  const own = response.headers.filter(([name]) => !['Response', 'Message', 'Output'].includes(name) && isOfRow(name))
  const first = [several ? response.source : '', response.get('Response') ?? '', response.get('Message') ?? '']
  await out.line(
    first
      .filter((text) => text !== '')
      .map(visible)
      .join('  '),
  )
  const width = own.reduce((most, [name]) => Math.max(most, widthOf(visible(name))), 0)
  for (const [name, value] of own) {
    await out.line(`  ${paint('dim', pad(visible(name), width))}  ${visible(value)}`.trimEnd())
  }
  for (const line of response.lines) await out.line(visibleLine(line))
  if (response.events.length > 0) await printRows(io, paint, response.events)
  if (waited !== undefined) {
    const headers = waited.headers.filter(([name]) => name !== 'Event' && isOfRow(name))
    const most = headers.reduce((widest, [name]) => Math.max(widest, widthOf(visible(name))), 0)
    await out.line(`\n${paint('bold', visible(waited.Event))}`)
    for (const [name, value] of headers)
      await out.line(`  ${paint('dim', pad(visible(name), most))}  ${visible(value)}`.trimEnd())
  }
}

/** Returns what JSON has of a list: its rows, and of an answer with text the lines. */
function rowsOf({ events, completion, lines }: RawResponse): object {
  return {
    ...(events.length > 0 && { events: events.map((event) => event.toJSON()) }),
    ...(completion && { completion: completion.toJSON() }),
    ...(lines.length > 0 && { lines }),
  }
}

async function printRows(io: Io, paint: Common['paint'], rows: readonly AmiEvent[]): Promise<void> {
  const columns: readonly ListColumn[] = seenColumns(rows)
  const cells = rows.map((row) => columns.map(({ value }) => visible(value(row))))
  const heading = (line: string) => paint('bold', line)
  for (const line of layOut(columns, cells, { width: io.columns(), heading })) await io.out.line(line)
}
