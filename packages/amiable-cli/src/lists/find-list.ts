import { actionFacts } from 'amiable/catalog'
import { actionNames, headersOf } from '../catalog/fields.ts'
import { didYouMean, usage } from '../errors/usage.ts'
import { type ListColumn, SHORT_LISTS, type ShortList } from './short-lists.ts'

/** Headers of every row that say nothing of it. */
const OF_THE_LIST = ['Event', 'ActionID', 'EventList', 'ListItems', 'Privilege', 'Timestamp', 'SystemName']

/** A list that was found by its short name, or by the name of its action. */
export interface FoundList extends ShortList {
  /** None where the list has no short name: what its rows have decides. */
  readonly columns: readonly ListColumn[]
  /** Every header that its rows have, for `wide`, `csv` and `tsv`. */
  readonly headers: readonly string[]
}

/** Finds a list by its short name or its action, in any case of letters. */
export function findList(what: string): FoundList {
  const short = Object.hasOwn(SHORT_LISTS, what.toLowerCase()) ? SHORT_LISTS[what.toLowerCase()] : undefined
  if (short) return { ...short, headers: headersOfRows(short.action, short.event) }
  const facts = actionFacts(what)
  if (facts?.completion === undefined) {
    const hint = facts ? `${facts.name} answers with no list: amiable send ${facts.name}` : 'amiable list shows them.'
    throw usage(`there is no list ${what}${facts ? '' : didYouMean(what, listNames())}`, hint)
  }
  const headers = headersOfRows(facts.name, undefined)
  return { action: facts.name, columns: [], headers, name: headers[0] ?? '' }
}

/** Returns the names of all lists: the short ones, and the actions. */
export function listNames(): string[] {
  const named = actionNames().filter((name) => actionFacts(name)?.completion !== undefined)
  return [...Object.keys(SHORT_LISTS), ...named]
}

/** Makes the column of a header. */
export function headerColumn(name: string): ListColumn {
  return { title: name, value: (row) => row.get(name) ?? '' }
}

function headersOfRows(action: string, event: string | undefined): string[] {
  const rows = event === undefined ? (actionFacts(action)?.rows ?? []) : [event]
  const names = rows.flatMap((row) => (headersOf(row) ?? []).map(({ name }) => name))
  return [...new Set(names)].filter((name) => !name.includes('%') && !OF_THE_LIST.includes(name))
}

/** Whether a header says something of its row. */
export function isOfRow(name: string): boolean {
  return !OF_THE_LIST.includes(name)
}

// what Asterisk refuses to list because there is none of it
const NONE = /^No (?:active conferences|dialplan hints are available|[\w ]*(?<!that name) found)\.?$/i

/** Whether a refusal says that the list is empty. */
export function saysNone(message: string): boolean {
  return NONE.test(message.trim())
}
