import type { Client } from 'amiable'
import type { Environment } from './context/places.ts'
import type { Paint } from './output/colour.ts'
import type { Writer } from './output/writer.ts'

/** What a verb has of the process that it runs in. */
export interface Io {
  /** Standard output: data, and nothing else. */
  readonly out: Writer
  /** Standard error: counts, warnings, questions and errors. */
  readonly err: Writer
  readonly env: Environment
  /** Aborts when the user or the system ends the command, with the signal's name as its reason. */
  readonly signal: AbortSignal
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean }
  /** Columns of the terminal; `undefined` where output is no terminal, and nothing is cut then. */
  columns(): number | undefined
  /** Rows of the terminal; `undefined` where output is none. */
  rows(): number | undefined
  /** Secrets that were typed, by whom they are of: one that several connections need is asked for once. */
  readonly typed: Map<string, Promise<string>>
  /** Sets what ^C does instead of ending the command; without a handler it ends the command again. */
  onInterrupt(handler?: () => void): void
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
