// A simulated Asterisk, its live state in a real nats-server, and readers of it.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Client, createClient } from 'amiable'
import { type State, watch } from 'amiable/state'
import { startServer } from 'amiable/testing'
import type { NatsVersion } from '../../../../tools/servers/nats/binary.ts'
import { type Nats, startNats } from '../../../../tools/servers/nats/nats.ts'
import { namesOf } from '../../src/bus/names.ts'
import { type Bus, connectBus } from '../../src/bus/nats.ts'
import { BucketStore } from '../../src/bus/state-store.ts'
import { ensureStreams } from '../../src/bus/streams.ts'
import type { LiveServer } from '../../src/client/index.ts'
import { STATE_KINDS, type StateKind } from '../../src/schema/state.ts'
import { StateKeeper } from '../../src/state/keeper.ts'

export const KINDS = ['channels', 'bridges', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints'] as const
const DIALPLAN = `[default]
exten => wait,1,Answer()
 same => n,Wait(600)
`

/** One that may write: its term is what the test says. */
export interface Writer {
  readonly name: string
  readonly bus: Bus
  readonly client: Client
  readonly model: State
  readonly keeper: StateKeeper
  readonly interruptions: string[]
  /** The terms behind which another gateway has begun. */
  readonly outdated: number[]
  term: number | undefined
}

/** With accounts: whose the connections of gateways are. */
export interface Accounts {
  readonly configuration: string
  readonly user: string
  readonly pass: string
}

export interface Bench {
  readonly nats: Nats
  readonly asterisk: Awaited<ReturnType<typeof startServer>>
  readonly reading: Bus
  /** Makes the streams that are not there. */
  streams(): Promise<void>
  /** Makes one that may write. */
  writer(name: string): Promise<Writer>
}

/** Starts all of it, and ends it with the test. */
export async function arrange(t: TestContext, version: NatsVersion, accounts?: Accounts): Promise<Bench> {
  const { configuration, ...login } = accounts ?? {}
  const nats = await startNats(version, configuration === undefined ? {} : { configuration })
  t.after(() => nats.close())
  const asterisk = await startServer({ users: { gateway: 'lean' }, dialplan: DIALPLAN })
  t.after(() => asterisk.close())
  const names = namesOf('ami')
  const limits = { maxAge: 60_000, maxBytes: 1e7, keepAge: 60_000, keepBytes: 1e7 }
  const reading = await connectBus({ servers: nats.urls, ...login })
  t.after(() => reading.close())
  const streams = async () => {
    await ensureStreams(reading, { names, servers: ['pbx1'], replicas: 1, manage: true, ...limits })
  }
  await streams()
  const writer = async (name: string): Promise<Writer> => {
    const bus = await connectBus({ servers: nats.urls, ...login })
    const client = createClient({
      port: asterisk.port,
      username: 'gateway',
      secret: 'lean',
      reconnect: { maxDelay: 50 },
    })
    const model = watch(client, { kinds: KINDS })
    await client.connect()
    await model.ready()
    const interruptions: string[] = []
    const outdated: number[] = []
    const made: Writer = {
      name,
      bus,
      client,
      model,
      interruptions,
      outdated,
      term: undefined,
      keeper: new StateKeeper({
        server: 'pbx1',
        gateway: name,
        model,
        kinds: KINDS,
        store: new BucketStore(bus, names, 'pbx1'),
        term: () => made.term,
        outdated: (term) => outdated.push(term),
        link: () => ({ up: client.state === 'ready', version: client.version || null }),
        observer: { interrupted: (why) => interruptions.push(why) },
      }),
    }
    bus.listen({ lost: () => made.keeper.look(), back: () => made.keeper.look() })
    made.keeper.start()
    t.after(async () => {
      await made.keeper.stop()
      await client.close({ timeout: 0 })
      await bus.close()
    })
    return made
  }
  return { nats, asterisk, reading, streams, writer }
}

/** Gives a writer its term. */
export function begin(writer: Writer, term: number): void {
  writer.term = term
  writer.keeper.look()
}

/** Begins so many calls that wait, and resolves when all are up. */
export async function call(client: Client, count: number): Promise<void> {
  const place = { Channel: 'Local/wait@default/n', Application: 'Wait', Data: '600' }
  await Promise.all(Array.from({ length: count }, () => client.send('Originate', { ...place, Async: true })))
}

/** What a model has of each kind, as JSON by keys. */
export function kept(model: State): Record<string, Record<string, unknown>> {
  return taken((kind) => [...model[kind].keys()].map((key) => [key, model[kind].get(key)]))
}

/** What a reader has. */
export function read(server: LiveServer | undefined): Record<string, Record<string, unknown>> {
  return taken((kind) => [...(server?.[kind] ?? [])])
}

function taken(of: (kind: StateKind) => [string, unknown][]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.keys(STATE_KINDS).map((kind) => [
      kind,
      Object.fromEntries(
        of(kind as StateKind)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, value]) => [key, JSON.parse(JSON.stringify(value))]),
      ),
    ]),
  )
}

/** Waits until the reader has what the model has, and says that it is live. */
export async function agree(model: State, server: () => LiveServer | undefined): Promise<void> {
  await until('the reader agrees', () => {
    const one = server()
    const isLive = KINDS.every((kind) => one?.freshness(kind).type === 'live')
    return isLive && JSON.stringify(read(one)) === JSON.stringify(kept(model))
  }).catch(() => assert.deepEqual(read(server()), kept(model)))
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 90_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came to it that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
