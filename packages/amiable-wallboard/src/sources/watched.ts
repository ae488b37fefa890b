// The Asterisks that are watched: a client and a model of each.
import { readFileSync } from 'node:fs'
import { type AmiError, type Client, type ClientOptions, createFleet, type Fleet } from 'amiable'
import { type State, type States, watchAll } from 'amiable/state'
import { readSecret } from 'amiable-settings'
import type { Environment } from 'amiable-settings/yaml'
import type { Config } from '../config/schema.ts'

/** What is kept of each Asterisk. Those that need write class system stay blind without it. */
const KINDS = ['calls', 'queues', 'rooms', 'parking', 'devices', 'hints', 'endpoints', 'contacts', 'trunks'] as const

/** Where packets go nowhere, nobody says that a connection is dead: what is shown is dated after ten seconds. */
const KEEPALIVE = { interval: 5_000, timeout: 5_000 } as const

/** Says how the Asterisks of a configuration are reached. */
export function clientsOf(asterisks: Config['asterisks'], env: Environment): ClientOptions[] {
  return Object.entries(asterisks).map(([name, { host, port, username, tls, secret }]) => ({
    name,
    host,
    ...(port !== undefined && { port }),
    username,
    // read at each login, so that a new one needs no restart
    secret: () => readSecret(secret, env),
    tls: typeof tls === 'boolean' ? tls : { ca: readFileSync(tls.caFile, 'utf8') },
  }))
}

/** Says when an Asterisk is tried again: for ever, and so that it is seen within two seconds of its being there. */
function again(attempt: number, { code }: AmiError): number {
  // a refused login is logged, and what reads that log may ban the address: docs/guides/reconnection-and-delivery.md
  const [first, most] = code === 'AMI_AUTH' ? [5_000, 60_000] : [100, 1_000]
  return Math.min(most, first * 2 ** Math.min(attempt - 1, 16)) * (0.75 + Math.random() / 4)
}

/** Asterisks with a picture of each. */
export class Watched implements AsyncDisposable {
  readonly states: States
  #fleet: Fleet

  constructor(clients: readonly ClientOptions[]) {
    this.#fleet = createFleet(clients.map((one) => ({ ...one, keepalive: KEEPALIVE, reconnect: again })))
    this.states = watchAll(this.#fleet, { kinds: KINDS })
    void this.#fleet.connect()
  }

  get names(): readonly string[] {
    return this.states.names
  }

  client(name: string): Client | undefined {
    return this.#fleet.has(name) ? this.#fleet.get(name) : undefined
  }

  state(name: string): State | undefined {
    return this.states.get(name)
  }

  isConnected(name: string): boolean {
    return this.client(name)?.state === 'ready'
  }

  async close(): Promise<void> {
    await this.states.close()
    await this.#fleet.close({ timeout: 0 })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
