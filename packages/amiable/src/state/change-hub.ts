import { checkBoolean, checkChoice, checkFunction, checkOptions, checkSignal, checkWhole, got } from '../check.ts'
import { invalid, OverflowError } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { AsyncQueue } from '../util/async-queue.ts'
import type { Change, ChangeName, Reset } from './changes.ts'
import { makeTables } from './table.ts'

/** A listener of changes. */
export interface ChangeListener {
  /** Removes it; does nothing the second time. */
  remove(): void
  [Symbol.dispose](): void
}

/** How a listener is attached. */
export interface ChangeListenOptions {
  /** Removes it when its first change comes. @default false */
  once?: boolean | undefined
  /** Removes it when the signal aborts. */
  signal?: AbortSignal | undefined
}

/** How changes are iterated. */
export interface ChangesOptions {
  /** @default '*' */
  filter?: ChangeName | readonly ChangeName[] | undefined
  /** Ends the iteration by throwing the signal's reason. */
  signal?: AbortSignal | undefined
  /** How many changes may wait for the loop. @default 10_000 */
  capacity?: number | undefined
  /** What happens past it: one `reset` in place of all that waits, or an `AMI_OVERFLOW` out of the loop. @default 'reset' */
  overflow?: 'reset' | 'fail' | undefined
}

const KINDS: ReadonlySet<string> = new Set(Object.keys(makeTables()))
const TYPES: ReadonlySet<string> = new Set(['added', 'changed', 'removed'])

/** A filter of changes, made once. */
export type Test = (about: Pick<Change, 'kind' | 'type'>) => boolean

/**
 * Makes the test of a filter.
 * @throws {ArgumentError} for a name that no change has
 */
export function testOf(filter: unknown): Test {
  const names: readonly unknown[] = Array.isArray(filter) ? filter : [filter]
  if (names.length === 0) throw invalid('filter', 'must not be empty')
  const wanted = new Set<string>()
  for (const name of names) {
    const [kind = '', type, more] = typeof name === 'string' ? name.split('.') : []
    const isName = name === '*' || (KINDS.has(kind) && (type === undefined || TYPES.has(type)) && more === undefined)
    if (!isName) throw invalid('filter', `must be '*', a kind such as 'member', or 'member.changed', ${got(name)}`)
    wanted.add(name as string)
  }
  if (wanted.has('*')) return () => true
  return ({ kind, type }) => wanted.has(kind) || wanted.has(`${kind}.${type}`)
}

interface Entry {
  readonly test: Test
  readonly handler: (change: never, listener: ChangeListener) => unknown
  readonly once: boolean
  readonly listener: ChangeListener
  /** How many changes had been reported when it was attached: it gets those behind. */
  readonly from: number
  unlisten: () => void
}

/** The listeners of changes. Each gets all changes of one event before any of the next. */
export class ChangeHub {
  #source: string
  #entries = new Set<Entry>()
  #loops = new Set<{ readonly test: Test; readonly take: (change: Change) => void }>()
  #ends = new Set<() => void>()
  #ended = false
  #told = 0

  constructor(source: string) {
    this.#source = source
  }

  on(filter: unknown, handler: Entry['handler'], options: ChangeListenOptions = {}): ChangeListener {
    const test = testOf(filter)
    checkFunction('handler', handler)
    const set = checkOptions<ChangeListenOptions>('', options, { once: true, signal: true })
    checkBoolean('once', set.once)
    checkSignal('signal', set.signal)
    const remove = () => {
      this.#entries.delete(entry)
      entry.unlisten()
    }
    const listener = { remove, [Symbol.dispose]: remove }
    const entry: Entry = { test, handler, once: set.once ?? false, listener, from: this.#told, unlisten: () => {} }
    if (this.#ended || set.signal?.aborted) return listener
    this.#entries.add(entry)
    entry.unlisten = onAbort(set.signal, remove)
    return listener
  }

  iterate(options: ChangesOptions, revision: () => string): AsyncIterableIterator<Change | Reset> {
    const known = { filter: true, signal: true, capacity: true, overflow: true }
    const set = checkOptions<ChangesOptions>('', options, known)
    const { filter = '*', signal, capacity = 10_000, overflow = 'reset' } = set
    const test = testOf(filter)
    checkSignal('signal', signal)
    checkWhole('capacity', capacity, 1)
    checkChoice('overflow', overflow, ['reset', 'fail'])
    const take = (change: Change) => {
      if (queue.size < capacity) {
        queue.push(change)
        return
      }
      if (overflow === 'fail') {
        const text = `${this.#source}: the loop over changes() is more than ${capacity} changes behind`
        queue.end(new OverflowError(text, { source: this.#source, dropped: 1 }))
        return
      }
      while (queue.size > 0) queue.shift()
      queue.push({ type: 'reset', revision: revision(), why: 'overflow' })
    }
    const loop = { test, take }
    const queue = new AsyncQueue<Change | Reset>(() => {
      this.#loops.delete(loop)
      this.#ends.delete(end)
      unlisten()
    })
    const end = () => queue.end()
    const unlisten = onAbort(signal, () => queue.end(signal?.reason))
    if (signal?.aborted) queue.end(signal.reason)
    else if (this.#ended) queue.end()
    else {
      this.#loops.add(loop)
      this.#ends.add(end)
    }
    return queue
  }

  /** Whether somebody hears of any changes. */
  hears(): boolean {
    return this.#loops.size + this.#entries.size > 0
  }

  /** Whether somebody hears of such changes: others need not be made. */
  wants(kind: Change['kind'], type: Change['type']): boolean {
    if (!this.hears()) return false
    const about = { kind, type }
    for (const { test } of this.#loops) if (test(about)) return true
    for (const { test } of this.#entries) if (test(about)) return true
    return false
  }

  tell(changes: readonly Change[]): void {
    for (const change of changes) {
      const number = ++this.#told
      for (const { test, take } of this.#loops) if (test(change)) take(change)
      for (const entry of this.#entries) if (entry.from < number && entry.test(change)) this.#run(entry, change)
    }
  }

  end(): void {
    this.#ended = true
    for (const end of [...this.#ends]) end()
    for (const { listener } of [...this.#entries]) listener.remove()
  }

  #run(entry: Entry, change: Change): void {
    if (entry.once) entry.listener.remove()
    try {
      const result = entry.handler(change as never, entry.listener)
      if (result instanceof Promise) result.catch(uncaught)
    } catch (error) {
      uncaught(error)
    }
  }
}

/** Throws the error of a handler later, so that it stops neither the others nor the model. */
function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
