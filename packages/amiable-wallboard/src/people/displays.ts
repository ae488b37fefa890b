// Links for screens that nobody sits at: each is taken once, and shows one board.
import { randomBytes } from 'node:crypto'
import type { Display } from '../protocol/board.ts'
import { hashOf } from './sessions.ts'

/** How long a link waits for its screen. */
const TAKEN_WITHIN = 24 * 3_600_000
const MOST = 1_000

/** A link, or the screen that took it. */
export interface KeptDisplay extends Display {
  /** What is kept of the link's token; gone when a screen took it. */
  link: string | undefined
  usedAt: number | null
}

/** Keeps the links and the screens that took one. */
export class Displays {
  #kept = new Map<string, KeptDisplay>()
  #changed: () => void

  /** @param changed is called when there are more or fewer */
  constructor(changed: () => void = () => {}) {
    this.#changed = changed
  }

  restore(kept: KeptDisplay): void {
    this.#kept.set(kept.id, kept)
  }

  all(): Iterable<KeptDisplay> {
    return this.#kept.values()
  }

  /** Makes a link; returns its token. */
  make(board: string, madeBy: string, now: number): { id: string; token: string } | undefined {
    for (const { id, usedAt, madeAt } of this.#kept.values()) {
      if (usedAt === null && now - madeAt > TAKEN_WITHIN) this.#kept.delete(id)
    }
    if (this.#kept.size >= MOST) return undefined
    const token = randomBytes(32).toString('base64url')
    const id = randomBytes(9).toString('base64url')
    this.#kept.set(id, { id, board, madeBy, madeAt: now, usedAt: null, link: hashOf(token) })
    this.#changed()
    return { id, token }
  }

  /** Takes a link: it cannot be taken again. */
  take(token: string, now: number): Display | undefined {
    const link = hashOf(token)
    for (const kept of this.#kept.values()) {
      if (kept.link !== link || now - kept.madeAt > TAKEN_WITHIN) continue
      kept.link = undefined
      kept.usedAt = now
      return kept
    }
    return undefined
  }

  /** Takes a screen's right away; says whether there was one. */
  revoke(id: string): boolean {
    const was = this.#kept.delete(id)
    if (was) this.#changed()
    return was
  }

  has(id: string): boolean {
    return this.#kept.has(id)
  }

  list(): Display[] {
    return [...this.#kept.values()].map(({ id, board, madeBy, madeAt, usedAt }) => ({
      id,
      board,
      madeBy,
      madeAt,
      usedAt,
    }))
  }
}
