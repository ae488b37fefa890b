import { AmiError } from '../errors.ts'
import { type Deferred, deferred } from '../util/deferred.ts'

/** A function whose callers are looked for. */
export type Called = (...args: never[]) => unknown

/*
 * What fails in answer to a message fails in the read loop, whose stack tells nobody anything. The error of a call shows
 * the lines of whoever made the call instead.
 */

/** A promise whose error shows who awaits it, or who handed it on with `then` or `catch`. */
class CallPromise<T> extends Promise<T> {
  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const caller: { stack?: string } = {}
    Error.captureStackTrace(caller, this.then)
    return super.then(fulfilled, (error: unknown) => {
      if (AmiError.is(error)) showFrames(error, caller.stack, '\n    at ')
      if (typeof rejected !== 'function') throw error
      return rejected(error)
    })
  }
}

// `await` takes what says that it is a Promise as it is, and does not call `then`
Object.defineProperty(CallPromise.prototype, 'constructor', { value: Promise })

/**
 * Returns a promise to be settled whose error shows who awaits it, or who handed it on with `then` or `catch`. While it
 * is awaited and all goes well it costs what any promise does.
 */
export function awaitedDeferred<T>(): Deferred<T> {
  let resolve!: (value: T | Promise<never>) => void
  let refuse!: (reason: unknown) => void
  const promise = new CallPromise<T>((settle, reject) => {
    resolve = settle
    refuse = reject
  })
  const reject = (error: unknown) => (AmiError.is(error) ? rejectShowing(resolve, error) : refuse(error))
  return { promise, resolve, reject }
}

/** Passes a promise on, and its error as {@link awaitedDeferred} does. */
export function awaited<T>(promise: Promise<T>): Promise<T> {
  const own = awaitedDeferred<T>()
  promise.then(own.resolve, own.reject)
  return own.promise
}

/** Settles a promise with an error, once that shows who awaits the promise. */
function rejectShowing(resolve: (value: Promise<never>) => void, error: Error): void {
  const begin = deferred<void>()
  const showing = begin.promise.then((): never => {
    const waiting: { stack?: string } = {}
    Error.captureStackTrace(waiting)
    showFrames(error, waiting.stack, '\n    at async ')
    throw error
  })
  // in this order: when it is looked for who awaits, the one promise follows the other already
  resolve(showing)
  begin.resolve()
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
