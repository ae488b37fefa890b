import type { Bridge } from './bridge.ts'
import type { Bridges } from './bridges.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import type { DeviceStates } from './devices.ts'

/** Who is in a conference. */
export interface ConferenceUser {
  readonly channel: Channel
  muted: boolean
  readonly admin: boolean
  readonly joinedAt: number
}

/** A conference of ConfBridge. */
export interface Conference {
  readonly name: string
  readonly bridge: Bridge<Channel>
  readonly users: ConferenceUser[]
  /** Who has left, and until when lists still show it. */
  left: { user: ConferenceUser; until: number }[]
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

  /** Lets a channel join; returns undefined when the conference is locked. */
  join(name: string, channel: Channel, admin = false): Conference | undefined {
    let conference = this.all.get(name)
    if (conference === undefined) {
      const bridge = this.#bridges.create({ type: 'base', technology: 'softmix', creator: 'ConfBridge', name })
      bridge.hidden = 1
      conference = { name, bridge, users: [], left: [], locked: false }
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
    // the hook that reports it runs before the list lets go of it (apps/app_confbridge.c:leave_conference)
    const until = this.#core.lingersUntil('rooms')
    if (until > 0) conference.left = [...this.#lingering(conference), { user, until }]
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

  /** Returns whom ConfbridgeList shows. */
  listed(conference: Conference): ConferenceUser[] {
    return [...conference.users, ...this.#lingering(conference).map(({ user }) => user)]
  }

  #lingering({ left }: Conference): Conference['left'] {
    const now = this.#core.clock.now()
    return left.filter(({ until }) => now < until)
  }

  event(name: string, conference: Conference, channel: Channel, extra: string): void {
    this.#core.emit(
      name,
      `Conference: ${conference.name}\r\n${conference.bridge.snapshot()}${channel.snapshot()}${extra}`,
    )
  }
}
