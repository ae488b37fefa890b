// A real table: its heads sort, and what is sorted says so.
import type { ComponentChildren, JSX, RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { say } from '../languages/language.ts'
import { type Column, type Order, sortBy } from './order.ts'
import { type Held, useSettled } from './settled.ts'

/** Keeps in which order somebody wants a table. */
function useOrder(initial?: Order): [Order | undefined, (by: string) => void] {
  const [order, setOrder] = useState(initial)
  const turn = (by: string) => setOrder({ by, down: order?.by === by ? !order.down : false })
  return [order, turn]
}

interface HeadProps<R> {
  readonly columns: readonly Column<R>[]
  readonly order: Order | undefined
  readonly turn: (by: string) => void
}

interface SortedTableProps<R> {
  readonly label: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  /** The order until somebody asks for another one. */
  readonly initial?: Order
  /** What else than the order chooses the rows: where it changes, they move at once. */
  readonly chosenBy?: string | undefined
  readonly classOf: (row: R) => string
  readonly isDense?: boolean
}

/** Shows rows in the order that somebody chose by a head. */
export function SortedTable<R extends { readonly key: string }>(props: SortedTableProps<R>): JSX.Element {
  const { label, columns, rows, initial, chosenBy, classOf, isDense } = props
  const [order, turn] = useOrder(initial)
  const sorted = sortBy(rows, columns, order)
  const { rows: placed, held, isGone } = useSettled(sorted, `${order?.by} ${order?.down} ${chosenBy}`)
  return (
    <Scrolling label={label} held={held}>
      <table class={isDense ? 'dense' : undefined}>
        <Head columns={columns} order={order} turn={turn} />
        <tbody>
          {placed.map((row) => (
            <tr key={row.key} class={classOf(row)} data-row={row.key} tabIndex={-1} inert={isGone(row)}>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  )
}

/** Shows the heads of columns. */
function Head<R>({ columns, order, turn }: HeadProps<R>): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map(({ name, title, by, number }) => {
          const isBy = order?.by === name
          const sorted = !isBy ? undefined : order.down ? 'descending' : 'ascending'
          return (
            <th key={name} scope="col" class={number ? 'number' : undefined} aria-sort={by && (sorted ?? 'none')}>
              {by === undefined ? (
                title
              ) : (
                <button type="button" onClick={() => turn(name)}>
                  {title}
                  <span aria-hidden="true">{!isBy ? '' : order.down ? '▾' : '▴'}</span>
                </button>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

/** Shows the cells of a row. */
function Cells<R>({ columns, row }: { columns: readonly Column<R>[]; row: R }): JSX.Element {
  return (
    <>
      {columns.map(({ name, show, number }) => (
        <td key={name} class={number ? 'number' : undefined}>
          {show(row)}
        </td>
      ))}
    </>
  )
}

/** Shows heads that do not sort, the last one of the actions: each has a title, and the class of its column. */
export function Heads({ heads }: { heads: readonly (readonly [title: string, kind?: string])[] }): JSX.Element {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {heads.map(([title, kind]) => (
          <th key={title} scope="col" class={kind}>
            {title}
          </th>
        ))}
        <th scope="col">
          <span class="unseen">{say('actions')}</span>
        </th>
      </tr>
    </thead>
  )
}

/** Holds a table that may be wider than its place: it scrolls by itself, also with the keyboard. */
export function Scrolling({
  label,
  children,
  held,
}: {
  label: string
  children: ComponentChildren
  held?: Held
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrows
    <section class="table-wrap" aria-label={label} tabIndex={0} ref={held as RefObject<HTMLElement>}>
      {children}
    </section>
  )
}
