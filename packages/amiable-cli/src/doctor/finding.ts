/** How bad a finding is; `unknown`: it cannot be found out. */
export type Level = 'ok' | 'warn' | 'error' | 'unknown'

/** What one check found. */
export interface Finding {
  /** Names the check, for scripts that look for it. */
  readonly id: string
  readonly level: Level
  /** What was looked at, in one word. */
  readonly what: string
  readonly says: string
  /** What to do. */
  readonly fix?: readonly string[]
}
