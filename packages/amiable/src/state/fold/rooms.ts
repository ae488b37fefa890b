import type { Room, RoomParty } from '../records.ts'
import { renewed } from '../same.ts'
import { CALLER, partyOf, says, type Told, text } from '../told.ts'
import { weightOf } from '../weight.ts'
import { type Draft, type Fold, type Pen, Rows } from './fold.ts'

const NOBODY: readonly RoomParty[] = Object.freeze([])

/**
 * The fold of conferences. Their events come another way than those of channels: a party can join before the Newchannel
 * of its channel and leave behind its Hangup. ConfbridgeLeave comes before the party leaves the list
 * (apps/confbridge/confbridge_manager.c), hence the ended keys. ConfbridgeEnd comes when the conference has left its list, so
 * that the next one of its name may have begun (apps/app_confbridge.c:conf_ended).
 */
export const rooms: Fold = {
  event(pen, told) {
    const name = text(told, 'Conference')
    const before = pen.get('room', name)
    switch (told.Event) {
      case 'ConfbridgeStart':
        if (before === undefined) pen.put('room', name, emptyRoom(name))
        return
      case 'ConfbridgeEnd':
        // a room in which somebody is has not ended: that is the end of the one before it, and the list knows
        if (before !== undefined && before.parties.length > 0) {
          pen.again('rooms')
          return
        }
        pen.remove('room', name)
        return
      case 'ConfbridgeJoin': {
        const party = partyFrom(told)
        pen.ended.delete(partyKey(name, party.id))
        const room = before ?? emptyRoom(name)
        withParties(pen, room, [...room.parties.filter(({ id }) => id !== party.id), party])
        return
      }
      case 'ConfbridgeLeave': {
        const id = text(told, 'Uniqueid')
        pen.ended.add(partyKey(name, id), pen.now)
        if (before === undefined) return
        withParties(
          pen,
          before,
          before.parties.filter((party) => party.id !== id),
        )
        return
      }
      case 'ConfbridgeMute':
      case 'ConfbridgeUnmute':
        one(pen, before, told, { muted: told.Event === 'ConfbridgeMute' })
        return
      case 'ConfbridgeTalking':
        one(pen, before, told, { talking: told.get('TalkingStatus')?.toLowerCase() === 'on' })
        return
      case 'ConfbridgeRecord':
      case 'ConfbridgeStopRecord':
        if (before === undefined) return
        pen.put('room', name, renewed(before, { ...before, recording: told.Event === 'ConfbridgeRecord' }))
    }
  },
  list(pen, _gap, key) {
    return key === undefined ? all(pen) : parties(pen, key)
  },
}

function all(pen: Pen): Draft {
  const records = new Rows(pen, 'room')
  return {
    row(told) {
      const name = text(told, 'Conference')
      const before = pen.get('room', name)
      records.add(name, renewed(before, { ...(before ?? emptyRoom(name)), locked: says(told, 'Locked') }))
    },
    done: (slice) => records.replace(slice),
  }
}

function parties(pen: Pen, name: string): Draft {
  const found: RoomParty[] = []
  return {
    row(told) {
      const party = partyFrom(told)
      if (pen.ended.refuses(partyKey(name, party.id), pen.now)) pen.again('rooms')
      else if (!pen.room.isFull && found.length < pen.admission.limitOf('room')) {
        found.push(party)
        pen.room.draft(weightOf('room', party))
      }
    },
    done() {
      const room = pen.get('room', name)
      if (room !== undefined) withParties(pen, room, found)
      // an end was received meanwhile, and it was not the end of this one
      else if (found.length > 0) pen.again('rooms')
      return undefined
    },
  }
}

function one(pen: Pen, room: Room | undefined, told: Told, facts: Partial<RoomParty>): void {
  const id = told.get('Uniqueid')
  if (room === undefined) return
  withParties(
    pen,
    room,
    room.parties.map((party) => (party.id === id ? renewed(party, { ...party, ...facts }) : party)),
  )
}

// in the order of their ids, so that a list and events give the same
function withParties(pen: Pen, room: Room, parties: readonly RoomParty[]): void {
  const before = new Map(room.parties.map((party) => [party.id, party]))
  const now = parties
    .filter(({ id }, at) => id !== '' && at < pen.admission.limitOf('room'))
    .map((party) => renewed(before.get(party.id), { ...party }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  pen.put('room', room.name, renewed(room, { ...room, parties: Object.freeze(now) }))
}

function emptyRoom(name: string): Room {
  return Object.freeze({ name, parties: NOBODY, recording: false, locked: undefined })
}

function partyFrom(told: Told): RoomParty {
  return {
    id: text(told, 'Uniqueid'),
    channel: text(told, 'Channel'),
    party: partyOf(told, CALLER),
    admin: says(told, 'Admin'),
    muted: says(told, 'Muted'),
    talking: says(told, 'Talking'),
  }
}

function partyKey(name: string, id: string): string {
  return `party ${id} ${name}`
}
