/** Gets what passes a connection: its bytes as they are, secrets included. */
export interface TapListener {
  /**
   * Takes bytes that passed, cut anywhere: `out` what the server sent, `in` what it was asked.
   * @param session which connection, from 1
   * @param text a byte string: one character for one byte
   * @param midway whether they begin in the middle of a message, or might
   */
  chunk(session: number, direction: 'in' | 'out', text: string, midway: boolean): void
  /** Takes the end of the connection. */
  end(session: number): void
}

/** Begins to pass the bytes on, and returns the function that ends it. */
export type Tap = (listener: TapListener) => () => void

/**
 * Under which a client offers its tap to whoever records it. Registered, so that two copies of this file agree; a
 * symbol, since it carries secrets and is nobody's interface.
 */
export const TAP: unique symbol = Symbol.for('amiable.tap')
