import { AmiError } from '../errors.ts'
import type { Deferred } from '../util/deferred.ts'

/** A function whose callers are looked for. */
export type Called = (...args: never[]) => unknown

/*
 * What fails in answer to a message fails in the read loop, whose stack tells nobody anything. The error of a call shows
 * the lines of whoever made the call instead.
 */

/**
 * Passes a promise on; its error shows who awaits it, or who handed it on with `then` or `catch`. Costs nothing that can
 * be measured while it is awaited and all goes well.
 */
export function awaited<T>(promise: Promise<T>): Promise<T> {
  return Object.setPrototypeOf(showingWhoAwaits(promise), handedOn)
}

async function showingWhoAwaits<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    if (AmiError.is(error)) {
      const waiting: { stack?: string } = {}
      Error.captureStackTrace(waiting, showingWhoAwaits)
      showFrames(error, waiting.stack, '\n    at async ')
    }
    throw error
  }
}

/** What a promise of a call inherits from: `await` of a promise does not call `then`, and everybody else does. */
// biome-ignore lint/suspicious/noThenProperty: it is a promise
const handedOn = Object.create(Promise.prototype, { then: { value: thenRemembering } }) as Promise<unknown>

function thenRemembering<T, A, B>(
  this: Promise<T>,
  fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
  rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
): Promise<A | B> {
  const caller: { stack?: string } = {}
  Error.captureStackTrace(caller, thenRemembering)
  return Promise.prototype.then.call(this, fulfilled, (error: unknown) => {
    if (AmiError.is(error)) showFrames(error, caller.stack, '\n    at ')
    if (typeof rejected !== 'function') throw error
    return rejected(error)
  }) as Promise<A | B>
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
