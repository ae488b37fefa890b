import {
  type Check,
  checkClient,
  checkClock,
  checkDelay,
  checkDuration,
  checkEach,
  checkFunction,
  checkWhole,
} from '../check.ts'
import type { Client } from '../client/client.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { Meter } from '../util/meter.ts'
import type { HandlerErrorListener } from './handler.ts'

// what all sessions of a listener hold at most of answers that are not complete
const MOST_HELD = 67_108_864

/** How FastAGI sessions behave. */
export interface SessionOptions {
  /** Milliseconds for what Asterisk says first; who says nothing is closed. @default 5_000 */
  readonly environmentTimeout?: number | undefined
  /** Milliseconds a handler may keep a call that is gone: one that was sent elsewhere waits for it. @default 10_000 */
  readonly hangupGrace?: number | undefined
  /** How many commands of a session may wait. @default 64 */
  readonly maxQueued?: number | undefined
  /** Bytes of an answer (1 MiB) and of what Asterisk says first (64 KiB). */
  readonly limits?: { readonly line?: number | undefined; readonly environment?: number | undefined } | undefined
  /** Milliseconds between TCP keepalives, which find a dead Asterisk. @default 30_000 */
  readonly keepAlive?: number | undefined
  /** A client of the same Asterisk, for stopping sounds that AGI cannot stop. It needs the write right `call`. */
  readonly control?: Pick<Client, 'sendRaw'> | undefined
  /** Is called with what a handler threw; without it that is an uncaught exception. */
  readonly onHandlerError?: HandlerErrorListener | undefined
  /** Where time comes from; a test gives its own. */
  readonly clock?: Clock | undefined
}

const positive: Check = (argument, value) => void checkWhole(argument, value, 1)
const LIMITS = { line: positive, environment: positive }

/** How each option is checked. */
export const SESSION_CHECKS: Readonly<Record<keyof SessionOptions, Check>> = {
  environmentTimeout: checkDuration,
  hangupGrace: checkDelay,
  maxQueued: positive,
  limits: (argument, value) => void checkEach(argument, value, LIMITS),
  keepAlive: checkDuration,
  control: (_, value) => checkClient(value),
  onHandlerError: (argument, value) => checkFunction(argument, value),
  clock: checkClock,
}

/** The options, with nothing left out. */
export interface ResolvedOptions {
  readonly environmentTimeout: number
  readonly hangupGrace: number
  readonly maxQueued: number
  readonly limits: { readonly line: number; readonly environment: number }
  /** The bytes of answers that are not complete, of all sessions. */
  readonly held: Meter
  readonly keepAlive: number
  readonly control: Pick<Client, 'sendRaw'> | undefined
  readonly onHandlerError: HandlerErrorListener | undefined
  readonly clock: Clock
}

/** Fills in what was not given. */
export function resolve(given: Partial<SessionOptions>): ResolvedOptions {
  return {
    environmentTimeout: given.environmentTimeout ?? 5_000,
    hangupGrace: given.hangupGrace ?? 10_000,
    maxQueued: given.maxQueued ?? 64,
    limits: { line: given.limits?.line ?? 1_048_576, environment: given.limits?.environment ?? 65_536 },
    held: new Meter(MOST_HELD),
    keepAlive: given.keepAlive ?? 30_000,
    control: given.control,
    onHandlerError: given.onHandlerError,
    clock: given.clock ?? systemClock,
  }
}
