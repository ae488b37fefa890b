import { type Check, checkBoolean, checkClock, checkFunction, checkSync, checkWhole } from '../check.ts'
import type { Clock } from '../util/clock.ts'
import { checkInstance } from './claim.ts'
import type { AgiRequest } from './environment.ts'
import type { HandlerErrorListener } from './handler.ts'

/** Which calls a program takes, and how. */
export interface AttachOptions {
  /**
   * The name of this program for other programs. With a stable name it takes its own calls back after a restart. Random
   * by default.
   */
  readonly instance?: string | undefined
  /** Whether a call is wanted. By default all that the router has a route for. */
  readonly accept?: ((request: AgiRequest) => boolean) | undefined
  /**
   * Whether several programs may listen, of which one gets a call. `false` saves the first command's time, up to 100 ms a
   * call, where only one listens. @default true
   */
  readonly claim?: boolean | undefined
  /**
   * Which of the calls that are in AsyncAGI already are taken: by default those of the same `instance`. `true` takes
   * those of no program too, `false` takes none.
   */
  readonly adopt?: boolean | undefined
  /** How many calls at once; past it they are left for others. @default 1_000 */
  readonly maxSessions?: number | undefined
  /** How many commands of a call may wait. @default 64 */
  readonly maxQueued?: number | undefined
  /** How many commands of a call Asterisk is given at once. @default 16 */
  readonly pipeline?: number | undefined
  /** Is called with what a handler threw; without it that is an uncaught exception. */
  readonly onHandlerError?: HandlerErrorListener | undefined
  /** Where time comes from; a test gives its own. */
  readonly clock?: Clock | undefined
}

/** Counts since it was attached, and how many calls there are. */
export interface AttachmentStats {
  /** Calls that handlers have. */
  readonly sessions: number
  /** Calls that handlers have had. */
  readonly total: number
  /** Those of them that were in AsyncAGI before. */
  readonly adopted: number
  /** Calls that were not taken because `maxSessions` were. */
  readonly refused: number
  /** Handlers that threw. */
  readonly failed: number
  /** Answers to commands that nobody waited for any more. */
  readonly lateAnswers: number
  /** Commands of other programs on calls that this one has. */
  readonly foreign: number
}

/** How each option is checked. */
export const ATTACH_CHECKS: Readonly<Record<keyof AttachOptions, Check>> = {
  instance: checkInstance,
  accept: (argument, value) => checkSync(argument, value),
  claim: checkBoolean,
  adopt: checkBoolean,
  maxSessions: (argument, value) => void checkWhole(argument, value, 1),
  maxQueued: (argument, value) => void checkWhole(argument, value, 1),
  pipeline: (argument, value) => void checkWhole(argument, value, 1, 1_000),
  onHandlerError: (argument, value) => checkFunction(argument, value),
  clock: checkClock,
}
