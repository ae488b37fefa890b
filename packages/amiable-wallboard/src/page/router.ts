// Where one is: the path of the hash, and what is chosen there, so that an address can be sent to somebody.
import { signal } from '@preact/signals'

export const PAGES = ['queues', 'agents', 'calls', 'lines', 'rooms', 'phone'] as const
export type PageName = (typeof PAGES)[number]

export interface Route {
  readonly page: PageName
  /** What is chosen: `filter=paused`. */
  readonly query: Readonly<Record<string, string>>
}

/** Reads a hash; what no page has leads to the start page. */
export function routeOf(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  const page = PAGES.find((name) => name === path) ?? 'queues'
  return { page, query: Object.fromEntries(new URLSearchParams(search)) }
}

/** Returns the name of the board that a path leads to; one that is written wrongly is none of any board. */
export function boardOf(path: string): string | undefined {
  const name = /^\/wall\/([^/]+)/.exec(path)?.[1]
  try {
    return name && decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Writes a hash. */
export function hashOf({ page, query }: Route): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(given).toString()
  return `#/${page}${search === '' ? '' : `?${search}`}`
}

export const route = signal<Route>({ page: 'queues', query: {} })

/** Follows the address. */
export function startRouter(): void {
  const read = () => {
    route.value = routeOf(location.hash)
  }
  addEventListener('hashchange', read)
  read()
}

/** Chooses something on this page, in the address too; `undefined` takes it back. */
export function choose(changes: Readonly<Record<string, string | undefined>>): void {
  const { page, query } = route.value
  const merged: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...query, ...changes })) if (value !== undefined) merged[name] = value
  const next = { page, query: merged }
  history.replaceState(null, '', hashOf(next))
  route.value = next
}

/** Goes to a page. */
export function goTo(page: PageName, query: Readonly<Record<string, string>> = {}): void {
  location.hash = hashOf({ page, query })
}
