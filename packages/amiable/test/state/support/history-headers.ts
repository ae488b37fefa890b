// What a history's channels, members and parked calls are, and the headers that say it.
import type { Headers } from './messages.ts'

/** A channel as a history has it. */
export interface Channel {
  readonly id: string
  readonly name: string
  state: string
  number: string
  connected: string
  account: string
  /** What a copy in some other event may still show. */
  old: Headers | undefined
  /** The bridge that CoreShowChannels claims: set early, cleared late. */
  claims: string
  /** Whether the list has it. */
  isListed: boolean
}

/** A member of a queue as a history has it. */
export interface Member {
  readonly interface: string
  paused: boolean
  status: number
  penalty: number
}

export function snapshot(channel: Channel): Headers {
  return {
    Uniqueid: channel.id,
    Linkedid: channel.id,
    Channel: channel.name,
    ChannelStateDesc: channel.state,
    CallerIDNum: channel.number,
    ConnectedLineNum: channel.connected === '' ? '<unknown>' : channel.connected,
    AccountCode: channel.account,
  }
}

export function memberHeaders(queue: string, member: Member): Headers {
  return {
    Queue: queue,
    Interface: member.interface,
    MemberName: member.interface,
    Paused: member.paused ? '1' : '0',
    Status: String(member.status),
    Penalty: String(member.penalty),
  }
}

export function parkedHeaders(space: string, id: string): Headers {
  return { Parkinglot: 'default', ParkingSpace: space, ParkeeUniqueid: id, ParkeeChannel: id, ParkingTimeout: '45' }
}
