import type { Timer } from '../../util/clock.ts'
import type { Bridge } from './bridge.ts'
import type { Bridges } from './bridges.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'

/** A call in a parking lot. */
export interface ParkedUser {
  readonly channel: Channel
  readonly space: number
  readonly parker: string
  readonly parkedAt: number
  readonly timeout: number
  timer: Timer | undefined
}

/** A parking lot. */
export interface ParkingLot {
  readonly name: string
  readonly start: number
  readonly stop: number
  /** Seconds. */
  readonly timeout: number
  readonly users: ParkedUser[]
  /** Who has left, and until when lists still show it. */
  left: { user: ParkedUser; until: number }[]
  bridge: Bridge<Channel> | undefined
}

/** All parking lots (res_parking). */
export class Parking {
  readonly all = new Map<string, ParkingLot>()
  #core: Core
  #bridges: Bridges
  #devices: DeviceStates

  constructor(core: Core, bridges: Bridges, devices: DeviceStates) {
    this.#core = core
    this.#bridges = bridges
    this.#devices = devices
  }

  define(name: string, start: number, stop: number, timeout: number): void {
    this.all.set(name, { name, start, stop, timeout, users: [], left: [], bridge: undefined })
  }

  /** Parks a channel; returns undefined when no space is left. `timeout` is in seconds. */
  park(lot: ParkingLot, channel: Channel, parker: string, timeout = lot.timeout): ParkedUser | undefined {
    let space = lot.start
    while (lot.users.some((user) => user.space === space)) space++
    if (space > lot.stop) return undefined
    lot.bridge ??= this.#bridges.create({
      type: 'parking',
      technology: 'holding_bridge',
      creator: 'Parking',
      name: lot.name,
    })
    const user: ParkedUser = { channel, space, parker, parkedAt: this.#core.clock.now(), timeout, timer: undefined }
    lot.users.push(user)
    this.#core.emit('ParkedCall', this.describe(lot, user))
    this.#devices.raise(`park:${space}@parkedcalls`, 'INUSE')
    this.#bridges.enter(lot.bridge, channel)
    return user
  }

  /** Takes a call out, with the event that says why. */
  leave(
    lot: ParkingLot,
    user: ParkedUser,
    event: 'ParkedCallGiveUp' | 'ParkedCallTimeOut' | 'UnParkedCall',
    extra = '',
  ): void {
    const index = lot.users.indexOf(user)
    if (index === -1) return
    lot.users.splice(index, 1)
    // reported before the lot lets go of it (res/parking/parking_bridge.c:bridge_parking_pull)
    const until = this.#core.lingersUntil('parking')
    if (until > 0) lot.left = [...this.#lingering(lot), { user, until }]
    this.#core.clock.clearTimeout(user.timer)
    this.#devices.raise(`park:${user.space}@parkedcalls`, 'NOT_INUSE')
    this.#core.emit(event, this.describe(lot, user) + extra)
    this.#bridges.leave(user.channel)
  }

  /** Returns whom ParkedCalls shows. */
  listed(lot: ParkingLot): ParkedUser[] {
    return [...lot.users, ...this.#lingering(lot).map(({ user }) => user)]
  }

  #lingering({ left }: ParkingLot): ParkingLot['left'] {
    const now = this.#core.clock.now()
    return left.filter(({ until }) => now < until)
  }

  /** Returns the parked call's headers (parking_manager.c:manager_build_parked_call_string). */
  describe(lot: ParkingLot, user: ParkedUser): string {
    const parked = Math.floor((this.#core.clock.now() - user.parkedAt) / 1000)
    return (
      `${user.channel.snapshot('Parkee')}ParkerDialString: ${user.parker}\r\n` +
      `Parkinglot: ${lot.name}\r\n` +
      `ParkingSpace: ${user.space}\r\n` +
      `ParkingTimeout: ${user.timeout - parked}\r\n` +
      `ParkingDuration: ${parked}\r\n`
    )
  }
}
