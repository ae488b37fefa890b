import { actionFacts } from '../../catalog/facts.ts'
import { LONGEST_TIMER } from '../../util/clock.ts'
import type { Params } from '../../wire/encoder.ts'

/** How long a call may ring where no `Timeout` is given, in milliseconds (manager.c:action_originate). */
export const ORIGINATE_TIMEOUT = 30_000

// what the server may take for an action that says nothing of its time (a module's reload, a command's work)
const SLOW = 60_000

/**
 * Returns for how many milliseconds an action may rightly keep its session from saying anything else: a session runs
 * one action at a time (manager.c:session_do).
 */
export function blockingTime(action: string, params: Params | undefined): number {
  const slow = actionFacts(action)?.slow
  if (slow === undefined) return 0
  if (slow === 'always') return SLOW
  if ('calls' in slow) return textOf(params, slow.calls).includes('(') ? SLOW : 0
  if (slow.unless !== undefined && /^(?:yes|true|y|t|1|on)$/i.test(textOf(params, slow.unless))) return 0
  // as Asterisk reads it: `1e400` is 1, and what an int cannot hold has no end (sscanf's %d)
  const given = Number.parseInt(textOf(params, slow.lasts), 10) * (slow.unit === 's' ? 1000 : 1)
  return given > 0 ? Math.min(given, LONGEST_TIMER) : (slow.otherwise ?? SLOW)
}

/** Whether sending the action twice would do something twice. Everything that only reads or sets a state may be retried. */
export function actsTwice(action: string): boolean {
  return actionFacts(action)?.twice ?? false
}

function textOf(params: Params | undefined, header: string): string {
  const wanted = header.toLowerCase()
  for (const key in params) if (key.toLowerCase() === wanted) return String(params[key] ?? '')
  return ''
}

/** Whether an action is worth nothing later: a number that is dialled after the next login is dialled at the wrong time. */
export function goesStale(action: string): boolean {
  return action.length === 9 && action.toLowerCase() === 'originate'
}
