import type { ChangeKind, Records } from './records.ts'

/** Where in the life of a model something stands; a string that names the model too. */
export type Revision = string

/** What made a change known: an event, a list, or a conclusion of the model. */
export type Cause = { readonly event: string } | { readonly list: string } | { readonly derived: string }

interface ChangeBase<K extends ChangeKind> {
  /** The `name` of the client. */
  readonly source: string
  readonly kind: K
  /** The key under which the record stands in its collection. */
  readonly key: string
  readonly revision: Revision
  readonly at: Date
  readonly cause: Cause
}

/** A record is new. */
export interface Added<K extends ChangeKind = ChangeKind> extends ChangeBase<K> {
  readonly type: 'added'
  readonly after: Records[K]
}

/** A record was replaced by another one. */
export interface Changed<K extends ChangeKind = ChangeKind> extends ChangeBase<K> {
  readonly type: 'changed'
  readonly before: Records[K]
  readonly after: Records[K]
  /** What differs. */
  readonly fields: readonly string[]
}

/** A record is gone. */
export interface Removed<K extends ChangeKind = ChangeKind> extends ChangeBase<K> {
  readonly type: 'removed'
  /** The last that was known. */
  readonly before: Records[K]
  /** Whether it ended while nobody looked. */
  readonly unseen: boolean
}

/** A loop was too slow and missed changes: take a snapshot. */
export interface Reset {
  readonly type: 'reset'
  readonly revision: Revision
  readonly why: 'overflow'
}

type ChangeTo<K extends ChangeKind> = Added<K> | Changed<K> | Removed<K>

/** A change of one record; match on `type` and `kind`. */
export type Change = { [K in ChangeKind]: ChangeTo<K> }[ChangeKind]

type Types = 'added' | 'changed' | 'removed'

/** Which changes: `'member'`, `'member.changed'`, a list of such, or `'*'`. */
export type ChangeName = '*' | ChangeKind | `${ChangeKind}.${Types}`

/** The changes that a filter lets through. */
export type ChangeOf<N extends ChangeName> = N extends '*'
  ? Change
  : N extends `${infer K extends ChangeKind}.${infer T extends Types}`
    ? Extract<ChangeTo<K>, { readonly type: T }>
    : N extends ChangeKind
      ? ChangeTo<N>
      : never
