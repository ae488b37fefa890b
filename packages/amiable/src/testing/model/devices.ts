import type { Core } from './core.ts'

/** Device states by name, as DeviceStateList shows them. */
export class DeviceStates {
  readonly all = new Map<string, string>()
  /** Gets every state that was raised. */
  readonly watchers = new Set<(device: string, state: string) => void>()
  #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** Sets a state without an event, as at start. */
  preset(device: string, state: string): void {
    this.all.set(device, state)
  }

  /** Sets a state and raises its event; Asterisk raises it at every look, changed or not. */
  raise(device: string, state: string): void {
    this.all.set(device, state)
    this.#core.emit('DeviceStateChange', `Device: ${device}\r\nState: ${state}\r\n`)
    for (const watch of this.watchers) watch(device, state)
  }
}

/** The number of a device state in queue events (devicestate.h:ast_device_state). */
export const deviceStateNumbers: Readonly<Record<string, number>> = {
  UNKNOWN: 0,
  NOT_INUSE: 1,
  INUSE: 2,
  BUSY: 3,
  INVALID: 4,
  UNAVAILABLE: 5,
  RINGING: 6,
  RINGINUSE: 7,
  ONHOLD: 8,
}
