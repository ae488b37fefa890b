import { setFlagsFromString } from 'node:v8'

/** Percent by which the heap may grow between two full collections. */
const GROWTH = 40

/**
 * Makes V8 collect what has gone before the heap has grown to several times of what is needed. The live state replaces
 * records all the time, and the events of the rings are no part of the heap: a collection is short.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
}
