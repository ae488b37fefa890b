import type { Channel } from './channel.ts'
import type { Core } from './core.ts'

/** What a new bridge is. */
export interface BridgeInit {
  readonly type: string
  readonly technology: string
  readonly creator?: string
  readonly name?: string
}

/** One bridge. */
export class Bridge {
  readonly id: string
  readonly type: string
  technology: string
  readonly creator: string
  readonly name: string
  readonly channels: Channel[] = []
  gone = false
  /** Members that are no channels of the table: ConfBridge's announcer. */
  hidden = 0

  constructor(id: string, init: BridgeInit) {
    this.id = id
    this.type = init.type
    this.technology = init.technology
    this.creator = init.creator ?? '<unknown>'
    this.name = init.name ?? '<unknown>'
  }

  /** The bridge snapshot (manager_bridges.c:ast_manager_build_bridge_state_string_prefix). */
  snapshot(count = this.channels.length + this.hidden): string {
    return (
      `BridgeUniqueid: ${this.id}\r\n` +
      `BridgeType: ${this.type}\r\n` +
      `BridgeTechnology: ${this.technology}\r\n` +
      `BridgeCreator: ${this.creator}\r\n` +
      `BridgeName: ${this.name}\r\n` +
      `BridgeNumChannels: ${count}\r\n` +
      'BridgeVideoSourceMode: none\r\n'
    )
  }
}

/** All bridges, with the events of joining and leaving. */
export class Bridges {
  readonly all = new Map<string, Bridge>()
  #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  create(init: BridgeInit): Bridge {
    const bridge = new Bridge(this.#core.random.uuid(), init)
    this.all.set(bridge.id, bridge)
    this.#core.emit('BridgeCreate', bridge.snapshot())
    return bridge
  }

  enter(bridge: Bridge, channel: Channel): void {
    if (channel.bridge !== undefined) this.leave(channel)
    bridge.channels.push(channel)
    channel.bridge = bridge
    this.#core.emit('BridgeEnter', bridge.snapshot() + channel.snapshot())
  }

  leave(channel: Channel): void {
    const bridge = channel.bridge
    if (bridge === undefined) return
    bridge.channels.splice(bridge.channels.indexOf(channel), 1)
    channel.bridge = undefined
    // a channel that was in a bridge ends with a cause
    if (channel.cause === 0) channel.cause = 16
    this.#core.emit('BridgeLeave', bridge.snapshot() + channel.snapshot())
  }

  destroy(bridge: Bridge): void {
    if (bridge.gone) return
    bridge.gone = true
    this.all.delete(bridge.id)
    this.#core.emit('BridgeDestroy', bridge.snapshot(0))
  }

  /** `BRIDGEPEER` of the channels of a bridge of two (bridge_channel.c:update_bridge_vars_set). */
  setPeers(bridge: Bridge, set: (channel: Channel, value: string) => void): void {
    for (const channel of bridge.channels) {
      set(
        channel,
        bridge.channels
          .filter((other) => other !== channel)
          .map((other) => other.name)
          .join(','),
      )
    }
  }
}
