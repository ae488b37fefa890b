// What the audit says of a request: names, the target and the outcome, and never the value of a parameter.
import type { Delivery } from '../schema/action.ts'
import type { Caller } from './caller.ts'
import { printable } from './caller.ts'
import { isClassed } from './classes.ts'
import type { ActionParams } from './params.ts'

/** A line of the audit. */
export interface AuditRecord {
  readonly v: 1
  readonly at: string
  readonly gateway: string
  readonly server: string
  readonly action: string
  readonly class: string
  /** The inbox or the account; `claimed` is only what the request says of itself. */
  readonly caller: {
    readonly from: string
    readonly claimed?: string
    readonly account?: string
    readonly user?: string
  }
  /** What the action was for: a channel, a queue or a mailbox. */
  readonly target?: string
  /** The names of the parameters. */
  readonly params: readonly string[]
  /** `ok`, or the code of the error. */
  readonly outcome: string
  /** The rule that denied it. */
  readonly rule?: string
  readonly delivered: Delivery
  readonly replayed?: true
  readonly ms: number
}

/** Makes the name that stands in an audit's subject and in a metric: one of the table, so that nobody makes up many. */
export function auditedName(name: string): string {
  return isClassed(name) ? name : 'other'
}

// in this order; the values of all others may be secrets or somebody's words
const TARGETS = ['channel', 'channel1', 'queue', 'interface', 'mailbox', 'endpoint', 'conference', 'agent', 'module']

/** Returns what an action is for. */
export function targetOf(params: ActionParams | undefined): string | undefined {
  for (const name of TARGETS) {
    const value = params?.text(name)
    if (value !== undefined) return printable(value, 80)
  }
  return undefined
}

// a caller who floods the audit must not push out what it says of others
const MOST_NAMES = 512

/** Returns the names of parameters, as many as one line may have. */
export function auditedNames(params: ActionParams | undefined): string[] {
  const names: string[] = []
  let left = MOST_NAMES
  for (const name of params?.names ?? []) {
    left -= Math.min(name.length, 64) + 1
    if (left < 0) break
    names.push(name.slice(0, 64))
  }
  return names
}

/** Returns whoever asked as the audit says it. */
export function auditedCaller(caller: Caller | undefined, reply: string | undefined): AuditRecord['caller'] {
  const { claimed, account, user } = caller ?? {}
  return {
    from: caller?.bucket ?? printable(reply) ?? 'nobody',
    ...(claimed !== undefined && { claimed }),
    ...(account !== undefined && { account }),
    ...(user !== undefined && { user }),
  }
}
