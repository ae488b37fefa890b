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
/** So many browsers has one person; with one more the one goes that has been away longest. */
const MOST_EACH = 32

/** Keeps sessions until they are idle for too long. */
export class Sessions {
  #idle: number
  #sessions = new Map<string, Session>()
  #byPerson = new WeakMap<Person, Session>()

  constructor(idle: number) {
    this.#idle = idle
  }

  /** Begins a session; returns the token of its cookie. */
  begin(person: Person, now: number): string {
    const token = randomBytes(32).toString('base64url')
    this.#makeRoom(person.name, now)
    const id = hashOf(token)
    this.#add({ id, person, usedAt: now })
    return token
  }

  /** Nobody signs others out by signing in again and again. */
  #makeRoom(name: string, now: number): void {
    this.endWhere(({ usedAt }) => now - usedAt > this.#idle)
    const byUse = [...this.#sessions.values()].sort((one, other) => one.usedAt - other.usedAt)
    const own = byUse.filter(({ person }) => person.name === name)
    const least = own.length >= MOST_EACH ? own[0] : byUse.length >= MOST ? byUse[0] : undefined
    if (least !== undefined) this.#sessions.delete(least.id)
  }

  #add(session: Session): void {
    this.#sessions.set(session.id, session)
    this.#byPerson.set(session.person, session)
  }

  /** Takes a session back that was kept, unless it has been idle for too long. */
  restore(session: Session, now: number): void {
    if (now - session.usedAt <= this.#idle && this.#sessions.size < MOST) this.#add(session)
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

  /** Whether somebody had a session here that has ended. */
  isOver(person: Person, now: number): boolean {
    const session = this.#byPerson.get(person)
    return session !== undefined && (!this.#sessions.has(session.id) || now - session.usedAt > this.#idle)
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
