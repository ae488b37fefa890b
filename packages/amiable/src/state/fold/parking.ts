import type { ParkedCall } from '../records.ts'
import { renewed } from '../same.ts'
import { count, known, partyOf, type Told } from '../told.ts'
import { type Fold, type Pen, replace } from './fold.ts'

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
    const id = told.get('ParkeeUniqueid') ?? ''
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
    const records = new Map<string, ParkedCall>()
    return {
      row(told) {
        const key = keyOf(told)
        const id = told.get('ParkeeUniqueid') ?? ''
        if (pen.ended.refuses(endedKey(key, id), pen.now)) pen.again('parking')
        else records.set(key, parkedFrom(pen, told, pen.get('parked', key)))
      },
      done: () => replace(pen, 'parked', records),
    }
  },
}

function keyOf(told: Told): string {
  return `${told.get('Parkinglot') ?? ''}/${told.get('ParkingSpace') ?? ''}`
}

function endedKey(key: string, id: string): string {
  return `parked ${id} ${key}`
}

function parkedFrom(pen: Pen, told: Told, earlier: ParkedCall | undefined): ParkedCall {
  const id = told.get('ParkeeUniqueid') ?? ''
  const before = earlier?.id === id ? earlier : undefined
  const left = count(told, 'ParkingTimeout')
  return renewed(before, {
    lot: told.get('Parkinglot') ?? '',
    space: told.get('ParkingSpace') ?? '',
    id,
    channel: told.get('ParkeeChannel') ?? '',
    party: partyOf(told, 'Parkee', 'CallerID', before?.party),
    parker: known(told.get('ParkerDialString')),
    parkedAt: before?.parkedAt ?? new Date(pen.now - count(told, 'ParkingDuration') * 1_000),
    timeoutAt: before?.timeoutAt ?? (left > 0 ? new Date(pen.now + left * 1_000) : undefined),
  })
}
