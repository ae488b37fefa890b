// amiable/state: what it costs to keep a picture of 10,000 channels, and what a poll costs beside it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome, StateJob } from '../job.ts'
import { type AmiClient, type AmiEvent, loadAmiable } from '../peers/amiable-api.ts'
import { MARK } from '../predicates.ts'
import { median } from '../stats.ts'
import { attachFloor, EMPTY, HEARD, OURS } from './state-floor.ts'

type Handler = (event: AmiEvent & { readonly actionId: string | undefined }) => unknown

/** As much of `amiable/state` as is used here. */
interface State extends AsyncDisposable {
  readonly freshness: { readonly type: string }
  close(): Promise<void>
  on(filter: '*', handler: () => void): unknown
  ready(): Promise<void>
  refresh(...kinds: string[]): Promise<void>
  snapshot(): { readonly channels: readonly unknown[] }
  stats(): { readonly changes: number; readonly records: Readonly<Record<string, number>> }
}
type Watch = (client: object, options: object) => State
type StateClient = AmiClient & {
  on(filter: unknown, handler: Handler, options?: { all: boolean }): { remove(): void }
  listRaw(...all: unknown[]): AsyncIterable<unknown>
}

const KINDS = ['calls', 'queues']
const specifier: string = 'amiable/state'

const opened = async (job: StateJob): Promise<StateClient> => {
  const { createClient } = await loadAmiable()
  const client = createClient({ ...job.target, reconnect: false }) as StateClient
  await client.connect()
  return client
}

const watching = async (client: object): Promise<State> => {
  const { watch } = (await import(specifier)) as { watch: Watch }
  return watch(client, { kinds: KINDS, audit: false })
}

/** Waits until nothing is held back: what ends just before a login is listed once more a second later. */
const settled = async (state: State): Promise<void> => {
  await state.ready()
  await sleep(1_500)
  await state.ready()
}

/** A model that believes its picture to be old holds changes back, and is not what is measured. */
const checkLive = ({ freshness }: State): void => {
  if (freshness.type === 'stale') throw new Error('the model was stale while it was measured')
}

const measured = async (work: () => unknown): Promise<{ wallMs: number; cpuMs: number }> => {
  const cpu = process.cpuUsage()
  const from = performance.now()
  await work()
  const wallMs = performance.now() - from
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs, cpuMs: (user + system) / 1_000 }
}

const outcome = (all: Partial<Outcome>): Outcome => ({
  units: 0,
  wallMs: 0,
  cpuMs: 0,
  rss: [process.memoryUsage.rss()],
  count: 0,
  sum: 0,
  steady: true,
  ...all,
})

const pour = async (client: StateClient, rounds: number, captured = false): Promise<void> => {
  // a mark stands in front of captured events too
  let left = captured ? rounds + 1 : rounds
  const over = new Promise<void>((resolve) => {
    const listener = client.on(MARK, () => {
      if (--left > 0) return
      listener.remove()
      resolve()
    }) as { remove(): void }
  })
  await client.sendRaw('BenchPour', { Rounds: rounds, ...(captured && { Captured: 1 }) })
  await over
}

/** Events in memory, handed to the listener of a model. */
const fold = async (job: StateJob): Promise<Outcome> => {
  const client = await opened(job)
  let handler: Handler = () => {}
  let kept: Parameters<Handler>[0][] | undefined
  const source = {
    name: 'office',
    state: 'ready',
    on: (names: unknown, given: Handler, options: { all: boolean }) => {
      if (!options.all) return client.on(names, given, options)
      handler = given
      const hear: Handler = (event) => {
        // a row is not folded where it was not asked for
        if (event.actionId === undefined) kept?.push(event)
        return given(event)
      }
      return client.on(names, hear, options)
    },
    listRaw: (...all: unknown[]) => client.listRaw(...all),
    sendRaw: (action: string) => client.sendRaw(action),
    status: () => client.status(),
  }
  await using state = await watching(source)
  await settled(state)
  kept = []
  await pour(client, 2)
  const events = kept
  kept = undefined
  const play = () => {
    for (const event of events) handler(event)
  }
  for (let n = 0; n < 3; n++) play()
  const before = state.stats().changes
  const cost = await measured(() => {
    for (let n = 0; n < job.rounds; n++) play()
  })
  const changes = state.stats().changes - before
  checkLive(state)
  return outcome({
    ...cost,
    units: events.length * job.rounds,
    count: changes,
    sum: state.stats().records.channel ?? 0,
  })
}

/** The mixed stream, or the captured one, through a socket: with a model, or with one listener that does less. */
const stream = async (job: StateJob): Promise<Outcome> => {
  const captured = job.mode === 'captured'
  const client = await opened(job)
  const state = job.reader === OURS || job.reader === HEARD ? await watching(client) : undefined
  if (job.reader === HEARD) state?.on('*', () => {})
  let heard = 0
  if (state !== undefined) await settled(state)
  else if (job.reader === EMPTY) client.on('*', () => {}, { all: true })
  else attachFloor(client, job.reader)
  const count = client.on('*', () => void heard++)
  await pour(client, 2, captured)
  ;(count as { remove(): void }).remove()
  const perRound = heard / 2
  const before = state?.stats().changes ?? 0
  const cost = await measured(() => pour(client, job.rounds, captured))
  if (client.stats().dropped > 0) throw new Error('events were dropped')
  if (state !== undefined) checkLive(state)
  return outcome({ ...cost, units: perRound * job.rounds, count: (state?.stats().changes ?? 0) - before })
}

/** What is left when everything has gone that goes: of a model that was closed, timers hold some for a moment. */
const collected = async (): Promise<number> => {
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    await sleep(500)
    for (let n = 0; n < 3; n++) globalThis.gc?.()
    const { heapUsed } = process.memoryUsage()
    if (heapUsed > last * 0.99) return heapUsed
    last = heapUsed
  }
}

/** The first truth of a process, and the longest that it holds the loop. */
const firstTruth = async (client: StateClient): Promise<{ wallMs: number; cpuMs: number; longest: number }> => {
  let longest = 0
  let ticking = true
  const tick = (cpu: NodeJS.CpuUsage): void => {
    const { user, system } = process.cpuUsage(cpu)
    longest = Math.max(longest, (user + system) / 1_000)
    if (ticking) setImmediate(tick, process.cpuUsage())
  }
  tick(process.cpuUsage())
  await using state = await watching(client)
  const cost = await measured(() => state.ready())
  ticking = false
  return { ...cost, longest }
}

/** First truth, what it takes in memory, and what lists and snapshots cost then. */
const picture = async (job: StateJob): Promise<Outcome> => {
  const client = await opened(job)
  const { longest, ...first } = await firstTruth(client)
  // of a second model: what is counted is what it keeps, and not the code that the first one has made warm
  const before = await collected()
  const state = await watching(client)
  await state.ready()
  await sleep(2_500)
  const after = await collected()
  const { changes, records } = state.stats()
  const channels = records.channel ?? 0
  const again = async (kind: string): Promise<number> => {
    const each: number[] = []
    for (let n = 0; n < 5; n++) {
      each.push((await measured(() => state.refresh(kind))).cpuMs)
      await sleep(300)
    }
    return median(each)
  }
  const resyncMs = await again('channels')
  const told = state.stats().changes - changes
  const queuesMs = await again('queues')
  const snapshots: number[] = []
  for (let n = 0; n < 20; n++) snapshots.push((await measured(() => state.snapshot())).cpuMs)
  const texts: number[] = []
  let text = ''
  for (let n = 0; n < 10; n++) {
    const write = () => {
      text = JSON.stringify(state.snapshot().channels)
    }
    texts.push((await measured(write)).cpuMs)
  }
  return outcome({
    ...first,
    units: channels,
    count: channels + (records.bridge ?? 0) + (records.member ?? 0),
    extra: {
      longestTickMs: longest,
      bytesPerChannel: (after - before) / channels,
      resyncMs,
      resyncTold: told,
      queuesMs,
      snapshotMs: median(snapshots),
      jsonMs: median(texts),
      jsonMb: text.length / 1e6,
    },
  })
}

/** What a board does that asks each second. */
const poll = async (job: StateJob): Promise<Outcome> => {
  const client = await opened(job)
  let rows = 0
  const ask = async (): Promise<void> => {
    for (const action of ['CoreShowChannels', 'QueueStatus']) {
      const { events } = await client.sendRaw(action, {}, { timeout: 60_000 })
      rows += events.length
    }
  }
  if (job.mode === 'poll@asterisk') await busy(client)
  await ask()
  const pid = job.mode === 'poll@asterisk' ? listenerOf(job.target.port) : undefined
  rows = 0
  const server = pid === undefined ? 0 : processorOf(pid)
  const cost = await measured(async () => {
    for (let n = 0; n < job.rounds; n++) await ask()
  })
  const serverMs = pid === undefined ? 0 : processorOf(pid) - server
  if (pid !== undefined) await client.sendRaw('Hangup', { Channel: '/^Local\\/wait/' }, { check: false })
  return outcome({
    ...cost,
    units: job.rounds,
    count: rows / job.rounds,
    extra: { serverMs: serverMs / job.rounds, clientMs: cost.cpuMs / job.rounds },
  })
}

/** A hundred calls, so two hundred channels. */
const busy = async (client: StateClient): Promise<void> => {
  for (let n = 0; n < 100; n++) {
    const call = { Channel: 'Local/wait@default/n', Application: 'Wait', Data: '60', Async: true }
    await client.sendRaw('Originate', call, { check: false })
  }
  await sleep(2_000)
}

/** The process that listens at a port of this machine. */
const listenerOf = (port: number): number | undefined => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((one) => one.includes(`:${hex} 00000000:0000 0A`))
  const socket = `socket:[${line?.trim().split(/\s+/)[9]}]`
  const links = (pid: string): string[] => {
    try {
      return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    } catch {
      return []
    }
  }
  const found = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && links(pid).includes(socket))
  return found === undefined ? undefined : Number(found)
}

/** Milliseconds of processor time that a process has had; the kernel counts in hundredths of a second. */
const processorOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export const stateReader = (job: StateJob): Promise<Outcome> => {
  switch (job.mode) {
    case 'fold':
      return fold(job)
    case 'stream':
    case 'captured':
      return stream(job)
    case 'picture':
      return picture(job)
    default:
      return poll(job)
  }
}
