import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'
import type { Dialplan } from './dialplan.ts'
import { type Presence, type PresenceStates, unset } from './presence.ts'
import { customDevice } from './state-functions.ts'

/** What a hint says of its extension. */
export interface Hint {
  readonly exten: string
  readonly context: string
  /** Devices joined by `&`, behind a comma the presence. */
  readonly hint: string
  /** Whether its status stays as a test said, whatever its devices do. */
  readonly fixed: boolean
  status: number
  text: string
  presence: Presence
}

// devicestate.c:ast_devstate_aggregate_add: the state that stands highest is that of all
const order = ['INVALID', 'UNKNOWN', 'UNAVAILABLE', 'NOT_INUSE', 'ONHOLD', 'RINGING', 'INUSE', 'BUSY', 'RINGINUSE']
const busy = ['INUSE', 'ONHOLD', 'BUSY']

function together(states: readonly string[]): string {
  if (states.includes('RINGING') && states.some((state) => busy.includes(state))) return 'RINGINUSE'
  return states.reduce((best, state) => (order.indexOf(state) > order.indexOf(best) ? state : best), 'INVALID')
}

// pbx.c:ast_devstate_to_extenstate, and its extension_states
const shown: Readonly<Record<string, readonly [status: number, text: string]>> = {
  INUSE: [1, 'InUse'],
  BUSY: [2, 'Busy'],
  INVALID: [4, 'Unavailable'],
  UNAVAILABLE: [4, 'Unavailable'],
  RINGING: [8, 'Ringing'],
  RINGINUSE: [9, 'InUse&Ringing'],
  ONHOLD: [16, 'Hold'],
}

/** The hints of the dialplan, which watch devices and presences (pbx.c). */
export class Hints {
  readonly all = new Map<string, Hint>()
  #core: Core
  #stateOf: (device: string) => string
  #presence: PresenceStates

  constructor(
    core: Core,
    watched: { dialplan: Dialplan; devices: DeviceStates; presence: PresenceStates },
    stateOf: (device: string) => string,
  ) {
    this.#core = core
    this.#stateOf = stateOf
    this.#presence = watched.presence
    for (const [context, exten, hint] of watched.dialplan.hints()) this.#define(exten, context, hint)
    watched.dialplan.hintWatchers.add((context, exten, hint) => {
      if (hint === undefined) this.all.delete(`${exten}@${context}`)
      else this.#tell(this.#define(exten, context, hint))
    })
    watched.devices.watchers.add((device) => this.#deviceChanged(device))
    watched.presence.watchers.add((provider, presence) => this.#presenceChanged(provider, presence))
  }

  /** Says what an extension's status is, whatever its devices do. */
  set(exten: string, context: string, hint: string, status: number, text: string): void {
    const entry = { exten, context, hint, fixed: true, status, text, presence: unset }
    this.all.set(`${exten}@${context}`, entry)
    this.#tell(entry)
  }

  #define(exten: string, context: string, hint: string): Hint {
    const [status, text] = this.#look(hint)
    const presence = this.#presence.find(presentity(hint)) ?? unset
    const entry = { exten, context, hint, fixed: false, status, text, presence }
    this.all.set(`${exten}@${context}`, entry)
    return entry
  }

  #look(hint: string): readonly [status: number, text: string] {
    return shown[together(devices(hint).map((device) => this.#stateOf(device)))] ?? [0, 'Idle']
  }

  // pbx.c:device_state_notify_callbacks raises no event for a state that was the last one too
  #deviceChanged(device: string): void {
    for (const entry of this.all.values()) {
      if (entry.fixed || !devices(entry.hint).includes(device)) continue
      const [status, text] = this.#look(entry.hint)
      if (status === entry.status) continue
      entry.status = status
      entry.text = text
      this.#tell(entry)
    }
  }

  // pbx.c:presence_state_cb; providers are found in any case of letters
  #presenceChanged(provider: string, presence: Presence): void {
    for (const entry of this.all.values()) {
      if (presentity(entry.hint).toLowerCase() !== provider.toLowerCase()) continue
      const { state, subtype, message } = entry.presence
      if (state === presence.state && subtype === presence.subtype && message === presence.message) continue
      entry.presence = presence
      this.#core.emit(
        'PresenceStatus',
        `Exten: ${entry.exten}\r\nContext: ${entry.context}\r\nHint: ${entry.hint}\r\nStatus: ${presence.state}\r\n` +
          `Subtype: ${presence.subtype}\r\nMessage: ${presence.message}\r\n`,
      )
    }
  }

  #tell(hint: Hint): void {
    this.#core.emit('ExtensionStatus', hintLines(hint))
  }
}

/** Returns the lines of a hint in `ExtensionStatus`. */
export function hintLines({ exten, context, hint, status, text }: Hint): string {
  return `Exten: ${exten}\r\nContext: ${context}\r\nHint: ${hint}\r\nStatus: ${status}\r\nStatusText: ${text}\r\n`
}

function devices(hint: string): string[] {
  return hint
    .replace(/,.*$/, '')
    .split('&')
    .map((device) => customDevice(device) ?? device)
}

function presentity(hint: string): string {
  return /,(.*)$/.exec(hint)?.[1] ?? ''
}
