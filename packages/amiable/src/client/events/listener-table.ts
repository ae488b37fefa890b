import { LateMap } from '../../util/late.ts'

/** What a {@link ListenerTable} looks at. */
export interface TableEntry {
  readonly id: string
  /** Its place in the order of adding. */
  readonly number: number
  /** The events that it wants; `undefined` if it looks at every one. */
  readonly names: ReadonlySet<string> | undefined
  /** Whether it also gets the events that belong to a pending action. */
  readonly all: boolean
  /** Whether it keeps no event. */
  readonly passes: boolean
  removed: boolean
}

/** Listeners in the order of adding. */
class Group<E extends TableEntry> {
  /** Those that are removed stay until they are the greater part, so that one removal costs little. */
  members: readonly E[] = []
  /** How many want the events that belong to a pending action. */
  all = 0
  /** How many may keep an event. */
  keepers = 0
  #removed = 0

  add(entry: E): void {
    ;(this.members as E[]).push(entry)
    if (entry.all) this.all++
    if (!entry.passes) this.keepers++
  }

  remove(entry: E): void {
    if (entry.all) this.all--
    if (!entry.passes) this.keepers--
    if (++this.#removed * 2 <= this.members.length) return
    this.members = this.members.filter(({ removed }) => !removed)
    this.#removed = 0
  }
}

/**
 * Finds the listeners of an event. What it keeps grows with the listeners, and never with the names that a server
 * sends. To add or remove one of many costs as much as one of few.
 */
export class ListenerTable<E extends TableEntry> {
  #entries = new LateMap<string, E>()
  #byName = new LateMap<string, Group<E>>()
  /** How long the names in it are, a bit for each length: to look for a name costs ten times what it costs to know its length. */
  #lengths = 0
  /** Names that nobody wants any more. A name is taken out with many others: V8's maps search longer for one that comes and goes. */
  #unwanted = 0
  #everything = new Group<E>()
  /** Another object whenever a listener came or went. */
  members: object = {}

  get size(): number {
    return this.#entries.size
  }

  get(id: string): E | undefined {
    return this.#entries.get(id)
  }

  /** Returns every listener in the order of adding. */
  values(): Iterable<E> {
    return this.#entries.values()
  }

  add(entry: E): void {
    this.members = {}
    this.#entries.set(entry.id, entry)
    if (entry.names === undefined) this.#everything.add(entry)
    for (const name of entry.names ?? []) {
      const group = this.#group(name)
      if (group.members.length === 0) this.#unwanted--
      group.add(entry)
    }
  }

  remove(entry: E): void {
    entry.removed = true
    this.members = {}
    this.#entries.delete(entry.id)
    if (entry.names === undefined) this.#everything.remove(entry)
    for (const name of entry.names ?? []) {
      const group = this.#group(name)
      group.remove(entry)
      if (group.members.length === 0) this.#unwanted++
    }
    if (this.#unwanted * 2 <= this.#byName.size) return
    const named = this.#byName
    this.#byName = new LateMap()
    this.#lengths = 0
    for (const [name, group] of named) if (group.members.length > 0) this.#set(name, group)
    this.#unwanted = 0
  }

  clear(): void {
    for (const entry of this.#entries.values()) entry.removed = true
    this.members = {}
    this.#entries.clear()
    this.#byName.clear()
    this.#lengths = 0
    this.#unwanted = 0
    this.#everything = new Group()
  }

  /**
   * Returns what listeners do with an event of this name: nothing, pass it by, or keep it, where any of them may.
   * @param claimed whether it belongs to a pending action
   */
  needOf(name: string, claimed: boolean): 'nothing' | 'pass' | 'keep' {
    const group = this.#named(name)
    const { all, members, keepers } = this.#everything
    const wanting = claimed ? all + (group?.all ?? 0) : members.length + (group?.members.length ?? 0)
    if (wanting === 0) return 'nothing'
    return keepers + (group?.keepers ?? 0) > 0 ? 'keep' : 'pass'
  }

  /**
   * Returns the listeners of an event of this name in the order of adding, some of them removed. Whoever goes through
   * the array reads its length first: a listener that is added meanwhile comes behind.
   */
  of(name: string): readonly E[] {
    const named = this.#named(name)?.members
    const others = this.#everything.members
    if (named === undefined || named.length === 0) return others
    return others.length === 0 ? named : merged(named, others)
  }

  #named(name: string): Group<E> | undefined {
    return (this.#lengths & bitOf(name)) === 0 ? undefined : this.#byName.get(name)
  }

  #set(name: string, group: Group<E>): void {
    this.#byName.set(name, group)
    this.#lengths |= bitOf(name)
  }

  #group(name: string): Group<E> {
    let group = this.#named(name)
    if (group === undefined) {
      group = new Group()
      this.#set(name, group)
      this.#unwanted++
    }
    return group
  }
}

function bitOf(name: string): number {
  return 1 << (name.length & 31)
}

function merged<E extends TableEntry>(some: readonly E[], others: readonly E[]): E[] {
  const all: E[] = []
  let at = 0
  for (const one of some) {
    for (let next = others[at]; next !== undefined && next.number < one.number; next = others[++at]) all.push(next)
    all.push(one)
  }
  for (; at < others.length; at++) all.push(others[at] as E)
  return all
}
