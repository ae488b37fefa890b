// What a user of NATS may do, as the server says it of the user that asks, beside what a gateway must do.
import type { Bus } from './nats.ts'

/** Subjects with their wildcards that somebody must be able to publish and to subscribe to. */
export interface Rights {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** One direction of what a user may do. Without a list everything is allowed. */
interface Limits {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

/** What a user may do; absent where the server knows no limits. */
export interface UserLimits {
  readonly publish?: Limits
  readonly subscribe?: Limits
}

/** What a user asks about itself with (server/events.go: userDirectInfoSubj), without the account of the system. */
export const USER_INFO = '$SYS.REQ.USER.INFO'

/**
 * Asks the server what the user of this connection may do. Rejects where the user may not ask even that.
 */
export async function askLimits(bus: Bus, timeout: number): Promise<UserLimits> {
  const answer = await bus.ask(USER_INFO, '', timeout)
  return answer.json<{ data?: { permissions?: UserLimits } }>().data?.permissions ?? {}
}

/** Returns what is wanted and not, or not wholly, allowed: `publish x` and `subscribe x`. */
export function lackingOf(wanted: Rights, { publish, subscribe }: UserLimits): string[] {
  return [
    ...wanted.publish.filter((one) => !allows(publish, one)).map((one) => `publish ${one}`),
    ...wanted.subscribe.filter((one) => !allows(subscribe, one)).map((one) => `subscribe ${one}`),
  ]
}

/** Whether any subject of the pattern may be published. */
export function mayPublishSome({ publish }: UserLimits, pattern: string): boolean {
  const { allow = [], deny = [] } = publish ?? {}
  if (deny.some((one) => covers(one, pattern))) return false
  return allow.length === 0 || allow.some((one) => meets(one, pattern))
}

function allows(limits: Limits = {}, pattern: string): boolean {
  const { allow = [], deny = [] } = limits
  if (deny.some((one) => meets(one, pattern))) return false
  return allow.length === 0 || allow.some((one) => covers(one, pattern))
}

/** Whether every subject of the second pattern is one of the first. */
export function covers(pattern: string, other: string): boolean {
  const [all, theirs] = [tokensOf(pattern), tokensOf(other)]
  for (const [at, token] of all.entries()) {
    const its = theirs[at]
    if (its === undefined) return false
    if (token === '>') return true
    if (its === '>' || (token !== '*' && token !== its)) return false
  }
  return all.length === theirs.length
}

/** Whether some subject is one of both patterns. */
export function meets(pattern: string, other: string): boolean {
  const [all, theirs] = [tokensOf(pattern), tokensOf(other)]
  for (const [at, token] of all.entries()) {
    const its = theirs[at]
    if (its === undefined) return false
    if (token === '>' || its === '>') return true
    if (token !== '*' && its !== '*' && token !== its) return false
  }
  return all.length === theirs.length
}

/** A permission may name a queue group behind its subject. */
function tokensOf(pattern: string): string[] {
  return (pattern.split(' ')[0] ?? '').split('.')
}
