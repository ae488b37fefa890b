import type { Bridge } from '../records.ts'
import { renewed } from '../same.ts'
import { count, kept, known, type Told } from '../told.ts'
import { alter } from './channels.ts'
import { type Draft, type Fold, type Pen, Rows } from './fold.ts'

const EMPTY: readonly string[] = Object.freeze([])

/**
 * Makes the fold of bridges. Who is in one comes from BridgeInfo, BridgeEnter and BridgeLeave. The BridgeId of
 * CoreShowChannels is never used: it is cleared long after BridgeLeave (main/bridge_channel.c:
 * bridge_channel_internal_join), and no event would correct it.
 * @param places the bridge of each channel that is in one
 */
export function bridges(places: Map<string, string>): Fold {
  // a channel is in one bridge at a time
  const enter = (pen: Pen, channel: string, bridge: string): boolean => {
    const other = places.get(channel)
    if (other === undefined && (channel === '' || places.size >= pen.admission.limitOf('bridge'))) return false
    if (other !== undefined && other !== bridge) {
      const left = pen.get('bridge', other)
      if (left !== undefined) pen.put('bridge', other, without(left, channel))
    }
    places.set(channel, bridge)
    alter(pen, channel, { bridge })
    return true
  }
  const leave = (pen: Pen, channel: string, bridge: string) => {
    if (places.get(channel) !== bridge) return
    places.delete(channel)
    alter(pen, channel, { bridge: undefined })
  }
  const empty = (pen: Pen, bridge: Bridge | undefined) => {
    for (const one of bridge?.channels ?? []) leave(pen, one, (bridge as Bridge).id)
  }
  const members = (pen: Pen, id: string): Draft => {
    const found = new Set<string>()
    return {
      row(told) {
        const channel = told.get('Uniqueid')
        if (channel !== undefined && found.size < pen.admission.limitOf('bridge')) found.add(idOf(pen, channel))
      },
      done() {
        const before = pen.get('bridge', id)
        if (before === undefined) return
        for (const one of before.channels) if (!found.has(one)) leave(pen, one, id)
        const channels = [...found].filter((one) => enter(pen, one, id))
        const same = channels.length === before.channels.length && before.channels.every((one) => found.has(one))
        if (!same) pen.put('bridge', id, renewed(before, { ...before, channels: Object.freeze(channels) }))
      },
    }
  }
  return {
    event(pen, told) {
      const channel = idOf(pen, told.get('Uniqueid') ?? '')
      const said = told.Event === 'Hangup' ? places.get(channel) : told.get('BridgeUniqueid')
      if (said === undefined) return
      const before = pen.get('bridge', said)
      const id = kept(before?.id, said)
      switch (told.Event) {
        case 'BridgeCreate':
          pen.put('bridge', id, bridgeFrom(told, id, before, before?.channels, new Date(pen.now)))
          return
        case 'BridgeDestroy':
          empty(pen, before)
          pen.remove('bridge', id)
          return
        case 'BridgeEnter':
          if (before === undefined) return
          if (!enter(pen, channel, id)) return
          pen.put('bridge', id, bridgeFrom(told, id, before, withOne(before.channels, channel)))
          check(pen, told, id)
          return
        case 'BridgeLeave':
          leave(pen, channel, id)
          if (before === undefined) return
          pen.put('bridge', id, bridgeFrom(told, id, before, without(before, channel).channels))
          check(pen, told, id)
          return
        case 'Hangup':
          leave(pen, channel, id)
          if (before !== undefined) pen.put('bridge', id, without(before, channel))
      }
    },
    list(pen, _gap, key) {
      if (key !== undefined) return members(pen, key)
      const records = new Rows(pen, 'bridge')
      return {
        row(told) {
          const id = told.get('BridgeUniqueid')
          if (id === undefined) return
          const bridge = bridgeFrom(told, id, pen.get('bridge', id))
          records.add(bridge.id, bridge)
        },
        done() {
          for (const [id, bridge] of pen.tables.bridge.records) if (!records.has(id)) empty(pen, bridge)
          records.replace()
        },
      }
    },
  }
}

/** Returns the id of a channel as its record has it. */
function idOf(pen: Pen, channel: string): string {
  return pen.get('channel', channel)?.id ?? kept(undefined, channel)
}

function without(bridge: Bridge, channel: string): Bridge {
  if (!bridge.channels.includes(channel)) return bridge
  return renewed(bridge, { ...bridge, channels: Object.freeze(bridge.channels.filter((one) => one !== channel)) })
}

function withOne(channels: readonly string[], channel: string): readonly string[] {
  return channels.includes(channel) ? channels : Object.freeze([...channels, channel])
}

function bridgeFrom(
  told: Told,
  id: string,
  before: Bridge | undefined,
  channels: readonly string[] = before?.channels ?? EMPTY,
  createdAt?: Date,
): Bridge {
  return renewed(before, {
    id: kept(before?.id, id),
    type: kept(before?.type, told.get('BridgeType') ?? ''),
    technology: kept(before?.technology, told.get('BridgeTechnology') ?? ''),
    creator: kept(before?.creator, known(told.get('BridgeCreator'))),
    name: kept(before?.name, known(told.get('BridgeName'))),
    channels,
    createdAt: before?.createdAt ?? createdAt,
  })
}

// invisible channels (announcers, recorders) count as well, but none is in a bridge of two parties
function check(pen: Pen, told: Told, id: string): void {
  if (told.get('BridgeType') !== 'basic') return
  if (pen.get('bridge', id)?.channels.length !== count(told, 'BridgeNumChannels')) pen.again('bridges', id)
}
