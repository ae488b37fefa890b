import { allEvents, eventFacts, missingClasses } from '../../catalog/facts.ts'
import { nearest } from '../../check.ts'
import type { StatusUnheard } from '../../link/status.ts'
import { nameOfOld } from './old-names.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Finds the listeners that can never get their event: the login's mask leaves it out, or nobody sends that name. */
export class UnheardListeners {
  #subscriptions: Subscriptions
  #mask: string
  /** What was probably meant by names that the catalog does not know so. */
  #meant = new Map<string, string | undefined>()

  constructor(subscriptions: Subscriptions, mask: string) {
    this.#subscriptions = subscriptions
    this.#mask = mask
  }

  /**
   * Reports them: all of them at a login, since rights and mask are the same until the next, and each new one by its `id`.
   * @param old whether the server speaks AMI 1.x, whose names Asterisk 12 replaced
   */
  report(tell: (status: StatusUnheard) => void, old: boolean, id?: string): void {
    for (const { id: listener, names, all } of this.#subscriptions.listeners(id)) {
      for (const event of names ?? []) {
        const meant = this.#meantBy(event, old)
        // one that also gets what belongs to actions may be waiting for the rows of a list
        const classes = all || this.#mask === 'on' ? [] : missingClasses(event, this.#mask)
        if (classes.length === 0 && meant === undefined) continue
        tell({ type: 'unheard', listener, event, classes, ...(meant !== undefined && { meant }) })
      }
    }
  }

  #meantBy(event: string, old: boolean): string | undefined {
    const right = nameOfOld(event, old) ?? eventFacts(event)?.name
    if (right !== undefined) return right === event ? undefined : right
    if (!this.#meant.has(event)) {
      this.#meant.set(
        event,
        nearest(
          event,
          allEvents().map(({ name }) => name),
        ),
      )
    }
    return this.#meant.get(event)
  }
}

let warned = false

/** Warns once in a process of a listener that was probably meant otherwise, where nobody reads `status()`. */
export function warnOfUnheard(source: string, { event, meant }: StatusUnheard): void {
  if (warned || meant === undefined) return
  warned = true
  const text = `${source}: no server sends an event '${event}': did you mean '${meant}'? status() reports every such listener`
  process.emitWarning(text, { type: 'AmiableWarning', code: 'AMIABLE_UNHEARD' })
}
