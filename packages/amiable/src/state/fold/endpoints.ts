import type { DeviceStatus, Endpoint } from '../records.ts'
import { renewed } from '../same.ts'
import { perhaps, type Told, text } from '../told.ts'
import { type Fold, Rows } from './fold.ts'
import { deviceStatus } from './states.ts'

const PREFIX = 'PJSIP/'

// main/devicestate.c:ast_devstate2str
const TEXTS: Readonly<Record<string, DeviceStatus>> = {
  'Not in use': 'notInUse',
  'In use': 'inUse',
  Busy: 'busy',
  Invalid: 'invalid',
  Unavailable: 'unavailable',
  Ringing: 'ringing',
  'Ring+Inuse': 'ringInUse',
  'On Hold': 'onHold',
}

/** The fold of PJSIP endpoints. They come and go with the configuration; the state of each is that of its device. */
export const endpoints: Fold = {
  event(pen, told) {
    const device = told.get('Device') ?? ''
    if (!device.startsWith(PREFIX)) return
    const name = device.slice(PREFIX.length)
    const before = pen.get('endpoint', name)
    if (before !== undefined) pen.put('endpoint', name, renewed(before, { ...before, state: deviceStatus(told) }))
  },
  list(pen) {
    const records = new Rows(pen, 'endpoint')
    return {
      row(told) {
        const name = text(told, 'ObjectName')
        records.add(name, endpointFrom(told, name, pen.get('endpoint', name)))
      },
      done: (slice) => records.replace(slice),
    }
  },
}

function endpointFrom(told: Told, name: string, before: Endpoint | undefined): Endpoint {
  const said = told.get('DeviceState') ?? ''
  return renewed(before, {
    name,
    state: Object.hasOwn(TEXTS, said) ? (TEXTS[said] as DeviceStatus) : 'unknown',
    transport: perhaps(told, 'Transport', before?.transport),
    aors: aorsOf(told),
  })
}

/** Returns the addresses of record that an `EndpointList` names. */
export function aorsOf(told: Told): readonly string[] {
  const names = text(told, 'Aor')
    .split(',')
    .map((name) => name.trim())
  return Object.freeze(names.filter((name) => name !== ''))
}
