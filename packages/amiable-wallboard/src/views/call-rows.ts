// Rows of calls and of the channels of one call.
import type { Call, Channel, State } from 'amiable/state'
import type { CallRow, LegRow, MarkRow } from '../protocol/call-rows.ts'
import type { CallWatch } from './call-watch.ts'
import type { Facts } from './facts.ts'
import { at, channelStamp, keyOf, type Look, type Rows, type ServerLook, stampOf } from './look.ts'
import { queuesOf } from './people-rows.ts'
import { fits } from './scope.ts'

/** What the rows of calls are made with. */
export interface CallContext {
  readonly look: Look
  readonly facts: Facts
}

/** Decides which calls of a server one may see: all, or those of one's queues, their members and one's devices. */
export function callsInScope(look: Look, { name, state }: ServerLook): (call: Call) => boolean {
  const { queues } = look.spec
  const inQueue = (call: Call) => call.queue !== undefined && look.seesQueue(call.queue.name)
  if (look.seesAll) return queues === undefined ? () => true : inQueue
  const { devices = [] } = look.spec.scope
  const members = new Set<string>()
  for (const queue of queuesOf(look, state)) {
    for (const member of queue.members)
      members.add(member.interface.toLowerCase()).add(member.stateInterface.toLowerCase())
  }
  return (call) =>
    inQueue(call) ||
    call.legs.some((leg) => {
      const device = deviceOf(leg.name)
      return members.has(device.toLowerCase()) || fits(devices, device) || look.isOwn(name, device)
    })
}

/** Adds the rows of the calls of a server. */
export function addCalls(context: CallContext, server: ServerLook, rows: Rows<CallRow>): void {
  const isSeen = callsInScope(context.look, server)
  for (const call of server.state.calls) {
    if (!isSeen(call)) continue
    const row = callRow(context, server, call)
    rows.set(row.key, row)
  }
}

/** Makes the row of a call. */
export function callRow({ look, facts }: CallContext, { name: server, state }: ServerLook, call: Call): CallRow {
  const channels = call.legs.map(({ channel }) => state.channels.get(channel))
  return look.row(call, channels, () => {
    const [from, to] = call.parties
    const first = channels[0]
    const devices = call.legs.map(({ name }) => deviceOf(name))
    const trunk = devices.find((device) => facts.isTrunk(device))
    return {
      key: keyOf(server, call.id),
      server,
      phase: call.phase,
      startedAt: call.startedAt.getTime(),
      answeredAt: at(call.answeredAt),
      endedAt: at(call.endedAt),
      fromNumber: look.number(from?.number ?? first?.caller.number),
      fromName: look.name(from?.name ?? first?.caller.name),
      toNumber: look.number(to?.number ?? first?.connected.number ?? dialled(first)),
      toName: look.name(to?.name ?? first?.connected.name),
      queue: call.queue?.name ?? null,
      trunk: trunk === undefined ? null : trunk.slice(trunk.indexOf('/') + 1),
      channels: call.legs.length,
      complete: call.complete,
      spied: look.spec.seesSpies && channels.some((channel) => (channel?.spiedBy.length ?? 0) > 0),
      own: devices.some((device) => look.isOwn(server, device)),
      stamp: callStamp(call),
    }
  })
}

/** The stamp of a call: who is in it, and in which bridges. */
export function callStamp(call: Call): string {
  return stampOf(call.id, ...call.legs.flatMap(({ channel, bridge }) => [channel, bridge]))
}

/** Makes the row of a channel. */
export function legRow(look: Look, server: string, channel: Channel, endedAt: number | null = null): LegRow {
  return look.row(channel, [endedAt], () => ({
    key: keyOf(server, channel.id),
    server,
    name: look.spec.masked ? channel.technology : channel.name,
    technology: channel.technology,
    device: look.spec.masked ? channel.technology : channel.device,
    state: channel.state,
    number: look.number(channel.caller.number),
    partyName: look.name(channel.caller.name),
    bridge: channel.bridge ?? null,
    createdAt: channel.createdAt.getTime(),
    answeredAt: at(channel.answeredAt),
    endedAt,
    held: channel.held ?? null,
    local: channel.technology === 'Local',
    localPeer: channel.localPeer === undefined ? null : keyOf(server, channel.localPeer),
    dialedBy: channel.dialedBy === undefined ? null : keyOf(server, channel.dialedBy),
    application: look.text(channel.application),
    spied: look.spec.seesSpies && channel.spiedBy.length > 0,
    recording: channel.recording,
    own: look.isOwn(server, channel.device),
    stamp: channelStamp(channel),
  }))
}

/** Makes the rows of what happened to a call. What was dialled is a number. */
export function marksOf(look: Look, { marks }: CallWatch): Rows<MarkRow> {
  const rows: Rows<MarkRow> = new Map()
  for (const [key, mark] of marks) {
    const text = mark.text ?? undefined
    const row = look.row(mark, [], () => ({ ...mark, text: mark.type === 'dial' ? look.name(text) : look.text(text) }))
    rows.set(key, row)
  }
  return rows
}

/** Returns the channels of one's own device. */
export function ownChannels(look: Look, server: string, state: State): Channel[] {
  return state.channels.filter(({ device }) => look.isOwn(server, device))
}

/** Returns the device of a channel: its name without the serial number. */
export function deviceOf(name: string): string {
  return name.replace(/-[0-9a-f]{8}(?:;[12])?$/, '')
}

function dialled(channel: Channel | undefined): string | undefined {
  return channel === undefined || channel.exten === 's' ? undefined : channel.exten
}
