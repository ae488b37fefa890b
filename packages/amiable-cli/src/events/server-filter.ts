// Filters in the server: events that it does not even send. They last as long as a login.
import { addEventFilter, type Client, type EventFilter } from 'amiable'
import { eventNames, headersOf } from '../catalog/fields.ts'
import { usage } from '../errors/usage.ts'
import type { Equality, Expression } from '../where/expression.ts'
import { globOf } from '../where/glob.ts'
import type { Selection } from './selection.ts'

// each is an action, and is compared with every event of the session
const MOST = 50

/** What a watch was asked for, as far as a server can leave out the rest. */
export interface Filterable {
  readonly names: readonly string[]
  readonly not: readonly string[]
  readonly selection: Selection
  /** Comparisons that must all hold. */
  readonly expressions: readonly Expression[]
  /** A text that a value must contain. */
  readonly grep: string | undefined
}

/** What a filter compares. */
type Compared = Pick<EventFilter, 'header' | 'method' | 'value'>

/**
 * Returns the filters that leave out what is not wanted. They may let more pass, and never less: the watch looks at
 * each event again. The server adds up what filters include, so that of several comparisons one is included.
 * @throws {CliError} where nothing of what was asked for can be filtered
 */
export function serverFiltersOf({ names, not, selection, expressions, grep }: Filterable): EventFilter[] {
  const { has, unknown } = selection
  const wanted = [...eventNames().filter(has), ...unknown.filter(has)]
  if (names.length > 0 && wanted.length === 0) throw usage('--server-filter needs names of events that there are')
  const equalities = expressions.flatMap(({ equality }) => equality ?? [])
  const compared = includedOf(equalities, grep, wanted)
  const named: (string | undefined)[] = names.length > 0 ? wanted : [undefined]
  const product = (values: readonly Compared[]) =>
    named.flatMap((event) => values.map((value): EventFilter => ({ action: 'include', event, ...value })))
  const isFew = compared.length > 0 && named.length * compared.length <= MOST
  const included = isFew ? product(compared) : names.length > 0 ? product([{}]) : []
  // the names to include lack these already
  const excludedNames = names.length > 0 ? [] : [...new Set(not.flatMap(namesOf))]
  const all: EventFilter[] = [
    ...included,
    ...excludedNames.map((event): EventFilter => ({ action: 'exclude', event })),
    ...excludedOf(equalities, wanted).map((value): EventFilter => ({ action: 'exclude', ...value })),
  ]
  if (all.length === 0) throw usage('--server-filter needs names of events, --not, -w Header=value or -g')
  if (all.length > MOST) throw usage(`--server-filter cannot name ${all.length} events: ${MOST} are the most`)
  return all
}

/** Returns the names that `--not` means; one that the catalog does not know stands for itself. */
function namesOf(pattern: string): string[] {
  const fits = globOf(pattern, true)
  const known = eventNames().filter(fits)
  return known.length === 0 && /^[\w-]+$/.test(pattern) ? [pattern] : known
}

/** Returns the first comparison that a server can make in full, as its alternatives; empty if there is none. */
function includedOf(
  equalities: readonly Equality[],
  grep: string | undefined,
  wanted: readonly string[],
): readonly Compared[] {
  for (const { header, values, isNegated } of equalities) {
    if (isNegated) continue
    const methods = values.map(methodOf)
    const spellings = spellingsOf(header, wanted)
    if (spellings.length === 0 || methods.includes(undefined)) continue
    return spellings.flatMap((name) => methods.map((method) => ({ header: name, ...method })))
  }
  return grep !== undefined && PLAIN.test(grep) ? [{ method: 'contains', value: grep }] : []
}

/** Returns all values that a server can leave out. */
function excludedOf(equalities: readonly Equality[], wanted: readonly string[]): readonly Compared[] {
  return equalities.flatMap(({ header, values, isNegated }) => {
    const methods = isNegated ? values.flatMap((value) => methodOf(value) ?? []) : []
    return spellingsOf(header, wanted).flatMap((name) => methods.map((method) => ({ header: name, ...method })))
  })
}

/**
 * Returns how these events spell a header: the server looks at its case (main/manager.c:filter_cmp_fn), and a watch
 * does not.
 */
function spellingsOf(header: string, events: readonly string[]): string[] {
  const own = header.toLowerCase()
  const all = events.flatMap((event) => headersOf(event) ?? []).map(({ name }) => name)
  return [...new Set(all.filter((name) => name.toLowerCase() === own && /^[\w-]+$/.test(name)))]
}

// without a blank at either end, which a server skips
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/

/** Returns how a server compares a value or a glob; `undefined` where it cannot. */
function methodOf(glob: string): Compared | undefined {
  const [, before = '', value = '', after = ''] = /^(\*?)([^*?]+)(\*?)$/.exec(glob) ?? []
  if (!PLAIN.test(value)) return undefined
  if (before === '') return { method: after === '' ? 'exact' : 'startsWith', value }
  return { method: after === '' ? 'endsWith' : 'contains', value }
}

/** Adds them to the session that a client has now. */
export async function addFilters(client: Client, filters: readonly EventFilter[]): Promise<void> {
  for (const filter of filters) await addEventFilter(client, filter)
}
