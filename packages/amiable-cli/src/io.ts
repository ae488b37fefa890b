import type { Client } from 'amiable'
import type { CommandProcess } from 'amiable-settings'
import type { Environment } from './context/places.ts'
import type { Paint } from './output/colour.ts'

/** What a verb has of the process that it runs in. */
export interface Io extends CommandProcess {
  /** Columns of the terminal; `undefined` where output is no terminal, and nothing is cut then. */
  columns(): number | undefined
  /** Rows of the terminal; `undefined` where output is none. */
  rows(): number | undefined
  /** Secrets that were typed, by whom they are of: one that several connections need is asked for once. */
  readonly typed: Map<string, Promise<string>>
  /** The connection to a server that is there already, as in a shell. */
  readonly shared?: (name: string) => Client | undefined
}

/** The choices that every verb shares, as they were given. */
export interface Common {
  /** Styles standard output. */
  readonly paint: Paint
  /** How often `-v` was given. */
  readonly verbose: number
  /** Whether questions may be asked. */
  readonly input: boolean
}

/** The command that a verb is part of, for a verb that runs others. */
export interface Whole {
  /** Runs a command line to its end. Returns its exit status. */
  run(io: Io, words: readonly string[]): Promise<number>
  /** Returns the candidates for the last of the words. */
  complete(words: readonly string[], env: Environment): Promise<readonly string[]>
}
