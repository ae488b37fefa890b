import type { ChangeKind } from './records.ts'
import { copied } from './told.ts'
import { weightOf } from './weight.ts'

/** What is asked when the bytes must be counted. */
export interface RoomHost {
  /** Returns how many bytes everything takes that is kept. */
  weigh(): number
  /** Lets go of what the picture does not need. */
  shed(): void
  /** Reports that there is room again. */
  hasRoom(): void
}

// what an event can add beside its texts: a channel and its call; or no more than a place
const EVENT = 768
const PLACE = 64
// over the limit, it is counted again when so large a part of it has come or gone
const PART = 8

/**
 * Holds the sum of bytes under a limit. To count them is slow, so it is done only when as much has come as there was room
 * for. No model grows by more than it reads.
 */
export class Room {
  /** Whether nothing may grow any more. */
  isFull = false
  #host: RoomHost
  #most: number
  #events = 0
  #countAt: number
  /** What the lists hold that are read now. */
  #drafted = 0
  /** What has gone since there was no more room. */
  #gone = 0

  constructor(host: RoomHost, most: number) {
    this.#host = host
    this.#most = most
    this.#countAt = copied() + most
  }

  /** Makes room for what one event or row says. @param isWritten whether there is a record that is new, or another one */
  take(isWritten: boolean): void {
    this.#events += isWritten ? EVENT : PLACE
    if (copied() + this.#events >= this.#countAt) this.count()
  }

  /** Notes what a list holds that is not complete yet. */
  draft(bytes: number): void {
    this.#drafted += bytes
  }

  /** Whether a row may be held until its list is complete: until then the record in its place is there as well. */
  drafts(kind: ChangeKind, before: object | undefined, row: object): boolean {
    const bytes = weightOf(kind, row)
    if (this.isFull && this.#drafted + bytes > this.#most / PART) return false
    if (!this.takes(kind, before, row)) return false
    this.draft(bytes)
    return true
  }

  /** Notes that no list is read any more, or that its records are written now. */
  drafted(): void {
    if (this.#drafted === 0) return
    this.#drafted = 0
    if (!this.isFull) return
    this.count()
    // what is written now was copied long ago
    this.#countAt = 0
  }

  /** Notes that changes were reported that had been held back: what was there before goes with them. */
  released(): void {
    if (this.isFull) this.count()
  }

  /** Whether a record may be written in place of another one. */
  takes(kind: ChangeKind, before: object | undefined, after: object): boolean {
    if (!this.isFull) return true
    return before !== undefined && weightOf(kind, after) <= weightOf(kind, before)
  }

  /** Notes that a record goes. */
  gone(kind: ChangeKind, record: object | undefined): void {
    if (!this.isFull || record === undefined) return
    this.#gone += weightOf(kind, record)
    if (this.#gone >= this.#most / PART) this.count()
  }

  count(): void {
    this.#gone = 0
    let bytes = this.#host.weigh() + this.#drafted
    if (bytes > this.#most) {
      this.#host.shed()
      bytes = this.#host.weigh() + this.#drafted
    }
    this.isFull = bytes > this.#most
    if (!this.isFull) this.#host.hasRoom()
    this.#events = 0
    this.#countAt = copied() + Math.max(this.#most - bytes, this.#most / PART)
  }
}
