import { RELEASES, REMOVED_AFTER } from './facts/facts.ts'
import type { Availability } from './model.ts'

const OLDEST = 16

/** Whether a release has what came with these first releases, one of each branch that got it. */
export function isSince(since: readonly string[], release: string): boolean {
  const wanted = parse(release)
  const found = since.map(parse)
  if (found.length === 0) return true
  const sameBranch = found.find((one) => one[0] === wanted[0])
  if (sameBranch) return compare(sameBranch, wanted) <= 0
  return Math.max(...found.map((one) => one[0] ?? 0)) < (wanted[0] ?? 0)
}

/**
 * From when to when something is there: `since` as documented, checked against the releases that were found to have it.
 * What came before 16 is as old as anybody looks back.
 */
export function availability(
  name: string,
  since: readonly string[],
  releases: readonly number[] | undefined,
): Availability {
  const recent = since.filter((version) => (parse(version)[0] ?? 0) >= OLDEST)
  const last = releases?.at(-1)
  const removed = last !== undefined && last < 23 ? REMOVED_AFTER[last] : undefined
  if (last !== undefined && last < 23 && !removed)
    throw new Error(`${name} is gone after ${last}, and nobody says when`)
  const kept = recent.length < since.length || recent.includes(`${OLDEST}.0.0`) ? [] : recent
  for (const [major, release] of Object.entries(RELEASES)) {
    if (!releases || Number(major) < OLDEST) continue
    const has = releases.includes(Number(major))
    const said = isSince(kept, release) && !(removed && Number(removed) <= Number(major))
    if (has !== said)
      throw new Error(`${name}: ${release} ${has ? 'has' : 'lacks'} it, against since ${since.join(' ')}`)
  }
  return { since: kept.toSorted((one, other) => compare(parse(one), parse(other))), removed }
}

function parse(version: string): number[] {
  return version.split('.').map(Number)
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < 3; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
