import { missingClasses } from '../../catalog/facts.ts'
import type { Status } from '../../link/status.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Finds the listeners that a login's event mask leaves without their event. */
export class UnheardListeners {
  #subscriptions: Subscriptions
  #mask: string

  constructor(subscriptions: Subscriptions, mask: string) {
    this.#subscriptions = subscriptions
    this.#mask = mask
  }

  /** Reports them: all of them at a login, since rights and mask are the same until the next, and each new one by its `id`. */
  report(tell: (status: Status) => void, id?: string): void {
    if (this.#mask === 'on') return
    for (const { id: listener, names, all } of this.#subscriptions.listeners(id)) {
      // one that also hears what belongs to actions may be waiting for the rows of a list
      if (all) continue
      for (const event of names ?? []) {
        const classes = missingClasses(event, this.#mask)
        if (classes.length > 0) tell({ type: 'unheard', listener, event, classes })
      }
    }
  }
}
