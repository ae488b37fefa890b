// A list that is asked for again and again, over one connection for each server.
import { setTimeout as pause } from 'node:timers/promises'
import { AmiError, type AmiEvent, type Client } from 'amiable'
import type { Target } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { type Explained, explain } from '../errors/explain.ts'
import type { Common, Io } from '../io.ts'
import { logOff, open } from '../server/session.ts'

export interface WatchListOptions {
  /** Milliseconds between two looks. */
  readonly every: number
  readonly timeout: number | undefined
  /** Reads the rows once. */
  readonly read: (client: Client) => Promise<readonly AmiEvent[]>
  /** Takes the rows of one look. */
  readonly take: (source: string, rows: readonly AmiEvent[]) => Promise<void> | void
  /** Takes what is wrong after a first look that worked. */
  readonly spoil: (source: string, error: Explained) => void
  /** Takes why a server is looked at no more. */
  readonly fail: (error: Explained) => void
  /** Called when each server has been looked at once, or has failed. */
  readonly begun?: () => void
}

/** Looks until the command ends. Returns the exit status: ^C is the way to end it. */
export async function watchList(
  io: Io,
  common: Common,
  targets: readonly Target[],
  options: WatchListOptions,
): Promise<number> {
  const failures: Explained[] = []
  let awaited = targets.length
  const one = async (target: Target) => {
    let hasBegun = false
    const begun = () => {
      if (!hasBegun && --awaited === 0) options.begun?.()
      hasBegun = true
    }
    try {
      await watchOne(io, common, target, options, begun)
    } catch (error) {
      if (io.signal.aborted) return
      const failure = { ...explain(error, { reads: true }), source: target.name }
      failures.push(failure)
      options.fail(failure)
    } finally {
      begun()
    }
  }
  await Promise.all(targets.map(one))
  const [first] = failures
  if (first === undefined) return EXIT.done
  return targets.length === 1 ? first.exit : EXIT.some
}

async function watchOne(
  io: Io,
  common: Common,
  target: Target,
  options: WatchListOptions,
  begun: () => void,
): Promise<void> {
  const { every, timeout, read, take, spoil } = options
  const { name } = target
  let client: Client | undefined
  try {
    client = await open(io, common, target, { events: 'off', timeout, stays: true })
    let ended: { readonly error: Error | undefined } | undefined
    const over = new AbortController()
    void client.closed.then(({ error }) => {
      ended = { error }
      over.abort()
    })
    void spoilWhenLost(client, (error) => spoil(name, explain(error, { reads: true })))
    let isFirst = true
    const signal = AbortSignal.any([io.signal, over.signal])
    while (!signal.aborted) {
      // a call would wait for the connection, and then its rows would be of another moment
      if (client.state === 'ready') {
        try {
          await take(name, await read(client))
          isFirst = false
          begun()
        } catch (error) {
          if (signal.aborted) break
          if (isFirst || !AmiError.is(error)) throw error
          spoil(name, explain(error, { reads: true }))
        }
      }
      await pause(every, undefined, { signal }).catch(() => {})
    }
    if (ended?.error !== undefined && !io.signal.aborted) throw ended.error
  } finally {
    await logOff(io, client)
  }
}

async function spoilWhenLost(client: Client, spoil: (error: Error) => void): Promise<void> {
  for await (const status of client.status()) if (status.type === 'lost') spoil(status.error)
}
