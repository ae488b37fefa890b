// Who has signed in, by the token in the cookie; of the token only a hash is kept.
import { createHash, randomBytes } from 'node:crypto'
import type { Person } from './person.ts'

/** Somebody's session. */
export interface Session {
  readonly id: string
  readonly person: Person
  usedAt: number
}

const MOST = 20_000

/** Keeps sessions until they are idle for too long. */
export class Sessions {
  #idle: number
  #sessions = new Map<string, Session>()

  constructor(idle: number) {
    this.#idle = idle
  }

  /** Begins a session; returns the token of its cookie. */
  begin(person: Person, now: number): string {
    const token = randomBytes(32).toString('base64url')
    if (this.#sessions.size >= MOST) this.#sessions.delete(this.#sessions.keys().next().value as string)
    const id = hashOf(token)
    this.#sessions.set(id, { id, person, usedAt: now })
    return token
  }

  /** Takes a session back that was kept, unless it has been idle for too long. */
  restore(session: Session, now: number): void {
    if (now - session.usedAt <= this.#idle && this.#sessions.size < MOST) this.#sessions.set(session.id, session)
  }

  all(): Iterable<Session> {
    return this.#sessions.values()
  }

  find(token: string, now: number): Session | undefined {
    const session = this.#sessions.get(hashOf(token))
    if (session === undefined) return undefined
    if (now - session.usedAt > this.#idle) {
      this.#sessions.delete(session.id)
      return undefined
    }
    session.usedAt = now
    return session
  }

  /** Ends a session; says whether there was one. */
  end(token: string): boolean {
    return this.#sessions.delete(hashOf(token))
  }

  /** Ends those that fit; returns them. */
  endWhere(test: (session: Session) => boolean): Session[] {
    const ended = [...this.#sessions.values()].filter(test)
    for (const { id } of ended) this.#sessions.delete(id)
    return ended
  }
}

/** Returns what is kept of a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
