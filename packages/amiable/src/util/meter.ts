/** Counts bytes against a limit that several holders share. */
export class Meter {
  /** How many are held. */
  bytes = 0
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /**
   * Counts so many more if there is room for them.
   * @param share which part of the limit may be full with them
   * @returns whether there was
   */
  take(bytes: number, share = 1): boolean {
    if (this.bytes + bytes > this.limit * share) return false
    this.bytes += bytes
    return true
  }

  /** Counts so many more, or less, of what somebody else limits. */
  add(bytes: number): void {
    this.bytes += bytes
  }

  /** Counts so many less. */
  free(bytes: number): void {
    this.bytes -= bytes
  }
}
