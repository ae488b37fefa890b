// A view with all who look at it: each frame is made and serialised once, however many there are.
import { randomBytes } from 'node:crypto'
import type { AnyRow } from '../protocol/rows.ts'
import type { ResetFrame, Snapshot } from '../protocol/view.ts'
import { CallWatch } from './call-watch.ts'
import { Look, type ViewSpec } from './look.ts'
import { type PageTables, pageTables, type ViewSources } from './pages.ts'

/** Somebody who looks at a view. */
export interface Looker {
  /** Sends a frame. */
  send(frame: Buffer): void
  /** Ends the stream, and says why. */
  reset(why: ResetFrame['why']): void
}

/** What a view remembers for those who come back: frames, or their bytes, whichever are fewer. */
const MOST_FRAMES = 512
// no more than may wait for a browser (web/streams.ts): all of it is written at once
const MOST_BYTES = 256 * 1_024

/** One view. */
export class View {
  readonly spec: ViewSpec
  /** Whether something has happened since the last look. */
  isDirty = true
  lookedAt = 0
  /** When somebody last looked; like `lookedAt` by a clock that nobody sets. */
  usedAt = 0
  /** Who asked for it first. */
  readonly askedBy: string
  readonly lookers = new Set<Looker>()
  #sources: ViewSources
  #look: Look
  #tables: PageTables = {}
  #epoch = randomBytes(6).toString('hex')
  #number = 0
  #frames: Buffer[] = []
  #bytes = 0
  #call: CallWatch | undefined
  #snapshot: { number: number; text: string } | undefined

  constructor(spec: ViewSpec, askedBy: string, sources: ViewSources, now: number) {
    this.spec = spec
    this.askedBy = askedBy
    this.#sources = sources
    this.#look = new Look(spec)
    this.#call = this.#watchCall()
    this.#tables = pageTables(sources, this.#look, this.#call, now)
  }

  get revision(): string {
    return `${this.#epoch}.${this.#number}`
  }

  /** Returns everything as JSON, without the time of the moment: one text for all who ask meanwhile. */
  snapshot(now: number): string {
    this.look(now)
    if (this.#snapshot?.number !== this.#number) {
      const tables = Object.fromEntries(Object.entries(this.#tables).map(([name, rows]) => [name, [...rows.values()]]))
      const all = { page: this.spec.page, revision: this.revision, tables } as unknown as Omit<Snapshot, 'now'>
      this.#snapshot = { number: this.#number, text: JSON.stringify(all).slice(0, -1) }
    }
    return `${this.#snapshot.text},"now":${now}}`
  }

  /** Looks again, and tells everybody what has changed. */
  look(now: number): void {
    this.isDirty = false
    this.lookedAt = performance.now()
    const tables = pageTables(this.#sources, this.#look, this.#call, now)
    const patch = patchOf(this.#tables, tables)
    this.#tables = tables
    if (patch.length === 0) return
    this.#number++
    const frame = frameOf('patch', patch, this.revision)
    this.#frames.push(frame)
    this.#bytes += frame.length
    while (this.#frames.length > MOST_FRAMES || this.#bytes > MOST_BYTES)
      this.#bytes -= this.#frames.shift()?.length ?? 0
    for (const looker of this.lookers) looker.send(frame)
  }

  /** Adds somebody, with what he has missed since a revision. Returns false where nobody knows any more. */
  join(looker: Looker, from: string): boolean {
    const missed = this.#since(from)
    if (missed === undefined) return false
    this.lookers.add(looker)
    for (const frame of missed) looker.send(frame)
    return true
  }

  leave(looker: Looker): void {
    this.lookers.delete(looker)
    this.usedAt = performance.now()
  }

  close(): void {
    this.#call?.close()
  }

  #since(revision: string): readonly Buffer[] | undefined {
    const [epoch, number] = revision.split('.')
    const behind = this.#number - Number(number)
    if (epoch !== this.#epoch || !Number.isInteger(behind) || behind < 0 || behind > this.#frames.length)
      return undefined
    return behind === 0 ? [] : this.#frames.slice(-behind)
  }

  #watchCall(): CallWatch | undefined {
    const { page, call = '' } = this.spec
    if (page !== 'call') return undefined
    const at = call.indexOf('/')
    const state = this.#sources.watched.state(call.slice(0, at))
    if (state === undefined || call.length === at + 1) return undefined
    return new CallWatch(state.name, state, call.slice(at + 1), () => {
      this.isDirty = true
    })
  }
}

/** Makes a frame of a stream. */
export function frameOf(event: string, data: unknown, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

type Operation = readonly [string, string, unknown, unknown?]

/** Says how one picture becomes another. */
export function patchOf(before: PageTables, after: PageTables): Operation[] {
  const patch: Operation[] = []
  for (const [table, rows] of Object.entries(after)) {
    const old = before[table]
    for (const key of old?.keys() ?? []) if (!rows.has(key)) patch.push(['del', table, key])
    for (const [key, row] of rows) {
      const known = old?.get(key)
      if (known === row) continue
      if (known === undefined) patch.push(['put', table, row])
      else {
        const fields = differing(known, row)
        if (fields !== undefined) patch.push(['set', table, key, fields])
      }
    }
  }
  return patch
}

function differing(before: AnyRow, after: AnyRow): Record<string, unknown> | undefined {
  let found: Record<string, unknown> | undefined
  for (const name in after) {
    const value = after[name as keyof AnyRow]
    if (isSame(before[name as keyof AnyRow], value)) continue
    found ??= {}
    found[name] = value
  }
  return found
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]))
}
