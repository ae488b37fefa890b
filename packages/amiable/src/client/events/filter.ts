import { checkSync, got, isListOf } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Message } from '../../wire/message.ts'

/** Says which events a listener receives: a name, names, `'*'` for all, or a predicate. */
export type Filter<E> = string | readonly string[] | ((event: E) => boolean)

/** What a filter takes: events of these names, all where there are none, of them those that the predicate takes. */
export interface ParsedFilter {
  readonly names: ReadonlySet<string> | undefined
  readonly predicate: ((event: Message) => boolean) | undefined
}

/**
 * Returns what a filter takes.
 * @throws {ArgumentError} for what is none
 */
export function parseFilter(filter: Filter<Message>): ParsedFilter {
  if (typeof filter === 'function') {
    checkSync('filter', filter)
    return { names: undefined, predicate: filter }
  }
  if (filter === '*') return { names: undefined, predicate: undefined }
  const names = typeof filter === 'string' ? [filter] : filter
  if (!isListOf(names, (name) => typeof name === 'string' && name !== '') || names.length === 0) {
    throw invalid('filter', `must be an event's name, a list of names, '*' or a predicate, ${got(filter)}`)
  }
  return names.includes('*')
    ? { names: undefined, predicate: undefined }
    : { names: new Set(names), predicate: undefined }
}
