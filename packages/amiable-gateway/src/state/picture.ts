// The picture that `amiable/state` has of one Asterisk, as the live state stores it.
import type { Change, Freshness, State } from 'amiable/state'
import { type RecordKind, STATE_KINDS, type StateKind } from '../schema/state.ts'

const KIND_OF = Object.fromEntries(Object.entries(STATE_KINDS).map(([kind, record]) => [record, kind])) as Record<
  RecordKind,
  StateKind
>

/** A record by its kind and key. */
export interface Named {
  readonly kind: RecordKind
  readonly key: string
}

/** Reads the records of a model by the words that the store has for them. */
export class Picture {
  readonly kinds: readonly StateKind[]
  readonly #model: State

  constructor(model: State, kinds: readonly StateKind[]) {
    this.#model = model
    this.kinds = kinds
  }

  /** Returns a record as JSON. */
  json({ kind, key }: Named): string | undefined {
    const value = this.#model[KIND_OF[kind]].get(key)
    return value === undefined ? undefined : JSON.stringify(value)
  }

  has({ kind, key }: Named): boolean {
    return this.#model[KIND_OF[kind]].has(key)
  }

  keys(kind: StateKind): Iterable<string> {
    return this.#model[kind].keys()
  }

  freshness(kind: StateKind): Freshness {
    return this.#model[kind].freshness
  }

  /** Whether there was a truth of this kind since the model was made, be it old now; or there can be none. */
  isKnown(kind: StateKind): boolean {
    const freshness = this.freshness(kind)
    return freshness.type === 'listing' ? freshness.known : freshness.type !== 'waiting'
  }

  /** Calls `changed` with each record that changes; returns a function that ends it. */
  follow(changed: (named: Named) => void): () => void {
    const listener = this.#model.on('*', (change) => changed(namedBy(change)))
    return () => listener.remove()
  }
}

/** A queue's members and callers are parts of its record. */
function namedBy(change: Change): Named {
  if (change.kind !== 'member' && change.kind !== 'caller') return { kind: change.kind, key: change.key }
  const { queue } = change.type === 'removed' ? change.before : change.after
  return { kind: 'queue', key: queue.toLowerCase() }
}
