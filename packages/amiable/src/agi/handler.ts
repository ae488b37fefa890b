import { AmiError } from '../errors.ts'
import type { AgiRequest } from './environment.ts'
import type { AgiSession } from './session.ts'

/** Has a call in its hands; its end gives the call back to the dialplan. */
export type AgiHandler = (call: AgiSession) => unknown

/** Whether a handler wants a call: one that a router made says so. */
export function wants(handler: AgiHandler, request: AgiRequest): boolean {
  const { matches } = handler as { matches?: unknown }
  return typeof matches !== 'function' || matches.call(handler, request) === true
}

/** Is called with what a handler threw. */
export type HandlerErrorListener = (error: unknown, call: AgiSession) => void

/** How a session ended. */
export interface AgiEnd {
  /** `'done'`: the handler returned; `'hangup'`: it let go of a call that was gone; `'failed'`: it threw. */
  readonly by: 'done' | 'hangup' | 'failed'
  /** What the handler threw. */
  readonly error?: unknown
}

/** Runs a handler to its end, and says how it ended. Never rejects. */
export async function conduct(session: AgiSession, handler: AgiHandler): Promise<AgiEnd> {
  try {
    await handler(session)
    return { by: session.state === 'dead' ? 'hangup' : 'done' }
  } catch (error) {
    return endedWell(session, error) ? { by: 'hangup' } : { by: 'failed', error }
  }
}

// how deep in an error the hangup may lie that caused it
const CAUSES = 5

/**
 * Whether a handler's error says no more than that the call is gone. Node's own functions wrap the reason of a signal
 * in an AbortError, and programs wrap errors in theirs.
 */
function endedWell(session: AgiSession, error: unknown): boolean {
  if (session.state === 'live') return false
  let cause = error
  for (let depth = 0; depth < CAUSES && cause instanceof Error; depth++) {
    if (cause === session.signal.reason) return true
    if (AmiError.is(cause)) {
      if (cause.code === 'AGI_HANGUP' || (cause.code === 'AMI_CLOSED' && session.state === 'ended')) return true
    }
    cause = cause.cause
  }
  return false
}

/** Reports a handler's error; without a listener it is an uncaught exception. */
export function reportError(listener: HandlerErrorListener | undefined, error: unknown, session: AgiSession): void {
  try {
    if (listener === undefined) throw error
    listener(error, session)
  } catch (uncaught) {
    queueMicrotask(() => {
      throw uncaught
    })
  }
}
