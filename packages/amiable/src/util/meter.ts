/** Counts bytes against a limit that several holders share. */
export class Meter {
  /** How many are held. */
  bytes = 0
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** Counts so many more if the limit allows them; says whether it did. */
  take(bytes: number): boolean {
    if (this.bytes + bytes > this.limit) return false
    this.bytes += bytes
    return true
  }

  /** Counts so many less. */
  free(bytes: number): void {
    this.bytes -= bytes
  }
}
