// A handler with a simulated Asterisk behind it and no NATS in front: what it answers, audits and sends is seen.
import { type Client, connect } from 'amiable'
import { type SimulatedAsterisk, startServer } from 'amiable/testing'
import type { AuditRecord } from '../../src/actions/audit.ts'
import { ActionHandler, type ActionSettings, type Headers, type Observed } from '../../src/actions/handler.ts'
import type { KeyRecord, KeyStore } from '../../src/bus/keys.ts'
import type { ReplyBody } from '../../src/schema/action.ts'

/** The rules of a gateway that allows nearly everything. */
export const SETTINGS: ActionSettings = {
  classes: ['read', 'call', 'queue', 'message', 'admin'],
  allow: ['Command'],
  contexts: ['from-crm'],
  technologies: ['PJSIP', 'Local'],
  trunks: [],
  variables: ['ORDER'],
  applications: [],
  inboxes: ['_INBOX_crm.>', '_INBOX_bi.>'],
  perCaller: 1_000,
  inFlight: 64,
  queued: 1_024,
  requireExpires: ['call'],
  trustRequestInfo: false,
}

/** Keys in memory, for several handlers. */
export class MemoryKeys implements KeyStore {
  readonly records = new Map<string, { record: KeyRecord; revision: number }>()
  away = false
  #revision = 0

  async create(key: string, record: KeyRecord): Promise<{ revision: number } | { found: KeyRecord }> {
    this.#check()
    const found = this.records.get(key)
    if (found) return { found: found.record }
    this.records.set(key, { record, revision: ++this.#revision })
    return { revision: this.#revision }
  }

  async update(key: string, record: KeyRecord, revision: number): Promise<void> {
    this.#check()
    if (this.records.get(key)?.revision !== revision) throw new Error('wrong revision')
    this.records.set(key, { record, revision: ++this.#revision })
  }

  async remove(key: string, revision: number): Promise<void> {
    this.#check()
    if (this.records.get(key)?.revision === revision) this.records.delete(key)
  }

  #check(): void {
    if (this.away) throw new Error('no responders')
  }
}

export interface Answer {
  readonly subject: string
  readonly body: ReplyBody & { readonly rows?: unknown }
  readonly text: string
  readonly headers: Headers | undefined
  readonly ack: string | undefined
}

export interface AskOptions {
  readonly headers?: Headers
  readonly reply?: string | undefined
  readonly raw?: string | Uint8Array
}

/** A handler and what it did. */
export class Bench {
  readonly server: SimulatedAsterisk
  readonly client: Client
  readonly keys: MemoryKeys
  readonly handler: ActionHandler
  readonly audits: AuditRecord[] = []
  readonly seen: Observed[] = []
  readonly complaints: string[] = []
  readonly answers: Answer[] = []
  /** What acknowledges the pieces of a list. */
  acknowledge: (() => void) | undefined
  clockRight = true
  maxPayload = 1_048_576
  ready = true
  alive = new Set<string>()
  now = () => Date.now()
  #marked = 0

  private constructor(
    server: SimulatedAsterisk,
    client: Client,
    settings: Partial<ActionSettings>,
    keys: MemoryKeys,
    name: string,
  ) {
    this.server = server
    this.client = client
    this.keys = keys
    this.handler = new ActionHandler({
      prefix: 'ami',
      gateway: name,
      settings: { ...SETTINGS, ...settings },
      keys,
      now: () => this.now(),
      isAlive: async (gateway) => this.alive.has(gateway),
      client: (wanted) => (this.ready && ['pbx1', 'any'].includes(wanted) ? { name: 'pbx1', client } : undefined),
      isClockRight: () => this.clockRight,
      maxPayload: () => this.maxPayload,
      answer: (subject, text, headers, ack) => {
        const body = text === '' ? {} : JSON.parse(text)
        this.answers.push({ subject, text, body, headers, ack })
      },
      openFlow: (onAcknowledged) => {
        this.acknowledge = onAcknowledged
        return { subject: 'ami.flow.gw-a.1', close: () => {} }
      },
      audit: (record) => this.audits.push(record),
      observe: (observed) => this.seen.push(observed),
      complain: (what) => this.complaints.push(what),
    })
  }

  static async start(
    settings: Partial<ActionSettings> = {},
    {
      keys = new MemoryKeys(),
      server,
      name = 'gw-a',
    }: { keys?: MemoryKeys; server?: SimulatedAsterisk; name?: string } = {},
  ): Promise<Bench> {
    const simulated =
      server ??
      (await startServer({
        users: { gateway: 'lean' },
        dialplan: '[from-crm]\nexten => 200,1,Answer()\nexten => 200,2,Hangup()\n',
      }))
    const { inFlight = SETTINGS.inFlight, queued = SETTINGS.queued } = settings
    const client = await connect({
      port: simulated.port,
      username: 'gateway',
      secret: 'lean',
      events: ['call'],
      maxInFlight: inFlight,
      maxQueued: queued,
      reconnect: false,
      // a slow machine would have its Pings counted
      keepalive: false,
    })
    return new Bench(simulated, client, settings, keys, name)
  }

  /** Asks, and returns what was answered. */
  async ask(subject: string, body: unknown = {}, options: AskOptions = {}): Promise<Answer | undefined> {
    const { headers = {}, raw = JSON.stringify(body) } = options
    const reply = 'reply' in options ? options.reply : `_INBOX_crm.${this.answers.length}x`
    const before = this.answers.length
    await this.handler.handle({
      subject,
      reply,
      data: typeof raw === 'string' ? new TextEncoder().encode(raw) : raw,
      headers: { bytes: 0, first: (name) => headers[name], last: (name) => headers[name] },
    })
    return this.answers.slice(before).find((answer) => answer.subject === reply && answer.text !== '')
  }

  /** Forgets what was received before. */
  mark(): void {
    this.#marked = this.server.calls.length
  }

  /** Returns what Asterisk received since the mark; not how a client finds out, a second after its login, that it has booted. */
  get received() {
    return this.server.calls.slice(this.#marked).filter(({ name }) => name !== 'ListCommands')
  }

  async close(): Promise<void> {
    this.client.destroy()
    await this.server.close()
  }
}

/** Headers of a request of class `call`. */
export function soon(more: Headers = {}): Headers {
  return { 'Amiable-Expires': String(Date.now() + 60_000), ...more }
}
