/**
 * Under which a message says how many bytes it takes while it is kept. Asking cuts it out of the chunk that it came in. A
 * symbol, since every other name is that of a header; registered, so that two copies of this file agree.
 */
export const SIZE: unique symbol = Symbol.for('amiable.size')
