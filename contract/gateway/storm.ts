// One fault after the other, as a seed has it, while events happen and calls are asked for under keys.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { NatsNode } from '../../tools/servers/nats/nats.ts'
import type { OurAsterisk, Target } from '../targets.ts'
import { callUnderKeys } from './calls.ts'
import {
  type Bed,
  type FaultRun,
  faultRun,
  freezeWriter,
  killLeader,
  killNats,
  killWriter,
  terminateWriter,
} from './faults.ts'
import { Network } from './support/network.ts'

const TIMEOUT = 60_000
/** Longer than NATS takes to choose another leader, and than a gateway takes to find that nothing answers. */
const LONG = 7_000

type Random = () => number

/** What a storm may use. */
export interface Weather {
  readonly bed: Bed
  readonly random: Random
  readonly asterisk: Pick<OurAsterisk, 'server'> | undefined
  readonly network: Network | undefined
}

/** Returns a small generator, so that a seed gives the same storm. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

type Fault = (weather: Weather) => Promise<unknown>

const GATEWAYS: Readonly<Record<string, Fault>> = {
  'kill -9 of the writer': ({ bed }) => killWriter(bed),
  'the writer frozen': ({ bed }) => freezeWriter(bed),
  'SIGTERM of the writer': ({ bed }) => terminateWriter(bed),
  'kill -9 of the follower': async ({ bed }) => {
    const one = bed.other(await bed.writer())
    await one.kill()
    await bed.goesOn()
    await one.start()
  },
  'the follower frozen': async ({ bed, random }) => {
    const one = bed.other(await bed.writer())
    one.freeze()
    await wait(random() * LONG)
    one.thaw()
    await bed.goesOn()
  },
  'kill -9 of both gateways': async ({ bed }) => {
    await Promise.all(bed.gateways.map((gateway) => gateway.kill()))
    await Promise.all(bed.gateways.map((gateway) => gateway.start()))
    await bed.goesOn()
  },
}

const NATS: Readonly<Record<string, Fault>> = {
  'kill -9 of a node': async ({ bed, random }) => {
    const node = nodeOf(bed, random)
    await node.kill()
    if (bed.nats.nodes.length > 1) await bed.goesOn()
    await node.start()
    await bed.goesOn()
  },
  'a node frozen': async ({ bed, random }) => {
    const node = nodeOf(bed, random)
    node.freeze()
    await wait(random() * LONG)
    node.thaw()
    await bed.goesOn()
  },
  'kill -9 of all NATS': ({ bed }) => killNats(bed),
  'all NATS frozen': async ({ bed, random }) => {
    for (const node of bed.nats.nodes) node.freeze()
    await wait(random() * LONG)
    for (const node of bed.nats.nodes) node.thaw()
    await bed.goesOn()
  },
  'the store rolled back': async ({ bed }) => {
    const { nats, goesOn } = bed
    await nats.kill()
    const putBack = nats.nodes.map((node) => node.keepStore())
    await nats.start()
    await goesOn()
    await goesOn()
    await nats.kill()
    for (const one of putBack) one()
    await nats.start()
    await goesOn()
  },
}

const LEADER: Readonly<Record<string, Fault>> = {
  'kill -9 of the leader': ({ bed }) => killLeader(bed),
}

const ASTERISK: Readonly<Record<string, Fault>> = {
  'kill -9 of Asterisk': async ({ bed, asterisk }) => {
    await asterisk?.server.kill()
    await asterisk?.server.start()
    await eventsAgain(bed)
    await bed.goesOn()
  },
  'Asterisk frozen': async ({ bed, asterisk, random }) => {
    asterisk?.server.freeze()
    await wait(random() * LONG)
    asterisk?.server.thaw()
    await eventsAgain(bed)
    await bed.goesOn()
  },
}

const NETWORK: Readonly<Record<string, Fault>> = {
  'a gateway cut off from NATS': ({ bed, network, random }) => {
    const { name } = pick(bed.gateways, random)
    return cutWhile(
      bed,
      network,
      random,
      bed.nats.nodes.map((node) => [name, node.name] as const),
    )
  },
  'a gateway cut off from Asterisk': ({ bed, network, random }) =>
    cutWhile(bed, network, random, [[pick(bed.gateways, random).name, 'asterisk']]),
  'a gateway cut off from a node': ({ bed, network, random }) =>
    cutWhile(bed, network, random, [[pick(bed.gateways, random).name, nodeOf(bed, random).name]]),
  'a node cut off from the others': ({ bed, network, random }) => {
    const node = nodeOf(bed, random)
    const others = bed.nats.nodes.filter((one) => one !== node)
    return cutWhile(
      bed,
      network,
      random,
      others.map((other) => [node.name, other.name] as const),
    )
  },
}

async function cutWhile(
  bed: Bed,
  network: Network | undefined,
  random: Random,
  pairs: readonly (readonly [string, string])[],
): Promise<void> {
  for (const pair of pairs) network?.cut(...pair)
  await wait(random() * 2 * LONG)
  for (const pair of pairs) network?.mend(...pair)
  await bed.goesOn()
}

function nodeOf({ nats }: Bed, random: Random): NatsNode {
  return pick(nats.nodes, random)
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[Math.floor(random() * all.length)] as T
}

async function eventsAgain({ traffic }: Bed): Promise<void> {
  const { size } = traffic.taken
  await until('events again', TIMEOUT, () => traffic.taken.size > size + 20)
}

/** Lets so many faults happen; gives how often each of them did. */
export async function storm(weather: Weather, faults: number, say: (text: string) => void): Promise<void> {
  const { bed, random, asterisk, network } = weather
  const possible = Object.entries({
    ...GATEWAYS,
    ...NATS,
    ...(bed.nats.nodes.length > 1 && LEADER),
    ...(asterisk && ASTERISK),
    ...(network && NETWORK),
  })
  for (let n = 0; n < faults; n++) {
    const [name, fault] = pick(possible, random)
    const began = performance.now()
    await fault(weather)
    say(`${n + 1}: ${name}, ${((performance.now() - began) / 1_000).toFixed(1)} s`)
    // what came late comes now
    await wait(random() * 1_000)
  }
}

/** Adds the test of a storm. AMIABLE_SEED and AMIABLE_FAULTS choose another one. */
export function stormOver(
  target: Target,
  options: Pick<FaultRun, 'version' | 'nodes'> & { readonly skip: string | false } & Partial<
      Pick<OurAsterisk, 'server'>
    >,
): void {
  const { version, nodes, skip, server } = options
  const [seed, faults] = [Number(process.env.AMIABLE_SEED ?? 17), Number(process.env.AMIABLE_FAULTS ?? 40)]
  test(`${faults} faults of seed ${seed} over ${nodes} of nats-server ${version}, one clock an hour ahead`, {
    skip,
  }, async (t) => {
    const network = new Network(['gw-a', 'gw-b', 'n1', 'n2', 'n3'])
    t.after(() => network.close())
    const random = seeded(seed)
    const asterisk = server && { server }
    const found = await faultRun({
      ...{ target, version, nodes, perSecond: 200, network, isLate: true },
      faults: async (bed) => {
        const calls = await callUnderKeys(target, bed.nats.urls)
        try {
          await storm({ bed, random, asterisk, network }, faults, (text) => t.diagnostic(text))
        } finally {
          await calls.end()
        }
        t.diagnostic(JSON.stringify(calls.result))
        assert.deepEqual(calls.result.twice, [])
      },
    })
    t.diagnostic(JSON.stringify(found))
  })
}
