// Asks a gateway for an action. A request always says when it expires: a client that reconnects may send it late.
import { headers, type NatsConnection, RequestError, TimeoutError } from '@nats-io/nats-core'
import type { Delivery, ReplyBody, RequestBody } from '../schema/action.ts'

/** What to ask for. */
export interface ActionQuery extends RequestBody {
  /** The Asterisk's name, or `any` for an action of class `read`. */
  readonly server: string
  readonly action: string
  /** The class that the subject names, such as `read` or `call`. */
  readonly class: string
  /** Milliseconds within which the action must be done; nothing is sent after it. @default 10_000 */
  readonly timeout?: number
  /**
   * Makes the request safe to repeat, from any process: one of all requests with this key runs, and the others get its
   * reply. A request with a key is asked again by itself while there is time.
   */
  readonly key?: string
  /** Who you are, for the audit. */
  readonly caller?: string
  /** What all subjects begin with. @default 'ami' */
  readonly prefix?: string
}

/** An action that failed, or of which nobody knows. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  /** A code of the library such as `AMI_REFUSED`, or of the gateway such as `GW_DENIED`. */
  readonly code: string
  /** Whether Asterisk has received the action. `unknown`: look before you ask again without a key. */
  readonly delivered: Delivery
  readonly retryable: boolean
  /** The complete reply, where there was one. */
  readonly reply: ReplyBody | undefined

  constructor(message: string, options: { code: string; delivered: Delivery; retryable: boolean; reply?: ReplyBody }) {
    super(message)
    this.code = options.code
    this.delivered = options.delivered
    this.retryable = options.retryable
    this.reply = options.reply
  }
}

const TIMEOUT = 10_000
const LONGEST = 120_000
/** How long the reply of an action that took all of its time may be on its way. */
const ON_ITS_WAY = 500
const AGAIN = 200

/**
 * Asks for an action and returns the reply.
 * @throws {GatewayError} if the action was refused, failed, or if nobody knows what became of it
 */
export async function request(connection: NatsConnection, query: ActionQuery): Promise<ReplyBody> {
  const { timeout = TIMEOUT, key } = query
  if (!(Number.isInteger(timeout) && timeout >= 1 && timeout <= LONGEST)) {
    throw new RangeError(`timeout must be a whole number of milliseconds from 1 to ${LONGEST}`)
  }
  const expires = Date.now() + timeout
  // once a request may have reached a gateway, that a later one did not proves nothing
  let delivered: Delivery = 'no'
  for (;;) {
    try {
      return await askOnce(connection, query, expires)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (error.delivered === 'unknown') delivered = 'unknown'
      const again =
        key !== undefined && (error.retryable || error.code === 'GW_NO_ANSWER') && Date.now() + AGAIN < expires
      if (!again) {
        if (error.delivered !== 'no' || delivered === 'no') throw error
        const { code, retryable, message, reply } = error
        throw new GatewayError(message, { code, delivered, retryable, ...(reply && { reply }) })
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN))
  }
}

async function askOnce(connection: NatsConnection, query: ActionQuery, expires: number): Promise<ReplyBody> {
  const { server, action, class: group, key, caller, prefix = 'ami', params, variables, actionId, wait } = query
  const left = Math.max(1, expires - Date.now())
  const set = headers()
  set.set('Amiable-Timeout', String(left))
  set.set('Amiable-Expires', String(expires))
  if (key !== undefined) set.set('Amiable-Key', key)
  if (caller !== undefined) set.set('Amiable-Caller', caller)
  const body: RequestBody = { params, variables, actionId, wait }
  const subject = `${prefix}.action.${server}.${group}.${action}`
  let reply: ReplyBody
  try {
    const message = await connection.request(subject, JSON.stringify(body), {
      timeout: left + ON_ITS_WAY,
      headers: set,
    })
    reply = message.json<ReplyBody>()
  } catch (error) {
    throw unanswered(error, server, action)
  }
  if (reply.ok) return reply
  const {
    code = 'GW_UNAVAILABLE',
    message = 'the action failed',
    delivered = reply.delivered,
    retryable = false,
  } = reply.error ?? {}
  throw new GatewayError(message, { code, delivered, retryable, reply })
}

function unanswered(error: unknown, server: string, action: string): unknown {
  if (error instanceof RequestError && error.isNoResponders()) {
    const text = `no gateway takes ${action} for ${server} now, or this user may not ask for it`
    return new GatewayError(text, { code: 'GW_UNAVAILABLE', delivered: 'no', retryable: true })
  }
  const late = error instanceof TimeoutError || (error instanceof RequestError && error.cause instanceof TimeoutError)
  if (!late) return error
  const text = `no answer came to ${action} for ${server}: look before you ask for it again without a key`
  return new GatewayError(text, { code: 'GW_NO_ANSWER', delivered: 'unknown', retryable: false })
}
