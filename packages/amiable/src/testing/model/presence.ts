import type { Core } from './core.ts'

/** A presence: its state, and what somebody said of it. */
export interface Presence {
  readonly state: string
  readonly subtype: string
  readonly message: string
}

export const unset: Presence = { state: 'not_set', subtype: '', message: '' }

/** Presences by provider, as PresenceStateList shows them (presencestate.c). */
export class PresenceStates {
  readonly all = new Map<string, Presence>()
  /** Gets every presence that was raised. */
  readonly watchers = new Set<(provider: string, presence: Presence) => void>()
  #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  find(provider: string): Presence | undefined {
    const lower = provider.toLowerCase()
    for (const [name, presence] of this.all) if (name.toLowerCase() === lower) return presence
    return undefined
  }

  /** Sets a presence and raises its event, changed or not. */
  raise(provider: string, presence: Presence): void {
    for (const name of this.all.keys()) if (name.toLowerCase() === provider.toLowerCase()) this.all.delete(name)
    this.all.set(provider, presence)
    this.#core.emit('PresenceStateChange', presenceLines(provider, presence))
    for (const watch of this.watchers) watch(provider, presence)
  }
}

/** Returns the lines of a presence in `PresenceStateChange`; what is empty is there too. */
export function presenceLines(provider: string, { state, subtype, message }: Presence): string {
  return `Presentity: ${provider}\r\nStatus: ${state}\r\nSubtype: ${subtype}\r\nMessage: ${message}\r\n`
}
