// Who writes: what a gateway does about a log, from what it sees. Pure.

export type Role =
  /** No session to Asterisk. */
  | 'deaf'
  /** Receives what happens, and another gateway writes. */
  | 'following'
  | 'writing'

/** What a gateway sees of one server. Times are milliseconds by its own clock, which nobody sets. */
export interface View {
  /** It has a session to Asterisk. */
  readonly linked: boolean
  /** How long the log has lacked an event that this gateway has, without a message since then. */
  readonly lacking: number | undefined
  /** How long it has been known that nobody writes. */
  readonly vacant: number | undefined
  /** Where the log ends among the own events is not known: the gateway has just begun. */
  readonly young: boolean
  /** The log's end is proven among the own events, and none is missing from there on. */
  readonly unbroken: boolean
  /** There is no other gateway that has all events. */
  readonly alone: boolean
}

/** Times of a log. */
export interface Patience {
  /** How long an event may wait for the writer before another gateway takes over. */
  readonly takeover: number
  /** A random time, so that of several gateways one is first. */
  readonly jitter: number
}

/** How much longer a gateway waits that would have to write a gap, or has nothing to write. */
export const BROKEN = 2_000
/** The same for one that has just begun: another that has all events may need so long to find another node of NATS. */
export const YOUNG = 5_000

/** Returns after how many milliseconds a gateway takes over the writing; 0 is now, and Infinity as things are never. */
export function takeoverIn(view: View, { takeover, jitter }: Patience): number {
  const { linked, lacking, vacant, young, unbroken, alone } = view
  const forOthers = young ? YOUNG : BROKEN
  const extra = jitter + (unbroken || alone ? 0 : forOthers) + (linked ? 0 : BROKEN)
  const reasons = [
    lacking === undefined ? Number.POSITIVE_INFINITY : takeover + extra - lacking,
    vacant === undefined ? Number.POSITIVE_INFINITY : extra - vacant,
  ]
  return Math.max(0, Math.min(...reasons))
}

export function roleOf(linked: boolean, writing: boolean): Role {
  if (writing) return 'writing'
  return linked ? 'following' : 'deaf'
}
