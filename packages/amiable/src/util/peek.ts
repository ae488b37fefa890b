/**
 * Under which a message lets `amiable/state` read a header without a copy of a value that is known, and without a copy
 * of the message. A symbol, since every other name is that of a header.
 */
export const PEEK: unique symbol = Symbol('peek')

/** Under which a handler says that it keeps no event: what its client has read for it alone need not outlive its bytes. */
export const PASSING: unique symbol = Symbol('passing')

/** What can be read so. */
export interface Peekable {
  /** Returns what `get` does; where the value equals `known` it is that very string. */
  [PEEK]?(name: string, known?: string): string | undefined
}
