// What a view shows, as rows under their keys: a snapshot and the patches after it.
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Patch, Row, Snapshot, TableName } from '../../protocol/view.ts'

type AnyRow = Readonly<{ key: string }>

/** One table. A row is replaced and never changed, so the same object is the same row. */
class Table {
  readonly rows = new Map<string, AnyRow>()
  readonly list: Signal<readonly AnyRow[]> = signal([])

  publish(): void {
    this.list.value = [...this.rows.values()]
  }
}

/** The tables of the view that is shown. */
export class Tables {
  #tables = new Map<string, Table>()
  #revision: Signal<string | undefined> = signal(undefined)

  /** Where the rows stand; `undefined` until there is a snapshot. */
  get revision(): ReadonlySignal<string | undefined> {
    return this.#revision
  }

  /** Returns the rows of a table, in the order in which they came. */
  list<R extends Row>(name: TableName): ReadonlySignal<readonly R[]> {
    return this.#table(name).list as unknown as ReadonlySignal<readonly R[]>
  }

  /** Returns a row; whoever reads it is drawn again when its table changes. */
  get<R extends Row>(name: TableName, key: string): R | undefined {
    const table = this.#table(name)
    void table.list.value
    return table.rows.get(key) as R | undefined
  }

  /** Puts a snapshot in the place of everything. A row that has not changed stays the same object. */
  replace({ revision, tables }: Pick<Snapshot, 'revision' | 'tables'>): void {
    const given = Object.entries(tables as Record<string, readonly AnyRow[]>)
    for (const name of new Set([...this.#tables.keys(), ...given.map(([name]) => name)])) {
      const table = this.#table(name)
      const before = new Map(table.rows)
      table.rows.clear()
      for (const row of given.find(([one]) => one === name)?.[1] ?? []) {
        const old = before.get(row.key)
        table.rows.set(row.key, old !== undefined && JSON.stringify(old) === JSON.stringify(row) ? old : row)
      }
      table.publish()
    }
    this.#revision.value = revision
  }

  /** Applies a patch. A field of a row that nobody has is left out: its row will be put. */
  patch(patch: Patch, revision: string): void {
    const touched = new Set<Table>()
    for (const [operation, name, what, fields] of patch) {
      const table = this.#table(name)
      touched.add(table)
      if (operation === 'put') table.rows.set(what.key, what)
      else if (operation === 'del') table.rows.delete(what)
      else {
        const row = table.rows.get(what)
        if (row !== undefined) table.rows.set(what, { ...row, ...fields })
      }
    }
    for (const table of touched) table.publish()
    this.#revision.value = revision
  }

  /** Forgets everything: another page, or another person. */
  clear(): void {
    for (const table of this.#tables.values()) {
      table.rows.clear()
      table.publish()
    }
    this.#revision.value = undefined
  }

  #table(name: string): Table {
    let table = this.#tables.get(name)
    if (table === undefined) {
      table = new Table()
      this.#tables.set(name, table)
    }
    return table
  }
}
