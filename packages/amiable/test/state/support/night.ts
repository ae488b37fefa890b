// A model in front of a history: rows run ahead of events, ways fall out of step, connections go and come.
import assert from 'node:assert/strict'
import { ActionError, LostError } from '../../../src/errors.ts'
import {
  type Change,
  type Kind,
  type SourceEvent,
  type StateOptions,
  type StateSource,
  watch,
} from '../../../src/state/index.ts'
import { AsyncQueue } from '../../../src/util/async-queue.ts'
import type { Clock } from '../../../src/util/clock.ts'
import { type Deferred, deferred } from '../../../src/util/deferred.ts'
import { ANSWERED } from '../../../src/util/peek.ts'
import { History } from './history.ts'
import { Message, type Published, Tape } from './messages.ts'
import { assertCalls, assertLog, assertPlaces, pictured, pictureOf } from './pictures.ts'

/** What a negative control does to the stream. */
export interface Night {
  readonly options?: StateOptions
  /** What arrives in place of an event. */
  readonly arrives?: (event: Published) => readonly Published[]
  /** Who is in a bridge, as the list says it. */
  readonly membersOf?: (history: History, bridge: string) => readonly string[]
}

interface Request {
  readonly action: string
  readonly params: Readonly<Record<string, string>>
  readonly actionId: string
  readonly answer: Deferred<void>
  /** Takes the Response at its place. */
  readonly answered: ((response: Message) => void) | undefined
}

/** A clock that runs timers at once when it is moved, so that a history takes a millisecond. */
class Ticks implements Clock {
  /** What the work between two looks at it takes: with more than a slice every place to pause is a pause. */
  slowness = 0
  #now = Date.UTC(2026, 0, 1)
  #timers = new Map<object, { at: number; callback: () => void }>()

  now(): number {
    return this.#now
  }

  elapsed(): number {
    this.#now += this.slowness
    return this.#now
  }

  /** Whether something goes on in the next turn of the loop. */
  get isDue(): boolean {
    return [...this.#timers.values()].some(({ at }) => at <= this.#now)
  }

  setTimeout(callback: () => void, delay: number): object {
    const timer = {}
    this.#timers.set(timer, { at: this.#now + delay, callback })
    return timer
  }

  clearTimeout(timer: object | undefined): void {
    if (timer) this.#timers.delete(timer)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const [timer, { at, callback }] of [...this.#timers]) {
      if (at <= this.#now && this.#timers.delete(timer)) callback()
    }
  }
}

/** A client that is none. */
class Wire implements StateSource {
  readonly name = 'pbx'
  state = 'ready'
  readonly statuses = new AsyncQueue<{ type: string }>(() => {})
  readonly requests: Request[] = []
  readonly clock: Ticks
  epoch = 1
  #serial = 0
  #names: ReadonlySet<string> = new Set()
  #handler: (event: SourceEvent) => unknown = () => {}

  constructor(clock: Ticks) {
    this.clock = clock
  }

  on(names: readonly string[], handler: (event: SourceEvent) => unknown, { all }: { all: boolean }) {
    if (!all) return { id: 'listener-2', remove: () => {} }
    this.#names = new Set(names)
    this.#handler = handler
    return { id: 'listener-1', remove: () => {} }
  }

  async *listRaw(
    action: string,
    params: Readonly<Record<string, string>>,
    { actionId, [ANSWERED]: answered }: Parameters<StateSource['listRaw']>[2],
  ) {
    if (this.state !== 'ready') throw new LostError('pbx: lost')
    const answer = deferred<void>()
    this.requests.push({ action, params, actionId, answer, answered })
    await answer.promise
    yield* []
  }

  sendRaw(): Promise<{ get(name: string): string | undefined }> {
    return Promise.resolve({ get: () => String(this.clock.now() / 1_000) })
  }

  status(): AsyncIterable<{ type: string }> {
    return this.statuses
  }

  deliver({ name, headers }: Published, actionId?: string): void {
    const where = { serial: ++this.#serial, epoch: this.epoch, at: this.clock.now(), ...(actionId && { actionId }) }
    if (this.#names.has(name)) this.#handler(new Message(name, headers, where))
  }

  refuse(request: Request, message: string): void {
    const response = new Message('', { Message: message }, { serial: ++this.#serial, epoch: this.epoch, at: 0 })
    request.answered?.(response)
    request.answer.reject(new ActionError('pbx: refused', { response }))
  }
}

// what some lists say instead of being empty
const EMPTY: Readonly<Record<string, string>> = {
  ConfbridgeListRooms: 'No active conferences.',
  ConfbridgeList: 'No active conferences.',
  PJSIPShowContacts: 'No Contacts found',
}

// lists come one after the other: a night that kept all kinds would be over before the last had been listed
const NIGHTS: readonly (readonly Kind[])[] = [
  ['channels', 'calls', 'queues', 'rooms', 'parking', 'devices', 'hints'],
  ['devices', 'agents', 'presence', 'endpoints'],
  ['contacts', 'trunks', 'mailboxes'],
  ['rooms'],
]
const OF_STATES: ReadonlySet<string> = new Set(NIGHTS.slice(1).flat())

/** Lets one history happen in front of a model, and compares the two when all is quiet. */
export async function night(numbers: readonly number[], controls: Night = {}): Promise<void> {
  const tape = new Tape(numbers)
  const kinds = NIGHTS[Math.max(0, tape.below(7) - 3)] ?? []
  const isOfCalls = kinds.includes('calls')
  const history = new History(tape, !isOfCalls && !kinds.includes('rooms'))
  const clock = new Ticks()
  const wire = new Wire(clock)
  await using state = watch(wire, {
    kinds,
    audit: false,
    clock,
    random: () => 0.5,
    ...controls.options,
  })
  const heard: Change[] = []
  // where nobody hears of changes, records are changed in place; and where nobody can ask for changes, some wait for
  // somebody who looks
  const [isHeard, isUnwatched] = [numbers.length % 3 === 0, numbers.length % 3 === 1]
  if (isHeard) state.on('*', (change) => void heard.push(change))
  const first = isUnwatched ? '' : state.revision
  const changes = () => (isHeard ? heard : (state.since(first) ?? assert.fail('the log does not reach so far')))
  const assertChanges = () => {
    if (!isUnwatched) assertLog(changes(), state)
  }

  const arrive = (way: Published[]) => {
    const event = way.shift()
    if (event === undefined) return
    for (const one of controls.arrives?.(event) ?? [event]) wire.deliver(one)
  }
  const serve = () => {
    const request = wire.requests.shift()
    if (request === undefined) return
    end()
    const { action, params, actionId, answer } = request
    const { membersOf } = controls
    const rows =
      action === 'BridgeInfo' && membersOf
        ? membersOf(history, params.BridgeUniqueid ?? '').map((id) => ({
            name: 'BridgeInfoChannel',
            headers: { Uniqueid: id },
          }))
        : history.rows(action, params)
    if (rows === 'empty') {
      wire.refuse(request, EMPTY[action] ?? 'Bridge not found')
      return
    }
    for (const row of rows) wire.deliver(row, actionId)
    wire.deliver(
      { name: COMPLETIONS[action] ?? '', headers: { EventList: 'Complete', ListItems: String(rows.length) } },
      actionId,
    )
    answer.resolve()
  }
  // what ended before a login can still stand in the lists, but not for a second
  let ending: { readonly leave: () => void; readonly by: number }[] = []
  const end = () => {
    for (const { leave } of ending.filter(({ by }) => by <= clock.now())) leave()
    ending = ending.filter(({ by }) => by > clock.now())
  }
  // of what comes in one read, all is there before whoever awaits an answer hears of it
  const serveInOneRead = () => {
    serve()
    if (wire.state !== 'ready') return
    for (let n = tape.below(6); n > 0; n--) history.happen()
    for (let n = tape.below(20); n > 0; n--) arrive(n % 2 === 0 ? A : B)
  }
  const lose = () => {
    if (wire.state !== 'ready') {
      ending.push(...history.leaving.splice(0).map((leave) => ({ leave, by: clock.now() + 500 })))
      wire.epoch++
      wire.state = 'ready'
      wire.statuses.push({ type: 'ready' })
      return
    }
    wire.state = 'waiting'
    for (const { answer } of wire.requests.splice(0)) answer.reject(new LostError('pbx: lost'))
    wire.statuses.push({ type: 'lost' })
  }
  const { A, B } = history.ways

  // of many nights the machine is slow: lists are written, and changes reported, a record at a time
  const isSlow = tape.below(2) === 0
  if (isSlow) clock.slowness = 20
  while (!tape.over) {
    const step = tape.below(isSlow ? 22 : 16)
    if (step < 7) history.happen()
    else if (step < 10) arrive(A)
    else if (step < 12) arrive(B)
    else if (step < 14) serve()
    else if (step < 15) serveInOneRead()
    else if (step > 15) clock.advance(0)
    else {
      const what = tape.below(4)
      if (what === 0) lose()
      else if (what === 1) clock.advance(tape.below(200))
      // a look in the middle of it all
      else if (what === 2) void state.refresh()
      else if (tape.below(8) === 0) {
        await state.close()
        if (isOfCalls) assertCalls(pictureOf(state))
        assertChanges()
        return
      }
    }
    // nobody hears what is said while there is no connection
    if (wire.state !== 'ready') A.length = B.length = 0
    await turn()
    // readers see no half of a list
    if (clock.isDue && isOfCalls) assertCalls(pictureOf(state))
  }
  clock.slowness = 0
  if (wire.state !== 'ready') lose()
  const rest = async (halfSeconds: number, isOver: boolean) => {
    for (let n = 0; n < halfSeconds; n++) {
      end()
      if (isOver) history.settle()
      while (A.length > 0) arrive(A)
      while (B.length > 0) arrive(B)
      await turn()
      while (wire.requests.length > 0) {
        serve()
        await turn()
      }
      clock.advance(500)
    }
    await turn()
  }
  const assertTrue = () => {
    assert.equal(state.freshness.type, 'live')
    const [found, truth] = [pictured(pictureOf(state)), history.truth()]
    const isKept = (kind: string) => (OF_STATES.has(kind) ? kinds.includes(kind as Kind) : isOfCalls)
    for (const [name, wanted] of Object.entries(truth)) {
      if (isKept(name === 'registered' ? 'contacts' : name)) assert.deepEqual(found[name], wanted, name)
    }
    if (isOfCalls) {
      assertCalls(pictureOf(state))
      assertPlaces(pictureOf(state))
    }
    assertChanges()
  }
  await rest(40, true)
  assertTrue()
  if (isOfCalls) {
    // a list that is not whole, and what the server says to it
    history.hide()
    void state.refresh('channels')
    await rest(2, false)
    await rest(4, true)
  }
  assertTrue()
}

const COMPLETIONS: Readonly<Record<string, string>> = {
  CoreShowChannels: 'CoreShowChannelsComplete',
  BridgeList: 'BridgeListComplete',
  BridgeInfo: 'BridgeInfoComplete',
  QueueStatus: 'QueueStatusComplete',
  ConfbridgeListRooms: 'ConfbridgeListRoomsComplete',
  ConfbridgeList: 'ConfbridgeListComplete',
  ParkedCalls: 'ParkedCallsComplete',
  DeviceStateList: 'DeviceStateListComplete',
  ExtensionStateList: 'ExtensionStateListComplete',
  Agents: 'AgentsComplete',
  PresenceStateList: 'PresenceStateListComplete',
  PJSIPShowEndpoints: 'EndpointListComplete',
  PJSIPShowContacts: 'ContactListComplete',
  PJSIPShowRegistrationsOutbound: 'OutboundRegistrationDetailComplete',
  IAXregistry: 'RegistrationsComplete',
  VoicemailUsersList: 'VoicemailUserEntryComplete',
}

async function turn(): Promise<void> {
  for (let n = 0; n < 16; n++) await undefined
}
