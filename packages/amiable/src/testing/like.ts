import { checkRecord } from '../check.ts'
import { checkHeaderPatterns, describe, type HeaderPattern, meets } from './patterns.ts'

/** The asymmetric matcher that {@link like} returns. `expect` of vitest and Jest takes it in place of a value. */
export interface HeadersMatcher {
  readonly $$typeof: symbol
  /** Whether an event, or the result of its `toJSON()`, has these headers. */
  asymmetricMatch(other: unknown): boolean
  toAsymmetricMatcher(): string
  toString(): string
}

/**
 * Returns a matcher of events by their headers. Each pattern is an equal text or number, an expression that fits, or a
 * function that returns true. Headers that you do not name may have any value.
 * @example expect(events).toContainEqual(like({ Event: 'Hangup', Channel: /^PJSIP/ }))
 */
export function like(headers: string | Readonly<Record<string, HeaderPattern>>): HeadersMatcher {
  const pattern: unknown = typeof headers === 'string' ? { Event: headers } : headers
  checkRecord('headers', pattern, "an event's name, or an object of what its headers must be")
  checkHeaderPatterns('headers', pattern)
  const wanted = Object.entries(pattern as Readonly<Record<string, HeaderPattern>>)
  const shown = `like(${describe(headers)})`
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (other) => {
      return wanted.every(([header, want]) => valuesOf(other, header).some((value) => meets(want, value)))
    },
    toAsymmetricMatcher: () => shown,
    toString: () => shown,
  }
}

/** Returns the values of a header: of an event, or of a plain object. */
function valuesOf(other: unknown, header: string): string[] {
  if (typeof other !== 'object' || other === null) return []
  const event = other as { Event?: unknown; getAll?: unknown; get?: unknown }
  if (header === 'Event' && typeof event.Event === 'string') return [event.Event]
  if (typeof event.getAll === 'function') return [...(event.getAll(header) as readonly string[])]
  const value: unknown =
    typeof event.get === 'function' ? event.get(header) : (other as Record<string, unknown>)[header]
  if (value === undefined || value === null) return []
  return [value].flat().map(String)
}
