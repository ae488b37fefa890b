import { checkString, got, signalOf } from '../check.ts'
import { ClosedError, invalid } from '../errors.ts'
import { onAbort } from '../util/abort.ts'
import { deferred } from '../util/deferred.ts'
import { ChangeHub, type ChangeListener, type ChangeListenOptions, type ChangesOptions } from './change-hub.ts'
import type { Change, ChangeName, ChangeOf, Reset, Revision } from './changes.ts'
import type { Collection } from './collection.ts'
import { type Freshness, worst } from './freshness.ts'
import { resolveStateOptions, type StateOptions } from './options.ts'
import type {
  Agent,
  Bridge,
  Call,
  Caller,
  Channel,
  Contact,
  Device,
  Endpoint,
  Hint,
  Mailbox,
  Member,
  ParkedCall,
  Presence,
  Queue,
  QueueCounts,
  Room,
  Trunk,
} from './records.ts'
import type { Snapshot } from './snapshot.ts'
import type { SourceStatus, StateSource } from './source.ts'
import { State } from './state.ts'
import { type StateStatus, StateStatusHub } from './status.ts'

/** What a fleet must have to be watched; `Fleet` has it. */
export interface FleetSource extends Iterable<StateSource> {
  status(options: { signal: AbortSignal }): AsyncIterable<SourceStatus & { readonly source: string }>
}

/** A record, and the server that it is of. */
export interface Sourced<T> {
  readonly source: string
  readonly value: T
}

/** The records of one kind on all servers; a key is `pbx1/` and the key on that server. */
export interface Collections<T> extends Iterable<Sourced<T>> {
  readonly size: number
  readonly freshness: Freshness
  get(key: string): T | undefined
}

/** A queue that several servers have: the members by their interfaces, the numbers added. */
export interface MergedQueue {
  readonly name: string
  readonly sources: readonly string[]
  readonly members: readonly Member[]
  /** The one that has waited longest first. */
  readonly callers: readonly Sourced<Caller>[]
  readonly counted: Pick<QueueCounts, 'completed' | 'abandoned'>
}

/** A picture of several Asterisks; made by {@link watchAll}. */
export class States implements AsyncDisposable, Iterable<State> {
  readonly channels = this.#all((state): Collection<Channel> => state.channels)
  readonly bridges = this.#all((state): Collection<Bridge> => state.bridges)
  readonly calls = this.#all((state): Collection<Call> => state.calls)
  readonly queues = Object.assign(
    this.#all((state): Collection<Queue> => state.queues),
    { merged: (name: string) => merged(name, this) },
  )
  readonly rooms = this.#all((state): Collection<Room> => state.rooms)
  readonly parking = this.#all((state): Collection<ParkedCall> => state.parking)
  readonly devices = this.#all((state): Collection<Device> => state.devices)
  readonly hints = this.#all((state): Collection<Hint> => state.hints)
  readonly agents = this.#all((state): Collection<Agent> => state.agents)
  readonly presence = this.#all((state): Collection<Presence> => state.presence)
  readonly endpoints = this.#all((state): Collection<Endpoint> => state.endpoints)
  readonly contacts = this.#all((state): Collection<Contact> => state.contacts)
  readonly trunks = this.#all((state): Collection<Trunk> => state.trunks)
  readonly mailboxes = this.#all((state): Collection<Mailbox> => state.mailboxes)
  #fleet: FleetSource
  #options: StateOptions
  #states = new Map<StateSource, State>()
  #changes = new ChangeHub('the fleet')
  #statuses = new StateStatusHub<StateStatus & { readonly source: string }>()
  #waiting = new Set<() => void>()
  #failed = new Set<string>()
  #life = new AbortController()
  #unlisten: () => void

  /** @internal Use {@link watchAll}. */
  constructor(fleet: FleetSource, options: StateOptions) {
    this.#fleet = fleet
    const { signal, ...others } = options
    this.#options = others
    this.#members()
    void this.#follow(fleet.status({ signal: this.#life.signal }))
    this.#unlisten = onAbort(signal, () => void this.close())
    if (signal?.aborted) void this.close()
  }

  /** The names of the servers. */
  get names(): string[] {
    return [...this].map(({ name }) => name)
  }

  /** The worst freshness of all servers. */
  get freshness(): Freshness {
    return worst([...this].map((state) => state.freshness))
  }

  /** Where every server's model stands, in one string. */
  get revision(): Revision {
    return [...this].map((state) => state.revision).join(' ')
  }

  /** Returns the model of a server. */
  get(name: string): State | undefined {
    return [...this].find((state) => state.name === name)
  }

  [Symbol.iterator](): IterableIterator<State> {
    return this.#members().values()
  }

  /**
   * Resolves once every server that can be reached has been listed; one that cannot is not waited for. Rejects with the
   * signal's reason, or with `AMI_CLOSED`.
   */
  async ready(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const signal = signalOf(options)
    await Promise.all([...this.#members()].map(([member, state]) => this.#readyOrFailed(member, state, signal)))
    if (this.#life.signal.aborted) throw new ClosedError('the fleet: the model is closed', { source: 'the fleet' })
  }

  /** Returns everything of every server as it is at this moment. */
  snapshot(): readonly Snapshot[] {
    return [...this].map((state) => state.snapshot())
  }

  /** Calls `handler` with each change of these names on any server, also on one that is added later. */
  on<N extends ChangeName>(
    filter: N | readonly N[],
    handler: (change: ChangeOf<N>, listener: ChangeListener) => unknown,
    options?: ChangeListenOptions,
  ): ChangeListener {
    return this.#changes.on(filter, handler as never, options)
  }

  /** Yields the changes of all servers from this call on; the order holds within a server. */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<Change | Reset> {
    return this.#changes.iterate(options, () => this.revision)
  }

  /** Yields how fresh the kinds of each server are, from this call on. */
  status(
    options: { signal?: AbortSignal | undefined } = {},
  ): AsyncIterableIterator<StateStatus & { readonly source: string }> {
    return this.#statuses.iterate(signalOf(options))
  }

  /** Removes its listeners; the fleet stays as it was. */
  async close(): Promise<void> {
    if (this.#life.signal.aborted) return
    this.#life.abort()
    this.#unlisten?.()
    await Promise.all([...this.#states.values()].map((state) => state.close()))
    this.#changes.end()
    this.#statuses.end()
    for (const check of [...this.#waiting]) check()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Returns the models of the members that the fleet has now. */
  #members(): ReadonlyMap<StateSource, State> {
    if (this.#life.signal.aborted) return this.#states
    const members = new Set(this.#fleet)
    for (const [member, state] of [...this.#states]) {
      if (members.has(member)) continue
      this.#states.delete(member)
      void state.close()
    }
    for (const member of members) if (!this.#states.has(member)) this.#add(member)
    return this.#states
  }

  #add(member: StateSource): void {
    const state = new State(member, resolveStateOptions(this.#options))
    this.#states.set(member, state)
    state.on('*', (change) => this.#changes.tell([change]))
    void this.#followState(state)
  }

  async #followState(state: State): Promise<void> {
    for await (const status of state.status()) {
      this.#statuses.tell(Object.freeze({ ...status, source: state.name }))
    }
  }

  // a member that is added says so itself as it connects
  async #follow(statuses: AsyncIterable<SourceStatus & { readonly source: string }>): Promise<void> {
    try {
      for await (const { type, source } of statuses) {
        if (type === 'lost' || type === 'closed') this.#failed.add(source)
        if (type === 'ready') this.#failed.delete(source)
        this.#members()
        for (const check of [...this.#waiting]) check()
      }
    } catch {
      // the signal is that of close()
    }
    await this.close()
  }

  async #readyOrFailed(member: StateSource, state: State, signal: AbortSignal | undefined): Promise<void> {
    const failed = deferred<void>()
    const check = () => {
      // it waits for its next attempt: the last one failed, perhaps before anybody looked
      const cannot = this.#failed.has(state.name) || member.state === 'waiting'
      if (cannot || this.#life.signal.aborted) failed.resolve()
    }
    this.#waiting.add(check)
    check()
    try {
      await Promise.race([state.ready({ signal }), failed.promise])
    } finally {
      this.#waiting.delete(check)
    }
  }

  #all<T>(of: (state: State) => Collection<T>): Collections<T> {
    const states = () => [...this]
    return {
      get size() {
        return states().reduce((sum, state) => sum + of(state).size, 0)
      },
      get freshness() {
        return worst(states().map((state) => of(state).freshness))
      },
      get(key) {
        checkString('key', key, "a record's key")
        // a name can have a slash too
        for (const state of states()) {
          if (!key.startsWith(`${state.name}/`)) continue
          const found = of(state).get(key.slice(state.name.length + 1))
          if (found !== undefined) return found
        }
        return undefined
      },
      *[Symbol.iterator]() {
        for (const state of states()) for (const value of of(state)) yield { source: state.name, value }
      },
    }
  }
}

function merged(name: string, states: Iterable<State>): MergedQueue | undefined {
  const found = [...states].flatMap((state) => {
    const value = state.queues.get(name)
    return value === undefined ? [] : [{ source: state.name, value }]
  })
  const [first] = found
  if (first === undefined) return undefined
  const members = new Map<string, Member>()
  for (const { value } of found) {
    for (const member of value.members) {
      const key = member.interface.toLowerCase()
      const other = members.get(key)
      // one that is at work on one server is at work
      if (other === undefined || (other.state === 'ready' && member.state !== 'ready')) members.set(key, member)
    }
  }
  const callers = found.flatMap(({ source, value }) => value.callers.map((caller) => ({ source, value: caller })))
  callers.sort((a, b) => a.value.joinedAt.getTime() - b.value.joinedAt.getTime())
  const sum = (field: 'completed' | 'abandoned') => found.reduce((all, { value }) => all + value.counted[field], 0)
  return Object.freeze({
    name: first.value.name,
    sources: Object.freeze(found.map(({ source }) => source)),
    members: Object.freeze([...members.values()]),
    callers: Object.freeze(callers),
    counted: Object.freeze({ completed: sum('completed'), abandoned: sum('abandoned') }),
  })
}

/**
 * Keeps a picture of every Asterisk of a fleet, those included that are added later.
 * @throws {ArgumentError} naming the option that is wrong
 */
export function watchAll(fleet: FleetSource, options: StateOptions = {}): States {
  const given = fleet as Partial<FleetSource> | null | undefined
  if (typeof given?.status !== 'function' || typeof given[Symbol.iterator] !== 'function') {
    throw invalid('fleet', `must be a fleet, ${got(fleet)}`)
  }
  resolveStateOptions(options)
  return new States(fleet, options)
}
