/** The codes of errors. Match on these, never on a message. */
export type AmiErrorCode =
  | 'AMI_CONNECT'
  | 'AMI_AUTH'
  | 'AMI_LOST'
  | 'AMI_TIMEOUT'
  | 'AMI_REFUSED'
  | 'AMI_PROTOCOL'
  | 'AMI_LIMIT'
  | 'AMI_OVERFLOW'
  | 'AMI_CLOSED'
  | 'AMI_ARGUMENT'
  | 'AGI_HANGUP'
  | 'AGI_COMMAND'

const brand = Symbol.for('amiable.error')

// an error's message at most, and what of it may be a server's own words
const MESSAGE_LENGTH = 600
const QUOTE_LENGTH = 200

/**
 * Returns a server's own words for an error's message: one line of limited length, without anything that a terminal or
 * a log would take for more than letters. All of it stands in the error's `response`.
 */
export function quoted(text: string): string {
  return printable(text, QUOTE_LENGTH)
}

// blanks, control characters, line separators, marks that turn the direction of writing, and half surrogate pairs
const NOT_PRINTABLE = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

function printable(text: string, most: number): string {
  // cut first: the rest costs what is left
  const cut = text.length > most
  const clean = (cut ? text.slice(0, most) : text).replace(NOT_PRINTABLE, ' ').trim()
  return cut ? `${clean}…` : clean
}

/** What every error of the library can be given. */
export interface AmiErrorOptions {
  /** The `name` of the client. Absent if no client is involved. */
  source?: string | undefined
  /** The error that led to this one, such as Node's `ECONNREFUSED`. */
  cause?: unknown
  /** Whether the same call may succeed later without a change. */
  retryable?: boolean | undefined
}

/**
 * The base class of every error that the library throws or rejects with.
 * No message, property or stack of it holds a secret, a challenge key or a variable's value.
 */
export abstract class AmiError extends Error {
  abstract readonly code: AmiErrorCode
  /** The `name` of the client. */
  readonly source: string | undefined
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean

  constructor(message: string, options: AmiErrorOptions, retryable: boolean) {
    super(printable(message, MESSAGE_LENGTH), options.cause === undefined ? undefined : { cause: options.cause })
    this.source = options.source
    this.retryable = options.retryable ?? retryable
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether `value` is an error of this library, or of another copy of it. */
  static is(value: unknown): value is AnyAmiError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** `AMI_CONNECT`: no address answered, TLS failed, or the other side is no AMI server. */
export class ConnectError extends AmiError {
  override readonly code = 'AMI_CONNECT'
  /** The attempt that failed, counted from 1 since the connection was last stable. */
  readonly attempt: number

  constructor(message: string, options: AmiErrorOptions & { attempt?: number } = {}) {
    super(message, options, true)
    this.attempt = options.attempt ?? 1
  }
}

/**
 * `AMI_AUTH`: the server refused the login. The default policy tries again, three times, only after a login that worked.
 */
export class AuthError extends AmiError {
  override readonly code = 'AMI_AUTH'

  constructor(message: string, options: AmiErrorOptions = {}) {
    super(message, options, false)
  }
}

/** Whether the server can have seen an action: `'no'` means that its last bytes never left this process. */
export type Delivered = 'no' | 'unknown'

/** `AMI_LOST`: the connection was lost while a call was waiting. */
export class LostError extends AmiError {
  override readonly code = 'AMI_LOST'
  /** `'no'`: the action never left this process, and you can repeat it. `'unknown'`: the server may have run it. */
  readonly delivered: Delivered
  /** The ActionID to look for in the server's events and logs. */
  readonly actionId: string | undefined
  /** The `Uniqueid` of the channel to look for, if the call was an `originate`. */
  readonly channelId: string | undefined

  constructor(
    message: string,
    options: AmiErrorOptions & {
      delivered?: Delivered | undefined
      actionId?: string | undefined
      channelId?: string | undefined
    } = {},
  ) {
    super(message, options, options.delivered !== 'unknown')
    this.delivered = options.delivered ?? 'no'
    this.actionId = options.actionId
    this.channelId = options.channelId
  }
}

/** `AMI_TIMEOUT`: no complete answer arrived in time. */
export class TimeoutError<E = unknown> extends AmiError {
  override readonly code = 'AMI_TIMEOUT'
  readonly #events: readonly E[]
  /** Whether the server can have seen the action. */
  readonly delivered: Delivered
  /** The `Uniqueid` of the channel to look for, if the call was an `originate`. */
  readonly channelId: string | undefined

  constructor(
    message: string,
    options: AmiErrorOptions & {
      events?: readonly E[] | undefined
      delivered?: Delivered | undefined
      channelId?: string | undefined
    } = {},
  ) {
    super(message, options, true)
    this.delivered = options.delivered ?? 'unknown'
    this.channelId = options.channelId
    this.#events = options.events ?? []
  }

  /** The rows that had arrived. They may hold secrets, so nothing that prints the error shows them. */
  get events(): readonly E[] {
    return this.#events
  }
}

/** `AMI_REFUSED`: the server refused the action, usually with `Response: Error`. */
export class ActionError<R = unknown> extends AmiError {
  override readonly code = 'AMI_REFUSED'
  readonly #response: R

  constructor(message: string, options: AmiErrorOptions & { response: R }) {
    super(message, options, false)
    this.#response = options.response
  }

  /** The complete answer. It may hold secrets, so nothing that prints the error shows it. */
  get response(): R {
    return this.#response
  }
}

/** `AMI_PROTOCOL`: what the server sent is not AMI. */
export class ProtocolError extends AmiError {
  override readonly code = 'AMI_PROTOCOL'
  readonly #bytes: Uint8Array

  constructor(message: string, options: AmiErrorOptions & { bytes: Uint8Array }) {
    super(message, options, false)
    this.#bytes = options.bytes
  }

  /** At most 64 of the bytes that were no AMI. They may hold secrets, so nothing that prints the error shows them. */
  get bytes(): Uint8Array {
    return this.#bytes
  }
}

/** `AMI_LIMIT`: a limit was reached. */
export class LimitError extends AmiError {
  override readonly code = 'AMI_LIMIT'
  /** The name of the limit, such as `limits.message` or `maxInFlight`. */
  readonly limit: string
  /** The value of the limit. */
  readonly value: number

  constructor(message: string, options: AmiErrorOptions & { limit: string; value: number }) {
    super(message, options, false)
    this.limit = options.limit
    this.value = options.value
  }
}

/** `AMI_OVERFLOW`: a loop over `events()` is too slow for its `capacity`. */
export class OverflowError extends AmiError {
  override readonly code = 'AMI_OVERFLOW'
  /** How many events were dropped. */
  readonly dropped: number

  constructor(message: string, options: AmiErrorOptions & { dropped: number }) {
    super(message, options, true)
    this.dropped = options.dropped
  }
}

/** `AMI_CLOSED`: the client was used after it had ended. */
export class ClosedError extends AmiError {
  override readonly code = 'AMI_CLOSED'

  constructor(message: string, options: AmiErrorOptions = {}) {
    super(message, options, false)
  }
}

/** `AMI_ARGUMENT`: a mistake in your program. It is thrown at once. */
export class ArgumentError extends AmiError {
  override readonly code = 'AMI_ARGUMENT'
  /** Which option, parameter or header is wrong. */
  readonly argument: string

  constructor(message: string, options: AmiErrorOptions & { argument: string }) {
    super(message, options, false)
    this.argument = options.argument
  }
}

/** Why an AGI session has lost its channel; `'unknown'` where nothing says it. */
export type HangupBy = 'hangup' | 'redirect' | 'unknown'

/** `AGI_HANGUP`: the call has hung up or was sent elsewhere, and its AGI session cannot do what needs the channel. */
export class HangupError extends AmiError {
  override readonly code = 'AGI_HANGUP'
  /** The command that was under way or was asked for, such as `STREAM FILE`; empty where there was none. */
  readonly command: string
  /** Why, as far as events of AMI say it. */
  readonly by: HangupBy

  constructor(message: string, options: AmiErrorOptions & { command?: string; by?: HangupBy } = {}) {
    super(message, options, false)
    this.command = options.command ?? ''
    this.by = options.by ?? 'unknown'
  }
}

/** `AGI_COMMAND`: Asterisk did not carry an AGI command out, and the call lives. */
export class CommandError extends AmiError {
  override readonly code = 'AGI_COMMAND'
  /** The command's name, such as `STREAM FILE`. */
  readonly command: string
  /** 510 unknown, 520 used wrongly, 200 where it failed: no such file, label or directory. */
  readonly status: number
  /** What stood behind `result=`. */
  readonly result: string
  /** How the command is used, where Asterisk says so. */
  readonly usage: string | undefined
  /** Whether AsyncAGI has ended because of it: the dialplan goes on. */
  readonly ended: boolean

  constructor(
    message: string,
    options: AmiErrorOptions & {
      command: string
      status: number
      result?: string
      usage?: string | undefined
      ended?: boolean
    },
  ) {
    super(message, options, false)
    this.command = options.command
    this.status = options.status
    this.result = options.result ?? ''
    this.usage = options.usage
    this.ended = options.ended ?? false
  }
}

/**
 * The rest of a sentence that says what is wrong with an argument and what to do. The compiler holds every message to
 * it.
 */
export type Why =
  `${'must' | 'is missing' | 'is unknown' | 'cannot' | 'needs' | 'was not'}${'' | `${' ' | ',' | ':'}${string}`}`

/**
 * Makes the error of a caller's mistake.
 * @param argument which option, parameter or header is wrong
 */
export function invalid(argument: string, why: Why, source?: string): ArgumentError {
  const shown = argument.replace(/[^\x20-\x7e]/g, '?').slice(0, 80) || 'name'
  const subject = shown.replace(/[^\w.()[\]' -]/g, '_').trim() || 'name'
  return new ArgumentError(`${source === undefined ? '' : `${source}: `}${subject} ${why}`, { argument: shown, source })
}

/** Any error of the library. Its `code` says which: {@link AmiError.is} narrows a value to this. */
export type AnyAmiError =
  | ConnectError
  | AuthError
  | LostError
  | TimeoutError
  | ActionError
  | ProtocolError
  | LimitError
  | OverflowError
  | ClosedError
  | ArgumentError
  | HangupError
  | CommandError

const ordinary = Function.prototype[Symbol.hasInstance]

for (const type of [
  AmiError,
  ConnectError,
  AuthError,
  LostError,
  TimeoutError,
  ActionError,
  ProtocolError,
  LimitError,
  OverflowError,
  ClosedError,
  ArgumentError,
  HangupError,
  CommandError,
]) {
  Object.defineProperty(type.prototype, 'name', { value: type.name, writable: true, configurable: true })
  // holds for the errors of another copy of the library too, as of ESM beside CommonJS; not for a caller's own subclass
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, error: unknown): boolean {
      if (ordinary.call(this, error)) return true
      return this === type && AmiError.is(error) && (type === AmiError || error.name === type.name)
    },
  })
}
