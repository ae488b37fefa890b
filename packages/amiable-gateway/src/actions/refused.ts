import { AmiError, type AmiErrorCode } from 'amiable'
import type { Delivery, ReplyError } from '../schema/action.ts'

/** The codes of errors that the gateway adds to the library's, each with the status that ADR-32 has it carry. */
export const GATEWAY_CODES = {
  GW_DENIED: 403,
  GW_EXPIRED: 408,
  GW_IN_PROGRESS: 409,
  GW_KEY_REUSED: 422,
  GW_TOO_LARGE: 413,
  GW_UNAVAILABLE: 503,
} as const

const LIBRARY_STATUS: Readonly<Partial<Record<AmiErrorCode, number>>> = {
  AMI_ARGUMENT: 400,
  AMI_LIMIT: 429,
  AMI_TIMEOUT: 504,
  AMI_LOST: 503,
  AMI_REFUSED: 409,
}

export type ActionCode = keyof typeof GATEWAY_CODES | AmiErrorCode

/** Why an action is not carried out, or what went wrong with it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ActionCode
  readonly delivered: Delivery
  readonly retryable: boolean
  /** The rule that denied it. */
  readonly rule: string | undefined
  /** The channel of a call that may live. */
  readonly channelId: string | undefined
  /** What Asterisk answered. */
  readonly response: unknown

  constructor(
    code: ActionCode,
    message: string,
    options: {
      delivered?: Delivery
      retryable?: boolean
      rule?: string
      channelId?: string | undefined
      response?: unknown
    } = {},
  ) {
    super(message)
    this.code = code
    this.delivered = options.delivered ?? 'no'
    this.retryable = options.retryable ?? false
    this.rule = options.rule
    this.channelId = options.channelId
    this.response = options.response
  }

  /** Returns it as it stands in a reply. */
  toReply(): ReplyError {
    const { code, message, delivered, retryable } = this
    return { code, message, delivered, retryable }
  }
}

/** Returns the number that a code has in the headers of ADR-32. */
export function statusOf(code: string): number {
  const status: Readonly<Record<string, number>> = { ...GATEWAY_CODES, ...LIBRARY_STATUS }
  return status[code] ?? 500
}

/** Turns what the library threw into an answer. What it says of delivery is kept, and what nobody knows is unknown. */
export function refusedBy(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (!AmiError.is(error)) {
    return new Refused('GW_UNAVAILABLE', 'the gateway failed, which is a fault of its own', { delivered: 'unknown' })
  }
  const { code, message, retryable } = error
  switch (error.code) {
    case 'AMI_REFUSED': {
      const response = (error.response as { toJSON?: () => unknown }).toJSON?.()
      return new Refused(code, message, { delivered: 'yes', retryable, response })
    }
    case 'AMI_LOST':
    case 'AMI_TIMEOUT': {
      const { delivered, channelId } = error
      return new Refused(code, message, { delivered, channelId, retryable: retryable && delivered === 'no' })
    }
    case 'AMI_ARGUMENT':
    case 'AMI_CONNECT':
    case 'AMI_AUTH':
      return new Refused(code, message, { delivered: 'no', retryable })
    case 'AMI_LIMIT': {
      const sent = { maxQueued: 'no', maxInFlight: 'no', 'limits.rows': 'yes' } as const
      const delivered = sent[error.limit as keyof typeof sent] ?? 'unknown'
      return new Refused(code, message, { delivered, retryable: delivered === 'no' })
    }
    default:
      return new Refused(code, message, { delivered: 'unknown' })
  }
}
