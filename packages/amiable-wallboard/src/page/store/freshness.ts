// How far what is shown can be trusted. One rule for all pages: what is not known to be true now is grey and dated.
import type { FreshKind, ServerRow } from '../../protocol/rows.ts'

/** `live`, or as of a moment; `unknown` where nothing is known yet, `hidden` where the account may not see it. */
export type Truth =
  | { readonly type: 'live' }
  | { readonly type: 'old'; readonly asOf: number | null }
  | { readonly type: 'unknown' }
  | { readonly type: 'hidden' }

const LIVE: Truth = { type: 'live' }

/**
 * Returns how true the rows of a kind of a server are.
 * @param reachedAt when the wallboard was heard last, where it no longer answers
 */
export function truthOf(
  server: ServerRow | undefined,
  kind: FreshKind | undefined,
  reachedAt: number | undefined,
): Truth {
  const { state, asOf } = (kind && server?.kinds[kind]) ?? server ?? { state: 'waiting', asOf: null }
  if (state === 'blind' && kind !== undefined) return { type: 'hidden' }
  if (state === 'stale' || state === 'listing') {
    return asOf === null ? { type: 'unknown' } : { type: 'old', asOf: earlier(asOf, reachedAt) }
  }
  if (state === 'waiting') return { type: 'unknown' }
  return reachedAt === undefined ? LIVE : { type: 'old', asOf: reachedAt }
}

/** Returns the worst of several servers: what is added up is as old as its oldest part. */
export function worstOf(truths: readonly Truth[]): Truth {
  const old = truths.filter((truth) => truth.type === 'old')
  if (old.length > 0) {
    const times = old.map(({ asOf }) => asOf).filter((asOf) => asOf !== null)
    return { type: 'old', asOf: times.length === 0 ? null : Math.min(...times) }
  }
  return truths.find(({ type }) => type === 'unknown') ?? truths.find(({ type }) => type === 'hidden') ?? LIVE
}

function earlier(one: number, other: number | undefined): number {
  return other === undefined ? one : Math.min(one, other)
}
