// Events as they happen, over one connection for each server.
import { AmiError, type AmiEvent, type Client, type EventFilter } from 'amiable'
import type { Target } from '../context/targets.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { explain } from '../errors/explain.ts'
import type { Common, Io } from '../io.ts'
import { readable } from '../lists/readable.ts'
import { documentOf } from '../output/json.ts'
import { report } from '../output/report.ts'
import { visible } from '../output/visible.ts'
import { logOff, open } from '../server/session.ts'
import { statusText } from './loss.ts'
import { addFilters } from './server-filter.ts'
import type { Watch } from './watch.ts'

export interface WatchServersOptions {
  /** Milliseconds that the watch may take. */
  readonly most: number | undefined
  readonly timeout: number | undefined
  /** What each server leaves out by itself. */
  readonly filters: readonly EventFilter[]
}

/** Watches servers until the watch is over. Returns the exit status. */
export async function watchServers(
  io: Io,
  common: Common,
  targets: readonly Target[],
  watch: Watch,
  { most, timeout, filters }: WatchServersOptions,
): Promise<number> {
  const { expectation, selection, format } = watch.options
  const stop = () => expectation.end(statusOf(String(io.signal.reason), expectation.expects))
  if (io.signal.aborted) stop()
  io.signal.addEventListener('abort', stop, { once: true })
  const json = format === 'jsonl'
  const session = { events: selection.mask, timeout, stays: true }
  const clients: Client[] = []
  const failures: number[] = []
  await Promise.all(
    targets.map(async (target) => {
      try {
        const client = await open(io, common, target, session, (made) => listen(io, made, watch, filters))
        clients.push(client)
        await addFilters(client, filters)
      } catch (error) {
        if (!io.signal.aborted) failures.push(report(io, { ...explain(error), source: target.name }, json))
        const failed = clients.find(({ name }) => name === target.name)
        if (failed !== undefined) clients.splice(clients.indexOf(failed), 1)
        await logOff(io, failed)
      }
    }),
  )
  // nothing was watched that ^C could end
  if (clients.length === 0 && io.signal.aborted) return statusOf(String(io.signal.reason), true)
  if (clients.length === 0) return failures[0] ?? EXIT.noConnection
  expectation.begin(most)
  for (const client of clients) {
    void client.closed.then(({ error }) => {
      if (AmiError.is(error)) expectation.end(report(io, explain(error), json))
    })
  }
  const status = await expectation.over
  if (!io.signal.aborted) await Promise.all(clients.map((client) => makeSure(io, client, watch)))
  await Promise.all(clients.map((client) => logOff(io, client)))
  return status === EXIT.done && failures.length > 0 ? EXIT.some : status
}

// milliseconds that a server may take to show that it is there
const SIGN_OF_LIFE = 2_000

/** Says so where a server answers no more at the end: nobody can say then that nothing was lost. */
async function makeSure(io: Io, client: Client, watch: Watch): Promise<void> {
  if (client.state !== 'ready') return
  await client.send('Ping', undefined, { timeout: SIGN_OF_LIFE, queue: false }).catch((error: unknown) => {
    if (!AmiError.is(error) || error.code !== 'AMI_TIMEOUT') return
    watch.addCut()
    watch.notice(visible(`-- connection lost: ${error.message}`), io)
  })
}

/** Returns the exit status of a signal: ^C is the way to end a watch that expects nothing. */
function statusOf(reason: string, expects: boolean): number {
  if (reason === 'EPIPE' || !expects) return EXIT.done
  return reason === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}

function listen(io: Io, client: Client, watch: Watch, filters: readonly EventFilter[]): void {
  const { selection } = watch.options
  client.on(selection.names, (event: AmiEvent) => {
    watch.take({
      Event: event.Event,
      source: event.source,
      at: event.receivedAt,
      // read where a format or a comparison looks at them
      get headers() {
        return event.headers
      },
      getAll: (name) => event.getAll(name),
      get: readable(event).get,
      document: () => documentOf(event),
    })
  })
  void (async () => {
    let connected = false
    for await (const status of client.status()) {
      // a first attempt that fails is an error of its own
      // one that is made again has no filters: until they are there, more comes than is shown
      if (connected && status.type === 'ready') void addFilters(client, filters).catch(() => {})
      connected ||= status.type === 'ready'
      if (!connected) continue
      if (status.type === 'slow') watch.addLost(status.dropped)
      else if (status.type === 'fault') watch.addSkipped()
      else if (status.type === 'lost') watch.addCut()
      const text = statusText(status)
      if (text !== undefined) watch.notice(visible(text), io)
    }
  })()
}
