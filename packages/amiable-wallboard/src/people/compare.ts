import { timingSafeEqual } from 'node:crypto'
import { hashOf } from './sessions.ts'

/** Compares two secrets; how long it takes says nothing of them. */
export function secureCompare(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)))
}
