/*
 * Collections that most clients never put anything into. An empty Map of V8 takes 190 bytes, and a client has many: these
 * make theirs with the first that is put in.
 */

const NOTHING: Iterable<never> = []

/** A Map that takes next to nothing before it is used. */
export class LateMap<K, V> implements Iterable<[K, V]> {
  #map: Map<K, V> | undefined

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size
  }

  has(key: K): boolean {
    return this.#map?.has(key) === true
  }

  get(key: K): V | undefined {
    return this.#map?.get(key)
  }

  set(key: K, value: V): void {
    this.#map ??= new Map()
    this.#map.set(key, value)
  }

  delete(key: K): boolean {
    return this.#map?.delete(key) === true
  }

  clear(): void {
    this.#map = undefined
  }

  keys(): Iterable<K> {
    return this.#map?.keys() ?? NOTHING
  }

  values(): Iterable<V> {
    return this.#map?.values() ?? NOTHING
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.#map ?? (NOTHING as Iterable<[K, V]>))[Symbol.iterator]()
  }
}

/** A Set that takes next to nothing before it is used. */
export class LateSet<T> implements Iterable<T> {
  #set: Set<T> | undefined

  get size(): number {
    return this.#set === undefined ? 0 : this.#set.size
  }

  has(one: T): boolean {
    return this.#set?.has(one) === true
  }

  add(one: T): void {
    this.#set ??= new Set()
    this.#set.add(one)
  }

  delete(one: T): boolean {
    return this.#set?.delete(one) === true
  }

  clear(): void {
    this.#set = undefined
  }

  [Symbol.iterator](): Iterator<T> {
    return (this.#set ?? (NOTHING as Iterable<T>))[Symbol.iterator]()
  }
}
