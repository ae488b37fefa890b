// What every gateway says of itself to whoever looks on: over HTTP, and over NATS to all who may ask there.
import { NoRespondersError } from '@nats-io/transport-node'
import type { Bus } from '../bus/nats.ts'
import { VERSION } from '../version.ts'
import type { Gateway } from './gateway.ts'

/** What a gateway is at for one Asterisk. */
export interface ServerReport {
  readonly role: string
  /** Milliseconds for which the log has lacked an event that this gateway has. */
  readonly lag: number
  /** The end of the log as this gateway saw it last. */
  readonly last: number | null
  /** Whether actions are taken. */
  readonly acting: boolean
  readonly ring: {
    readonly events: number
    readonly bytes: number
    /** Bytes of events that are not stored. */
    readonly waiting: number
    readonly limit: number
    /** Events that had to go before they were stored. */
    readonly overflowed: number
  }
}

/** What a gateway says of itself. */
export interface GatewayReport {
  readonly gateway: string
  readonly version: string
  readonly natsConnected: boolean
  readonly servers: Readonly<Record<string, ServerReport>>
}

// only there: anywhere else the answer may be a place of a log
const INBOX = '_INBOX.'
const PATIENCE = 5_000
const STALL = 300
const MOST_BYTES = 1_048_576

export function reportOf({ config, bus, servers, actions }: Gateway): GatewayReport {
  const acting = new Set(actions?.service.serving)
  const reports = servers.map(({ server, log }): [string, ServerReport] => {
    const { first, end, bytes, waiting, limit, overflowed } = log.ring
    const ring = { events: end - first, bytes, waiting, limit, overflowed }
    return [server, { role: log.role, lag: log.lacking ?? 0, last: log.last ?? null, acting: acting.has(server), ring }]
  })
  const { name } = config.gateway
  return { gateway: name, version: VERSION, natsConnected: bus.connected, servers: Object.fromEntries(reports) }
}

/** Answers whoever asks all gateways, until the connection is closed. */
export function answerLooks(gateway: Gateway): void {
  gateway.bus.connection.subscribe(gateway.names.look, {
    callback: (error, message) => {
      if (error === null && message.reply?.startsWith(INBOX)) message.respond(JSON.stringify(reportOf(gateway)))
    },
  })
}

/** Asks all gateways; gives what came until none came any more. */
export async function lookAtGateways(bus: Bus, subject: string): Promise<GatewayReport[]> {
  const found: GatewayReport[] = []
  try {
    const options = { maxWait: PATIENCE, stall: STALL, strategy: 'stall' } as const
    for await (const { data } of await bus.connection.requestMany(subject, '', options)) {
      if (data.length === 0 || data.length > MOST_BYTES) continue
      found.push(JSON.parse(Buffer.from(data).toString()) as GatewayReport)
    }
  } catch (error) {
    // nobody listens
    if (!(error instanceof NoRespondersError)) throw error
  }
  return found.sort((one, other) => (one.gateway < other.gateway ? -1 : 1))
}
