import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'

/** Makes the error of a command that was used wrongly. */
export function usage(message: string, ...hints: readonly string[]): CliError {
  return new CliError(message, { exit: EXIT.usage, code: 'USAGE', hints })
}

/** Makes that error of a message of commander: `error: unknown option '--foo'\n(Did you mean --for?)`. */
export function usageOf(message: string): CliError {
  return usage(
    message
      .replace(/^error: /, '')
      .replace(/\n?\(Did you mean (?:one of )?(.*?)\?\)/, '; did you mean $1?')
      .replaceAll("'", ''),
  )
}
