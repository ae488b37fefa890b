// What can be done, and what became of it.
import type { Role } from './person.ts'
import type { Verb, Verbs } from './verbs.ts'

/** The body of an action. */
export interface ActRequest<V extends Verb = Verb> {
  /** Of this click: 16 to 64 letters, digits, - and _. The same again does nothing and gives the same outcome. */
  readonly id: string
  readonly verb: V
  /** The key of the row. */
  readonly key: string | null
  /** The `stamp` of the row as it was shown, where it has one: refused with `changed` if it no longer holds. */
  readonly stamp?: string
  readonly params: Verbs[V]
}

/** What became of an action. */
export interface Outcome {
  readonly id: string
  readonly verb: Verb
  readonly key: string | null
  /** `unconfirmed`: Asterisk took it, and the picture did not show the effect within five seconds. */
  readonly state: 'pending' | 'done' | 'unconfirmed' | 'failed'
  /** Of `failed`: `refused` (Asterisk's answer), `unavailable` (no connection), `unknown` (it may have happened). */
  readonly code: 'refused' | 'unavailable' | 'unknown' | null
  readonly message: string | null
  readonly at: number
}

/** Why a request is refused; nothing has changed. The body of each answer with a status of 400 and above. */
export interface Refusal {
  readonly code: RefusalCode
  readonly message: string
  /** Seconds to wait, of `throttled`. */
  readonly retryAfter?: number
}

/** The codes with their status. */
export type RefusalCode =
  /** 400: a form that the server does not know. */
  | 'invalid'
  /** 401: nobody is signed in, or the password is wrong. */
  | 'signIn'
  /** 403: the role, the scope, the origin or the header. */
  | 'forbidden'
  | 'scope'
  | 'origin'
  /** 404: no such record, page, board. */
  | 'gone'
  /** 409: the record is no longer as it was shown; the id was used for something else; it is not possible now. */
  | 'changed'
  | 'reused'
  | 'impossible'
  /** 413: a body that is too long. */
  | 'long'
  /** 421: the Host is none of this server's. */
  | 'host'
  /** 429. */
  | 'throttled'
  /** 503: the server of the record is stale, or the wallboard is full. */
  | 'unavailable'

/** One line of the audit log. */
export interface AuditEntry {
  readonly at: number
  readonly id: string
  readonly user: string
  readonly role: Role
  /** The address that the request came from. */
  readonly from: string
  readonly verb: Verb | 'signIn' | 'signOut' | 'display' | 'revokeDisplay'
  readonly key: string | null
  /** What it was used on, in words of the model: a channel, a member. */
  readonly on: string | null
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly outcome: Outcome['state'] | 'refused'
  readonly code: string | null
}
