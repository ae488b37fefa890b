// All views: made when somebody asks, looked at when something has happened, forgotten when nobody looks.
import type { Change, ChangeKind } from 'amiable/state'
import type { FreshKind } from '../protocol/rows.ts'
import type { ResetFrame } from '../protocol/view.ts'
import { KINDS_OF, type ViewSpec } from './look.ts'
import type { ViewSources } from './pages.ts'
import { View } from './view.ts'

/** Milliseconds between two frames of a view; one's own card is quicker. */
const PACE = 250
const OWN_PACE = 100
/** What time alone changes, such as the figures of a window. */
const SLOWEST = 1_000
/** How long a view is kept that nobody looks at: a browser that comes back continues. */
const KEPT = 60_000
/** How many views somebody has, with those that are kept: each has its picture, and costs its looks. */
const MOST_EACH = 128

const KIND_OF: Readonly<Record<ChangeKind, FreshKind | undefined>> = {
  channel: 'calls',
  bridge: 'calls',
  call: 'calls',
  queue: 'queues',
  member: 'queues',
  caller: 'queues',
  room: 'rooms',
  parked: 'parking',
  device: 'devices',
  hint: 'devices',
  endpoint: 'endpoints',
  contact: 'contacts',
  trunk: 'trunks',
  agent: undefined,
  presence: undefined,
  mailbox: undefined,
}

/** Keeps the views. */
export class ViewHub {
  #sources: ViewSources
  #views = new Map<string, View>()
  #dirty = new Set<FreshKind>()
  #timer: NodeJS.Timeout
  #alertsAt = 0

  constructor(sources: ViewSources) {
    this.#sources = sources
    sources.watched.states.on('*', (change: Change) => {
      const kind = KIND_OF[change.kind]
      if (kind !== undefined) this.#dirty.add(kind)
    })
    void this.#followStatus()
    this.#timer = setInterval(() => this.#turn(Date.now(), performance.now()), OWN_PACE)
  }

  get size(): number {
    return this.#views.size
  }

  /** Returns the view of a specification; equal ones are one view. Returns none to somebody who looks at too many. */
  get(spec: ViewSpec, askedBy: string): View | undefined {
    const key = JSON.stringify(spec)
    let view = this.#views.get(key)
    if (view === undefined) {
      if (!this.#hasRoom(askedBy)) return undefined
      view = new View(spec, askedBy, this.#sources, Date.now())
      this.#views.set(key, view)
    }
    view.usedAt = performance.now()
    return view
  }

  /** Makes room for one more view of somebody: the one that nobody has looked at for longest goes. */
  #hasRoom(name: string): boolean {
    const own = [...this.#views].filter(([, { askedBy }]) => askedBy === name)
    if (own.length < MOST_EACH) return true
    const idle = own.filter(([, { lookers }]) => lookers.size === 0)
    const [oldest] = idle.sort(([, one], [, other]) => one.usedAt - other.usedAt)
    if (oldest === undefined) return false
    this.#close(...oldest)
    return true
  }

  #close(key: string, view: View): void {
    view.close()
    this.#views.delete(key)
  }

  /** Ends every stream: the page takes a new snapshot. */
  resetAll(why: ResetFrame['why']): void {
    for (const view of this.#views.values()) for (const looker of [...view.lookers]) looker.reset(why)
  }

  close(): void {
    clearInterval(this.#timer)
    this.resetAll('closing')
    for (const view of this.#views.values()) view.close()
    this.#views.clear()
  }

  /** Paces are by a steady clock: one that is set back must not stop the picture. */
  #turn(now: number, steady: number): void {
    const dirty = new Set(this.#dirty)
    this.#dirty.clear()
    if (steady - this.#alertsAt >= SLOWEST) {
      this.#alertsAt = steady
      if (this.#sources.alerts.look(now, steady)) for (const view of this.#views.values()) view.isDirty = true
    }
    for (const [key, view] of this.#views) {
      if (view.lookers.size === 0) {
        // its frames are those that it makes while somebody looks, or has just looked
        if (steady - view.usedAt > KEPT) {
          this.#close(key, view)
          continue
        }
      }
      if (!view.isDirty) view.isDirty = KINDS_OF[view.spec.page].some((kind) => dirty.has(kind))
      const age = steady - view.lookedAt
      const pace = view.spec.page === 'phone' ? OWN_PACE : PACE
      if ((view.isDirty && age >= pace - OWN_PACE / 2) || age >= SLOWEST) view.look(now)
    }
  }

  /** A server that is lost, or there again, is news for every view. */
  async #followStatus(): Promise<void> {
    for await (const _ of this.#sources.watched.states.status()) {
      for (const view of this.#views.values()) view.isDirty = true
    }
  }
}
