import type { ParkedCall } from '../records.ts'
import { renewed } from '../same.ts'
import { count, PARKEE, partyOf, perhaps, type Told, text } from '../told.ts'
import { type Fold, type Pen, Rows } from './fold.ts'

/**
 * The fold of parked calls. Their ends are reported before the call leaves its lot
 * (res/parking/parking_bridge.c:bridge_parking_pull), hence the ended keys.
 */
export const parking: Fold = {
  event(pen, told) {
    if (told.Event === 'Hangup') {
      // it comes another way than the events of parking, and can be of an earlier channel of that id: the list knows
      for (const key of [...pen.tables.parked.group(told.get('Uniqueid') ?? '').keys()]) {
        pen.remove('parked', key)
        pen.again('parking')
      }
      return
    }
    const key = keyOf(told)
    const id = text(told, 'ParkeeUniqueid')
    if (told.Event === 'ParkedCall' || told.Event === 'ParkedCallSwap') {
      pen.ended.delete(endedKey(key, id))
      pen.put('parked', key, parkedFrom(pen, told, pen.get('parked', key)))
    } else {
      pen.ended.add(endedKey(key, id), pen.now)
      // one that came to the same place meanwhile stays
      if (pen.get('parked', key)?.id === id) pen.remove('parked', key)
    }
  },
  list(pen) {
    const records = new Rows(pen, 'parked')
    return {
      row(told) {
        const key = keyOf(told)
        const id = text(told, 'ParkeeUniqueid')
        if (pen.ended.refuses(endedKey(key, id), pen.now)) pen.again('parking')
        else records.add(key, parkedFrom(pen, told, pen.get('parked', key)))
      },
      done: (slice) => records.replace(slice),
    }
  },
}

function keyOf(told: Told): string {
  return `${text(told, 'Parkinglot')}/${text(told, 'ParkingSpace')}`
}

function endedKey(key: string, id: string): string {
  return `parked ${id} ${key}`
}

function parkedFrom(pen: Pen, told: Told, earlier: ParkedCall | undefined): ParkedCall {
  const id = text(told, 'ParkeeUniqueid', earlier?.id)
  const before = earlier?.id === id ? earlier : undefined
  const left = count(told, 'ParkingTimeout')
  return renewed(before, {
    lot: text(told, 'Parkinglot', before?.lot),
    space: text(told, 'ParkingSpace', before?.space),
    id,
    channel: text(told, 'ParkeeChannel', before?.channel),
    party: partyOf(told, PARKEE, before?.party),
    parker: perhaps(told, 'ParkerDialString', before?.parker),
    parkedAt: before?.parkedAt ?? new Date(pen.now - count(told, 'ParkingDuration') * 1_000),
    timeoutAt: before?.timeoutAt ?? (left > 0 ? new Date(pen.now + left * 1_000) : undefined),
  })
}
