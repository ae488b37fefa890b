import type { CommandProcess } from 'amiable-settings'
import type { Command } from 'commander'

/** What was given to a verb. */
export interface Input<O = Record<string, unknown>> {
  /** What stood behind the verb and is no option. */
  readonly args: readonly string[]
  readonly options: Readonly<O>
}

/** One verb. Its file is imported when it is used, and not before. */
export interface Verb {
  /** Adds arguments, options and examples to the command. */
  define(command: Command): void
  /** Whether it ends in order by itself when a signal comes. Any other is left where it is. */
  readonly endsItself?: boolean
  /** Does the work. Returns the exit status. */
  run(io: CommandProcess, input: Input): Promise<number>
}

/** Makes a verb whose options have these types: `define` sees to it that they have. */
export function verb<O>(parts: {
  readonly endsItself?: boolean
  define(command: Command): void
  run(io: CommandProcess, input: Input<O>): Promise<number>
}): Verb {
  return parts as Verb
}
