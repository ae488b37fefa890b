// The way of the rows: a snapshot, then a stream from its revision on; again and again, for as long as the page is open.
import type { Outcome } from '../../protocol/action.ts'
import type { BeatFrame, Patch, ResetFrame, Snapshot, ViewQuery } from '../../protocol/view.ts'
import { waitAfter } from './backoff.ts'

/** What a stream needs of the world; a test gives its own. */
export interface World {
  fetch(path: string, signal: AbortSignal): Promise<Response>
  open(path: string): EventSource
  random(): number
}

/**
 * Why what is shown may be old: the server does not answer, or answers that one looks in too many windows, or the page has
 * not asked for a while, or what it hears comes late.
 */
export type Silence = 'away' | 'full' | 'asleep'

/** What happens to a view. */
export interface Watcher {
  snapshot(snapshot: Snapshot): void
  patch(patch: Patch, revision: string): void
  /** The server's clock, and the sign that it is there. */
  beat(now: number): void
  outcome(outcome: Outcome): void
  /** What is shown is true, or not known to be. */
  reachable(why: Silence | undefined): void
  /** What one may see has changed, or nobody is signed in: ask who one is. */
  rights(): void
  /** The view does not exist, or one may not see it. */
  refused(status: number): void
}

// a stream without two of its beats is dead
const SILENCE = 11_000
// where packets go nowhere, nobody says that a request has failed
const ANSWER = 5_000
// a window that is closed elsewhere makes room, and a board that was away may come back
const LATER = 10_000

/** Follows one view. */
export class Stream {
  readonly #query: string
  readonly #watcher: Watcher
  readonly #world: World
  #source: EventSource | undefined
  #revision: string | undefined
  #life = new AbortController()
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #downSince: number | undefined
  /** How far the server's clock is ahead of ours, by the message that came quickest since the snapshot. */
  #ahead = Number.NEGATIVE_INFINITY
  #paused = false

  constructor(query: ViewQuery, watcher: Watcher, world: World) {
    this.#query = queryOf(query)
    this.#watcher = watcher
    this.#world = world
    void this.#begin()
  }

  /** Ends everything. */
  close(): void {
    this.#life.abort()
    this.#stop()
  }

  /** Asks again at once: the network is back, or somebody looks. */
  wake(): void {
    if (this.#life.signal.aborted) return
    this.#paused = false
    if (this.#source !== undefined && this.#source.readyState === 1) return
    this.#stop()
    this.#attempt = 0
    void this.#begin()
  }

  /** Gives its connection back while nobody looks: a browser has six for a server. */
  pause(): void {
    this.#paused = true
    this.#stop()
    this.#watcher.reachable('asleep')
  }

  /** Asks anew: the computer has slept, and nobody knows whether the connection still lives. */
  doubt(): void {
    if (this.#life.signal.aborted || this.#paused) return
    this.#watcher.reachable('asleep')
    this.#stop()
    this.#attempt = 0
    void this.#begin()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#asking = undefined
    this.#source?.close()
    this.#source = undefined
  }

  async #begin(): Promise<void> {
    if (this.#revision === undefined && !(await this.#snapshot())) return
    if (!this.#life.signal.aborted && !this.#paused && this.#source === undefined) this.#open()
  }

  /** Whether there is one now. */
  async #snapshot(): Promise<boolean> {
    const asking = new AbortController()
    const { signal } = asking
    this.#asking = asking
    this.#limit(ANSWER)
    try {
      const response = await this.#world.fetch(`/api/view?${this.#query}`, signal)
      if (signal.aborted) return false
      if (!response.ok) {
        this.#refused(response)
        return false
      }
      const snapshot = JSON.parse(await this.#textOf(response, signal)) as Snapshot
      if (signal.aborted) return false
      this.#asking = undefined
      this.#revision = snapshot.revision
      this.#ahead = snapshot.now - performance.now()
      this.#watcher.beat(snapshot.now)
      this.#watcher.snapshot(snapshot)
      return true
    } catch {
      if (!signal.aborted) this.#failed()
      return false
    }
  }

  #refused({ status, headers }: Response): void {
    // a proxy in front has pages of its own for a server that is away
    const isOurs = headers.get('content-type')?.startsWith('application/json') === true
    if (status >= 500 || !isOurs) this.#failed()
    else if (status === 429) this.#failed('full')
    else {
      this.#stop()
      if (status === 401) this.#watcher.rights()
      else {
        this.#watcher.refused(status)
        this.#timer = setTimeout(() => void this.#begin(), LATER)
      }
    }
  }

  /** Reads an answer for as long as more of it comes: thousands of rows take their time on a slow line. */
  async #textOf({ body }: Response, signal: AbortSignal): Promise<string> {
    const reader = body?.getReader()
    const parts: Uint8Array<ArrayBuffer>[] = []
    const began = performance.now()
    for (;;) {
      this.#limit(SILENCE)
      const { value } = (await reader?.read()) ?? {}
      signal.throwIfAborted()
      if (value === undefined) return await new Blob(parts).text()
      parts.push(value)
      if (performance.now() - began > SILENCE) this.#watcher.reachable('asleep')
    }
  }

  #open(): void {
    const source = this.#world.open(`/api/stream?${this.#query}&from=${encodeURIComponent(this.#revision ?? '')}`)
    this.#source = source
    const on = <T>(name: string, take: (data: T, id: string) => void) =>
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return
        this.#alive()
        const { data, lastEventId } = event as MessageEvent<string>
        take(JSON.parse(data) as T, lastEventId)
      })
    // a proxy may let the head of a stream through, and keep what comes behind it: only a message is a sign of life
    source.addEventListener('open', () => {
      if (source === this.#source) this.#limit(SILENCE)
    })
    on<Patch>('patch', (patch, id) => {
      this.#revision = id
      this.#watcher.patch(patch, id)
    })
    on<BeatFrame>('beat', ({ now }) => this.#beat(now))
    on<Outcome>('outcome', (outcome) => this.#watcher.outcome(outcome))
    on<ResetFrame>('reset', ({ why }) => this.#reset(why))
    source.addEventListener('error', () => {
      if (source === this.#source) this.#failed()
    })
    this.#limit(ANSWER)
  }

  /** A stream whose beats come late has rows that are as late: all of it is asked for anew. */
  #beat(now: number): void {
    const ahead = now - performance.now()
    this.#ahead = Math.max(this.#ahead, ahead)
    if (this.#ahead - ahead < SILENCE) this.#watcher.beat(now)
    else {
      this.#revision = undefined
      this.#failed('asleep')
    }
  }

  #reset(why: ResetFrame['why']): void {
    this.#stop()
    if (why === 'closing') {
      this.#failed()
      return
    }
    this.#revision = undefined
    this.#watcher.reachable('asleep')
    if (why === 'rights') this.#watcher.rights()
    else void this.#begin()
  }

  #alive(): void {
    this.#attempt = 0
    this.#downSince = undefined
    this.#watcher.reachable(undefined)
    this.#limit(SILENCE)
  }

  /** Gives up what is tried now, where nothing comes within a time. */
  #limit(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#failed(), milliseconds)
  }

  #failed(why: Silence = 'away'): void {
    this.#stop()
    if (this.#life.signal.aborted || this.#paused) return
    this.#downSince ??= performance.now()
    this.#watcher.reachable(why)
    const wait =
      why === 'full' ? LATER : waitAfter(this.#attempt++, performance.now() - this.#downSince, this.#world.random())
    // after a restart the server knows no revision of before, and a stream that fails says no status: ask for all of it
    if (this.#attempt > 1) this.#revision = undefined
    this.#timer = setTimeout(() => void this.#begin(), wait)
  }
}

/** Writes the parameters of a view, always in the same order, so that the same view has the same address. */
export function queryOf(query: ViewQuery): string {
  const given = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  return new URLSearchParams(given as [string, string][]).toString()
}
