import { actionFacts } from '../../catalog/facts.ts'
import { ActionError, type AmiError, LimitError, LostError, ProtocolError, TimeoutError } from '../../errors.ts'
import type { State } from '../../link/machine.ts'
import type { QueuedWrite } from '../../link/outbox.ts'
import type { Clock } from '../../util/clock.ts'
import type { Meter } from '../../util/meter.ts'
import { notAmi } from '../../wire/decoder.ts'
import type { Variables } from '../../wire/encoder.ts'
import type { Intake } from '../../wire/intake.ts'
import { hold, kindOf, letGo, linesOf, Message } from '../../wire/message.ts'
import type { Expiring } from './deadlines.ts'
import type { ServerState } from './not-yet.ts'
import type { AnswerEnding, Assembly } from './reply-assembly.ts'
import type { Response } from './response.ts'

/** The options that every call takes. */
export interface CallOptions {
  /** Gives the call up: it rejects with the signal's reason. An action that was sent stays sent. */
  signal?: AbortSignal | undefined
  /** Milliseconds, counted from the call. @default the client's `actionTimeout` */
  timeout?: number | undefined
  /** Channel variables. The client escapes them, so that the channel gets exactly these values. */
  variables?: Variables | undefined
  /** An ActionID of your own: 1 to 67 printable ASCII characters. @default a unique one */
  actionId?: string | undefined
  /**
   * Sends the action again after a lost connection, or while the server refuses it for now. Only for actions that read.
   * @default false
   */
  retry?: boolean | undefined
  /**
   * Whether the call waits for a login or for its turn. `false` rejects at once with `AMI_LOST` or `AMI_LIMIT`.
   * @default true
   */
  queue?: boolean | undefined
  /**
   * Sends a Ping after the action. The answer to the Ping proves that the answer to the action is complete. Everything
   * that arrives before it belongs to the action. Use it for modules outside Asterisk's tree whose answers do not say
   * where they end. @default false
   */
  fence?: boolean | undefined
}

/** How a call ends. */
export interface Outcome {
  /** Takes a row as it comes; without it rows are collected up to `limits.rows`. */
  row?(row: Message): void
  resolve(response: Response): void
  reject(error: unknown): void
}

/** Returns the same outcome for a caller that takes a refusal for an answer. */
export function resolvingRefusals(outcome: Outcome): Outcome {
  return {
    resolve: (response) => outcome.resolve(response),
    reject: (error) =>
      error instanceof ActionError ? outcome.resolve(error.response as Response) : outcome.reject(error),
  }
}

/** A call in the hands of whoever began it. */
export interface Begun {
  /** Gives it up, quietly. */
  giveUp(): void
  /** Whether the server can have seen it. */
  hasLeft(): boolean
  /** Returns when it was sent; undefined where it was not. */
  sentAt(): number | undefined
}

/** What a {@link Call} is made from. */
interface CallParts {
  readonly id: string
  readonly action: string
  readonly text: string
  readonly started: number
  readonly timeout: number
  /** For how long it may rightly keep the session silent. */
  readonly blocking: number
  readonly retry: boolean
  readonly fence: boolean
  /** Whether it is worth nothing later: it waits for its turn, but never for a login. */
  readonly perishable: boolean
  readonly outcome: Outcome
  readonly nature: CallNature
}

/** How the library treats a call. */
export interface CallNature {
  /** The library's own call: no limit holds it back. */
  readonly internal?: true
  /** The call that its answer proves to be over. */
  readonly provesEndOf?: Call
}

/** A call from its start to its end. */
export class Call implements CallParts, Expiring {
  readonly id: string
  readonly action: string
  /** Its bytes; none once it is over. */
  text: string
  readonly started: number
  readonly timeout: number
  readonly deadline: number
  readonly blocking: number
  readonly retry: boolean
  readonly fence: boolean
  readonly perishable: boolean
  readonly outcome: Outcome
  readonly nature: CallNature
  /** There is one from when it is sent. */
  assembly!: Assembly
  rows: Message[] = []
  rowCount = 0
  /** Its place among the actions that were sent. */
  order = 0
  sent: number | undefined = undefined
  write: QueuedWrite | undefined = undefined
  unlisten: (() => void) | undefined = undefined
  settled = false
  /** What it was refused with last, while it waits to be sent again. */
  refusal: ActionError | undefined = undefined
  #meter: Meter | undefined
  #messages: Message[] | undefined

  constructor(parts: CallParts) {
    this.id = parts.id
    this.action = parts.action
    this.text = parts.text
    this.started = parts.started
    this.timeout = parts.timeout
    this.deadline = parts.started + parts.timeout
    this.blocking = parts.blocking
    this.retry = parts.retry
    this.fence = parts.fence
    this.perishable = parts.perishable
    this.outcome = parts.outcome
    this.nature = parts.nature
  }

  /** Counts its bytes as held until they are not needed any more; says whether there is room. */
  holdText(meter: Meter): boolean {
    if (this.#meter !== undefined) return true
    if (!meter.take(this.text.length)) return false
    this.#meter = meter
    return true
  }

  /** Drops the bytes of the call, which are not needed any more. */
  dropText(): void {
    this.#meter?.free(this.text.length)
    this.#meter = undefined
    this.text = ''
  }

  /** Counts a part of its answer as held until the call is over; says whether there is room. */
  hold(message: Message): boolean {
    if (!hold(message)) return false
    this.#messages ??= []
    this.#messages.push(message)
    return true
  }

  /** Holds nothing of its answer any more. */
  letGo(): void {
    for (const message of this.#messages ?? []) letGo(message)
    this.#messages = undefined
    this.rows = []
  }
}

/** Puts a call into the hands of whoever began it. */
export function begunOf(call: Call, giveUp: () => void): Begun {
  return { giveUp, hasLeft: () => call.write?.begun === true, sentAt: () => call.sent }
}

/** What calls need from the client around them. */
export interface CallHost {
  readonly link: CallLink
  readonly intake: Intake
  /** Counts a fault of the server's; its error is made only for those who look. */
  countFault(make: () => AmiError): void
}

/** What calls need from the link beneath them. */
export interface CallLink extends ServerState {
  /** `'idle'` while nobody has called `connect()` yet. */
  readonly state: State
  /** The number of the login that answers come under. */
  readonly epoch: number
  /** Writes an action if there is a login to write it under. */
  write(text: string): QueuedWrite | undefined
}

/** Returns the answer to an action that Asterisk does not answer. */
export function silentAnswer({ intake, link }: CallHost, clock: Clock): Message {
  return new Message({ intake, epoch: link.epoch, receivedAt: clock.now() }, 'other', '')
}

/** Whether a server that says that it speaks this version of AMI is at least as new; one that does not say is old. */
export function speaks(version: string, major: number, minor: number): boolean {
  const dot = version.indexOf('.')
  const own = Number.parseInt(version, 10)
  const ownMinor = (dot !== -1 && Number.parseInt(version.slice(dot + 1), 10)) || 0
  return own > major || (own === major && ownMinor >= minor)
}

/** What the version of AMI decides of every answer. */
export interface Dialect {
  /** Whether the server marks where a list begins and ends: before AMI 2.7 (Asterisk 13.2) most had neither. */
  readonly listsMarked: boolean
  /** Whether any action can be answered by raw output: Asterisk 14 and newer (AMI 2.8) never write it (manager.c:action_command). */
  readonly rawAnywhere: boolean
}

const dialects: Readonly<Record<'old' | 'marked' | 'new', Dialect>> = {
  old: { listsMarked: false, rawAnywhere: true },
  marked: { listsMarked: true, rawAnywhere: true },
  new: { listsMarked: true, rawAnywhere: false },
}

/** Returns what a version of AMI decides. */
export function dialectOf(version: string): Dialect {
  if (speaks(version, 2, 8)) return dialects.new
  return speaks(version, 2, 7) ? dialects.marked : dialects.old
}

/** Whether an action runs a command of the CLI. */
export function isCommand(action: string): boolean {
  return action.length === 7 && action.toLowerCase() === 'command'
}

/** Whether a call can be answered by raw output: modules and appliances write it whatever their version. */
export function takesRaw(action: string, ending: AnswerEnding | undefined, { rawAnywhere }: Dialect): boolean {
  return rawAnywhere || ending !== undefined || isCommand(action)
}

/** Makes the error of a call that was waiting when the connection was lost. */
export function lostCall(source: string, call: Call, cause: AmiError): LostError {
  const delivered = call.write?.left ? 'unknown' : 'no'
  const doubtful = actionFacts(call.action)?.reads
    ? 'it changes nothing, so you can send it again'
    : 'the server may have run it, so check before you send it again'
  const what = delivered === 'no' ? 'it was not sent, so you can send it again' : doubtful
  const text = `${source}: the connection was lost while ${call.action} (${call.id}) was waiting: ${what}`
  return new LostError(text, { source, delivered, actionId: call.id, cause })
}

/** Says what a call that was not answered in time waited for: a login, its turn, or an action in front that blocks. */
export function circumstance(call: Call, ready: boolean, sent: Iterable<Call>, now: number): string {
  if (call.sent === undefined) return ready ? ', it waited for its turn' : ', it waited for a login'
  for (const other of sent) {
    if (other === call) break
    if (other.assembly.reply === undefined && other.blocking > 0 && other.sent !== undefined) {
      return `; it waited behind ${other.action} (${other.id}), sent ${Math.round(now - other.sent)} ms ago`
    }
  }
  return ''
}

/** Makes the error of a call whose time is up; `waitedFor` says what the call waited for. */
export function timedOutCall(source: string, call: Call, waitedFor: string): TimeoutError {
  const missing = call.sent !== undefined && call.assembly.reply ? 'end of the answer' : 'answer'
  const text = `${source}: no ${missing} to ${call.action} (${call.id}) within ${call.timeout} ms${waitedFor}`
  return new TimeoutError(text, {
    source,
    events: call.rows.filter((part) => kindOf(part) === 'event'),
    delivered: call.write?.begun ? 'unknown' : 'no',
  })
}

/** Makes the error of a list that has more rows than a call may collect. */
export function tooManyRows(source: string, call: Call, value: number): LimitError {
  const text = `${source}: ${call.action} has more than limits.rows (${value}) rows; read it with list()`
  return new LimitError(text, { source, limit: 'limits.rows', value })
}

/** Makes the error of a call that was not to wait for a login, while there is none. */
export function noLogin(source: string, action: string, perishable: boolean): LostError {
  const why = perishable ? 'a late one would dial at the wrong time; give queue: true to wait' : 'queue is false'
  return new LostError(`${source}: ${action} was not sent: the client is not logged in, and ${why}`, {
    source,
    delivered: 'no',
  })
}

/** Makes the error of a call for which there is no room. */
export function noRoom(source: string, action: string, limit: 'maxQueued' | 'maxInFlight', value: number): LimitError {
  const why = limit === 'maxQueued' ? `${value} calls wait` : `queue is false, and ${value} calls are in flight`
  return new LimitError(`${source}: ${action} was not sent: ${why} (${limit})`, { source, limit, value })
}

/** Makes the error of a message that is neither Response nor Event, and that nobody waits for. */
export function strayMessage(source: string, message: Message): ProtocolError {
  return notAmi(source, 'what came is neither Response nor Event', linesOf(message).slice(2), false)
}

/**
 * Makes the error of a list that has fewer rows than its end says: a value with line breaks tears the row that it
 * stands in.
 */
export function missingRows(end: Message, { action, assembly, id }: Call, said: number): ProtocolError {
  const { source } = end
  const text = `${source}: the answer to ${action} (${id}) ended with ${assembly.rows} of its ${said} rows; a line break in a value may have torn the others`
  return new ProtocolError(text, { source, bytes: new Uint8Array() })
}

/**
 * Makes the error of a call that has no Response, or no end of its list, though the server has answered what stands
 * behind the call.
 */
export function unansweredCall(source: string, { action, id }: Call): ProtocolError {
  const text = `${source}: ${action} (${id}) got no complete answer, though the server has answered the Ping behind it`
  return new ProtocolError(text, { source, bytes: new Uint8Array() })
}

/**
 * Makes the error of raw output that ended without its mark: in front of another message, or of a blank line where none
 * can stand.
 */
export function cutShortOutput(source: string, message: Message): ProtocolError {
  return notAmi(source, 'the output of a command broke off before its end', linesOf(message).slice(2), false)
}
