import { checkString, checkWhole, got, signalOf } from '../check.ts'
import { ClosedError, invalid } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { unguessableId } from '../util/action-id.ts'
import { LONGEST_TIMER, type Timer } from '../util/clock.ts'
import { deferred } from '../util/deferred.ts'
import { ChangeHub, type ChangeListener, type ChangeListenOptions, type ChangesOptions, testOf } from './change-hub.ts'
import type { Change, ChangeName, ChangeOf, Reset, Revision } from './changes.ts'
import { type Collection, View } from './collection.ts'
import type { QueueWindow } from './fold/queue-window.ts'
import { type Followed, type FollowOptions, follow, type Step } from './follow.ts'
import { type Freshness, type FreshnessWaiting, worst } from './freshness.ts'
import { given } from './given.ts'
import { type Kind, kindFacts, type ListedKind, RECORD_OF, type RecordOf } from './kinds.ts'
import { listsOf, Model } from './model.ts'
import { type ResolvedOptions, resolveStateOptions, type StateOptions } from './options.ts'
import type {
  Agent,
  Bridge,
  Call,
  ChangeKind,
  Channel,
  Contact,
  Device,
  Endpoint,
  Hint,
  Mailbox,
  ParkedCall,
  Presence,
  Queue,
  Records,
  Room,
  Trunk,
} from './records.ts'
import { differing } from './same.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'
import type { StateSource } from './source.ts'
import { type Difference, type StateStats, type StateStatus, StateStatusHub } from './status.ts'
import type { HeldChange } from './store.ts'
import { Sync } from './sync.ts'

/** A picture of one Asterisk; made by {@link watch}. */
export class State implements AsyncDisposable {
  /** The `name` of the client. */
  readonly name: string
  readonly channels: Collection<Channel> & { byName(name: string): Channel | undefined }
  readonly bridges: Collection<Bridge>
  readonly calls: Collection<Call> & { of(channel: string): Call | undefined; readonly ended: readonly Call[] }
  readonly queues: Collection<Queue> & {
    /** Returns what a queue did in the last minutes, or since midnight; counted from events, and of one day at most. */
    window(name: string, span: number | 'today'): QueueWindow
  }
  readonly rooms: Collection<Room>
  readonly parking: Collection<ParkedCall>
  readonly devices: Collection<Device>
  readonly hints: Collection<Hint>
  readonly agents: Collection<Agent>
  readonly presence: Collection<Presence>
  readonly endpoints: Collection<Endpoint>
  readonly contacts: Collection<Contact>
  readonly trunks: Collection<Trunk>
  readonly mailboxes: Collection<Mailbox>
  #options: ResolvedOptions
  #model: Model
  #sync: Sync
  #changes: ChangeHub
  #statuses = new StateStatusHub()
  #closed = false
  #waiting = new Set<() => void>()
  #unlisten: () => void
  #audits: Difference[][] = []
  #resting: Timer | undefined
  /** What was last said of a kind. */
  #toldFresh = new Map<Kind, Freshness>()

  /** @internal Use {@link watch}. */
  constructor(source: StateSource, options: ResolvedOptions) {
    this.name = source.name
    this.#options = options
    this.#changes = new ChangeHub(source.name)
    this.#model = new Model(
      {
        source: source.name,
        hears: () => this.#changes.hears(),
        wants: (kind, type) => this.#changes.wants(kind, type),
        changed: (changes) => this.#changes.tell(changes),
        again: (kind, key) => this.#sync.again(kind, key),
        limited: (kind, limit) => this.#statuses.tell({ type: 'limit', kind, limit }),
        rests: (until) => this.#rest(until),
      },
      options,
      unguessableId(),
    )
    this.channels = this.#makeChannels()
    this.calls = this.#makeCalls()
    this.queues = this.#makeQueues()
    this.bridges = this.#view('bridges')
    this.rooms = this.#view('rooms')
    this.parking = this.#view('parking')
    this.devices = this.#view('devices')
    this.hints = this.#view('hints')
    this.agents = this.#view('agents')
    this.presence = this.#view('presence')
    this.endpoints = this.#view('endpoints')
    this.contacts = this.#view('contacts')
    this.trunks = this.#view('trunks')
    this.mailboxes = this.#view('mailboxes')
    this.#sync = new Sync(
      {
        fresh: (kind, before, now) => this.#fresh(kind, before, now),
        drift: (kind, held, audit) => this.#drift(kind, held, audit),
        settled: () => {
          for (const check of [...this.#waiting]) check()
        },
        closed: () => this.#end(),
      },
      source,
      this.#model,
      options,
    )
    this.#unlisten = onAbort(options.signal, () => void this.close())
    if (options.signal?.aborted) void this.close()
  }

  /** The worst freshness of all kinds that are kept. */
  get freshness(): Freshness {
    return worst([...this.#options.kinds].map((kind) => this.#freshnessOf(kind)))
  }

  /** Grows with every change. */
  get revision(): Revision {
    this.#model.look()
    return this.#model.store.log.revision
  }

  /** Milliseconds by which the server's clock is ahead of this machine's; half a round trip is its error. */
  get clockOffset(): number {
    return this.#model.offset
  }

  /**
   * Resolves once each kind has been listed, or is known to be out of reach. Rejects with the signal's reason, or with
   * `AMI_CLOSED`; never because of a missing right.
   */
  ready(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const signal = signalOf(options)
    if (this.#settled) return Promise.resolve()
    if (this.#closed) return Promise.reject(this.#closedError())
    if (signal?.aborted) return Promise.reject(signal.reason)
    const { promise, resolve, reject } = deferred<void>()
    const check = () => {
      if (!this.#closed && !this.#settled) return
      this.#waiting.delete(check)
      unlisten()
      if (this.#settled) resolve()
      else reject(this.#closedError())
    }
    const unlisten = onAbort(signal, () => {
      this.#waiting.delete(check)
      reject(signal?.reason)
    })
    this.#waiting.add(check)
    return promise
  }

  /** Returns everything as it is at this moment. The model shares the records and never changes one. */
  snapshot(): Snapshot {
    const freshness = Object.fromEntries([...this.#options.kinds].map((kind) => [kind, this.#freshnessOf(kind)]))
    const takenAt = new Date(this.#options.clock.now())
    return snapshotOf(this.#model.store, { source: this.name, revision: this.revision, takenAt, freshness })
  }

  /** Calls `handler` with each change of these names. When it runs, every collection shows the state after the event. */
  on<N extends ChangeName>(
    filter: N | readonly N[],
    handler: (change: ChangeOf<N>, listener: ChangeListener) => unknown,
    options?: ChangeListenOptions,
  ): ChangeListener {
    // what came before is no news
    this.#model.look()
    return this.#changes.on(filter, handler as never, options)
  }

  /** Yields changes from this call on. */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<Change | Reset> {
    this.#model.look()
    return this.#changes.iterate(options, () => this.revision)
  }

  /**
   * Returns the changes after a revision. Returns undefined where the revision is too old or of another model: take a
   * snapshot then.
   */
  since(revision: Revision, filter: ChangeName | readonly ChangeName[] = '*'): readonly Change[] | undefined {
    if (typeof revision !== 'string') throw invalid('revision', `must be a revision of this model, ${got(revision)}`)
    const test = testOf(filter)
    return this.#model.store.log.since(revision)?.filter(test)
  }

  /** Follows one call: what is known of it, each step, and its end. A call that is not known yet is waited for. */
  follow(what: Followed, options: FollowOptions = {}): AsyncIterableIterator<Step> {
    if (!this.#options.kinds.has('calls')) throw invalid('kinds', 'must hold calls for follow()')
    const { clock } = this.#options
    const inTurn = (begin: () => void) => this.#sync.inTurn(begin)
    const steps = follow({ model: this.#model, clock, source: this.name, inTurn }, what, options)
    if (this.#closed) for (const tap of [...this.#model.taps]) tap.closed()
    return steps
  }

  /** Yields how fresh the kinds are, from this call on. */
  status(options: { signal?: AbortSignal | undefined } = {}): AsyncIterableIterator<StateStatus> {
    return this.#statuses.iterate(signalOf(options))
  }

  /** Lists these kinds now, or all. Resolves when each has been listed, was refused or was lost. */
  refresh(...kinds: Kind[]): Promise<void> {
    return this.#sync.list(this.#listed(kinds), false)
  }

  /** Lists these kinds now, or all; corrects what is wrong, and resolves with what no event explained. */
  async audit(...kinds: Kind[]): Promise<readonly Difference[]> {
    const found: Difference[] = []
    this.#audits.push(found)
    await this.#sync.list(this.#listed(kinds), true)
    await this.#sync.settled()
    this.#audits = this.#audits.filter((one) => one !== found)
    return found
  }

  /** Counts since the model was made. */
  stats(): StateStats {
    this.#model.look()
    const { tables, log } = this.#model.store
    const records = Object.fromEntries(Object.entries(tables).map(([kind, table]) => [kind, table.shown.size]))
    const counts = records as Record<ChangeKind, number>
    return { changes: log.last, lists: this.#sync.lists, leftOut: this.#model.admission.leftOut, records: counts }
  }

  /** Removes its listeners; the client stays as it was. */
  close(): Promise<void> {
    this.#sync.close()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #settled(): boolean {
    if (this.#sync.settling) return false
    return this.#model.listed.every((kind) => {
      const state = this.#sync.states.get(kind)
      return state?.known === true || state?.freshness.type === 'blind'
    })
  }

  #listed(kinds: readonly Kind[]): readonly ListedKind[] {
    for (const kind of kinds) {
      if (!this.#options.kinds.has(kind)) throw invalid('kinds', `must be kept by this model, ${got(kind)}`)
    }
    const wanted = new Set(kinds.flatMap(listsOf))
    return kinds.length === 0 ? this.#model.listed : this.#model.listed.filter((kind) => wanted.has(kind))
  }

  #freshnessOf(kind: Kind): Freshness {
    return worst(listsOf(kind).flatMap((one) => this.#sync.states.get(one)?.freshness ?? []))
  }

  #view<K extends Kind>(kind: K, keyOf?: (key: string) => string): Collection<Records[RecordOf[K]]> {
    const model = this.#model
    const { store } = model
    const record = RECORD_OF[kind]
    return new View<Records[RecordOf[K]]>({
      records: () => {
        model.look()
        if (record === 'queue') store.assemble()
        return store.tables[record].shown as unknown as ReadonlyMap<string, Records[RecordOf[K]]>
      },
      freshness: () => this.#freshnessOf(kind),
      ...(keyOf && { keyOf }),
    })
  }

  #makeChannels(): State['channels'] {
    const find = (name: string) => {
      checkString('name', name, "a channel's name")
      return this.channels.filter((channel) => channel.name === name)[0]
    }
    return Object.assign(this.#view('channels'), { byName: find })
  }

  #makeQueues(): State['queues'] {
    const { clock } = this.#options
    const window = (name: string, span: number | 'today') => {
      checkString('name', name, "a queue's name")
      const now = clock.now()
      const from = span === 'today' ? new Date(now).setHours(0, 0, 0, 0) : now - checkWhole('span', span, 1) * 60_000
      return this.#model.windows.of(name.toLowerCase(), from, now)
    }
    return Object.assign(
      this.#view('queues', (key) => key.toLowerCase()),
      { window },
    )
  }

  #makeCalls(): State['calls'] {
    const model = this.#model
    const of = (channel: string) => {
      checkString('channel', channel, "a channel's id")
      const call = model.tables.channel.shown.get(channel)?.call
      return call === undefined ? undefined : this.calls.get(call)
    }
    const view = Object.assign(this.#view('calls'), { of })
    return Object.defineProperty(view, 'ended', {
      get: () => model.calls.ended(this.#options.clock.now()),
      enumerable: true,
    }) as State['calls']
  }

  #fresh(kind: ListedKind, before: Freshness, now: Freshness): void {
    const kinds: Kind[] = [kind]
    if (this.#options.kinds.has('calls') && listsOf('calls').includes(kind)) kinds.push('calls')
    for (const one of kinds) {
      const fresh = one === kind ? now : this.#freshnessOf(one)
      // a list that failed again is no news
      if (fresh.type !== 'listing' && this.#toldFresh.get(one) === fresh) continue
      if (fresh.type !== 'listing') this.#toldFresh.set(one, fresh)
      if (fresh.type === 'waiting') this.#waits(one, fresh)
      else if (fresh.type === 'stale') this.#statuses.tell({ ...fresh, kind: one })
      else if (fresh.type === 'blind') this.#statuses.tell({ ...fresh, kind: one })
      // an audit of what is live is no news
      else if (fresh.type === 'live' && before.type !== 'live') this.#statuses.tell({ ...fresh, kind: one })
    }
    for (const check of [...this.#waiting]) check()
  }

  #waits(kind: Kind, { type, since, why }: FreshnessWaiting): void {
    if (since !== undefined && why !== undefined) this.#statuses.tell({ type, kind, since, why })
  }

  #drift(kind: ListedKind, held: readonly HeldChange[], audit: boolean): void {
    const { records, weak } = kindFacts(kind)
    const differences: Difference[] = []
    for (const { kind: record, key, before, after, cause } of held) {
      // what an event said meanwhile is no drift
      if (!('list' in cause) || !records.includes(record)) continue
      const fields = before && after ? differing(before, after, [...(weak[record] ?? []), 'members', 'callers']) : []
      if (before === undefined || after === undefined || fields.length > 0) {
        Object.freeze(fields)
        const difference = { kind: record, key, before: given(before), after: given(after), fields }
        differences.push(Object.freeze(difference))
      }
    }
    if (!audit || differences.length === 0) return
    for (const found of this.#audits) found.push(...differences)
    this.#statuses.tell({ type: 'drift', kind, differences })
  }

  #rest(until: number): void {
    const { clock } = this.#options
    clock.clearTimeout(this.#resting)
    this.#resting = clock.setTimeout(
      () => {
        this.#resting = undefined
        this.#sync.inTurn(() => this.#model.rested(clock.now()))
      },
      Math.min(LONGEST_TIMER, Math.max(1, until - clock.now())),
    )
  }

  #end(): void {
    this.#closed = true
    this.#unlisten?.()
    this.#options.clock.clearTimeout(this.#resting)
    for (const tap of [...this.#model.taps]) tap.closed()
    this.#changes.end()
    this.#statuses.end()
    for (const check of [...this.#waiting]) check()
  }

  #closedError(): ClosedError {
    return new ClosedError(`${this.name}: the model is closed`, { source: this.name })
  }
}

/**
 * Keeps a picture of the Asterisk of a client. It listens at once, and lists when the client is, or gets, ready. It opens
 * no connection and changes nothing.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function watch(source: StateSource, options: StateOptions = {}): State {
  const given = source as Partial<Record<keyof StateSource, unknown>> | null | undefined
  if (typeof given?.on !== 'function' || typeof given.listRaw !== 'function') {
    const hint = source instanceof Promise ? ': await it first' : ''
    throw invalid('client', `must be a client, ${got(source)}${hint}`)
  }
  return new State(source, resolveStateOptions(options))
}
