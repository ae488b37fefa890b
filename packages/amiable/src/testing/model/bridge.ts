/** What a new bridge is. */
export interface BridgeInit {
  readonly type: string
  readonly technology: string
  readonly creator?: string
  readonly name?: string
}

/** One bridge, with its members in the order they came. */
export class Bridge<Member> {
  readonly id: string
  readonly type: string
  technology: string
  readonly creator: string
  readonly name: string
  readonly channels: Member[] = []
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

  /** Returns the bridge snapshot (manager_bridges.c:ast_manager_build_bridge_state_string_prefix). */
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
