// Looks for a text in the rows of all pages.
import type { Page, Row, Snapshot } from '../../protocol/view.ts'
import type { PageName } from '../router.ts'

/** Something that was found. */
export interface Found {
  readonly page: PageName
  readonly key: string
  readonly title: string
  readonly about: string
}

interface Place {
  readonly page: Page & PageName
  readonly table: string
  /** The fields in which it is looked for; the first that has a value is the title. */
  readonly fields: readonly string[]
}

const PLACES: readonly Place[] = [
  { page: 'queues', table: 'queues', fields: ['name'] },
  { page: 'agents', table: 'agents', fields: ['name', 'interface', 'withName', 'withNumber'] },
  { page: 'calls', table: 'calls', fields: ['fromName', 'fromNumber', 'toName', 'toNumber', 'queue', 'trunk'] },
  { page: 'lines', table: 'trunks', fields: ['name', 'remote'] },
  { page: 'lines', table: 'endpoints', fields: ['name', 'via', 'userAgent'] },
  { page: 'rooms', table: 'rooms', fields: ['name'] },
  { page: 'rooms', table: 'parties', fields: ['name', 'number', 'room'] },
  { page: 'rooms', table: 'parked', fields: ['name', 'number', 'space'] },
]

const MOST = 20

/** Returns what has a text in it; at most twenty. */
export function findIn(snapshots: ReadonlyMap<string, Snapshot>, typed: string): Found[] {
  const wanted = typed.trim().toLowerCase()
  const found: Found[] = []
  if (wanted === '') return found
  for (const { page, table, fields } of PLACES) {
    const rows = (snapshots.get(page)?.tables as Record<string, readonly Row[]> | undefined)?.[table] ?? []
    for (const row of rows) {
      const values = fields.flatMap((field) => {
        const value = (row as unknown as Record<string, unknown>)[field]
        return typeof value === 'string' && value !== '' ? [value] : []
      })
      if (!values.some((value) => value.toLowerCase().includes(wanted))) continue
      found.push({ page, key: row.key, title: values[0] ?? '', about: values.slice(1).join(' · ') })
      if (found.length === MOST) return found
    }
  }
  return found
}

/** The pages in whose rows it is looked for. */
export const SEARCHED: readonly (Page & PageName)[] = [...new Set(PLACES.map(({ page }) => page))]
