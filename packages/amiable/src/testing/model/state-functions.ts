import { type DeviceStates, deviceStateNumbers } from './devices.ts'
import type { PresenceStates } from './presence.ts'
import type { Database } from './stores.ts'

const presenceNames = ['not_set', 'unavailable', 'available', 'away', 'xa', 'chat', 'dnd']

/** The functions that set states, `DEVICE_STATE` and `PRESENCE_STATE`; both keep in AstDB what they were given. */
export class StateFunctions {
  #devices: DeviceStates
  #presence: PresenceStates
  #database: Database

  constructor(devices: DeviceStates, presence: PresenceStates, database: Database) {
    this.#devices = devices
    this.#presence = presence
    this.#database = database
  }

  /**
   * Returns what a write to one of them does; null where Asterisk refuses it, undefined where it is no such function.
   */
  write(name: string, value: string): (() => void) | null | undefined {
    const [, called = '', argument = ''] = /^(DEVICE|PRESENCE)_STATE\((.*)\)$/i.exec(name) ?? []
    if (called === '') return undefined
    return called.toUpperCase() === 'DEVICE' ? this.#device(argument, value) : this.#presentity(argument, value)
  }

  /** Reads `PRESENCE_STATE(provider,field)`; without a field it reads nothing. */
  readPresence(argument: string): string {
    const [provider = '', field = ''] = argument.split(',')
    const { state = 'not_set', subtype = '', message = '' } = this.#presence.find(provider) ?? {}
    return { value: state, subtype, message }[field.toLowerCase()] ?? ''
  }

  /** States of before a restart, from AstDB (func_devstate.c:load_module, func_presencestate.c:load_module). */
  restore(): void {
    for (const [kind, family] of [
      ['DEVICE', 'Custom'],
      ['PRESENCE', 'CustomPresence'],
    ] as const) {
      const kept = kind === 'DEVICE' ? 'CustomDevstate' : family
      for (const [path, value] of this.#database.tree(kept, '')) {
        this.write(`${kind}_STATE(${family}:${path.slice(kept.length + 2)})`, value)?.()
      }
    }
  }

  // func_devstate.c:devstate_write: custom devices only, and no state called UNKNOWN
  #device(argument: string, value: string): (() => void) | null {
    const device = customDevice(argument)
    const state = value.toUpperCase()
    if (device === undefined || device === 'Custom:' || !deviceStateNumbers[state]) return null
    return () => {
      this.#database.put('CustomDevstate', device.slice('Custom:'.length), state)
      // devicestate.c:devstate_change_cb: the same state again is no change
      if (this.#devices.all.get(device) !== state) this.#devices.raise(device, state)
    }
  }

  // func_presencestate.c:presence_write, parse_data: state[,subtype[,message[,options]]], and `e` is the only option
  #presentity(argument: string, value: string): (() => void) | null {
    const provider = /^CustomPresence:(.+)$/i.exec(argument)
    const [state = '', subtype = '', message = '', ...more] = value.split(',')
    const options = more.join(',')
    if (provider === null || !presenceNames.includes(state.toLowerCase())) return null
    if (options !== '' && !options.includes('e')) return null
    const plain = (text: string): string => (options === '' ? text : Buffer.from(text, 'base64').toString('latin1'))
    return () => {
      this.#database.put('CustomPresence', provider[1]!, value)
      const presence = { state: state.toLowerCase(), subtype: plain(subtype), message: plain(message) }
      this.#presence.raise(argument, presence)
    }
  }
}

/** Returns a custom device by the name that it has in events; undefined where it is none. */
export function customDevice(device: string): string | undefined {
  return /^Custom:/i.test(device) ? `Custom:${device.slice('Custom:'.length)}` : undefined
}
