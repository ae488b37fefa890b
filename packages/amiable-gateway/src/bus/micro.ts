// The micro protocol of NATS (ADR-32): what `nats micro ls` and `nats micro stats` ask, and how a gateway finds another.
import { randomBytes } from 'node:crypto'
import type { Msg, NatsConnection } from '@nats-io/transport-node'

const NAME = 'amiable-gateway'
/** How long a gateway may take to say that it is there. */
const PATIENCE = 500

/** What a service says of itself. */
export interface ServiceInfo {
  readonly gateway: string
  readonly version: string
  /** The Asterisks that it acts on, each with the subject of its actions and its queue. */
  readonly endpoints: () => readonly { readonly name: string; readonly subject: string; readonly queue: string }[]
  /** What was asked of an endpoint. */
  readonly stats: (name: string) => { readonly requests: number; readonly errors: number; readonly ms: number }
  /** Whether an answer may go to this subject. */
  readonly mayAnswer: (reply: string) => boolean
}

/** A gateway that can be found. */
export class Micro {
  readonly #info: ServiceInfo
  readonly #id = randomBytes(12)
    .toString('base64url')
    .replace(/[^A-Za-z0-9]/g, 'x')
  readonly #started = new Date().toISOString()

  constructor(connection: NatsConnection, info: ServiceInfo) {
    this.#info = info
    for (const verb of ['PING', 'INFO', 'STATS'] as const) {
      for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${NAME}`, `$SRV.${verb}.${NAME}.${this.#id}`]) {
        connection.subscribe(subject, {
          callback: (error, message) => {
            if (error === null) this.#answer(verb, message)
          },
        })
      }
    }
  }

  #answer(verb: 'PING' | 'INFO' | 'STATS', message: Msg): void {
    const { reply } = message
    if (reply === undefined || !this.#info.mayAnswer(reply)) return
    message.respond(
      JSON.stringify({ type: `io.nats.micro.v1.${verb.toLowerCase()}_response`, ...this.#own(), ...this.#about(verb) }),
    )
  }

  #own() {
    const { gateway, version } = this.#info
    return { name: NAME, id: this.#id, version, metadata: { gateway } }
  }

  #about(verb: 'PING' | 'INFO' | 'STATS'): object {
    if (verb === 'PING') return {}
    const { endpoints, stats } = this.#info
    if (verb === 'INFO') {
      const all = endpoints().map(({ name, subject, queue }) => ({ name, subject, queue_group: queue, metadata: {} }))
      return { description: 'Actions on Asterisk', endpoints: all }
    }
    const all = endpoints().map(({ name, subject, queue }) => {
      const { requests, errors, ms } = stats(name)
      const nanoseconds = Math.round(ms * 1_000_000)
      return {
        name,
        subject,
        queue_group: queue,
        num_requests: requests,
        num_errors: errors,
        last_error: '',
        processing_time: nanoseconds,
        average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
      }
    })
    return { started: this.#started, endpoints: all }
  }
}

/** Whether a gateway of this name answers now. */
export async function isGatewayAlive(connection: NatsConnection, gateway: string): Promise<boolean> {
  const answers = await connection.requestMany(`$SRV.PING.${NAME}`, '', { maxWait: PATIENCE, strategy: 'timer' })
  for await (const answer of answers) {
    if (answer.data.length > 65_536 || answer.data.length === 0) continue
    const said = answer.json<{ metadata?: { gateway?: unknown } }>()
    if (said.metadata?.gateway === gateway) return true
  }
  return false
}
