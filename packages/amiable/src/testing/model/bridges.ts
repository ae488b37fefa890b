import { Bridge, type BridgeInit } from './bridge.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'

/** All bridges, with the events of joining and leaving. */
export class Bridges {
  readonly all = new Map<string, Bridge<Channel>>()
  #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  create(init: BridgeInit): Bridge<Channel> {
    const bridge = new Bridge<Channel>(this.#core.random.uuid(), init)
    this.all.set(bridge.id, bridge)
    this.#core.emit('BridgeCreate', bridge.snapshot())
    return bridge
  }

  enter(bridge: Bridge<Channel>, channel: Channel): void {
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
    channel.left = { bridge: bridge.id, until: this.#core.lingersUntil('core') }
    // a channel that was in a bridge ends with a cause
    if (channel.cause === 0) channel.cause = 16
    this.#core.emit('BridgeLeave', bridge.snapshot() + channel.snapshot())
  }

  destroy(bridge: Bridge<Channel>): void {
    if (bridge.gone) return
    bridge.gone = true
    this.all.delete(bridge.id)
    this.#core.emit('BridgeDestroy', bridge.snapshot(0))
  }

  /** Sets `BRIDGEPEER` of the channels of a bridge of two (bridge_channel.c:update_bridge_vars_set). */
  setPeers(bridge: Bridge<Channel>, set: (channel: Channel, value: string) => void): void {
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
