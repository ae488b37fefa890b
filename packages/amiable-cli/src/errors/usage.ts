import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'

/** Makes the error of a command that was used wrongly. */
export function usage(message: string, ...hints: readonly string[]): CliError {
  return new CliError(message, { exit: EXIT.usage, code: 'USAGE', hints })
}

export { didYouMean, nearest } from 'amiable-settings'
