/** One line of the table: one reader in one case. */
export interface Row {
  readonly id: string
  readonly reader: string
  readonly unit: string
  /** Median of the rounds; per second of wall time where the unit ends in `/s`. */
  readonly value: number
  /** The same work per second of the reader's own processor time. */
  readonly perCpu?: number
  /** (largest - smallest) / median over the rounds. */
  readonly spread?: number
  /** Whether what was read is what the reference read; `lossy` is a peer that cannot read everything. */
  readonly check?: 'same' | 'lossy' | 'WRONG' | 'none'
  readonly note?: string
  readonly extra?: Readonly<Record<string, number>>
}

export interface Verdict {
  readonly text: string
  readonly wanted: string
  readonly got: string
  readonly reached: boolean | undefined
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  readonly platform: string
}

export interface Results {
  readonly when: string
  readonly machine: Machine
  readonly settings: { readonly rounds: number; readonly seconds: number; readonly pinned: boolean }
  readonly corpus: { readonly events: number; readonly bytes: number }
  readonly rows: readonly Row[]
  readonly targets: readonly Verdict[]
}

/** Lower is better for these, so a table may not call the largest the best. */
export const find = (rows: readonly Row[], id: string, reader: string): Row | undefined =>
  rows.find((row) => row.id === id && row.reader === reader)
