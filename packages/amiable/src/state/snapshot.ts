import type { Revision } from './changes.ts'
import { allGiven } from './collection.ts'
import type { Freshness } from './freshness.ts'
import { type Kind, RECORD_OF } from './kinds.ts'
import type {
  Agent,
  Bridge,
  Call,
  Channel,
  Contact,
  Device,
  Endpoint,
  Hint,
  Mailbox,
  ParkedCall,
  Presence,
  Queue,
  Room,
  Trunk,
} from './records.ts'
import type { Store } from './store.ts'

/** Everything at one moment; plain data that `JSON.stringify` takes. A kind that is not kept is empty. */
export interface Snapshot {
  readonly source: string
  readonly revision: Revision
  readonly takenAt: Date
  readonly freshness: Readonly<Partial<Record<Kind, Freshness>>>
  readonly channels: readonly Channel[]
  readonly bridges: readonly Bridge[]
  readonly calls: readonly Call[]
  readonly queues: readonly Queue[]
  readonly rooms: readonly Room[]
  readonly parking: readonly ParkedCall[]
  readonly devices: readonly Device[]
  readonly hints: readonly Hint[]
  readonly agents: readonly Agent[]
  readonly presence: readonly Presence[]
  readonly endpoints: readonly Endpoint[]
  readonly contacts: readonly Contact[]
  readonly trunks: readonly Trunk[]
  readonly mailboxes: readonly Mailbox[]
}

/** Takes a snapshot: the arrays are new, and the records are those of the store. */
export function snapshotOf(
  store: Store,
  about: Pick<Snapshot, 'source' | 'revision' | 'takenAt' | 'freshness'>,
): Snapshot {
  store.assemble()
  const taken: Record<string, unknown> = { ...about }
  for (const [kind, record] of Object.entries(RECORD_OF))
    taken[kind] = [...allGiven<object>(store.tables[record].shown.values())]
  return Object.freeze(taken) as unknown as Snapshot
}
