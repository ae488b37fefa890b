import type { Timer } from '../util/clock.ts'
import { Agenda, type Due } from './agenda.ts'
import { type Freshness, type Input, type KindState, type StaleReason, step, UNKNOWN } from './freshness.ts'
import { KindLists } from './kind-lists.ts'
import { actionsOf, heldWith, kindFacts, type ListedKind } from './kinds.ts'
import { Lane, type Work } from './lane.ts'
import { ListWaiters } from './list-waiters.ts'
import { Lister, rowNames } from './lister.ts'
import type { Model } from './model.ts'
import type { ResolvedOptions } from './options.ts'
import type { ChangeKind } from './records.ts'
import { ReloadWatch } from './reload-watch.ts'
import { ServerTime } from './server-time.ts'
import { SettlingLists } from './settling.ts'
import type { SourceListener, SourceStatus, StateSource } from './source.ts'
import type { HeldChange } from './store.ts'
import type { Told } from './told.ts'
import { WireOrder } from './wire-order.ts'

/** What a {@link Sync} reports. */
export interface SyncHost {
  /** Reports that a kind stands elsewhere. */
  fresh(kind: ListedKind, before: Freshness, now: Freshness): void
  /** Reports what a list changed that no event explains. */
  drift(kind: ListedKind, changes: readonly HeldChange[], audit: boolean): void
  /** Reports that a list has settled. */
  settled(): void
  closed(): void
}

// what does not fit is asked again so soon, and not more often than once a second
const SOON = 100
const PACE = 1_000
const LONGEST_WAIT = 60_000
// modules come and go (main/loader.c); a queue can be there or not from then on
const MODULE_EVENTS = ['Reload', 'Load', 'Unload']

/** Keeps a model true: lists when a login was made, when something was missed, when what an event says does not fit. */
export class Sync {
  readonly states = new Map<ListedKind, KindState>()
  #host: SyncHost
  #model: Model
  #options: ResolvedOptions
  #agenda: Agenda
  /** Where everything that the model reads has its turn. */
  #lane: Lane
  #wire: WireOrder
  #deafness: SourceListener
  #lister: Lister
  #lists: KindLists
  #life = new AbortController()
  #timer: Timer | undefined
  #running = false
  /** Grows whenever what is under way became worthless. */
  #generation = 0
  #connected = false
  /** Kinds whose events the client's mask keeps away. */
  #deaf = new Set<ListedKind>()
  #failures = new Map<ListedKind, number>()
  /** When all queues were listed, and whose turn it is to be looked at alone. */
  #allQueuesAt = 0
  #turn = 0
  /** When each kind, or some of its records, was listed last. */
  #ranAt = new Map<ListedKind, number>()
  /** Until when a list can show what ended before the login. */
  #lagsUntil = new Map<ListedKind, number>()
  #reloads: ReloadWatch | undefined
  #settling: SettlingLists
  #time: ServerTime
  #waiters = new ListWaiters()

  constructor(host: SyncHost, source: StateSource, model: Model, options: ResolvedOptions) {
    this.#host = host
    this.#model = model
    this.#options = options
    this.#agenda = new Agenda(model.listed)
    this.#settling = new SettlingLists(options.clock)
    this.#time = new ServerTime(source, options.clock)
    for (const kind of model.listed) this.states.set(kind, UNKNOWN)
    const names = [...new Set([...model.names, ...rowNames(model.listed.flatMap(actionsOf)), ...MODULE_EVENTS])]
    // first: the client says at once what its event mask keeps away from the listener
    const statuses = source.status({ signal: this.#life.signal })
    this.#lane = new Lane(options.clock)
    this.#wire = new WireOrder(source, names, this.#lane, (told) => this.#event(told), model.lookAhead.look)
    this.#lister = new Lister(source, this.#wire, options.clock)
    this.#lists = new KindLists(model, this.#lister, this.#lane, options.clock)
    // of a listener with `all`, a client does not say what can never reach it
    const firsts = model.listed.flatMap((kind) => kindFacts(kind).events[0] ?? [])
    this.#deafness = source.on(firsts, () => {}, { all: false })
    const { audit, clock } = options
    const reloaded = () => this.#listModule('All')
    if (audit !== false) this.#reloads = new ReloadWatch({ source, clock, every: audit.queues, reloaded })
    void this.#follow(statuses)
    if (source.state === 'ready') void this.#ready()
  }

  /** Asks for kinds now; resolves when each has been listed, refused, or missed. */
  async list(all: readonly ListedKind[], audit: boolean): Promise<void> {
    const kinds = all.filter((kind) => !this.#deaf.has(kind))
    if (this.#life.signal.aborted || kinds.length === 0) return
    const { clock } = this.#options
    const listed = this.#waiters.wait(kinds)
    for (const kind of kinds) {
      this.#agenda.forget(kind)
      this.#agenda.want(kind, clock.elapsed(), undefined, audit)
    }
    this.#pump()
    await listed
  }

  /** Wants a kind, or one record of it, to be listed again: what an event said of it does not fit. */
  again(kind: ListedKind, key: string | undefined): void {
    if (this.#deaf.has(kind)) return
    const now = this.#options.clock.elapsed()
    const at = Math.max(now + SOON, (this.#ranAt.get(kind) ?? Number.NEGATIVE_INFINITY) + PACE)
    this.#agenda.want(kind, at, key)
    this.#pump()
  }

  /** How many lists were asked for. */
  get lists(): number {
    return this.#lists.asked
  }

  /** Whether events that are older than a list may still come. */
  get settling(): boolean {
    return this.#settling.active
  }

  /** Resolves when nothing settles any more. */
  settled(): Promise<void> {
    return this.#settling.settled()
  }

  /** Does something with the model between two things that it reads. */
  inTurn(act: () => void): void {
    this.#lane.run(() => {
      act()
      return undefined
    })
  }

  close(): void {
    if (this.#life.signal.aborted) return
    // what has come is read, and then no more
    this.#lane.flush()
    this.#life.abort()
    this.#options.clock.clearTimeout(this.#timer)
    this.#reloads?.stop()
    this.#wire.close()
    this.#settling.endAll()
    this.#lane.run(() => this.#released(this.#model.store.held))
    this.#lane.flush()
    this.#deafness.remove()
    this.#stale('lost')
    this.#waiters.end()
    this.#host.closed()
  }

  async #follow(statuses: AsyncIterable<SourceStatus>): Promise<void> {
    try {
      for await (const status of statuses) {
        // one that was on its way when this was closed
        if (this.#life.signal.aborted) return
        this.#status(status)
      }
    } catch {
      // the signal is that of close()
    }
    this.close()
  }

  #status(status: SourceStatus): void {
    switch (status.type) {
      case 'ready':
        void this.#ready()
        return
      case 'booted':
        this.#listAll(0)
        return
      case 'lost':
        this.#connected = false
        this.#reloads?.stop()
        this.#missed('lost')
        return
      case 'slow':
        if ((status.dropped ?? 0) > 0) this.#missedSome()
        return
      case 'fault':
        this.#missedSome()
        return
      case 'unheard':
        if (status.listener === this.#deafness.id) this.#unheard(status)
    }
  }

  async #ready(): Promise<void> {
    if (this.#connected) return
    this.#connected = true
    this.#generation++
    const generation = this.#generation
    const offset = await this.#time.measure()
    if (generation !== this.#generation) return
    this.#model.clockIs(offset)
    this.#reloads?.start()
    this.#listAll(0)
  }

  #listAll(after: number): void {
    const at = this.#options.clock.elapsed() + after
    for (const kind of this.#model.listed) {
      if (this.#deaf.has(kind)) continue
      this.#agenda.forget(kind)
      this.#agenda.want(kind, at)
    }
    this.#pump()
  }

  #missedSome(): void {
    this.#missed('dropped')
    this.#listAll(SOON)
  }

  #missed(why: StaleReason): void {
    this.#settling.endAll()
    const now = this.#options.clock.now()
    this.inTurn(() => this.#model.gap(now))
    this.#stale(why)
  }

  #stale(why: StaleReason): void {
    this.#generation++
    this.#lister.giveUp()
    for (const kind of this.#model.listed) if (!this.#deaf.has(kind)) this.#input(kind, { type: 'missed', why })
  }

  // a mask that keeps away what says that a kind's records are there: the lists alone would be old at once
  #unheard({ event = '', classes = [] }: SourceStatus): void {
    for (const kind of this.#model.listed) {
      if (kindFacts(kind).events[0] !== event) continue
      this.#deaf.add(kind)
      this.#agenda.forget(kind)
      this.#input(kind, { type: 'refused', action: event, classes })
    }
  }

  #event(told: Told): void {
    const name = told.Event
    if (name === 'Reload' || name === 'Load' || name === 'Unload') {
      if (name === 'Reload') this.#reloads?.heard()
      this.#listModule(told.get('Module') ?? '')
    }
    if (name === 'Newchannel' && this.#settling.has('channels')) {
      // behind the row of its channel: it shows how far events lag
      if (this.#model.get('channel', told.get('Uniqueid') ?? '') !== undefined) this.#settling.lags('channels')
    }
    this.#model.event(told)
  }

  /** Lists what a module says, or with `All` what any module says that can be read again. */
  #listModule(module: string): void {
    const at = this.#options.clock.elapsed() + SOON
    for (const kind of this.#model.listed) {
      if (this.#deaf.has(kind)) continue
      const { modules } = kindFacts(kind)
      if (module === 'All' ? modules.length > 0 : modules.includes(module)) this.#agenda.want(kind, at)
    }
    this.#pump()
  }

  #input(kind: ListedKind, input: Input): void {
    const before = this.states.get(kind) ?? UNKNOWN
    const now = step(before, input, this.#options.clock.now())
    this.states.set(kind, now)
    if (before.freshness !== now.freshness) this.#host.fresh(kind, before.freshness, now.freshness)
    if (input.type === 'listing') this.#waiters.begun(kind)
    else this.#waiters.over(kind, input.type === 'missed')
  }

  #pump(): void {
    const { clock } = this.#options
    clock.clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#running || !this.#connected || this.#life.signal.aborted) return
    const now = clock.elapsed()
    const due = this.#agenda.take(now, (kind) => this.#settling.blocks(kind))
    if (due !== undefined) {
      this.#running = true
      void this.#run(due).finally(() => {
        this.#running = false
        this.#pump()
      })
      return
    }
    // what waits for another list to settle is looked at when it has
    const next = this.#agenda.next(now)
    if (next !== undefined) {
      this.#timer = clock.setTimeout(() => this.#pump(), Math.max(1, next - now))
    }
  }

  async #run({ kind, keys, audit }: Due): Promise<void> {
    const { clock } = this.#options
    const ranAt = clock.elapsed()
    this.#ranAt.set(kind, ranAt)
    const generation = this.#generation
    const current = () => generation === this.#generation && !this.#life.signal.aborted
    const { gap } = this.states.get(kind) ?? UNKNOWN
    if (keys === undefined) this.#input(kind, { type: 'listing' })
    // the rows have the server's times
    if (this.#time.isOld) this.#model.clockIs(await this.#time.measure())
    let outcome = await this.#lists.read({ kind, gap, keys, current })
    // a change that comes meanwhile is reported with the next list
    if (!current()) outcome = { type: 'failed' }
    const listedAt = clock.elapsed()
    if (outcome.type === 'refused' || outcome.type === 'failed') {
      await new Promise<unknown>((done) => this.#lane.run(() => this.#released(heldWith(kind), done)))
      if (!current()) return
      if (outcome.type === 'failed') this.#failed(kind)
      else this.#input(kind, outcome)
      // that a module was loaded is reported to accounts of class system alone; rights are those of the login
      if (outcome.type === 'refused' && outcome.classes.length === 0) this.#plan(kind)
      return
    }
    this.#failures.delete(kind)
    this.#settle(kind, listedAt, gap, audit || keys !== undefined)
    if (keys === undefined || !gap) this.#input(kind, { type: 'listed' })
    if (keys === undefined && kind === 'queues') this.#allQueuesAt = listedAt
    if (gap && kindFacts(kind).lags) this.#lagsUntil.set(kind, listedAt + PACE)
    // nobody heard of what ended just before the login, and it can have stood in the list all the same
    const until = this.#lagsUntil.get(kind) ?? 0
    if (ranAt < until) this.#agenda.want(kind, until)
    this.#plan(kind)
  }

  #settle(kind: ListedKind, listedAt: number, gap: boolean, audit: boolean): void {
    this.#settling.begin(kind, listedAt, (over) => {
      const released = (held: readonly HeldChange[]) => {
        if (!gap) this.#host.drift(kind, held, audit)
        over()
        this.#host.settled()
        this.#pump()
      }
      this.#lane.run(() => this.#released(heldWith(kind), released))
    })
  }

  *#released(kinds: readonly ChangeKind[], done?: (held: readonly HeldChange[]) => void): Work {
    const held = yield* this.#model.store.release(kinds, this.#options.clock.now(), this.#lane)
    this.#model.room.released()
    done?.(held)
  }

  #failed(kind: ListedKind): void {
    const { clock, random } = this.#options
    const failures = this.#failures.get(kind) ?? 0
    this.#failures.set(kind, failures + 1)
    this.#input(kind, { type: 'missed', why: 'refused' })
    const wait = Math.min(LONGEST_WAIT, PACE * 2 ** failures)
    this.#agenda.want(kind, clock.elapsed() + wait * (0.5 + random() / 2))
  }

  /** Plans the next look at a kind: at queues one at a time, because each is locked while its rows are written. */
  #plan(kind: ListedKind): void {
    const { audit, clock, random } = this.#options
    if (audit === false) return
    const now = clock.elapsed()
    const jitter = 1 + audit.jitter * (random() - 0.5)
    const isBlind = this.states.get(kind)?.freshness.type === 'blind'
    const queues = kind === 'queues' && !isBlind ? [...this.#model.tables.queue.records.keys()] : []
    if (queues.length < 2 || now - this.#allQueuesAt >= audit.others) {
      const every = kind === 'queues' ? audit.queues : audit.others
      this.#agenda.want(kind, now + every * jitter, undefined, true)
      return
    }
    const key = queues[this.#turn++ % queues.length]
    this.#agenda.want(kind, now + Math.max(PACE, audit.queues / queues.length) * jitter, key, true)
  }
}
