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
