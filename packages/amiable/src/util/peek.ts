/**
 * Under which a message lets `amiable/state` read a header without a copy of its value. A symbol, since what it gives
 * may keep all text of the message in memory: whoever keeps such a value copies it.
 */
export const PEEK: unique symbol = Symbol('peek')

/** Under which a handler says that it keeps no event: what its client has read for it alone need not outlive its bytes. */
export const PASSING: unique symbol = Symbol('passing')

/** What can be read so. */
export interface Peekable {
  /** Returns what `get` does; where the value equals `known` it is that very string. */
  [PEEK]?(name: string, known?: string): string | undefined
}
