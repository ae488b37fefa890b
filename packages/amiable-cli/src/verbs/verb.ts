import type { Command } from 'commander'
import type { Common, Io, Whole } from '../io.ts'

/** A verb with what was given to it. */
export interface Input<O = Record<string, unknown>> extends Common {
  /** What stood behind the verb and is no option. */
  readonly args: readonly string[]
  readonly options: Readonly<O>
  readonly whole: Whole
}

/** One verb. Its file is imported when it is used, and not before. */
export interface Verb {
  /** Adds arguments, options and examples to the command. */
  define(command: Command): void
  /** Does the work. Returns the exit status. */
  run(io: Io, input: Input): Promise<number>
}

/** Returns a verb whose options have these types: `define` sees to it that they have. */
export function verb<O>(parts: {
  define(command: Command): void
  run(io: Io, input: Input<O>): Promise<number>
}): Verb {
  return parts as Verb
}
