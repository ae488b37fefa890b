// One look at the centre: for whom, at what, and with which of the facts that the model itself does not keep.
import type { Channel, Freshness, Party, State } from 'amiable/state'
import type { FreshKind, FreshnessState, KindFreshness, Level } from '../protocol/rows.ts'
import type { Page } from '../protocol/view.ts'
import { fits, maskedNumber, maskedText, type Scope } from './scope.ts'

const LONGEST = 256

/** Whose device one has. */
export interface OwnDevice {
  readonly server: string
  readonly interface: string
}

/** What a view shows, and to whom. Two browsers with equal ones share a view. */
export interface ViewSpec {
  readonly page: Page
  readonly scope: Scope
  readonly masked: boolean
  /** Whether it is shown that somebody listens. */
  readonly seesSpies: boolean
  readonly servers: readonly string[] | undefined
  readonly queues: readonly string[] | undefined
  readonly window: '15' | '60' | 'today'
  readonly call: string | undefined
  readonly board: string | undefined
  readonly device: OwnDevice | undefined
}

/** A table of rows by their keys. */
export type Rows<T> = Map<string, T>

/** A server as one look finds it. */
export interface ServerLook {
  readonly name: string
  readonly connected: boolean
  readonly state: State
}

/** Looks for one view. It keeps rows whose records have not changed, so that a look costs little. */
export class Look {
  readonly spec: ViewSpec
  #kept = new WeakMap<object, { readonly others: readonly unknown[]; readonly row: unknown }>()

  constructor(spec: ViewSpec) {
    this.spec = spec
  }

  /** Returns the row of a record: the one of the last look if neither it nor the others that it is made of changed. */
  row<T>(record: object, others: readonly unknown[], make: () => T): T {
    const kept = this.#kept.get(record)
    if (
      kept !== undefined &&
      kept.others.length === others.length &&
      kept.others.every((one, i) => one === others[i])
    ) {
      return kept.row as T
    }
    const row = make()
    this.#kept.set(record, { others, row })
    return row
  }

  seesServer(name: string): boolean {
    const { scope, servers } = this.spec
    return fits(scope.servers, name) && (servers === undefined || servers.includes(name.toLowerCase()))
  }

  seesQueue(name: string): boolean {
    const { scope, queues } = this.spec
    return fits(scope.queues, name) && (queues === undefined || fits(queues, name))
  }

  /** Whether everything of a server is seen, and not only what belongs to some queues or devices. */
  get seesAll(): boolean {
    const { queues, devices } = this.spec.scope
    return queues === undefined && devices === undefined
  }

  isOwn(server: string, device: string): boolean {
    const own = this.spec.device
    return own !== undefined && own.server === server && own.interface.toLowerCase() === device.toLowerCase()
  }

  number(text: string | undefined): string | null {
    if (text === undefined || text === '') return null
    return cut(this.spec.masked ? maskedNumber(text) : text)
  }

  name(text: string | undefined): string | null {
    if (text === undefined || text === '') return null
    // cut first: a name of a megabyte must not be searched at each look
    return this.spec.masked ? maskedText(cut(text)) : cut(text)
  }

  /** Returns what others wrote, at a length that a page can show. */
  text(text: string | undefined): string | null {
    return text === undefined || text === '' ? null : cut(text)
  }

  /** Returns number and name of a party. */
  party(party: Party | undefined): [number: string | null, name: string | null] {
    return [this.number(party?.number), this.name(party?.name)]
  }
}

/** What a caller calls himself may have any length; no page has room for more. */
function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

/** Returns the key of a record of a server. */
export function keyOf(server: string, key: string): string {
  return `${server}/${key}`
}

/** Returns a time as the page has it. */
export function at(date: Date | undefined): number | null {
  return date === undefined ? null : date.getTime()
}

/** Returns how bad a value is, where more is worse. */
export function levelOf(value: number, { warning, alarm }: { warning: number; alarm: number }): Level | null {
  return value >= alarm ? 'alarm' : value >= warning ? 'warning' : null
}

/** Returns how fresh a kind is in the words of the page. */
export function freshnessOf(freshness: Freshness, connected: boolean): KindFreshness {
  const state: FreshnessState = freshness.type
  if (freshness.type === 'stale') return { state, asOf: freshness.since.getTime() }
  if (freshness.type === 'listing')
    return { state: connected ? state : 'stale', asOf: freshness.known ? freshness.since.getTime() : null }
  return { state, asOf: null }
}

/** The kinds that each page shows. */
export const KINDS_OF: Readonly<Record<Page, readonly FreshKind[]>> = {
  queues: ['queues'],
  agents: ['queues', 'calls'],
  calls: ['calls'],
  call: ['calls'],
  lines: ['endpoints', 'contacts', 'trunks', 'devices'],
  rooms: ['rooms', 'parking'],
  phone: ['queues', 'calls', 'parking'],
  board: ['queues'],
}

/** Makes a short text that differs where these differ: a row's stamp. It protects nothing, it only tells apart. */
export function stampOf(...parts: readonly (string | number | undefined)[]): string {
  let hash = 0x811c9dc5
  for (const char of parts.join('\0')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** The stamp of a channel: who it is, in which call, and with whom. */
export function channelStamp({ id, call, bridge }: Channel): string {
  return stampOf(id, call, bridge)
}
