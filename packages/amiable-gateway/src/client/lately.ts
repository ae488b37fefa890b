import { isBefore, type Place } from './place.ts'

/** How far a store, or a node of one, can be behind what readers hear: a record is heard before it is stored. */
const LATE = 5_000
const FORGET_EVERY = 500

/** The places of the records that were heard of late, also of those that have ended. */
export class Lately {
  readonly #places = new Map<string, Place & { readonly at: number }>()
  #forgotAt = 0
  /** The name of the record that was written last of all that were heard. */
  last: string | undefined

  get(name: string): Place | undefined {
    return this.#places.get(name)
  }

  add(name: string, { term, n }: Place, at: number): void {
    // what is heard again goes to the end of the line
    this.#places.delete(name)
    this.#places.set(name, { term, n, at })
    if (this.last === undefined || !isBefore({ term, n }, this.#places.get(this.last))) this.last = name
  }

  /** Whether something was heard that was written after this. */
  hasAfter(place: Place): boolean {
    for (const one of this.#places.values()) if (isBefore(place, one)) return true
    return false
  }

  /** Forgets what was heard long ago; now and then, since a map is slow where many have just gone from its front. */
  forget(now: number): void {
    if (now - this.#forgotAt < FORGET_EVERY) return
    this.#forgotAt = now
    for (const [name, { at }] of this.#places) {
      if (now - at < LATE) return
      this.#places.delete(name)
      if (name === this.last) this.last = undefined
    }
  }

  clear(): void {
    this.#places.clear()
    this.last = undefined
  }
}
