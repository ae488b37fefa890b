// How much a kind can be trusted: a pure machine for each.

/** Why the last truth may be old. */
export type StaleReason = 'lost' | 'dropped' | 'refused'

/** Nothing is known yet. With `why`, the first list has failed, and the model goes on asking. */
export interface FreshnessWaiting {
  readonly type: 'waiting'
  /** When it failed for the first time since the login. */
  readonly since?: Date
  readonly why?: StaleReason
}

/** The server is asked. */
export interface FreshnessListing {
  readonly type: 'listing'
  readonly since: Date
  /** Whether readers have an older truth meanwhile. */
  readonly known: boolean
}

/** A list is complete, and events keep it true. */
export interface FreshnessLive {
  readonly type: 'live'
  readonly listedAt: Date
}

/** The records are as of `since`: readers keep the last truth. */
export interface FreshnessStale {
  readonly type: 'stale'
  readonly since: Date
  readonly why: StaleReason
}

/** The account may not see it: one of `classes` is missing, or the module where there is none. */
export interface FreshnessBlind {
  readonly type: 'blind'
  readonly action: string
  readonly classes: readonly string[]
}

/** How fresh the records of a kind are; match on `type`. */
export type Freshness = FreshnessWaiting | FreshnessListing | FreshnessLive | FreshnessStale | FreshnessBlind

/** What happens to a kind. */
export type Input =
  | { readonly type: 'listing' }
  | { readonly type: 'listed' }
  | { readonly type: 'missed'; readonly why: StaleReason }
  | { readonly type: 'refused'; readonly action: string; readonly classes: readonly string[] }

/** Records that are as of some moment. */
type StaleState = Extract<Freshness, { readonly type: 'stale' }>

/** A kind between its beginning and its truth. */
export interface KindState {
  readonly freshness: Freshness
  /** Whether there has been a complete list. */
  readonly known: boolean
  /** Whether events were missed since the last complete list. */
  readonly gap: boolean
  /** What it said when it ceased to be live: a list that fails again does not make its records younger. */
  readonly stale?: StaleState | undefined
  /** What it said when the first list failed: one that fails again is no news. */
  readonly failing?: FreshnessWaiting
}

export const UNKNOWN: KindState = Object.freeze({
  freshness: Object.freeze({ type: 'waiting' }),
  known: false,
  gap: true,
})

function staleSince(state: KindState, stale: StaleState): KindState {
  // the same news again is the same object
  const freshness = state.stale?.why === stale.why ? state.stale : stale
  return { known: true, gap: true, stale: freshness, freshness }
}

function failing(state: KindState, since: Date): KindState {
  const freshness: FreshnessWaiting = state.failing ?? { type: 'waiting', since, why: 'refused' }
  return { ...UNKNOWN, failing: freshness, freshness }
}

/** Returns where a kind stands after an input. */
export function step(state: KindState, input: Input, at: number): KindState {
  const { known, freshness } = state
  const now = new Date(at)
  switch (input.type) {
    case 'listing':
      // an audit lists what is live: that it looks again makes nothing less true, and what is blind is so until it sees
      if (freshness.type === 'live' || freshness.type === 'blind') return state
      return { ...state, freshness: { type: 'listing', since: now, known } }
    case 'listed':
      return { known: true, gap: false, freshness: { type: 'live', listedAt: now } }
    case 'missed':
      if (!known) return input.why === 'refused' ? failing(state, now) : UNKNOWN
      return staleSince(state, { type: 'stale', since: state.stale?.since ?? now, why: input.why })
    case 'refused':
      if (freshness.type === 'blind' && freshness.action === input.action) return state
      return { ...state, gap: true, freshness: { type: 'blind', action: input.action, classes: input.classes } }
  }
}

const ORDER: readonly Freshness['type'][] = ['live', 'blind', 'listing', 'stale', 'waiting']

/** Returns the worst of some. */
export function worst(all: readonly Freshness[]): Freshness {
  let found: Freshness = UNKNOWN.freshness
  let at = -1
  for (const one of all) {
    const place = ORDER.indexOf(one.type)
    if (place > at) {
      found = one
      at = place
    }
  }
  return found
}
