import type { ActionContext, Handlers } from './context.ts'

function parkedCalls({ action, reply, world }: ActionContext) {
  const name = action.header('ParkingLot')
  if (name !== '' && !world.parking.all.has(name)) return reply.error('Requested parking lot could not be found.')
  reply.start('Parked calls will follow')
  let total = 0
  for (const lot of world.parking.all.values()) {
    if (name !== '' && lot.name !== name) continue
    for (const user of world.parking.listed(lot)) {
      total++
      reply.item('ParkedCall', world.parking.describe(lot, user), 'last')
    }
  }
  reply.complete('ParkedCallsComplete', { Total: total })
}

/** Parking lots. */
export const parkingActions: Handlers = {
  ParkedCalls: parkedCalls,
  Parkinglots({ reply, world }) {
    reply.start('Parking lots will follow')
    for (const lot of world.parking.all.values()) {
      reply.item(
        'Parkinglot',
        `Name: ${lot.name}\r\nStartSpace: ${lot.start}\r\nStopSpace: ${lot.stop}\r\nTimeout: ${lot.timeout}\r\n`,
      )
    }
    reply.complete('ParkinglotsComplete')
  },
}
