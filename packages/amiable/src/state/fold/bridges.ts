import type { Bridge } from '../records.ts'
import { renewed } from '../same.ts'
import { count, kept, perhaps, read, type Told, text, word } from '../told.ts'
import { Undo } from '../undo.ts'
import { moveTo } from './channel-record.ts'
import { type Draft, type Fold, type Pen, Rows } from './fold.ts'
import type { Places } from './places.ts'

// AST_MAX_UNIQUEID is 150
const LONGEST_ID = 512
const EMPTY: readonly string[] = Object.freeze([])

/**
 * Makes the fold of bridges. Who is in one comes from BridgeInfo, BridgeEnter and BridgeLeave. The BridgeId of
 * CoreShowChannels is never used: it is cleared long after BridgeLeave (main/bridge_channel.c:
 * bridge_channel_internal_join), and no event would correct it.
 */
export function bridges(places: Places): Fold {
  // a channel is in one bridge at a time
  const enter = (pen: Pen, channel: string, id: string, record = pen.get('channel', channel)): boolean => {
    const other = record === undefined ? places.get(channel) : record.bridge
    if (other !== undefined && other !== id) {
      const left = pen.get('bridge', other)
      if (left !== undefined) pen.put('bridge', other, altered(left, without(left, channel)))
    }
    if (record !== undefined) {
      if (places.size > 0) places.delete(channel)
      moveTo(pen, record, id)
    } else {
      if (other === undefined && (channel === '' || isTooMany(pen, channel, places.size))) return false
      places.set(channel, id)
    }
    return true
  }
  const leave = (pen: Pen, channel: string, id: string, record = pen.get('channel', channel)) => {
    if (places.size > 0 && places.get(channel) === id) places.delete(channel)
    if (record?.bridge === id) moveTo(pen, record, undefined)
  }
  const empty = (pen: Pen, bridge: Bridge | undefined) => {
    for (const one of bridge?.channels ?? []) leave(pen, one, (bridge as Bridge).id)
  }
  const members = (pen: Pen, id: string): Draft => {
    const found = new Set<string>()
    return {
      row(told) {
        const channel = read(told, 'Uniqueid')
        if (channel === undefined || isTooMany(pen, channel, found.size)) return
        found.add(idOf(pen, channel))
        pen.room.draft(channel.length * 2)
      },
      done() {
        const before = pen.get('bridge', id)
        if (before === undefined) return undefined
        for (const one of before.channels) if (!found.has(one)) leave(pen, one, id)
        const channels = [...found].filter((one) => enter(pen, one, id))
        const same = channels.length === before.channels.length && before.channels.every((one) => found.has(one))
        if (!same) pen.put('bridge', id, altered(before, channels.slice()))
        return undefined
      },
    }
  }
  return {
    event(pen, told) {
      const record = pen.tables.channel.named(told, 'Uniqueid')
      const channel = record?.id ?? text(told, 'Uniqueid')
      if (told.Event === 'Hangup') {
        const id = record?.bridge ?? places.get(channel)
        if (id === undefined) return
        leave(pen, channel, id, record)
        const before = pen.get('bridge', id)
        if (before !== undefined) pen.put('bridge', id, altered(before, without(before, channel)))
        return
      }
      const before = pen.tables.bridge.named(told, 'BridgeUniqueid')
      const id = before?.id ?? kept(undefined, read(told, 'BridgeUniqueid'))
      if (id === undefined) return
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
          if (enter(pen, channel, id, record)) moved(pen, told, before, withOne(before, channel))
          return
        case 'BridgeLeave':
          leave(pen, channel, id, record)
          if (before === undefined) return
          moved(pen, told, before, without(before, channel))
      }
    },
    list(pen, _gap, key) {
      if (key !== undefined) return members(pen, key)
      const records = new Rows(pen, 'bridge')
      return {
        row(told) {
          const id = read(told, 'BridgeUniqueid')
          if (id === undefined) return
          const bridge = bridgeFrom(told, id, pen.get('bridge', id))
          records.add(bridge.id, bridge)
        },
        *done(slice) {
          for (const [id, bridge] of pen.tables.bridge.records) {
            if (slice.over) yield
            if (!records.has(id)) empty(pen, bridge)
          }
          yield* records.replace(slice)
        },
      }
    },
  }
}

/** Whether no more is kept of a channel that has no record. */
function isTooMany(pen: Pen, channel: string, size: number): boolean {
  return pen.room.isFull || channel.length > LONGEST_ID || size >= pen.admission.limitOf('bridge')
}

/** Returns the id of a channel as its record has it. */
function idOf(pen: Pen, channel: string): string {
  return pen.get('channel', channel)?.id ?? kept(undefined, channel)
}

// most bridges have two channels, and V8 looks slowly for what is in a frozen array
function placeOf(channels: readonly string[], channel: string): number {
  for (let at = 0; at < channels.length; at++) if (channels[at] === channel) return at
  return -1
}

function without({ channels }: Bridge, channel: string): readonly string[] {
  const at = placeOf(channels, channel)
  if (at === -1) return channels
  if (channels.length === 1) return EMPTY
  if (channels.length === 2) return [channels[1 - at] as string]
  return channels.filter((one) => one !== channel).slice()
}

function withOne({ channels }: Bridge, channel: string): readonly string[] {
  if (placeOf(channels, channel) !== -1) return channels
  if (channels.length === 1) return [channels[0] as string, channel]
  return [...channels, channel]
}

/**
 * Notes that somebody entered or left: what kind of bridge it is can change with that, who made it and its name cannot.
 */
function moved(pen: Pen, told: Told, before: Bridge, channels: readonly string[]): void {
  const type = word(told, 'BridgeType', before.type)
  const technology = word(told, 'BridgeTechnology', before.technology)
  const quiet = pen.quiet('bridge', before)
  if (quiet !== undefined) {
    quiet.channels = channels
    quiet.type = type
    quiet.technology = technology
    pen.wrote()
  } else write(pen, before, channels, type, technology)
  // invisible channels (announcers, recorders) count as well, but none is in a bridge of two parties
  if (type === 'basic' && channels.length !== count(told, 'BridgeNumChannels', channels.length))
    pen.again('bridges', before.id)
}

function write(pen: Pen, before: Bridge, channels: readonly string[], type: string, technology: string): void {
  let undo: Undo | undefined
  if (channels !== before.channels) undo = new Undo('channels', before.channels, undo)
  if (type !== before.type) undo = new Undo('type', before.type, undo)
  if (technology !== before.technology) undo = new Undo('technology', before.technology, undo)
  const own = undo && pen.own('bridge', before)
  if (own !== undefined && undo !== undefined) {
    own.channels = channels
    own.type = type
    own.technology = technology
    pen.tables.bridge.changed(own.id, own, undo)
  } else pen.put('bridge', before.id, altered(before, channels, type, technology), before)
}

function altered(
  before: Bridge,
  channels: readonly string[],
  type = before.type,
  technology = before.technology,
): Bridge {
  if (channels === before.channels && type === before.type && technology === before.technology) return before
  const { id, creator, name, createdAt } = before
  return { id, type, technology, creator, name, channels, createdAt }
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
    type: word(told, 'BridgeType', before?.type),
    technology: word(told, 'BridgeTechnology', before?.technology),
    creator: perhaps(told, 'BridgeCreator', before?.creator),
    name: perhaps(told, 'BridgeName', before?.name),
    channels,
    createdAt: before?.createdAt ?? createdAt,
  })
}
