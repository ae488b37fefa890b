/** A configuration of which some values may be missing. */
export type PartialOf<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: PartialOf<T[K]> | undefined }
    : T

/** A fault and where it is. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Other values that it is about: where one of these is wrong by itself, nothing is said. */
  readonly of?: readonly (readonly (string | number)[])[]
}

/** A fault with its place in the file. */
export interface PlacedFault {
  /** As in `asterisks.pbx1.port`; empty for the file itself. */
  readonly path: string
  /** The line and the column, from 1. Absent where there is no file. */
  readonly line: number | undefined
  readonly column: number | undefined
  readonly message: string
}

/** What the process has besides the file. */
export type Environment = Readonly<Record<string, string | undefined>>
