/** What a CLI command wrote, and whether it succeeded. */
export interface CliResult {
  readonly ok: boolean
  readonly output: string
}

/** Returns a count with its noun: `1 call`, `2 calls`. */
export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
