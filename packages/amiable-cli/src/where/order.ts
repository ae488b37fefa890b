/** A row, as far as it is sorted. */
interface Sortable {
  get(name: string): string | undefined
}

/** Returns the order of rows by a header: numbers by size, other texts by letters, `-Header` the other way round. */
export function compareBy(by: string): (one: Sortable, other: Sortable) => number {
  const down = by.startsWith('-')
  const header = down ? by.slice(1) : by
  const order = new Intl.Collator('en', { numeric: true })
  return (one, other) => {
    const compared = order.compare(one.get(header) ?? '', other.get(header) ?? '')
    return down ? -compared : compared
  }
}
