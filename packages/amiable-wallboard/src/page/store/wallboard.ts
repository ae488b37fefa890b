// The page's one store: who one is, what is shown, how old it is.
import { batch, computed, signal } from '@preact/signals'
import type { Me, User } from '../../protocol/person.ts'
import type { FreshKind, ServerRow } from '../../protocol/rows.ts'
import type { Row, TableName, ViewQuery } from '../../protocol/view.ts'
import { serverNow, setServerTime } from '../clock.ts'
import { askMe } from './api.ts'
import { waitAfter } from './backoff.ts'
import { type Truth, truthOf, worstOf } from './freshness.ts'
import { takeOutcome } from './outcomes.ts'
import { queryOf, type Silence, Stream } from './stream.ts'
import { Tables } from './tables.ts'

export const me = signal<Me | undefined>(undefined)
export const tables = new Tables()
/** Since when the wallboard does not answer; `undefined` while it does. */
export const silentSince = signal<number | undefined>(undefined)
/** Why it does not. */
export const silence = signal<Silence | undefined>(undefined)
/** Why there is nothing to see: the status with which the view was refused. */
export const refusedWith = signal<number | undefined>(undefined)
/** The page that the rows are of. */
export const shown = signal<ViewQuery | undefined>(undefined)

let stream: Stream | undefined
let heardAt = serverNow()
/** Goes up with each view: what was asked before may be answered after it. */
let turn = 0

/** Returns who looks. */
export const user = computed<User | undefined>(() => me.value?.user ?? undefined)

/** Returns the rows of a table. */
export function rowsOf<R extends Row>(name: TableName): readonly R[] {
  return tables.list<R>(name).value
}

/** Returns how true the rows of a kind of a server are. */
export function truthAt(server: string, kind?: FreshKind): Truth {
  const row = rowsOf<ServerRow>('servers').find(({ name }) => name === server)
  return truthOf(row, kind, silentSince.value)
}

/** Returns how true it is what is added up over all servers. */
export function truthOfAll(kind?: FreshKind): Truth {
  return worstOf(rowsOf<ServerRow>('servers').map((server) => truthOf(server, kind, silentSince.value)))
}

/** Shows a view from now on, in the place of the one before. */
export function watch(query: ViewQuery): void {
  if (shown.peek() !== undefined && queryOf(shown.peek() as ViewQuery) === queryOf(query)) return
  turn++
  stream?.close()
  batch(() => {
    if (shown.peek()?.page !== query.page) tables.clear()
    refusedWith.value = undefined
    shown.value = query
  })
  stream = new Stream(
    query,
    {
      snapshot: (snapshot) =>
        batch(() => {
          tables.replace(snapshot)
          refusedWith.value = undefined
          // it is of now, also where no stream comes behind it
          heardAt = snapshot.now
          if (silentSince.peek() !== undefined) silentSince.value = heardAt
        }),
      patch: (patch, revision) => batch(() => tables.patch(patch, revision)),
      beat: (now) => setServerTime(now),
      outcome: takeOutcome,
      reachable,
      rights: () => void again(query),
      refused: (status) => {
        refusedWith.value = status
        tables.clear()
      },
    },
    {
      fetch: (path, signal) => fetch(path, { signal, credentials: 'same-origin', cache: 'no-cache' }),
      open: (path) => new EventSource(path),
      random: Math.random,
    },
  )
}

function reachable(why: Silence | undefined): void {
  silence.value = why
  if (why === undefined) heardAt = serverNow()
  silentSince.value = why && (silentSince.peek() ?? heardAt)
}

/** Ends the stream: nobody is signed in. */
export function unwatch(): void {
  turn++
  stream?.close()
  stream = undefined
  batch(() => {
    tables.clear()
    shown.value = undefined
  })
}

/** Asks at once whether the wallboard is there again. */
export function wake(): void {
  stream?.wake()
}

/** Asks whether all is still so: the computer has slept. */
export function doubt(): void {
  stream?.doubt()
}

/** Gives the connection back until somebody looks again. */
export function pause(): void {
  stream?.pause()
}

/** Takes over who one is. */
export function setMe(next: Me): void {
  setServerTime(next.now)
  me.value = next
}

/** Asks who one is, for as long as it takes, or until somebody has gone to another page. */
async function again(query: ViewQuery): Promise<void> {
  unwatch()
  const asked = turn
  for (let attempt = 0; turn === asked; attempt++) {
    try {
      setMe(await askMe())
      if (turn === asked && user.peek()) watch(query)
      return
    } catch {
      if (turn === asked) reachable('away')
      await new Promise((resolve) => setTimeout(resolve, waitAfter(attempt, 0, Math.random())))
    }
  }
}
