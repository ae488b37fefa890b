// From a message to a request that can be judged. Whatever is malformed is refused here, and nothing has been sent.
import type { Params, ParamValue } from 'amiable'
import { type RequestBody, requestSchema } from '../schema/action.ts'
import { type ClassedAction, classedAction } from './classes.ts'
import { MOST_HEADER_BYTES, type RequestHeaders } from './headers.ts'
import { ActionParams } from './params.ts'
import { Refused } from './refused.ts'

/** A message as it comes from NATS. */
export interface IncomingRequest {
  readonly subject: string
  readonly reply: string | undefined
  readonly data: Uint8Array
  readonly headers: RequestHeaders
}

/** What the subject of a request says. */
export interface Address {
  /** The Asterisk's name, or `any`. */
  readonly server: string
  readonly class: string
  readonly action: ClassedAction
}

/** A request that has the right form. */
export interface ActionRequest extends Address {
  readonly params: Params
  readonly judged: ActionParams
  readonly variables: readonly (readonly [name: string, value: ParamValue])[]
  readonly actionId: string | undefined
  readonly wait: 'outcome' | undefined
  /** Milliseconds that the action may take. */
  readonly timeout: number
  /** After this nothing is sent, in milliseconds since 1970. */
  readonly expires: number | undefined
  readonly key: string | undefined
  /** How many rows a piece of a list may have. */
  readonly rows: number | undefined
}

const MOST_BYTES = 64 * 1024
const TIMEOUT = 10_000
const LONGEST = 120_000
/** Keys are kept for an hour, so a request must not be older when it is carried out. */
const FARTHEST = 3_600_000
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/**
 * Reads the subject of a request.
 * @throws {Refused} if it is no `prefix.action.server.class.Action`
 */
export function addressOf(subject: string, prefix: string): Address {
  const [first, second, server = '', group = '', name = '', ...rest] = subject.split('.')
  const right = first === prefix && second === 'action' && rest.length === 0
  if (!right || ![server, group, name].every((token) => TOKEN.test(token))) {
    throw argument(`the subject must be ${prefix}.action.SERVER.CLASS.ACTION`)
  }
  return { server, class: group, action: classedAction(name) }
}

/**
 * Reads the headers and the body of a request.
 * @throws {Refused} naming what is wrong
 */
export function requestOf(message: IncomingRequest, address: Address, now: number): ActionRequest {
  if (message.data.length > MOST_BYTES) {
    throw new Refused('GW_TOO_LARGE', `the request must be at most ${MOST_BYTES} bytes, got ${message.data.length}`)
  }
  const { bytes } = message.headers
  if (bytes > MOST_HEADER_BYTES) {
    throw new Refused('GW_TOO_LARGE', `the headers must be at most ${MOST_HEADER_BYTES} bytes, got ${bytes}`)
  }
  const body = bodyOf(message.data)
  const timeout = wholeHeader(message, 'Amiable-Timeout', 1, LONGEST) ?? TIMEOUT
  const expires = wholeHeader(message, 'Amiable-Expires', 0, Number.MAX_SAFE_INTEGER)
  if (expires !== undefined && expires > now + FARTHEST) {
    throw argument('Amiable-Expires must be milliseconds since 1970, and at most an hour ahead')
  }
  const rows = wholeHeader(message, 'Amiable-Rows', 1, 1_000)
  const key = message.headers.first('Amiable-Key')
  if (key !== undefined && !/^[\x21-\x7e]{1,256}$/.test(key)) {
    throw argument('Amiable-Key must be 1 to 256 printable ASCII characters without a blank')
  }
  if (key !== undefined && rows !== undefined) {
    throw argument('Amiable-Rows cannot stand beside Amiable-Key: what comes in pieces is not kept')
  }
  if (body.wait !== undefined && address.action.name !== 'Originate') {
    throw argument(`wait cannot be given with ${address.action.name}: it is for Originate`)
  }
  if (rows !== undefined && address.action.name === 'Originate') {
    throw argument('Amiable-Rows cannot be given with Originate')
  }
  const params: Params = body.params ?? {}
  return {
    ...address,
    params,
    judged: new ActionParams(params),
    variables: Object.entries(body.variables ?? {}),
    actionId: body.actionId,
    wait: body.wait,
    timeout,
    expires,
    key,
    rows,
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function bodyOf(data: Uint8Array): RequestBody {
  if (data.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(data))
  } catch {
    throw argument('the body must be JSON, or be empty')
  }
  const result = requestSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const at = issue?.path.map(String).join('.') || 'the body'
  if (issue?.code === 'unrecognized_keys')
    throw argument(`${issue.keys[0]} is unknown: a body has params, variables, actionId and wait`)
  throw argument(`${at.slice(0, 100)} must be ${expected(at)}`)
}

function expected(at: string): string {
  if (at.startsWith('params.')) return 'a string, a number, a boolean, or a list of these'
  if (at.startsWith('variables.')) return 'a string, a number or a boolean'
  if (at === 'actionId') return 'a string'
  if (at === 'wait') return '"outcome"'
  return 'an object'
}

function wholeHeader(message: IncomingRequest, name: string, least: number, most: number): number | undefined {
  const text = message.headers.first(name)
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw argument(`${name} must be a whole number from ${least} to ${most}`)
}

function argument(message: string): Refused {
  return new Refused('AMI_ARGUMENT', message)
}
