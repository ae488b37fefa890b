// Asks a gateway for an action. A request always says when it expires: a client that reconnects may send it late.
import {
  ClosedConnectionError,
  DrainingConnectionError,
  headers,
  type NatsConnection,
  PermissionViolationError,
  RequestError,
  TimeoutError,
} from '@nats-io/nats-core'
import type { Delivery, ReplyBody, RequestBody } from '../schema/action.ts'
import { type Checks, faultOf, isRecord, TOKEN, text } from './arguments.ts'

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

const isBody = 'an object of strings, numbers and booleans'
const QUERY: Checks = {
  server: [text(TOKEN), 'a name such as pbx1, or any'],
  action: [text(TOKEN), 'an action such as QueueStatus'],
  class: [text(TOKEN), 'a class such as read or call'],
  timeout: [
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 120_000,
    'a whole number of milliseconds from 1 to 120000',
  ],
  key: [text(/^[\x21-\x7e]{1,256}$/), '1 to 256 printable ASCII characters without a blank'],
  caller: [text(/^\P{Cc}{1,256}$/u), 'a name without control characters'],
  prefix: [text(TOKEN), 'one token such as ami'],
  params: [isRecord, isBody],
  variables: [isRecord, isBody],
  actionId: [text(/^/), 'a string'],
  wait: [text(/^outcome$/), '"outcome"'],
}

const TIMEOUT = 10_000
/** How long the reply of an action that took all of its time may be on its way. */
const ON_ITS_WAY = 500
const AGAIN = 200
/** A gateway takes no more. */
const MOST_BYTES = 64 * 1024

/**
 * Asks for an action and returns the reply.
 * @throws {GatewayError} if the action was refused, failed, or if nobody knows what became of it
 */
export async function request(connection: NatsConnection, query: ActionQuery): Promise<ReplyBody> {
  const fault = faultOf(query, QUERY, ['server', 'action', 'class'])
  if (fault !== undefined) throw argument(fault)
  const { timeout = TIMEOUT, key } = query
  const expires = Date.now() + timeout
  // what is waited for here is measured by a clock that nobody sets
  const end = performance.now() + timeout
  // once a request may have reached a gateway, that a later one did not proves nothing
  let delivered: Delivery = 'no'
  for (;;) {
    try {
      return await askOnce(connection, query, expires, end - performance.now())
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (error.delivered === 'unknown') delivered = 'unknown'
      const again =
        key !== undefined && (error.retryable || error.code === 'GW_NO_ANSWER') && performance.now() + AGAIN < end
      if (!again) {
        if (error.delivered !== 'no' || delivered === 'no') throw error
        const { code, retryable, message, reply } = error
        throw new GatewayError(message, { code, delivered, retryable, ...(reply && { reply }) })
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN))
  }
}

async function askOnce(
  connection: NatsConnection,
  query: ActionQuery,
  expires: number,
  milliseconds: number,
): Promise<ReplyBody> {
  const { server, action, class: group, key, caller, prefix = 'ami', params, variables, actionId, wait } = query
  const left = Math.max(1, Math.ceil(milliseconds))
  const set = headers()
  set.set('Amiable-Timeout', String(left))
  set.set('Amiable-Expires', String(expires))
  if (key !== undefined) set.set('Amiable-Key', key)
  if (caller !== undefined) set.set('Amiable-Caller', caller)
  const body = bodyOf({ params, variables, actionId, wait })
  const subject = `${prefix}.action.${server}.${group}.${action}`
  const answer = await connection
    .request(subject, body, { timeout: left + ON_ITS_WAY, headers: set })
    .catch((error: unknown) => {
      throw unanswered(error, server, action)
    })
  const reply = replyOf(answer.string(), server, action)
  if (reply.ok) return reply
  const {
    code = 'GW_UNAVAILABLE',
    message = 'the action failed',
    delivered = reply.delivered,
    retryable = false,
  } = reply.error ?? {}
  throw new GatewayError(message, { code, delivered, retryable, reply })
}

function bodyOf(body: RequestBody): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = new TextEncoder().encode(JSON.stringify(body))
  } catch (error) {
    throw argument(`params and variables must be what JSON can hold: ${error instanceof Error ? error.message : error}`)
  }
  if (bytes.length <= MOST_BYTES) return bytes
  const text = `the request must be at most ${MOST_BYTES} bytes, got ${bytes.length}`
  throw new GatewayError(text, { code: 'GW_TOO_LARGE', delivered: 'no', retryable: false })
}

function replyOf(text: string, server: string, action: string): ReplyBody {
  try {
    const reply = JSON.parse(text) as ReplyBody | null
    if (typeof reply?.ok === 'boolean' && typeof reply.delivered === 'string') return reply
  } catch {
    // as if it were none
  }
  throw silent(`what came as the answer to ${action} for ${server} is no reply of a gateway`)
}

function argument(message: string): GatewayError {
  return new GatewayError(message, { code: 'AMI_ARGUMENT', delivered: 'no', retryable: false })
}

function silent(what: string): GatewayError {
  const text = `${what}: look before you ask for it again without a key`
  return new GatewayError(text, { code: 'GW_NO_ANSWER', delivered: 'unknown', retryable: false })
}

function unanswered(error: unknown, server: string, action: string): GatewayError {
  if (error instanceof RequestError && error.isNoResponders()) {
    const text = `no gateway takes ${action} for ${server} now, or this user may not ask for it`
    return new GatewayError(text, { code: 'GW_UNAVAILABLE', delivered: 'no', retryable: true })
  }
  const cause = error instanceof RequestError ? error.cause : error
  if (cause instanceof PermissionViolationError) {
    return new GatewayError(cause.message, { code: 'GW_DENIED', delivered: 'no', retryable: false })
  }
  if (cause instanceof ClosedConnectionError || cause instanceof DrainingConnectionError) {
    const text = 'the connection to NATS is closed, so nothing was sent'
    return new GatewayError(text, { code: 'GW_UNAVAILABLE', delivered: 'no', retryable: false })
  }
  if (cause instanceof TimeoutError) return silent(`no answer came to ${action} for ${server}`)
  const why = error instanceof Error ? error.message : String(error)
  return silent(`no answer came to ${action} for ${server}: ${why}`)
}
