import { missingClasses } from '../../catalog/facts.ts'
import type { Status } from '../../link/status.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Finds the listeners that this login's event mask leaves without their event, each once a login. */
export class UnheardListeners {
  #subscriptions: Subscriptions
  #mask: string
  #reported = new Set<string>()

  constructor(subscriptions: Subscriptions, mask: string) {
    this.#subscriptions = subscriptions
    this.#mask = mask
  }

  /** Forgets what was reported: a login was made. */
  reset(): void {
    this.#reported.clear()
  }

  /** Reports those that have not been reported since the login. */
  report(tell: (status: Status) => void): void {
    if (this.#mask === 'on') return
    for (const [listener, event] of this.#subscriptions.named()) {
      const key = `${listener} ${event}`
      const classes = missingClasses(event, this.#mask)
      if (classes.length === 0 || this.#reported.has(key)) continue
      this.#reported.add(key)
      tell({ type: 'unheard', listener, event, classes })
    }
  }
}
