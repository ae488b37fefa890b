// Parameters and headers at run time, out of the file that npm run generate writes beside the library's catalog.
import { readFileSync } from 'node:fs'
import { actionFacts, eventFacts } from 'amiable/catalog'

/** A parameter of an action, or a header of an event or a reply. A `%` in the name stands for any text. */
export interface Field {
  readonly name: string
  /** @default 'text' */
  readonly kind?: 'number' | 'boolean' | 'scalar'
  readonly values?: readonly string[]
  /** Whether other values than those are taken too. */
  readonly open?: boolean
  readonly required?: boolean
  readonly repeats?: boolean
  readonly unit?: string
  readonly default?: string
  /** The versions of Asterisk that lack it. */
  readonly absent?: readonly string[]
}

interface Catalog {
  readonly actions: Readonly<Record<string, { page?: string; parameters: readonly Field[]; reply: readonly Field[] }>>
  readonly events: Readonly<Record<string, { page?: string; headers: readonly Field[] }>>
  readonly about: {
    readonly parameters: Readonly<Record<string, string>>
    readonly headers: Readonly<Record<string, string>>
  }
}

let catalog: Catalog | undefined

function read(): Catalog {
  // beside this file in a checkout, beside the chunk in what is published
  catalog ??= JSON.parse(readFileSync(new URL('./catalog.json', import.meta.url), 'utf8')) as Catalog
  return catalog
}

/** Returns the names of all actions; `actions` of `amiable/catalog` takes the facts about each apart as well. */
export function actionNames(): string[] {
  return Object.keys(read().actions)
}

/** Returns the names of all events. */
export function eventNames(): string[] {
  return Object.keys(read().events)
}

/** Returns the parameters of an action, in any case of letters; `undefined` if the catalog does not know it. */
export function parametersOf(action: string): readonly Field[] | undefined {
  return read().actions[actionFacts(action)?.name ?? '']?.parameters
}

/** Returns the headers of the reply to an action. */
export function replyOf(action: string): readonly Field[] {
  return read().actions[actionFacts(action)?.name ?? '']?.reply ?? []
}

/** Returns the headers of an event, in any case of letters; `undefined` if the catalog does not know it. */
export function headersOf(event: string): readonly Field[] | undefined {
  return read().events[eventFacts(event)?.name ?? '']?.headers
}

/** What a name is of. A name such as Hangup is both. */
export type Kind = 'action' | 'event'

/** Returns the address of Asterisk's own page about an action or an event. */
export function pageOf(kind: Kind, name: string): string | undefined {
  const { actions, events } = read()
  return (kind === 'action' ? actions[name] : events[name])?.page
}

/** Returns one line about a parameter of an action, or about a header of an event. */
export function aboutField(kind: Kind, name: string): string | undefined {
  const { parameters, headers } = read().about
  return kind === 'action' ? parameters[name] : headers[name]
}

/** Whether a name is that of a field, whose own may hold a `%` for any text. */
export function isNamed(field: Field, name: string): boolean {
  const [own, wanted] = [field.name.toLowerCase(), name.toLowerCase()]
  const at = own.indexOf('%')
  if (at === -1) return own === wanted
  return wanted.startsWith(own.slice(0, at)) && wanted.endsWith(own.slice(at + 1)) && wanted.length >= own.length
}
