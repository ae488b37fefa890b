import type { Timer } from '../../util/clock.ts'
import type { Bridge } from './bridge.ts'
import type { Bridges } from './bridges.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'

/** A conference of ConfBridge. */
export interface Conference {
  readonly name: string
  readonly bridge: Bridge<Channel>
  readonly users: { channel: Channel; muted: boolean; admin: boolean; joinedAt: number }[]
  locked: boolean
}

/** All conferences (app_confbridge.c, confbridge_manager.c). */
export class Conferences {
  readonly all = new Map<string, Conference>()
  #core: Core
  #bridges: Bridges
  #devices: DeviceStates

  constructor(core: Core, bridges: Bridges, devices: DeviceStates) {
    this.#core = core
    this.#bridges = bridges
    this.#devices = devices
  }

  /** Undefined when the conference is locked. */
  join(name: string, channel: Channel, admin = false): Conference | undefined {
    let conference = this.all.get(name)
    if (conference === undefined) {
      const bridge = this.#bridges.create({ type: 'base', technology: 'softmix', creator: 'ConfBridge', name })
      bridge.hidden = 1
      conference = { name, bridge, users: [], locked: false }
      this.all.set(name, conference)
      this.#core.emit('ConfbridgeStart', `Conference: ${name}\r\n${bridge.snapshot()}`)
      this.#devices.raise(`confbridge:${name}`, 'INUSE')
    }
    if (conference.locked && !admin) return undefined
    this.#bridges.enter(conference.bridge, channel)
    conference.users.push({ channel, muted: false, admin, joinedAt: this.#core.clock.now() })
    this.#peers(conference)
    this.event('ConfbridgeJoin', conference, channel, `Admin: ${admin ? 'Yes' : 'No'}\r\nMuted: No\r\n`)
    return conference
  }

  // bridge_channel.c:update_bridge_vars_set, with the announcer
  #peers(conference: Conference): void {
    const names = [`CBAnn/${conference.name}-00000000;2`, ...conference.users.map(({ channel }) => channel.name)]
    for (const { channel } of conference.users) {
      this.#setPeer(channel, names.filter((name) => name !== channel.name).join(','))
    }
  }

  #setPeer(channel: Channel, value: string): void {
    if (value === '') channel.variables.delete('BRIDGEPEER')
    else channel.variables.set('BRIDGEPEER', value)
    this.#core.emit('VarSet', `${channel.snapshot()}Variable: BRIDGEPEER\r\nValue: ${value}\r\n`)
  }

  leave(conference: Conference, channel: Channel): void {
    const index = conference.users.findIndex((user) => user.channel === channel)
    if (index === -1) return
    const user = conference.users[index]!
    this.#setPeer(channel, '')
    this.event('ConfbridgeLeave', conference, channel, `Admin: ${user.admin ? 'Yes' : 'No'}\r\n`)
    conference.users.splice(index, 1)
    this.#bridges.leave(channel)
    if (conference.users.length > 0) {
      this.#peers(conference)
      return
    }
    this.all.delete(conference.name)
    this.#devices.raise(`confbridge:${conference.name}`, 'NOT_INUSE')
    this.#core.emit('ConfbridgeEnd', `Conference: ${conference.name}\r\n${conference.bridge.snapshot()}`)
    this.#bridges.destroy(conference.bridge)
  }

  event(name: string, conference: Conference, channel: Channel, extra: string): void {
    this.#core.emit(
      name,
      `Conference: ${conference.name}\r\n${conference.bridge.snapshot()}${channel.snapshot()}${extra}`,
    )
  }
}

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
    this.all.set(name, { name, start, stop, timeout, users: [], bridge: undefined })
  }

  /** Parks; undefined when no space is left. `timeout` is in seconds. */
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
    this.#core.clock.clearTimeout(user.timer)
    this.#devices.raise(`park:${user.space}@parkedcalls`, 'NOT_INUSE')
    this.#core.emit(event, this.describe(lot, user) + extra)
    this.#bridges.leave(user.channel)
  }

  /** The parked call's headers (parking_manager.c:manager_build_parked_call_string). */
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
