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
    this.#timer = setInterval(() => this.#turn(Date.now()), OWN_PACE)
  }

  get size(): number {
    return this.#views.size
  }

  /** Returns the view of a specification; equal ones are one view. */
  get(spec: ViewSpec): View {
    const key = JSON.stringify(spec)
    const now = Date.now()
    let view = this.#views.get(key)
    if (view === undefined) {
      view = new View(spec, this.#sources, now)
      this.#views.set(key, view)
    }
    view.usedAt = now
    return view
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

  #turn(now: number): void {
    const dirty = new Set(this.#dirty)
    this.#dirty.clear()
    if (now - this.#alertsAt >= SLOWEST) {
      this.#alertsAt = now
      if (this.#sources.alerts.look(now)) for (const view of this.#views.values()) view.isDirty = true
    }
    for (const [key, view] of this.#views) {
      if (view.lookers.size === 0) {
        // its frames are those that it makes while somebody looks, or has just looked
        if (now - view.usedAt > KEPT) {
          view.close()
          this.#views.delete(key)
          continue
        }
      }
      if (!view.isDirty) view.isDirty = KINDS_OF[view.spec.page].some((kind) => dirty.has(kind))
      const age = now - view.lookedAt
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
