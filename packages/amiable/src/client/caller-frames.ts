import { AmiError } from '../errors.ts'
import { type Deferred, deferred } from '../util/deferred.ts'

/** A function whose callers are looked for. */
export type Called = (...args: never[]) => unknown

/*
 * A call that fails in answer to a message fails in the read loop, whose stack says nothing to anybody. The error of a
 * call shows the lines of whoever made the call instead.
 */

// V8 finds who awaits a promise through the one that follows it; what Bun runs on does so only within an async function
const followsPromises = !('bun' in process.versions)

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
 * A promise to be settled whose error shows who awaits it, or who handed it on with `then` or `catch`. While it is
 * awaited and all goes well it costs what any promise does. It is made for every call: `reject` is no closure.
 */
export class AwaitedCall<T> implements Deferred<T> {
  readonly promise: Promise<T>
  resolve!: (value: T | Promise<never>) => void
  #refuse!: (reason: unknown) => void

  constructor() {
    const promise = new CallPromise<T>((resolve, reject) => {
      this.resolve = resolve
      this.#refuse = reject
    })
    this.promise = followsPromises ? promise : Object.setPrototypeOf(showingWhoAwaits(promise), CallPromise.prototype)
  }

  reject(error: unknown): void {
    if (followsPromises && AmiError.is(error)) rejectShowing(this.resolve, error)
    else this.#refuse(error)
  }
}

/** Passes a promise on, and its error as {@link AwaitedCall} does. */
export function awaited<T>(promise: Promise<T>): Promise<T> {
  const own = new AwaitedCall<T>()
  promise.then(own.resolve, (error: unknown) => own.reject(error))
  return own.promise
}

/** Passes a promise on; its error shows who awaits it. */
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
  const caller = callerOf(called)
  const rejectAs = (error: unknown) => {
    showCaller(error, caller)
    reject(error)
  }
  return { promise, resolve, reject: rejectAs }
}

/** The lines of whoever called. */
export interface Caller {
  readonly stack?: string
}

/** Returns the lines of whoever called a function, while it runs. */
export function callerOf(called: Called): Caller {
  const caller: Caller = {}
  Error.captureStackTrace(caller, called)
  return caller
}

/** Shows in an error of this library who called. */
export function showCaller(error: unknown, caller: Caller): void {
  if (AmiError.is(error)) showFrames(error, caller.stack, '\n    at ')
}

/** Gives an error the frames of a stack, from the first that begins so; whoever prepares stacks his own way may have none. */
function showFrames(error: Error, stack: unknown, first: string): void {
  const at = typeof stack === 'string' ? stack.indexOf(first) : -1
  if (at !== -1) error.stack = `${error.name}: ${error.message}${(stack as string).slice(at)}`
}
