// The verbs: what each is used on.
/** What each verb is used on, and its parameters. */
export interface Verbs {
  /** On an agent (in all queues) or a member. */
  readonly pause: { readonly reason?: string }
  readonly unpause: Empty
  /** On an agent: into a queue of its server. */
  readonly login: { readonly queue: string; readonly penalty?: number }
  /** On a member. */
  readonly logout: Empty
  readonly penalty: { readonly penalty: number }
  /** On a call (all of it) or a leg. */
  readonly hangup: Empty
  /** On a leg: its other side goes to `to`. Digits, `*`, `#` and `+`. */
  readonly transfer: { readonly to: string }
  /** On a leg: its other side is parked. */
  readonly park: Empty
  /** On a parked call: one's own phone rings, and gets it. */
  readonly pick: Empty
  /** On an agent or a leg: one's own phone rings, and hears the call. */
  readonly listen: { readonly reason: string }
  readonly whisper: { readonly reason: string }
  readonly barge: { readonly reason: string }
  /** On nothing (key null): one's own phone rings, and then calls. */
  readonly dial: { readonly number: string }
  /** On a caller. */
  readonly priority: { readonly priority: number }
  readonly withdraw: Empty
  readonly redirect: { readonly to: string }
  /** On a party of a room. */
  readonly mute: Empty
  readonly unmute: Empty
  readonly kick: Empty
  /** On a room. */
  readonly lock: Empty
  readonly unlock: Empty
  /** On a queue. */
  readonly resetStatistics: { readonly confirmed: true }
  /** On a server. */
  readonly reloadQueues: { readonly confirmed: true }
}

/** No parameters. */
export type Empty = Readonly<Record<string, never>>

/** What can be done. */
export type Verb = keyof Verbs
