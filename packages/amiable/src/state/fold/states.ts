import {
  type Device,
  type DeviceStatus,
  type Hint,
  PRESENCE_STATUSES,
  type Presence,
  type PresenceStatus,
} from '../records.ts'
import { renewed } from '../same.ts'
import { count, known, meant, type Told } from '../told.ts'
import { type Fold, replace } from './fold.ts'

// main/devicestate.c:ast_devstate_str
const STATES: Readonly<Record<string, DeviceStatus>> = {
  NOT_INUSE: 'notInUse',
  INUSE: 'inUse',
  BUSY: 'busy',
  INVALID: 'invalid',
  UNAVAILABLE: 'unavailable',
  RINGING: 'ringing',
  RINGINUSE: 'ringInUse',
  ONHOLD: 'onHold',
}

/** The fold of devices: rows and events have the same name and the same two headers. */
export const devices: Fold = {
  event(pen, told) {
    const name = told.get('Device') ?? ''
    if (pen.keeps('device', name, name)) pen.put('device', name, deviceFrom(told, name, pen.get('device', name)))
  },
  list(pen) {
    const records = new Map<string, Device>()
    return {
      row(told) {
        const name = told.get('Device') ?? ''
        if (pen.keeps('device', name, name)) records.set(name, deviceFrom(told, name, pen.get('device', name)))
      },
      done: () => replace(pen, 'device', records),
    }
  },
}

function deviceFrom(told: Told, name: string, before: Device | undefined): Device {
  return renewed(before, { name, state: deviceStatus(told) })
}

/** Reads a DeviceStateChange. */
export function deviceStatus(told: Told): DeviceStatus {
  const said = told.get('State') ?? ''
  return Object.hasOwn(STATES, said) ? (STATES[said] as DeviceStatus) : 'unknown'
}

// include/asterisk/pbx.h:ast_extension_states
const REMOVED = -2

/** The fold of hints. A removed one is reported to nobody but its own watchers: only a list shows that. */
export const hints: Fold = {
  event(pen, told) {
    const context = told.get('Context') ?? ''
    const key = `${told.get('Exten') ?? ''}@${context}`
    if (count(told, 'Status') === REMOVED) pen.remove('hint', key)
    else if (pen.keeps('hint', key, context)) pen.put('hint', key, hintFrom(told, pen.get('hint', key)))
  },
  list(pen) {
    const records = new Map<string, Hint>()
    return {
      row(told) {
        const context = told.get('Context') ?? ''
        const key = `${told.get('Exten') ?? ''}@${context}`
        if (pen.keeps('hint', key, context)) records.set(key, hintFrom(told, pen.get('hint', key)))
      },
      done: () => replace(pen, 'hint', records),
    }
  },
}

function hintFrom(told: Told, before: Hint | undefined): Hint {
  return renewed(before, {
    exten: told.get('Exten') ?? '',
    context: told.get('Context') ?? '',
    hint: known(told.get('Hint')) ?? before?.hint,
    status: count(told, 'Status'),
    text: told.get('StatusText') ?? '',
  })
}

/** The fold of presences: rows and events have the same name and the same headers. */
export const presence: Fold = {
  event(pen, told) {
    const name = meant(told, 'Presentity')
    if (pen.keeps('presence', name, name))
      pen.put('presence', name, presenceFrom(told, name, pen.get('presence', name)))
  },
  list(pen) {
    const records = new Map<string, Presence>()
    return {
      row(told) {
        const name = meant(told, 'Presentity')
        if (pen.keeps('presence', name, name)) {
          records.set(name, presenceFrom(told, name, pen.get('presence', name)))
        }
      },
      done: () => replace(pen, 'presence', records),
    }
  },
}

const PRESENCES: ReadonlySet<string> = new Set(PRESENCE_STATUSES)

function presenceFrom(told: Told, name: string, before: Presence | undefined): Presence {
  const said = told.get('Status') ?? ''
  return renewed(before, {
    name,
    state: PRESENCES.has(said) ? (said as PresenceStatus) : 'invalid',
    subtype: meant(told, 'Subtype'),
    message: meant(told, 'Message'),
  })
}
