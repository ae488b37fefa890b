import type { Clock } from '../util/clock.ts'
import { heldWith, kindFacts, type ListedKind, type ListFacts } from './kinds.ts'
import type { Lane } from './lane.ts'
import type { Lister, Outcome } from './lister.ts'
import type { Model } from './model.ts'

/** Which lists are read. */
export interface Reading {
  readonly kind: ListedKind
  /** Whether events were missed since the last list. */
  readonly gap: boolean
  /** The records to ask for; undefined for all. */
  readonly keys: readonly string[] | undefined
  /** Whether what comes is still worth something. */
  current(): boolean
}

const AT_ONCE = 8

/** Reads all lists of a kind into the model. */
export class KindLists {
  /** How many lists were asked for. */
  asked = 0
  #model: Model
  #lister: Lister
  #lane: Lane
  #clock: Clock

  constructor(model: Model, lister: Lister, lane: Lane, clock: Clock) {
    this.#model = model
    this.#lister = lister
    this.#lane = lane
    this.#clock = clock
  }

  async read(reading: Reading): Promise<Outcome> {
    const outcome = await this.#read(reading)
    // a list that was given up is held no longer
    this.#model.room.drafted()
    return outcome
  }

  async #read(reading: Reading): Promise<Outcome> {
    const { kind, keys, current } = reading
    const facts = kindFacts(kind)
    const { list, each, instead, also } = facts
    let outcome: Outcome = { type: 'listed' }
    if (keys === undefined || (each === undefined && list.parameter === undefined)) {
      outcome = await this.#ask(reading, list)
      if (outcome.type === 'refused' && instead !== undefined) outcome = await this.#ask(reading, instead)
      if (also !== undefined && outcome.type !== 'failed' && current()) {
        // a server without the module of one has that of the other
        const second = await this.#ask(reading, also)
        if (second.type !== 'refused') outcome = second
      }
      if (outcome.type === 'refused' || outcome.type === 'failed' || each === undefined) return outcome
    }
    const one = each ?? list
    const [record] = facts.records
    const left = [...(keys ?? (record === undefined ? [] : this.#model.tables[record].records.keys()))]
    const worker = async () => {
      for (let key = left.pop(); key !== undefined && current(); key = left.pop()) {
        const answer = await this.#ask(reading, one, key)
        // the record's own event reports that it is gone meanwhile
        if (answer.type === 'failed' || answer.type === 'refused') outcome = answer
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, worker))
    return outcome
  }

  #ask({ kind, gap, current }: Reading, { action, parameter, empty }: ListFacts, key?: string): Promise<Outcome> {
    this.asked++
    const draft = this.#model.draft(kind, gap, key, action)
    return this.#lister.ask({
      action,
      params: key === undefined || parameter === undefined ? {} : { [parameter]: key },
      empty,
      row: (told) => {
        if (current()) this.#model.row(draft, told)
      },
      done: (completion) => {
        // a record that is asked for by name and is not there is no list that is empty
        if (!current() || (completion === undefined && key !== undefined)) return undefined
        this.#model.holdAll(heldWith(kind))
        return this.#model.done(draft, Object.freeze({ list: action }), this.#clock.now(), this.#lane)
      },
    })
  }
}
