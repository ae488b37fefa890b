// Actions over NATS: an acting session for each Asterisk, and a subscription for each that is ready.
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import { type Msg, headers as makeHeaders, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { type Client, type ClientOptions, createClient } from 'amiable'
import { whyOf } from '../ami/why.ts'
import { NatsKeys } from '../bus/keys.ts'
import { isGatewayAlive, Micro } from '../bus/micro.ts'
import { StoreClock } from '../bus/store-clock.ts'
import type { AuditRecord } from './audit.ts'
import { callerOf } from './caller.ts'
import { ActionHandler, type ActionSettings, type Headers, type Observed } from './handler.ts'
import { headersOf } from './headers.ts'

/** What the service needs. */
export interface ServiceOptions {
  readonly prefix: string
  readonly gateway: string
  readonly version: string
  readonly settings: ActionSettings
  /** The connection of the user that may answer and audit, and may write no log. */
  readonly connection: NatsConnection
  /** The prefix of the inboxes of that connection. */
  readonly inbox: string
  /** The bucket of keys; absent where there is none, and then a request with a key is refused. */
  readonly keys: KV | undefined
  /** How to log in to each Asterisk. */
  readonly servers: Readonly<Record<string, ClientOptions>>
  readonly now?: () => number
  readonly observe?: (seen: Observed) => void
  /** Reports what an operator should know. */
  readonly say: (level: 'info' | 'warn' | 'error', what: string, about?: Readonly<Record<string, unknown>>) => void
}

/** How many lines of the audit may wait for the store. */
const MOST_AUDITS = 1_024
const DEFAULT_PAYLOAD = 1_048_576
const NO_HEADERS = { bytes: 0, first: () => undefined, last: () => undefined }
/** How often it is said that limits stop requests. */
const LIMITS_SAID = 10_000

/** Serves actions until it is closed. */
export class ActionService {
  readonly handler: ActionHandler
  readonly #options: ServiceOptions
  readonly #clock: StoreClock | undefined
  readonly #sessions = new Map<string, Session>()
  readonly #stats = new Map<string, { requests: number; errors: number; ms: number }>()
  readonly #js: JetStreamClient
  readonly #flows = new Map<string, () => void>()
  readonly #any: Subscription
  #connected = true
  #audits = 0
  #lostAudits = 0
  #limited = 0
  #limitsSaidAt = Number.NEGATIVE_INFINITY
  #flowCount = 0
  readonly #work = new Set<Promise<void>>()

  constructor(options: ServiceOptions) {
    this.#options = options
    const { connection, prefix, gateway, settings, keys, now = Date.now } = options
    this.#js = jetstream(connection, { timeout: 5_000 })
    const host = {
      now,
      elapsed: () => performance.now(),
      onChange: (right: boolean, difference: number) => {
        const what = right ? "the clock agrees with the store's again" : "the clock differs from the store's"
        options.say(right ? 'info' : 'error', what, { milliseconds: Math.round(difference) })
        for (const session of this.#sessions.values()) session.settle()
      },
    }
    this.#clock = keys && new StoreClock(keys, `clock.${gateway}`, host)
    this.handler = new ActionHandler({
      prefix,
      gateway,
      settings,
      now,
      keys: keys && new NatsKeys(keys),
      isAlive: (other) =>
        other === gateway ? Promise.resolve(true) : isGatewayAlive(connection, other).catch(() => true),
      isClockRight: () => this.isClockRight,
      client: (server) => this.#clientOf(server),
      maxPayload: () => connection.info?.max_payload ?? DEFAULT_PAYLOAD,
      answer: (subject, body, headers, ack) => this.#answer(subject, body, headers, ack),
      openFlow: (onAcknowledged) => this.#openFlow(onAcknowledged),
      audit: (record) => this.#audit(record),
      observe: (seen) => this.#observe(seen),
      complain: (what) => options.say('error', what),
    })
    connection.subscribe(`${prefix}.flow.${gateway}.*`, {
      callback: (error, message) => {
        if (error === null) this.#flows.get(message.subject)?.()
      },
    })
    this.#any = connection.subscribe(`${prefix}.action.any.>`, { queue: 'amiable', callback: this.#take })
    new Micro(connection, {
      gateway,
      version: options.version,
      endpoints: () =>
        [...this.#sessions]
          .filter(([, { isServing }]) => isServing)
          .map(([name]) => ({
            name,
            subject: `${prefix}.action.${name}.>`,
            queue: 'amiable',
          })),
      stats: (name) => this.#stats.get(name) ?? { requests: 0, errors: 0, ms: 0 },
      mayAnswer: (reply) => this.#mayAnswer(reply),
    })
    for (const [name, server] of Object.entries(options.servers)) this.#open(name, server)
    void this.#followConnection()
  }

  /** Compares the clocks, then logs in everywhere. It does not wait for Asterisks that are away. */
  async start(): Promise<void> {
    await this.#clock?.start()
    for (const { client } of this.#sessions.values()) client.connect().catch(() => {})
  }

  /** The Asterisks on which this gateway acts now. */
  get serving(): string[] {
    return [...this.#sessions].filter(([, { isServing }]) => isServing).map(([name]) => name)
  }

  /** Whether the clock agrees with the store's. */
  get isClockRight(): boolean {
    return this.#clock?.isRight ?? true
  }

  /** Takes no more requests, and ends when those under way have their answers, or after this time. */
  async close(milliseconds = 5_000): Promise<void> {
    this.#clock?.close()
    this.#any.unsubscribe()
    for (const session of this.#sessions.values()) session.stop()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    })
    await Promise.race([Promise.all(this.#work), late])
    clearTimeout(timer)
    await Promise.all([...this.#sessions.values()].map(({ client }) => client.close({ timeout: 1_000 })))
  }

  #open(name: string, options: ClientOptions): void {
    const { prefix, connection, settings, say } = this.#options
    const client = createClient({
      ...options,
      name,
      // outcomes of calls, and nothing else: what this session is sent, it must read
      events: ['call'],
      maxInFlight: settings.inFlight,
      maxQueued: settings.queued,
    })
    const subject = `${prefix}.action.${name}.>`
    const subscribe = () => connection.subscribe(subject, { queue: 'amiable', callback: this.#take })
    const session = new Session(client, subscribe, () => this.isClockRight)
    this.#sessions.set(name, session)
    void session.follow((what, about) =>
      say(what === 'ready' ? 'info' : 'warn', `acting session: ${what}`, { server: name, ...about }),
    )
  }

  readonly #take = (error: Error | null, message: Msg): void => {
    if (error !== null) return
    const done = this.#handle(message).catch((error: unknown) => {
      this.#options.say('error', `a request failed: ${String(error)}`)
    })
    this.#work.add(done)
    void done.finally(() => this.#work.delete(done))
  }

  async #handle(message: Msg): Promise<void> {
    const { subject, reply, data } = message
    await this.handler.handle({ subject, reply, data, headers: headersOf(message) })
  }

  #clientOf(server: string): { readonly name: string; readonly client: Client } | undefined {
    const name = server === 'any' ? this.serving[0] : server
    const session = name === undefined ? undefined : this.#sessions.get(name)
    return name !== undefined && session?.client.state === 'ready' ? { name, client: session.client } : undefined
  }

  #answer(subject: string, body: string, headers: Headers | undefined, ack: string | undefined): void {
    const { connection } = this.#options
    // the client keeps without limit what it cannot send, and whoever asked has given up by then
    if (connection.isClosed() || !this.#connected) return
    const set = headers && makeHeaders()
    for (const [name, value] of Object.entries(headers ?? {})) set?.set(name, value)
    connection.publish(subject, body, { ...(set && { headers: set }), ...(ack !== undefined && { reply: ack }) })
  }

  async #followConnection(): Promise<void> {
    for await (const { type } of this.#options.connection.status()) {
      if (type === 'disconnect') this.#connected = false
      else if (type === 'reconnect') this.#connected = true
    }
  }

  #mayAnswer(reply: string): boolean {
    const message = { subject: '', reply, data: new Uint8Array(), headers: NO_HEADERS }
    const { inbox, settings } = this.#options
    return callerOf(message, { ...settings, inboxes: [...settings.inboxes, `${inbox}.>`] }) !== undefined
  }

  #openFlow(onAcknowledged: () => void): { readonly subject: string; close(): void } {
    const { prefix, gateway } = this.#options
    const subject = `${prefix}.flow.${gateway}.${++this.#flowCount}-${Math.random().toString(36).slice(2)}`
    this.#flows.set(subject, onAcknowledged)
    return { subject, close: () => this.#flows.delete(subject) }
  }

  #audit(record: AuditRecord): void {
    if (this.#audits >= MOST_AUDITS) {
      this.#lostAudits++
      return
    }
    this.#audits++
    const { prefix, say } = this.#options
    const server = /^[\w-]{1,32}$/.test(record.server) ? record.server : 'none'
    this.#js
      .publish(`${prefix}.audit.${server}.${record.action}`, JSON.stringify(record))
      .catch(() => this.#lostAudits++)
      .finally(() => {
        this.#audits--
        if (this.#audits > 0 || this.#lostAudits === 0) return
        say('error', 'lines of the audit could not be stored', { lines: this.#lostAudits })
        this.#lostAudits = 0
      })
  }

  #observe(seen: Observed): void {
    const stats = this.#stats.get(seen.server) ?? { requests: 0, errors: 0, ms: 0 }
    if (this.#sessions.has(seen.server)) this.#stats.set(seen.server, stats)
    stats.requests++
    stats.ms += seen.ms
    if (seen.outcome !== 'ok') stats.errors++
    const { server, action, rule } = seen
    // a flood that the limits stop must not become a flood of lines
    const isLimit = rule === 'rate' || rule === 'underway'
    const now = performance.now()
    if (isLimit) this.#limited++
    if (rule !== undefined && (!isLimit || now - this.#limitsSaidAt > LIMITS_SAID)) {
      this.#options.say('warn', 'a request was denied', {
        server,
        action,
        rule,
        ...(isLimit && { requests: this.#limited }),
      })
      if (isLimit) [this.#limited, this.#limitsSaidAt] = [0, now]
    }
    this.#options.observe?.(seen)
  }
}

/** One Asterisk: requests are taken while its session is ready. */
class Session {
  readonly client: Client
  readonly #subscribe: () => Subscription
  readonly #isClockRight: () => boolean
  #subscription: Subscription | undefined
  #stopped = false

  constructor(client: Client, subscribe: () => Subscription, isClockRight: () => boolean) {
    this.client = client
    this.#subscribe = subscribe
    this.#isClockRight = isClockRight
  }

  get isServing(): boolean {
    return this.#subscription !== undefined
  }

  async follow(say: (what: string, about?: Readonly<Record<string, unknown>>) => void): Promise<void> {
    for await (const status of this.client.status()) {
      this.settle()
      if (status.type === 'ready') say('ready')
      else if (status.type === 'lost') say('lost', { error: whyOf(status.error) })
      else if (status.type === 'closed') return
    }
  }

  /** Subscribes if requests can be carried out, and takes none if not. */
  settle(): void {
    const can = !this.#stopped && this.client.state === 'ready' && this.#isClockRight()
    if (can) this.#subscription ??= this.#subscribe()
    else {
      this.#subscription?.unsubscribe()
      this.#subscription = undefined
    }
  }

  stop(): void {
    this.#stopped = true
    this.settle()
  }
}
