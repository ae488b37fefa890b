import { AmiError } from '../errors.ts'
import type { Deferred } from '../util/deferred.ts'

/** A function whose callers are looked for. */
export type Called = (...args: never[]) => unknown

/*
 * What fails in answer to a message fails in the read loop, whose stack tells nobody anything. The error of a call shows
 * the lines of whoever made the call instead.
 */

/**
 * Passes a promise on; its error shows who awaits it. Costs nothing that can be measured while all goes well.
 * Whoever does not `await` it, but hands it on, is not to be found: that error keeps its own stack.
 */
export async function awaited<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    if (AmiError.is(error)) {
      const waiting: { stack?: string } = {}
      Error.captureStackTrace(waiting, awaited)
      showFrames(error, waiting.stack, '\n    at async ')
    }
    throw error
  }
}

/**
 * Returns a promise to be settled whose error shows who called. It remembers the caller's lines, which takes some
 * microseconds: it is for what is called now and then.
 * @param called the function that was called
 */
export function withCaller<T>({ promise, resolve, reject }: Deferred<T>, called: Called): Deferred<T> {
  const caller: { stack?: string } = {}
  Error.captureStackTrace(caller, called)
  const rejectAs = (error: unknown) => {
    if (AmiError.is(error)) showFrames(error, caller.stack, '\n    at ')
    reject(error)
  }
  return { promise, resolve, reject: rejectAs }
}

/** Gives an error the frames of a stack, from the first that begins so; whoever prepares stacks his own way may have none. */
function showFrames(error: Error, stack: unknown, first: string): void {
  const at = typeof stack === 'string' ? stack.indexOf(first) : -1
  if (at !== -1) error.stack = `${error.name}: ${error.message}${(stack as string).slice(at)}`
}
