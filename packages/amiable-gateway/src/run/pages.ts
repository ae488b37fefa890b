// The pages of a gateway at work.
import type { State } from 'amiable/state'
import { usage } from 'amiable-settings'
import type { LoadedConfig } from '../config/load.ts'
import { VERSION } from '../version.ts'
import { HttpPages } from '../watch/http.ts'
import type { LiveFigures } from '../watch/live-metrics.ts'
import { Metrics, type ServerFigures, type Sources } from '../watch/metrics.ts'
import type { Gateway, Served } from './gateway.ts'
import { reportOf } from './look.ts'

/** A gateway that may not have begun yet. */
export type Running = { gateway: Gateway | undefined }

/** Makes the figures of a gateway, before it begins. */
export function metricsOf(running: Running): Metrics {
  const sources: Sources = {
    servers: () => running.gateway?.servers.map(figuresOf) ?? [],
    acting: () => {
      const { gateway } = running
      const service = gateway?.actions?.service
      if (gateway === undefined || service === undefined) return []
      const serving = new Set(service.serving)
      return gateway.servers.map(({ server }) => ({
        server,
        serving: serving.has(server),
        underway: service.handler.underway(server),
      }))
    },
    natsConnected: () => running.gateway?.bus.connected ?? false,
    clockRight: () => running.gateway?.actions?.service.isClockRight ?? true,
  }
  return new Metrics(VERSION, sources)
}

function figuresOf({ server, log, listener, state }: Served): ServerFigures {
  const { client } = listener
  const { reconnects, roundTrip } = client.stats()
  const { ring } = log
  return {
    server,
    role: log.role,
    lag: log.lacking ?? 0,
    up: client.state === 'ready',
    version: client.version,
    heard: listener.heard,
    ring: { bytes: ring.bytes, events: ring.end - ring.first, fill: ring.fill },
    reconnects,
    roundTrip,
    statePending: state?.keeper.pending ?? 0,
    uptime: listener.uptime,
    live: state?.keeper.isWriting ? liveOf(state.model) : undefined,
  }
}

function liveOf({ channels, calls, queues, endpoints }: State): LiveFigures {
  return {
    channels: channels.size,
    calls: calls.size,
    queues: [...queues].map(({ name, callers, members }) => ({
      name,
      callers: callers.length,
      members: counted(members),
    })),
    endpoints: counted([...endpoints]),
  }
}

function counted(all: readonly { readonly state: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { state } of all) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** Answers HTTP, if the configuration wants it. */
export async function startPages(
  { http, gateway: { name } }: LoadedConfig,
  running: Running,
  metrics: Metrics,
): Promise<HttpPages | undefined> {
  if (http === false) return undefined
  return await HttpPages.start(http.listen, {
    metrics: () => metrics.registry.metrics(),
    metricsType: metrics.registry.contentType,
    notReady: () => notReady(running.gateway),
    status: () => (running.gateway ? reportOf(running.gateway) : { gateway: name, version: VERSION }),
  }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message
    throw usage(`http.listen ${http.listen} cannot be used: ${why}`, 'Set http.listen to another, or http: false.')
  })
}

/** One Asterisk that is away is no reason: the others must go on. */
function notReady(gateway: Gateway | undefined): string | undefined {
  if (gateway === undefined) return 'the gateway begins'
  if (!gateway.bus.connected) return 'NATS is not connected'
  const [missing] = gateway.streams.missing
  if (missing !== undefined) return `the stream ${missing} is missing`
  return gateway.actions?.service.isClockRight === false ? 'the clock differs from the clock of NATS' : undefined
}
