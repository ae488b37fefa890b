/**
 * Under which a message lets `amiable/state` read a header without a copy of a value that is known, and without a copy
 * of the message. A symbol, since every other name is that of a header.
 */
export const PEEK: unique symbol = Symbol('peek')

/** Under which a handler says that it keeps no event: what its client has read for it alone need not outlive its bytes. */
export const PASSING: unique symbol = Symbol('passing')

/**
 * Under which a passing handler looks at events that wait and come to it next. It may touch memory, and has no other
 * effect: some of them may never come to it.
 */
export const AHEAD: unique symbol = Symbol('ahead')

/** Looks at the events from `from` to `end`. */
export type Ahead<E> = (events: readonly E[], from: number, end: number) => void

/**
 * Under which the options of `listRaw` have what takes the Response of a list that is over without rows. It is called
 * before anything behind that Response has been delivered; whoever awaits the call may have heard of more by then.
 * Registered, so that two copies of this file agree.
 */
export const ANSWERED: unique symbol = Symbol.for('amiable.answered')

/** At how many events a handler looks at once: what they are about fits into the second cache of a processor. */
export const MOST_AHEAD = 64

/** Under which a message has what reads it by places, as long as its bytes are there. */
export const PLACES: unique symbol = Symbol('places')

/** Reads the bytes of a message where they are. */
export interface Peek {
  /** Returns the value of the first header of this name; where it equals `known` it is that very string. */
  read(name: string, known?: string): string | undefined
  /** Returns a value as a whole number; -1 where it has anything but digits. */
  number(name: string): number
  /** Returns what `numberAtEnd` does of a value. */
  numberAtEnd(name: string, base: number): number
  /** Returns what `hashOf` does of a value. */
  hash(name: string): number
}

/** What can be read so. */
export interface Peekable {
  readonly [PLACES]?: Peek | undefined
  /** Returns what `get` does; where the value equals `known` it is that very string. */
  [PEEK]?(name: string, known?: string): string | undefined
}
