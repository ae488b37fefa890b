import type { Freshness, State } from 'amiable/state'

/** A model of devices alone. */
export class Devices extends Map<string, { readonly name: string; readonly state: string }> {
  freshness: Freshness = { type: 'live', listedAt: new Date() }
  readonly #listeners = new Set<(change: object) => void>()

  change(name: string, state: string | undefined): void {
    if (state === undefined) this.delete(name)
    else this.set(name, { name, state })
    for (const listener of this.#listeners) listener({ type: 'changed', kind: 'device', key: name })
  }

  model(): State {
    const on = (_: string, listener: (change: object) => void) => {
      this.#listeners.add(listener)
      return { remove: () => this.#listeners.delete(listener) }
    }
    return { devices: this, on } as unknown as State
  }
}
