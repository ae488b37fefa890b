/*
 * Collections that most clients never put anything into, or one entry at a time. An empty Map of V8 takes 190 bytes, and
 * a client has many. V8 builds a Map again when its last entry goes. These make theirs with the second entry.
 */

const NOTHING: Iterable<never> = []

/** A Map that takes next to nothing before it has two entries. `undefined` is no key of it. */
export class LateMap<K, V> implements Iterable<[K, V]> {
  #map: Map<K, V> | undefined
  /** Its one entry, while there is no Map. */
  #key: K | undefined
  #value: V | undefined

  get size(): number {
    if (this.#map !== undefined) return this.#map.size
    return this.#key === undefined ? 0 : 1
  }

  /** The key of its one entry; undefined where it has more, or none, and as long as it keeps a Map. */
  get onlyKey(): K | undefined {
    return this.#key
  }

  has(key: K): boolean {
    return this.#map === undefined ? key === this.#key && key !== undefined : this.#map.has(key)
  }

  get(key: K): V | undefined {
    if (this.#map !== undefined) return this.#map.get(key)
    return key === this.#key ? this.#value : undefined
  }

  set(key: K, value: V): void {
    if (this.#map === undefined && (this.#key === undefined || this.#key === key)) {
      this.#key = key
      this.#value = value
    } else this.#whole().set(key, value)
  }

  delete(key: K): boolean {
    if (this.#map !== undefined) {
      if (!this.#map.delete(key)) return false
      if (this.#map.size === 0) this.#map = undefined
      return true
    }
    if (key !== this.#key || key === undefined) return false
    this.clear()
    return true
  }

  clear(): void {
    this.#map = undefined
    this.#key = undefined
    this.#value = undefined
  }

  keys(): Iterable<K> {
    return this.size === 0 ? NOTHING : this.#whole().keys()
  }

  values(): Iterable<V> {
    return this.size === 0 ? NOTHING : this.#whole().values()
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.size === 0 ? (NOTHING as Iterable<[K, V]>) : this.#whole())[Symbol.iterator]()
  }

  /** Returns all entries as a Map, and keeps them there: whoever goes through it sees what is added meanwhile. */
  #whole(): Map<K, V> {
    if (this.#map === undefined) {
      this.#map = new Map()
      if (this.#key !== undefined) this.#map.set(this.#key, this.#value as V)
      this.#key = undefined
      this.#value = undefined
    }
    return this.#map
  }
}

/** A Set that takes next to nothing before it has two members. `undefined` is none of them. */
export class LateSet<T> implements Iterable<T> {
  #set: Set<T> | undefined
  /** Its one member, while there is no Set. */
  #one: T | undefined

  get size(): number {
    if (this.#set !== undefined) return this.#set.size
    return this.#one === undefined ? 0 : 1
  }

  has(one: T): boolean {
    return this.#set === undefined ? one === this.#one && one !== undefined : this.#set.has(one)
  }

  add(one: T): void {
    if (this.#set === undefined && this.#one === undefined) this.#one = one
    else this.#whole().add(one)
  }

  delete(one: T): boolean {
    if (this.#set !== undefined) {
      if (!this.#set.delete(one)) return false
      if (this.#set.size === 0) this.#set = undefined
      return true
    }
    if (one !== this.#one || one === undefined) return false
    this.#one = undefined
    return true
  }

  clear(): void {
    this.#set = undefined
    this.#one = undefined
  }

  [Symbol.iterator](): Iterator<T> {
    return (this.size === 0 ? (NOTHING as Iterable<T>) : this.#whole())[Symbol.iterator]()
  }

  /** Returns all members as a Set, and keeps them there: whoever goes through it sees what is added meanwhile. */
  #whole(): Set<T> {
    if (this.#set === undefined) {
      this.#set = new Set()
      if (this.#one !== undefined) this.#set.add(this.#one)
      this.#one = undefined
    }
    return this.#set
  }
}
