import { headerColumn, isOfRow } from './find-list.ts'
import type { ListColumn, Row } from './short-lists.ts'

interface SeenRow extends Row {
  readonly Event: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

// more stand in no terminal
const MOST = 7

/** Chooses columns for rows that nothing else is known of: the first headers that say something. */
export function seenColumns(rows: readonly SeenRow[]): ListColumn[] {
  const names = new Set<string>()
  for (const { headers } of rows) {
    for (const [name, value] of headers) if (value !== '' && isOfRow(name)) names.add(name)
  }
  const kinds = new Set(rows.map(({ Event }) => Event))
  const event: ListColumn[] = kinds.size > 1 ? [{ title: 'Event', value: (row) => row.get('Event') ?? '' }] : []
  return [...event, ...[...names].slice(0, MOST - event.length).map(headerColumn)]
}
