// What a model holds, in the words of a history; and whether it agrees with itself.
import assert from 'node:assert/strict'
import type { Change, Snapshot, State } from '../../../src/state/index.ts'
import { sorted } from './messages.ts'

/** What is in the collections of a model. */
export type Picture = Omit<Snapshot, 'source' | 'revision' | 'takenAt' | 'freshness'>

/** Reads all collections: whoever takes a snapshot has a revision, and can ask for every change from then on. */
export function pictureOf(state: State): Picture {
  const { channels, bridges, calls, queues, rooms, parking, devices, hints } = state
  const { agents, presence, endpoints, contacts, trunks, mailboxes } = state
  const all = { channels, bridges, calls, queues, rooms, parking, devices, hints }
  const others = { agents, presence, endpoints, contacts, trunks, mailboxes }
  const read = Object.entries({ ...all, ...others }).map(([name, collection]) => [name, [...collection.values()]])
  return Object.fromEntries(read) as Picture
}

/** A channel is in the bridge that has it, and in no other. */
export function assertPlaces({ channels, bridges }: Picture): void {
  for (const { id, bridge } of channels) {
    const of = bridges.filter((one) => one.channels.includes(id)).map((one) => one.id)
    assert.deepEqual(bridge === undefined ? [] : [bridge], of, `the bridge of ${id}`)
  }
}

/** The calls are those that anybody would make of the channels, and no channel is in none. */
export function assertCalls({ channels, calls, rooms, parking, queues }: Picture): void {
  const callers = queues.flatMap((queue) => queue.callers)
  const phaseOf = (legs: typeof channels) => {
    if (legs.some(({ id }) => parking.some((one) => one.id === id))) return 'parked'
    if (legs.some(({ id }) => rooms.some((room) => room.parties.some((one) => one.id === id)))) return 'conference'
    if (legs.some(({ id }) => callers.some((one) => one.id === id))) return 'queued'
    const talks = legs.some(({ held }) => held) ? 'held' : 'up'
    if (legs.some(({ bridge }) => bridge !== undefined)) return talks
    if (legs.some(({ state }) => state === 'Ringing')) return 'ringing'
    return legs.some(({ state }) => state === 'Up') ? talks : 'dialing'
  }
  const wanted = [...new Set(channels.map(({ call }) => call))].map((id) => {
    const legs = channels.filter(({ call }) => call === id)
    return {
      id,
      phase: phaseOf(legs),
      legs: sorted(legs.map(({ id: channel, name, state, bridge }) => ({ channel, name, state, bridge }))),
      parties: sorted(legs.map(({ id: channel, caller }) => ({ channel, ...caller }))),
    }
  })
  const found = calls.map(({ id, phase, legs, parties }) => ({
    id,
    phase,
    legs: sorted(legs),
    parties: sorted(parties),
  }))
  assert.deepEqual(sorted(found), sorted(wanted), 'calls')
}

const STATUSES = ['unknown', 'notInUse', 'inUse', 'busy', 'invalid', 'unavailable', 'ringing', 'ringInUse', 'onHold']
const DEVICES: Readonly<Record<string, string>> = { inUse: 'INUSE', notInUse: 'NOT_INUSE', ringing: 'RINGING' }

export function pictured(snapshot: Picture): Record<string, unknown> {
  const by = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  const { channels, bridges, queues, rooms, parking, devices } = snapshot
  const { agents, presence, endpoints, contacts, trunks, mailboxes } = snapshot
  return {
    channels: channels
      .map((one) => [one.id, one.name, one.state, one.caller.number, one.connected.number ?? '', one.accountCode])
      .sort(by),
    bridges: bridges.map((one) => [one.id, ...[...one.channels].sort()]).sort(by),
    members: queues
      .flatMap((queue) =>
        queue.members.map((one) => [
          queue.name,
          one.interface,
          one.paused !== undefined,
          STATUSES.indexOf(one.status),
          one.penalty,
        ]),
      )
      .sort(by),
    callers: queues.map((queue) => [queue.name, ...queue.callers.map(({ id }) => id)]).sort(by),
    rooms: rooms
      .map((room) => [room.name, ...room.parties.map((one) => [one.id, one.muted] as const).sort(by)])
      .sort(by),
    parked: parking.map((one) => [one.space, one.id]).sort(by),
    devices: devices.map((one) => [one.name, DEVICES[one.state]]).sort(by),
    agents: agents.map((one) => [one.id, one.channel ?? '', one.state !== 'loggedOff']).sort(by),
    presence: presence.map((one) => [one.name, one.state, one.message]).sort(by),
    endpoints: endpoints.map((one) => [one.name, DEVICES[one.state]]).sort(by),
    contacts: contacts.map((one) => [one.aor, one.uri]).sort(by),
    registered: contacts
      .filter(({ uri }) => !uri.includes('configured'))
      .map((one) => [one.aor, one.uri, one.status])
      .sort(by),
    trunks: trunks.map((one) => [one.technology, one.name, one.status]).sort(by),
    mailboxes: mailboxes.map((one) => [`${one.box}@${one.context}`, one.new, one.old]).sort(by),
  }
}

/** Every change was told once and in order: whoever applies them has what the model has. */
export function assertLog(changes: readonly Change[], state: State): void {
  const replica = new Map<string, unknown>()
  let last = 0
  for (const change of changes) {
    const key = `${change.kind} ${change.key}`
    const number = Number(change.revision.split('-').at(-1))
    assert.equal(number, last + 1, 'a revision is missing')
    last = number
    assert.equal(replica.has(key), change.type !== 'added', `${change.type} ${key}`)
    if (change.type === 'removed') {
      replica.delete(key)
      continue
    }
    if (change.type === 'changed') {
      assert.ok(change.fields.length > 0, 'a change that changes nothing')
      if (change.kind !== 'queue') assert.deepEqual(change.before, replica.get(key), 'what was there before')
    }
    assert.ok(Object.isFrozen(change.after), `${key} is not frozen: ${JSON.stringify(change)}`)
    replica.set(key, change.after)
  }
  const { source, revision, takenAt, freshness, queues, hints, ...kept } = state.snapshot()
  const held = Object.values(kept).flat()
  const told = [...replica].filter(([key]) => !/^(queue|member|caller|hint) /.test(key)).map(([, value]) => value)
  assert.equal(told.length, held.length)
  for (const one of held) assert.ok(told.includes(one), `the log does not lead to ${JSON.stringify(one)}`)
}
