/** What is wrong, as the user reads it, with the exit status that it leads to. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exit: number
  /** What to do, one line each. */
  readonly hints: readonly string[]
  /** A word for programs, such as `USAGE`. */
  readonly code: string

  constructor(message: string, options: { exit: number; code: string; hints?: readonly string[]; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.exit = options.exit
    this.code = options.code
    this.hints = options.hints ?? []
  }
}
