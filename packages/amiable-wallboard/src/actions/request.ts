// The form of an action's request: what the browser may say, and nothing else.
import { z } from 'zod'
import type { ActRequest } from '../protocol/action.ts'
import type { Verb } from '../protocol/verbs.ts'
import { Refused } from './refused.ts'

const none = z.strictObject({})
const reason = z.string().regex(/^\P{Cc}{1,64}$/u)
/** What can be dialled from a browser: a number, and nothing that dialplan or a channel's syntax would read. */
const number = z.string().regex(/^\+?[0-9*#]{1,32}$/)
const to = z.strictObject({ to: number })
const why = z.strictObject({ reason })
const confirmed = z.strictObject({ confirmed: z.literal(true) })
const small = z.number().int().min(0).max(1_000)

const PARAMS: Readonly<Record<Verb, z.ZodType>> = {
  pause: z.strictObject({ reason: reason.optional() }),
  unpause: none,
  login: z.strictObject({ queue: z.string().min(1).max(128), penalty: small.optional() }),
  logout: none,
  penalty: z.strictObject({ penalty: small }),
  hangup: none,
  transfer: to,
  park: none,
  pick: none,
  listen: why,
  whisper: why,
  barge: why,
  dial: z.strictObject({ number }),
  priority: z.strictObject({ priority: small }),
  withdraw: none,
  redirect: to,
  mute: none,
  unmute: none,
  kick: none,
  lock: none,
  unlock: none,
  resetStatistics: confirmed,
  reloadQueues: confirmed,
}

const form = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
  verb: z.string(),
  key: z.string().max(1_024).nullable(),
  stamp: z.string().max(64).optional(),
  params: z.unknown(),
})

/**
 * Reads the body of an action.
 * @throws {Refused} where it has another form
 */
export function readRequest(body: unknown): ActRequest {
  const result = form.safeParse(body)
  if (!result.success)
    throw new Refused('invalid', `must be an action: ${result.error.issues[0]?.path.join('.') ?? ''}`)
  const { verb, params, ...rest } = result.data
  if (!Object.hasOwn(PARAMS, verb)) throw new Refused('invalid', 'has no verb of the wallboard')
  const checked = PARAMS[verb as Verb].safeParse(params)
  if (!checked.success) {
    throw new Refused(
      'invalid',
      `has parameters that ${verb} does not take: ${checked.error.issues[0]?.path.join('.') ?? ''}`,
    )
  }
  return { ...rest, verb: verb as Verb, params: checked.data } as ActRequest
}
