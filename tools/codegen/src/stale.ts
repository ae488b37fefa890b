/** Collects the overlay's entries that the documentation has made unnecessary, and those that fit nothing. */
export class Overlay {
  readonly stale: string[] = []
  /** How many entries have done something. */
  readonly used: Record<string, number> = {}

  /** Notes that an entry of that table was needed, or not. */
  needed(table: string, entry: string, is: boolean): boolean {
    if (is) this.used[table] = (this.used[table] ?? 0) + 1
    else this.stale.push(`${table}: ${entry}`)
    return is
  }
}

/** Thrown when the overlay says what needs no saying. */
export class StaleOverlayError extends Error {
  override readonly name = 'StaleOverlayError'
  readonly entries: readonly string[]

  constructor(entries: readonly string[]) {
    super(
      `the documentation already says so, or there is no such thing any more; remove from the overlay:\n  ${entries.join('\n  ')}`,
    )
    this.entries = entries
  }
}
