import { AckPolicy, DeliverPolicy, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import type { Bus } from './nats.ts'

const NOT_FOUND = 10_014

/** Makes the consumer of a team in a stream, if it has none; returns whether it was, or would be, made. */
export async function ensureConsumer(bus: Bus, stream: string, team: string, make: boolean): Promise<boolean> {
  const { consumers } = await jetstreamManager(bus.connection, { checkAPI: false })
  const found = await consumers.info(stream, team).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.apiError().err_code === NOT_FOUND) return undefined
    throw error
  })
  if (found !== undefined) return false
  const wanted = { durable_name: team, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All }
  if (make) await consumers.add(stream, wanted)
  return true
}
