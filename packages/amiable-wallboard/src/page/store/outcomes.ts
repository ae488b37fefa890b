// What was asked for, and what became of it: pending on its row until the model shows the effect.
import { signal } from '@preact/signals'
import type { Outcome } from '../../protocol/action.ts'
import type { Verb, Verbs } from '../../protocol/verbs.ts'
import { ApiError, act, outcomeOf } from './api.ts'

/** An action of one's own, as its row shows it. */
export interface Asked {
  readonly id: string
  readonly verb: Verb
  readonly key: string | null
  readonly state: Outcome['state']
  /** Why it failed: a code of a refusal or of an outcome. */
  readonly code: string | undefined
  readonly message: string | undefined
}

/** By id; what has ended leaves after a while. */
export const asked = signal<ReadonlyMap<string, Asked>>(new Map())

const SHOWN: Readonly<Record<Outcome['state'], number>> = { pending: 0, done: 1_500, unconfirmed: 6_000, failed: 8_000 }
// the server says so after five seconds; a stream that was cut says nothing
const PATIENCE = 7_000

/** Returns what is asked of a row, the latest of each verb last. */
export function askedOf(key: string | null): Asked[] {
  return [...asked.value.values()].filter((one) => one.key === key)
}

/** Asks for an action; a second click while it is pending does nothing. */
export async function ask<V extends Verb>(
  verb: V,
  key: string | null,
  params: Verbs[V],
  stamp?: string,
): Promise<void> {
  if (askedOf(key).some((one) => one.verb === verb && one.state === 'pending')) return
  const id = idOf()
  put({ id, verb, key, state: 'pending', code: undefined, message: undefined })
  try {
    const outcome = await act({ id, verb, key, params, ...(stamp !== undefined && { stamp }) })
    takeOutcome(outcome)
    if (outcome.state === 'pending') setTimeout(() => void look(id), PATIENCE)
  } catch (error) {
    const { code, message } = error instanceof ApiError ? error : { code: 'network', message: String(error) }
    // it may have arrived, and only the answer was lost: the wallboard is asked before anybody clicks again
    if (code === 'network') setTimeout(() => void look(id, message), PATIENCE)
    else put({ id, verb, key, state: 'failed', code, message })
  }
}

/** Takes what a frame or an answer says of an action. */
export function takeOutcome({ id, verb, key, state, code, message }: Outcome): void {
  const before = asked.peek().get(id)
  // the answer to the request may come after the frame that says more
  if (before === undefined || (state === 'pending' && before.state !== 'pending')) return
  put({ id, verb, key, state, code: code ?? undefined, message: message ?? undefined })
}

async function look(id: string, unanswered?: string): Promise<void> {
  const one = asked.peek().get(id)
  if (one?.state !== 'pending') return
  try {
    const outcome = await outcomeOf(id)
    takeOutcome(outcome.state === 'pending' ? { ...outcome, state: 'unconfirmed' } : outcome)
  } catch (error) {
    const isUnknown = error instanceof ApiError && error.code === 'gone' && unanswered !== undefined
    put(
      isUnknown ? { ...one, state: 'failed', code: 'network', message: unanswered } : { ...one, state: 'unconfirmed' },
    )
  }
}

function put(one: Asked): void {
  asked.value = new Map(asked.peek()).set(one.id, one)
  if (one.state === 'pending') return
  setTimeout(() => {
    if (asked.peek().get(one.id) !== one) return
    const next = new Map(asked.peek())
    next.delete(one.id)
    asked.value = next
  }, SHOWN[one.state])
}

// randomUUID wants a secure context; random values do not
function idOf(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
