// A gateway at work: one connection to NATS, and for each Asterisk a session that listens and a log,
// and one that acts.
import { Listener } from '../ami/listener.ts'
import { type Embedded, startEmbedded } from '../bus/embedded.ts'
import { JetStreamLog } from '../bus/log-store.ts'
import { type Names, namesOf } from '../bus/names.ts'
import { type Bus, connectBus } from '../bus/nats.ts'
import { BusPresence } from '../bus/presence.ts'
import { StreamWatch } from '../bus/stream-watch.ts'
import { ensureStreams, type StreamChange, type StreamsOptions } from '../bus/streams.ts'
import type { LoadedConfig } from '../config/load.ts'
import { ServerLog } from '../log/log.ts'
import type { LogObserver } from '../log/observer.ts'
import type { StateObserver } from '../state/keeper.ts'
import { type ActionObserver, type Actions, startActions } from './actions.ts'
import { busOptions, type Environment, sessionOptions } from './connect.ts'
import { digestOf } from './digest.ts'
import { Healer } from './heal.ts'
import { type KeptState, keepState } from './state.ts'

type AsteriskConfig = LoadedConfig['asterisks'][string]

/** Returns how many bytes of memory the events of each Asterisk may take. */
export function ringOf({ log, asterisks }: LoadedConfig): number {
  return Math.min(log.ring, Math.floor(log.rings / Object.keys(asterisks).length))
}

/** Says which streams a configuration needs. */
export function streamsOf({ asterisks, log }: LoadedConfig, names: Names, bus: Bus): StreamsOptions {
  const { maxAge, maxBytes, keepAge, keepBytes, manage } = log
  // one node can keep no copies
  const replicas = log.replicas ?? (bus.connection.info?.cluster === undefined ? 1 : 3)
  return { names, servers: Object.keys(asterisks), replicas, maxAge, maxBytes, keepAge, keepBytes, manage }
}

/** Learns what happens in a gateway. */
export interface GatewayObserver {
  embedded?(change: string, about?: Readonly<Record<string, unknown>>): void
  nats?(isConnected: boolean, why: string): void
  streams?(changes: readonly StreamChange[]): void
  /** A stream was made that somebody had deleted. */
  remade?(change: StreamChange): void
  /** Whether the events of a server are received, and why not. */
  link?(server: string, isUp: boolean, why: string): void
  /** Gives the observer of one server's log. */
  log?(server: string): LogObserver
  /** Gives the observer of one server's live state. */
  state?(server: string): StateObserver
  readonly actions?: ActionObserver
}

/** One Asterisk in a gateway. */
export interface Served {
  readonly server: string
  readonly log: ServerLog
  readonly listener: Listener
  readonly state: KeptState | undefined
  readonly stop: () => Promise<void>
}

/** A gateway that runs. */
export class Gateway {
  readonly config: LoadedConfig
  readonly bus: Bus
  readonly names: Names
  readonly embedded: Embedded | undefined
  readonly servers: readonly Served[]
  readonly actions: Actions | undefined
  readonly streams: StreamWatch

  private constructor(
    parts: Pick<Gateway, 'config' | 'bus' | 'names' | 'embedded' | 'servers' | 'actions' | 'streams'>,
  ) {
    this.config = parts.config
    this.bus = parts.bus
    this.names = parts.names
    this.embedded = parts.embedded
    this.servers = parts.servers
    this.actions = parts.actions
    this.streams = parts.streams
  }

  /**
   * Begins; resolves when NATS is connected, the streams are as wanted and the sessions are connecting. Where it rejects,
   * nothing of it is left.
   * @param signal ends the waiting for NATS
   */
  static async start(
    config: LoadedConfig,
    env: Environment,
    observer: GatewayObserver = {},
    signal?: AbortSignal,
  ): Promise<Gateway> {
    const opened: (() => Promise<void>)[] = []
    try {
      return await Gateway.#begin(config, env, observer, signal, (close) => opened.push(close))
    } catch (error) {
      for (const close of opened.reverse()) await close()
      throw error
    }
  }

  static async #begin(
    config: LoadedConfig,
    env: Environment,
    observer: GatewayObserver,
    signal: AbortSignal | undefined,
    opened: (close: () => Promise<void>) => void,
  ): Promise<Gateway> {
    const embedded = config.nats.servers === undefined ? await startEmbedded(env, observer.embedded) : undefined
    if (embedded) {
      opened(() => embedded.stop())
      const { version, store } = embedded
      observer.embedded?.('nats-server runs for this gateway alone: there is one copy, and no other gateway', {
        version,
        store,
      })
    }
    const onWait = (why: string) => observer.nats?.(false, `NATS is not connected yet: ${why}`)
    const bus = await connectBus(await busOptions(config, env, embedded), { onWait, ...(signal && { signal }) })
    opened(() => bus.close())
    bus.listen({ lost: (why) => observer.nats?.(false, why), back: () => observer.nats?.(true, '') })
    observer.nats?.(true, '')
    const names = namesOf(config.prefix)
    const servers = Object.keys(config.asterisks)
    const patience = { onWait: (why: string) => observer.nats?.(false, why), ...(signal && { signal }) }
    const wanted = streamsOf(config, names, bus)
    const changes = await ensureStreams(bus, wanted, patience)
    observer.streams?.(changes)
    const streams = new StreamWatch(bus, wanted, changes, {
      made: (change) => observer.remade?.(change),
      differs: (found) => observer.streams?.(found),
    })
    opened(() => streams.stop())
    const ring = ringOf(config)
    const healer = embedded && new Healer(embedded)
    const observed: GatewayObserver = {
      ...observer,
      log: (server) => {
        const log = observer.log?.(server) ?? {}
        return healer?.watch(log) ?? log
      },
    }
    const served = await Promise.all(servers.map((server) => serve(config, env, bus, names, server, ring, observed)))
    opened(async () => void (await Promise.all(served.map(({ stop }) => stop()))))
    const waiting = {
      ...patience,
      onWait: (why: string) => observer.nats?.(false, `the user of NATS that answers is not connected yet: ${why}`),
    }
    const actions = await startActions(config, env, { embedded, names, observer: observer.actions ?? {}, waiting })
    return new Gateway({ config, bus, names, embedded, servers: served, actions, streams })
  }

  /** Hands the writing over, and ends. */
  async stop(): Promise<void> {
    await Promise.all([this.actions?.stop(), this.streams.stop(), ...this.servers.map(({ stop }) => stop())])
    await this.bus.close()
    await this.embedded?.stop()
  }
}

async function serve(
  config: LoadedConfig,
  env: Environment,
  bus: Bus,
  names: Names,
  server: string,
  ring: number,
  observer: GatewayObserver,
): Promise<Served> {
  const { prefix, gateway } = config
  const asterisk = config.asterisks[server] as AsteriskConfig
  const store = new JetStreamLog(bus, names, prefix, server, undefined, digestOf(asterisk))
  const presence = new BusPresence(bus, names, server, () => log.vacant())
  const { takeover } = config.log
  const toLog = observer.log?.(server) ?? {}
  const observed: LogObserver = {
    ...toLog,
    role: (role, why) => {
      state?.keeper.look()
      toLog.role?.(role, why)
    },
  }
  const log = new ServerLog({
    prefix,
    server,
    gateway: gateway.name,
    store,
    presence,
    ring,
    takeover,
    observer: observed,
  })
  const natsListener = { lost: () => log.storeLost(), back: () => log.storeBack() }
  bus.listen(natsListener)
  const onLink = (isUp: boolean, why: string) => observer.link?.(server, isUp, why)
  const listener = new Listener({ ...sessionOptions(server, asterisk, env), events: asterisk.events, onLink }, log)
  const state = keepState(config, server, { listener, log, bus, names }, observer.state?.(server))
  await log.start()
  listener.start()
  const stop = async () => {
    await state?.stop()
    await log.stop()
    await listener.stop()
    bus.unlisten(natsListener)
    presence.close()
    store.close()
  }
  return { server, log, listener, state, stop }
}
