// The live state in NATS beside the plain lists of a session that knows no gateway.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectNats } from '@nats-io/transport-node'
import { type Client, connect } from 'amiable'
import { type Snapshot, watch } from 'amiable/state'
import { type LiveChange, type LiveServer, type LiveState, state } from 'amiable-gateway/client'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { NatsVersion } from '../../tools/servers/nats/binary.ts'
import { type Nats, startNats } from '../../tools/servers/nats/nats.ts'
import { differences, listed, type Picture } from '../state/lists.ts'
import { type Load, load } from '../state/load.ts'
import { quiet } from '../state/quiet.ts'
import { pictured } from '../state/support/pictured.ts'
import { optionsFor } from '../support/client.ts'
import type { Target } from '../targets.ts'
import { GatewayProcess } from './support/gateway-process.ts'

const TIMEOUT = 60_000
const KINDS = ['channels', 'bridges', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints'] as const
const FACTS = ['channels', 'bridges', 'queues', 'members', 'callers', 'rooms', 'parking', 'devices', 'hints'] as const
const STEPS = 40

/** Two gateways of one Asterisk, and a reader of their state. */
export interface StateBed {
  readonly nats: Nats
  readonly live: LiveState
  readonly gateways: readonly GatewayProcess[]
  readonly writer: () => Promise<GatewayProcess>
  /** What the reader is told. */
  readonly changes: LiveChange[]
  /** Does what a busy day does while something goes wrong, and compares at the quiet point behind it. */
  readonly under: (seed: number, fault: () => Promise<void>) => Promise<void>
  /** Compares the live state with plain lists, in peace. */
  readonly agrees: () => Promise<void>
}

/** Starts all of it, and ends it behind `body`. */
export async function stateRun(
  target: Target,
  version: NatsVersion,
  body: (bed: StateBed) => Promise<void>,
  nodes: 1 | 3 = 1,
): Promise<void> {
  const closing: (() => Promise<unknown>)[] = []
  try {
    const nats = await startNats(version, { nodes })
    closing.push(() => nats.close())
    const gateways = ['gw-a', 'gw-b'].map(
      (name) => new GatewayProcess(name, target, nats, { log: `replicas: ${nodes}` }),
    )
    closing.push(...gateways.map((gateway) => () => gateway.close()))
    const writer = () => until('a gateway that writes', TIMEOUT, () => gateways.find(({ role }) => role === 'writing'))
    await gateways[0]?.start()
    await writer()
    await gateways[1]?.start()
    const connection = await connectNats({ servers: nats.urls, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
    closing.push(() => connection.close())
    const live = await until('a live state', TIMEOUT, () => state(connection).catch(() => undefined))
    closing.push(() => live.close())
    const changes: LiveChange[] = []
    void (async () => {
      for await (const change of live.changes()) changes.push(change)
    })()
    let driver = await driverOf(target)
    closing.push(() => driver.close({ timeout: 0 }))
    const agrees = async () => {
      if (driver.state !== 'ready') driver = await driverOf(target)
      await quiet(driver)
      await compare(driver, live, () => state(connection))
    }
    const under = async (seed: number, fault: () => Promise<void>) => {
      const loading = load(driver, seed, STEPS, { reloads: false })
      await fault()
      const done: Load = await loading
      await done.settle()
      try {
        await agrees()
      } finally {
        await done.clear()
      }
      await agrees()
    }
    await body({ nats, live, gateways, writer, changes, under, agrees })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

/** Kills the gateway that writes; resolves when the other one's state is live. */
export async function replaceWriter({ writer, gateways, live }: StateBed): Promise<GatewayProcess> {
  const one = await writer()
  await one.kill()
  const other = gateways.find((gateway) => gateway !== one)
  await other?.until('writing', () => other.role === 'writing')
  await until('its state is live', TIMEOUT, () => live.get('pbx1')?.gateway === other?.name && isLive(live))
  return one
}

/** Whether the reader says that everything is live. */
export function isLive(live: LiveState): boolean {
  return KINDS.every((kind) => live.get('pbx1')?.freshness(kind).type === 'live')
}

async function driverOf(target: Target): Promise<Client> {
  return until('a session', TIMEOUT, () => connect(optionsFor(target)).catch(() => undefined))
}

async function compare(driver: Client, live: LiveState, begin: () => Promise<LiveState>): Promise<void> {
  const began = performance.now()
  for (;;) {
    const found = await against(driver, live)
    if (found.length === 0 && isLive(live)) return
    if (performance.now() - began > TIMEOUT / 2) {
      // who begins now shows whose fault it is: the reader's, what is stored, or what the lists say
      await using other = await begin()
      await using model = watch(driver, { kinds: KINDS, audit: false })
      await model.ready()
      const others = [
        ['a reader that begins now', await against(driver, other)],
        ['a model that begins now', differences(part(await listed(driver)), part(pictured(model)))],
      ].map(([who, differs]) => `${who} differs in ${JSON.stringify(differs)}`)
      const freshness = KINDS.map((kind) => `${kind} ${JSON.stringify(live.get('pbx1')?.freshness(kind))}`)
      assert.fail(['the live state does not equal plain lists', ...found, ...others, ...freshness].join('\n'))
    }
    await sleep(100)
  }
}

/** Returns in what a live state differs from plain lists. */
async function against(driver: Client, live: LiveState): Promise<string[]> {
  const server = live.get('pbx1')
  return server ? differences(part(await listed(driver)), part(pictured(snapshotOf(server)))) : ['no server']
}

/** The kinds that the gateways of a test keep. */
function part(picture: Picture): Picture {
  return Object.fromEntries(FACTS.map((kind) => [kind, picture[kind]])) as unknown as Picture
}

function snapshotOf(server: LiveServer): { snapshot: () => Snapshot } {
  const kinds = [...KINDS, 'agents', 'presence', 'endpoints', 'contacts', 'trunks', 'mailboxes'] as const
  return { snapshot: () => Object.fromEntries(kinds.map((kind) => [kind, [...server[kind].values()]])) as never }
}
