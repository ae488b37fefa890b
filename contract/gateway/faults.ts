// Gateways, NATS and Asterisk are killed and stopped while numbered events happen. In the end the log is read.
import assert from 'node:assert/strict'
import { until } from '../../tools/servers/asterisk/process.ts'
import type { NatsVersion } from '../../tools/servers/nats/binary.ts'
import { type Nats, type NatsOptions, startNats } from '../../tools/servers/nats/nats.ts'
import { alsoCareful } from '../../tools/testbed/careful.ts'
import type { Target } from '../targets.ts'
import { GatewayProcess, type Settings } from './support/gateway-process.ts'
import type { Network } from './support/network.ts'
import { StoredLog } from './support/stored.ts'
import { Traffic } from './support/traffic.ts'

const TIMEOUT = 60_000
/** What the callers of a run may ask for. */
export const RULES = 'classes: [read, call], contexts: [default], technologies: [Local], perCaller: 1000'
/** Preloaded into a gateway: its clock is an hour ahead. */
const LATE_CLOCK = `data:text/javascript,${encodeURIComponent(`
  const Real = Date, now = () => Real.now() + 3_600_000
  globalThis.Date = class extends Real {
    constructor(...args) { args.length === 0 ? super(now()) : super(...args) }
    static now = now
  }
`)}`
/** More messages than a gap and its fences. */
const BEHIND = 600

/** All that a fault run has. */
export interface Bed {
  readonly nats: Nats
  readonly log: StoredLog
  readonly traffic: Traffic
  readonly gateways: readonly GatewayProcess[]
  /** Gives the gateway that writes, and one that does not. */
  readonly writer: () => Promise<GatewayProcess>
  readonly other: (gateway: GatewayProcess) => GatewayProcess
  /** Waits until the log has what happens from now on. */
  readonly goesOn: () => Promise<void>
}

export interface FaultRun {
  readonly target: Target
  readonly version: NatsVersion
  readonly nodes: NonNullable<NatsOptions['nodes']>
  readonly perSecond: number
  /** Users with rights of their own. */
  readonly restricted?: Restricted
  /** Gateways and nodes of NATS have an address each: `gw-a`, `gw-b`, `n1` and so on. */
  readonly network?: Network
  /** The clock of the second gateway is an hour ahead. */
  readonly isLate?: boolean
  /** What goes wrong. */
  readonly faults: (bed: Bed) => Promise<void>
}

/** What the gateways of a run may do in NATS. */
export interface Restricted {
  readonly configuration: string
  readonly settings: Settings
  /** Reads the log. */
  readonly login: { readonly user: string; readonly pass: string } | undefined
}

/** What a run found. */
export interface Result {
  readonly events: number
  readonly gaps: number
  readonly missing: number
  readonly isCut: boolean
}

/** Runs two gateways through faults, and judges the log by its own proof and by sessions that know no gateway. */
export async function faultRun(run: FaultRun): Promise<Result> {
  const { target, version, nodes, perSecond, restricted, network, isLate, faults } = run
  const closing: (() => Promise<void>)[] = []
  let gateways: GatewayProcess[] = []
  try {
    const places = network && Array.from({ length: nodes }, (_, n) => network.place(`n${n + 1}`))
    const configuration = restricted?.configuration ?? ''
    const nats = await startNats(version, { nodes, configuration, ...(places && { places }) })
    closing.push(() => nats.close())
    const settings = { actions: RULES, ...restricted?.settings, log: `replicas: ${nodes}` }
    const shown = (await network?.open(target)) ?? target
    gateways = ['gw-a', 'gw-b'].map((name) => {
      const late =
        isLate && name === 'gw-b' ? ['env', `NODE_OPTIONS=${alsoCareful(`--import=${LATE_CLOCK}`).NODE_OPTIONS}`] : []
      const launcher = [...(network?.place(name).launcher ?? []), ...late]
      return new GatewayProcess(name, shown, nats, { ...settings, launcher })
    })
    closing.push(...gateways.map((gateway) => () => gateway.close()))
    const writer = () => until('a gateway that writes', TIMEOUT, () => gateways.find(({ role }) => role === 'writing'))
    // one after the other: two that begin an empty log at once may each write a gap
    await gateways[0]?.start()
    await writer()
    await gateways[1]?.start()
    const log = await StoredLog.open(nats, restricted?.login)
    closing.push(() => log.close())
    const traffic = await Traffic.open(target, perSecond)
    closing.push(() => traffic.close())
    const goesOn = () => reached(log, traffic.sent + 1)
    await goesOn()
    const other = (gateway: GatewayProcess) => gateways.find((one) => one !== gateway) as GatewayProcess
    await faults({ nats, log, traffic, gateways, writer, other, goesOn })
    await traffic.pause()
    await reached(log, traffic.sent)
    const { code, output } = await (gateways[0] as GatewayProcess).verify()
    assert.equal(code, 0, output)
    return { ...traffic.judge(await log.all()), isCut: traffic.isCut }
  } catch (cause) {
    const said = gateways.map(({ name, said }) => `${name}:\n${said}`).join('\n')
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n${said}`, { cause })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

/** Waits until the log's last events have this number or a later one. */
async function reached(log: StoredLog, number: number): Promise<void> {
  await until(`event ${number} in the log`, TIMEOUT, async () => {
    try {
      const { first_seq, last_seq } = (await log.info()).state
      // other events, a gap or its fences may stand behind it
      for (let seq = last_seq; seq >= first_seq && seq > last_seq - BEHIND; seq--) {
        const { data } = await log.message(seq)
        if (data?.UserEvent === 'Load') return Number(data.N) >= number
      }
      return false
    } catch {
      // NATS is away
      return false
    }
  })
}

/** Kills the gateway that writes; gives how long the log stood still. */
export async function killWriter({ writer, other, goesOn }: Bed): Promise<number> {
  const one = await writer()
  const began = performance.now()
  await one.kill()
  await other(one).until('writing', () => other(one).role === 'writing')
  const took = performance.now() - began
  await goesOn()
  await one.start()
  return took
}

/** Stops the gateway that writes in its tracks, until another has written for a while. */
export async function freezeWriter({ writer, other, goesOn }: Bed): Promise<void> {
  const one = await writer()
  one.freeze()
  await other(one).until('writing', () => other(one).role === 'writing')
  await goesOn()
  one.thaw()
  await one.until('following', () => one.role === 'following')
  await goesOn()
}

/** Ends the gateway that writes as an administrator does; gives how long the log stood still. */
export async function terminateWriter({ writer, other, goesOn }: Bed): Promise<number> {
  const one = await writer()
  const began = performance.now()
  const ended = one.terminate()
  await other(one).until('writing', () => other(one).role === 'writing')
  const took = performance.now() - began
  await ended
  await goesOn()
  await one.start()
  return took
}

/** Kills the node that leads the log. */
export async function killLeader({ nats, log, goesOn }: Bed): Promise<void> {
  const { cluster } = await log.info()
  const node = nats.nodes.find(({ name }) => name === cluster?.leader)
  assert.ok(node, 'no node leads the log')
  await node.kill()
  await goesOn()
  await node.start()
}

/** Kills all nodes, and starts them after a while. */
export async function killNats({ nats, traffic, goesOn }: Bed): Promise<void> {
  await nats.kill()
  const { sent } = traffic
  await until('more events', TIMEOUT, () => traffic.sent > sent + 50)
  await nats.start()
  await goesOn()
}

/** Kills the only node, and starts it with the store that it had some time before. */
export async function forget({ nats, traffic, goesOn }: Bed): Promise<void> {
  const [node] = nats.nodes
  assert.ok(node)
  await node.kill()
  const putBack = node.keepStore()
  await node.start()
  await goesOn()
  const { sent } = traffic
  await until('more events', TIMEOUT, () => traffic.sent > sent + 50)
  await goesOn()
  await node.kill()
  putBack()
  await node.start()
  await goesOn()
}
