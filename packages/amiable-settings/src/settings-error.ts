/** What is wrong with a setting, as the user reads it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  /** A word for programs. */
  readonly code: 'CONFIG' | 'SECRET' | 'USAGE'
  /** What to do, one line each. */
  readonly hints: readonly string[]

  constructor(code: SettingsError['code'], message: string, ...hints: readonly string[]) {
    super(message)
    this.code = code
    this.hints = hints
  }
}
