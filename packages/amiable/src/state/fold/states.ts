import {
  type Device,
  type DeviceStatus,
  type Hint,
  PRESENCE_STATUSES,
  type Presence,
  type PresenceStatus,
} from '../records.ts'
import { renewed } from '../same.ts'
import { count, meant, perhaps, type Told, text } from '../told.ts'
import { type Fold, Rows } from './fold.ts'

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
    const name = text(told, 'Device')
    pen.put('device', name, deviceFrom(told, name, pen.get('device', name)))
  },
  list(pen) {
    const records = new Rows(pen, 'device')
    return {
      row(told) {
        const name = text(told, 'Device')
        records.add(name, deviceFrom(told, name, pen.get('device', name)))
      },
      done: (slice) => records.replace(slice),
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
    const context = text(told, 'Context')
    const key = `${text(told, 'Exten')}@${context}`
    if (count(told, 'Status') === REMOVED) pen.remove('hint', key)
    else pen.put('hint', key, hintFrom(told, pen.get('hint', key)))
  },
  list(pen) {
    const records = new Rows(pen, 'hint')
    return {
      row(told) {
        const context = text(told, 'Context')
        const key = `${text(told, 'Exten')}@${context}`
        records.add(key, hintFrom(told, pen.get('hint', key)))
      },
      done: (slice) => records.replace(slice),
    }
  },
}

function hintFrom(told: Told, before: Hint | undefined): Hint {
  return renewed(before, {
    exten: text(told, 'Exten', before?.exten),
    context: text(told, 'Context', before?.context),
    hint: perhaps(told, 'Hint', before?.hint) ?? before?.hint,
    status: count(told, 'Status'),
    text: text(told, 'StatusText', before?.text),
  })
}

/** The fold of presences: rows and events have the same name and the same headers. */
export const presence: Fold = {
  event(pen, told) {
    const name = meant(told, 'Presentity')
    pen.put('presence', name, presenceFrom(told, name, pen.get('presence', name)))
  },
  list(pen) {
    const records = new Rows(pen, 'presence')
    return {
      row(told) {
        const name = meant(told, 'Presentity')
        records.add(name, presenceFrom(told, name, pen.get('presence', name)))
      },
      done: (slice) => records.replace(slice),
    }
  },
}

const PRESENCES: ReadonlySet<string> = new Set(PRESENCE_STATUSES)

function presenceFrom(told: Told, name: string, before: Presence | undefined): Presence {
  const said = told.get('Status') ?? ''
  return renewed(before, {
    name,
    state: PRESENCES.has(said) ? (said as PresenceStatus) : 'invalid',
    subtype: meant(told, 'Subtype', before?.subtype),
    message: meant(told, 'Message', before?.message),
  })
}
