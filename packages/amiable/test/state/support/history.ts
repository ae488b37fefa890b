// A server's history made of choices: what is true, what is told of it, and when that arrives.
import { type Channel, type Member, memberHeaders, parkedHeaders, snapshot } from './history-headers.ts'
import { HistoryOfStates } from './history-of-states.ts'
import { type Headers, type Published, sorted, type Tape } from './messages.ts'

interface Party {
  muted: boolean
  /** Its end has been told, and it still stands in the list. */
  leaves: boolean
}

/** What is true of a server, and who is told what: each way (A, B) in the order of publishing. */
export class History {
  readonly channels = new Map<string, Channel>()
  readonly bridges = new Map<string, Set<string>>()
  readonly queues = new Map<string, { members: Map<string, Member>; callers: string[] }>()
  readonly rooms = new Map<string, Map<string, Party>>()
  readonly parked = new Map<string, string>()
  readonly ways: { A: Published[]; B: Published[] } = { A: [], B: [] }
  /** What leaves a list only after its end has been told. */
  readonly leaving: (() => void)[] = []
  #unparking = new Set<string>()
  /** Channels that have hung up, and still stand in the list. */
  #dead = new Map<string, Channel>()
  /** The dead one whose place in the list a channel has. */
  #takenFor = new Map<Channel, Channel>()
  #tape: Tape
  #states: HistoryOfStates
  #isOfStates: boolean
  #serial = 0

  constructor(tape: Tape, isOfStates: boolean) {
    this.#tape = tape
    this.#isOfStates = isOfStates
    this.#states = new HistoryOfStates(tape, (name, headers, way) => this.#publish(name, headers, way))
    for (const name of ['Support', 'sales']) this.queues.set(name, { members: new Map(), callers: [] })
  }

  /** Something happens. */
  happen(): void {
    const tape = this.#tape
    const channel = tape.pick([...this.channels.values()])
    // states are many in the nights that are about them
    const act = tape.below(this.#isOfStates ? 46 : 25)
    if (act < 3 || channel === undefined) this.#begin()
    else if (act < 5) this.#end(channel)
    else if (act < 8) this.#change(channel)
    else if (act < 9) this.#publish('BridgeCreate', this.#bridgeHeaders(this.#newBridge(), 0))
    else if (act < 11) this.#enter(channel)
    else if (act < 12) this.#leaveBridge(channel)
    else if (act < 13) this.#destroy()
    else if (act < 15) this.#queueCaller(channel)
    else if (act < 18) this.#queueMember()
    else if (act < 20) this.#room(channel)
    else if (act < 22) this.#park(channel)
    else if (act < 24) this.leaving.shift()?.()
    else this.#states.happen([...this.channels.keys()])
  }

  /** The rows of a list, as they are now. */
  rows(action: string, params: Headers): { name: string; headers: Headers }[] | 'empty' {
    switch (action) {
      case 'CoreShowChannels':
        return [...this.channels.values(), ...this.#dead.values()].flatMap((channel) => {
          if (!channel.isListed) return []
          const row = { name: 'CoreShowChannel', headers: { ...snapshot(channel), BridgeId: channel.claims } }
          // one whose snapshot is replaced meanwhile is listed twice, the later row newer
          return channel.old && this.#tape.below(3) === 0
            ? [{ name: 'CoreShowChannel', headers: { ...channel.old, BridgeId: '' } }, row]
            : [row]
        })
      case 'BridgeList':
        return [...this.bridges.keys()]
          .filter(() => params.BridgeType !== 'none')
          .map((id) => ({ name: 'BridgeListItem', headers: this.#bridgeHeaders(id, 0) }))
      case 'BridgeInfo': {
        const members = this.bridges.get(params.BridgeUniqueid ?? '')
        if (members === undefined) return 'empty'
        return [...members].map((id) => ({ name: 'BridgeInfoChannel', headers: { Uniqueid: id, Channel: id } }))
      }
      case 'QueueStatus':
        return [...this.queues]
          .filter(([name]) => params.Queue === undefined || params.Queue.toLowerCase() === name.toLowerCase())
          .flatMap(([name, queue]) => this.#queueRows(name, queue))
      case 'ConfbridgeListRooms':
        return this.rooms.size === 0
          ? 'empty'
          : [...this.rooms.keys()].map((name) => ({
              name: 'ConfbridgeListRooms',
              headers: { Conference: name, Locked: 'No' },
            }))
      case 'ConfbridgeList': {
        const room = this.rooms.get(params.Conference ?? '')
        if (room === undefined) return 'empty'
        return [...room].map(([id, { muted }]) => ({
          name: 'ConfbridgeList',
          headers: { Conference: params.Conference ?? '', Uniqueid: id, Channel: id, Muted: muted ? 'Yes' : 'No' },
        }))
      }
      case 'ParkedCalls':
        return [...this.parked].map(([space, id]) => ({ name: 'ParkedCall', headers: parkedHeaders(space, id) }))
      default:
        return this.#states.rows(action)
    }
  }

  /** What every strong fact is, in words that can be compared. */
  truth(): Record<string, unknown> {
    return {
      channels: sorted(
        [...this.channels.values()].map((one) => [one.id, one.name, one.state, one.number, one.connected, one.account]),
      ),
      bridges: sorted([...this.bridges].map(([id, members]) => [id, ...[...members].sort()])),
      members: sorted(
        [...this.queues].flatMap(([name, { members }]) =>
          [...members.values()].map((one) => [name, one.interface, one.paused, one.status, one.penalty]),
        ),
      ),
      callers: sorted([...this.queues].map(([name, { callers }]) => [name, ...callers])),
      rooms: sorted(
        [...this.rooms].map(([name, parties]) => [name, ...sorted([...parties].map(([id, { muted }]) => [id, muted]))]),
      ),
      parked: sorted([...this.parked].map(([space, id]) => [space, id])),
      ...this.#states.truth(),
    }
  }

  #publish(name: string, headers: Headers, way: 'A' | 'B' = 'A'): void {
    this.ways[way].push({ name, headers: { Privilege: 'call,all', ...headers } })
  }

  #begin(): void {
    // ids come again once their channel is dead
    const id = `100000000${this.#tape.below(2)}.${this.#tape.below(6)}`
    if (this.channels.has(id)) return
    const name = `SIP/${this.#tape.below(4)}-${++this.#serial}`
    const facts = { state: 'Down', number: '1', connected: '', account: '', old: undefined, claims: '' }
    const channel = { id, name, ...facts, isListed: true }
    this.channels.set(id, channel)
    // Asterisk 16 takes it for the dead one, as long as that stands in the list
    const dead = this.#dead.get(id)
    this.#dead.delete(id)
    if (dead !== undefined) this.#takenFor.set(channel, dead)
    if (dead === undefined) this.#publish('Newchannel', snapshot(channel))
    else if (dead.state !== channel.state) this.#publish('Newstate', snapshot(channel))
  }

  /** What is not listed is new to Asterisk 16 with its next change. */
  #list(channel: Channel): void {
    if (channel.isListed) return
    channel.isListed = true
    this.#publish('Newchannel', snapshot(channel))
  }

  /** The ends of other channels with their ids take those that are in bridges out of the list. */
  hide(): void {
    for (const members of this.bridges.values()) {
      for (const id of members) (this.channels.get(id) as Channel).isListed = false
    }
  }

  /** All that lags comes to its end. */
  settle(): void {
    for (const leave of this.leaving.splice(0)) leave()
    for (const channel of this.channels.values()) this.#list(channel)
  }

  #end(channel: Channel): void {
    const { id } = channel
    for (const [bridge, members] of this.bridges) if (members.has(id)) this.#leave(bridge, id)
    for (const [name, { callers }] of this.queues)
      if (callers.includes(id)) this.#leaveQueue(name, id, this.#tape.below(4) > 0)
    for (const [space, one] of this.parked) if (one === id) this.#unpark(space, id)
    this.#leaveRooms(id)
    this.#list(channel)
    this.channels.delete(id)
    this.#publish('Hangup', { ...snapshot(channel), Cause: '16' })
    this.#dead.set(id, channel)
    this.#soon(() => {
      const next = this.channels.get(id)
      // what stands in the list under its id goes, whatever it is
      if (next !== undefined && this.#takenFor.get(next) === channel) next.isListed = false
      if (this.#dead.get(id) === channel) this.#dead.delete(id)
    })
  }

  #change(channel: Channel): void {
    channel.old = snapshot(channel)
    const { isListed } = channel
    const what = this.#tape.below(4)
    if (what === 0) channel.state = this.#tape.pick(['Ring', 'Ringing', 'Up']) ?? 'Up'
    if (what === 1) channel.number = String(this.#tape.below(5))
    if (what === 2) channel.connected = String(this.#tape.below(5))
    if (what === 3) channel.account = String(this.#tape.below(5))
    if (!isListed) this.#list(channel)
    else this.#publish(['Newstate', 'NewCallerid', 'NewConnectedLine', 'NewAccountCode'][what] ?? '', snapshot(channel))
  }

  #newBridge(): string {
    const id = `bridge-${this.#tape.below(4)}`
    if (!this.bridges.has(id)) this.bridges.set(id, new Set())
    return id
  }

  #enter(channel: Channel): void {
    const bridge = this.#tape.pick([...this.bridges.keys()])
    if (bridge === undefined) return
    for (const [id, members] of this.bridges) if (members.has(channel.id)) this.#leave(id, channel.id)
    this.bridges.get(bridge)?.add(channel.id)
    channel.claims = bridge
    // the copy inside is older than what the channel's own events have said
    const headers = {
      ...(channel.old ?? snapshot(channel)),
      ...this.#bridgeHeaders(bridge, this.bridges.get(bridge)?.size ?? 0),
    }
    this.#publish('BridgeEnter', headers)
  }

  #leaveBridge(channel: Channel): void {
    for (const [id, members] of this.bridges) if (members.has(channel.id)) this.#leave(id, channel.id)
  }

  #leave(bridge: string, id: string): void {
    const members = this.bridges.get(bridge)
    members?.delete(id)
    this.#publish('BridgeLeave', { Uniqueid: id, ...this.#bridgeHeaders(bridge, members?.size ?? 0) })
    // the claim of the list goes much later
    const channel = this.channels.get(id)
    this.leaving.push(() => {
      if (channel?.claims === bridge) channel.claims = ''
    })
  }

  #destroy(): void {
    const bridge = this.#tape.pick([...this.bridges.keys()])
    if (bridge === undefined) return
    for (const id of [...(this.bridges.get(bridge) ?? [])]) this.#leave(bridge, id)
    this.bridges.delete(bridge)
    this.#publish('BridgeDestroy', this.#bridgeHeaders(bridge, 0))
  }

  #bridgeHeaders(id: string, count: number): Headers {
    return {
      BridgeUniqueid: id,
      BridgeType: 'basic',
      BridgeTechnology: 'simple_bridge',
      BridgeNumChannels: String(count),
    }
  }

  #queueCaller({ id }: Channel): void {
    const name = this.#tape.pick([...this.queues.keys()]) ?? ''
    const callers = this.queues.get(name)?.callers ?? []
    if (callers.includes(id)) {
      this.#leaveQueue(name, id, true)
      return
    }
    // priorities: in front of others
    const at = this.#tape.below(callers.length + 1)
    callers.splice(at, 0, id)
    const headers = { Queue: name, Uniqueid: id, Channel: id, Position: String(at + 1), Count: String(callers.length) }
    this.#publish('QueueCallerJoin', headers)
  }

  #leaveQueue(name: string, id: string, told: boolean): void {
    const callers = this.queues.get(name)?.callers ?? []
    const at = callers.indexOf(id)
    callers.splice(at, 1)
    const headers = { Queue: name, Uniqueid: id, Position: String(at + 1), Count: String(callers.length) }
    // a caller without a PBX leaves without a word, and hangs up
    if (told) this.#publish('QueueCallerLeave', headers)
  }

  #queueMember(): void {
    const tape = this.#tape
    const name = tape.pick([...this.queues.keys()]) ?? ''
    const members = this.queues.get(name)?.members ?? new Map<string, Member>()
    const key = `SIP/${tape.below(3)}`
    const member = members.get(key)
    if (member === undefined) {
      const added = { interface: key, paused: false, status: 1, penalty: 0 }
      members.set(key, added)
      this.#publish('QueueMemberAdded', memberHeaders(name, added))
    } else if (tape.below(3) === 0) {
      members.delete(key)
      this.#publish('QueueMemberRemoved', memberHeaders(name, member))
    } else {
      const what = tape.below(3)
      if (what === 0) member.paused = !member.paused
      if (what === 1) member.status = tape.below(8)
      if (what === 2) member.penalty = tape.below(5)
      this.#publish(
        ['QueueMemberPause', 'QueueMemberStatus', 'QueueMemberPenalty'][what] ?? '',
        memberHeaders(name, member),
      )
    }
  }

  #queueRows(name: string, { members, callers }: { members: Map<string, Member>; callers: string[] }) {
    return [
      { name: 'QueueParams', headers: { Queue: name, Strategy: 'ringall', Max: '0' } },
      ...[...members.values()].map((one) => {
        const headers = memberHeaders(name, one)
        return {
          name: 'QueueMember',
          headers: { ...headers, Location: headers.Interface ?? '', Name: headers.MemberName ?? '' },
        }
      }),
      ...callers.map((id, at) => ({
        name: 'QueueEntry',
        headers: { Queue: name, Uniqueid: id, Channel: id, Position: String(at + 1), Wait: '1', Priority: '0' },
      })),
    ]
  }

  #room({ id }: Channel): void {
    const name = `room-${this.#tape.below(2)}`
    const room = this.rooms.get(name)
    const party = room?.get(id)
    // a conference that ends takes nobody
    const isEnding = room !== undefined && [...room.values()].every(({ leaves }) => leaves)
    if (isEnding || party?.leaves) return
    if (party !== undefined) {
      if (this.#tape.below(2) === 0) {
        party.muted = !party.muted
        this.#publish(party.muted ? 'ConfbridgeMute' : 'ConfbridgeUnmute', { Conference: name, Uniqueid: id }, 'B')
      } else this.#leaveRooms(id)
      return
    }
    if (room === undefined) {
      this.rooms.set(name, new Map())
      this.#publish('ConfbridgeStart', { Conference: name }, 'B')
    }
    this.rooms.get(name)?.set(id, { muted: false, leaves: false })
    this.#publish('ConfbridgeJoin', { Conference: name, Uniqueid: id, Channel: id, Muted: 'No' }, 'B')
  }

  /** It is told first, and the party leaves the list later. */
  #leaveRooms(id: string): void {
    for (const [name, room] of this.rooms) {
      const party = room.get(id)
      if (party === undefined || party.leaves) continue
      party.leaves = true
      this.#publish('ConfbridgeLeave', { Conference: name, Uniqueid: id }, 'B')
      const isLast = [...room.values()].every(({ leaves }) => leaves)
      this.#soon(() => {
        if (room.get(id) === party) room.delete(id)
        if (!isLast || this.rooms.get(name) !== room) return
        this.rooms.delete(name)
        // the next of that name may begin before this end is told (app_confbridge.c:conf_ended)
        this.#soon(() => this.#publish('ConfbridgeEnd', { Conference: name }, 'B'))
      })
    }
  }

  #park({ id }: Channel): void {
    const parkedAt = [...this.parked].find(([, one]) => one === id)?.[0]
    if (parkedAt !== undefined) {
      this.#unpark(parkedAt, id)
      return
    }
    const space = String(701 + this.#tape.below(3))
    if (this.parked.has(space)) return
    this.parked.set(space, id)
    this.#publish('ParkedCall', parkedHeaders(space, id), 'B')
  }

  #unpark(space: string, id: string): void {
    // its end is told once, however long it stands in the list
    if (this.#unparking.has(space)) return
    this.#unparking.add(space)
    const how = this.#tape.pick(['UnParkedCall', 'ParkedCallTimeOut', 'ParkedCallGiveUp']) ?? ''
    this.#publish(how, parkedHeaders(space, id), 'B')
    this.#soon(() => {
      this.#unparking.delete(space)
      if (this.parked.get(space) === id) this.parked.delete(space)
    })
  }

  /** The object leaves its list now or, as Asterisk does it, when its end has long been told. */
  #soon(leave: () => void): void {
    if (this.#tape.below(2) === 0) leave()
    else this.leaving.push(leave)
  }
}
