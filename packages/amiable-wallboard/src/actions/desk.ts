// Where an action is asked for: who may do it is decided here, and what becomes of it is told.
import { AmiError, type Client } from 'amiable'
import type { State } from 'amiable/state'
import { mayOf, type Person } from '../people/person.ts'
import { Throttle } from '../people/throttle.ts'
import type { ActRequest, Outcome } from '../protocol/action.ts'
import type { Verb, Verbs } from '../protocol/verbs.ts'
import type { Watched } from '../sources/watched.ts'
import type { Audit } from './audit.ts'
import { dialDeed, hangupDeed, lockDeed, parkDeed, partyDeed, pickDeed, spyDeed, transferDeed } from './call-deeds.ts'
import { type Deed, type Doing, lookOf } from './deed.ts'
import {
  loginDeed,
  logoutDeed,
  pauseDeed,
  penaltyDeed,
  priorityDeed,
  redirectDeed,
  reloadDeed,
  resetDeed,
  withdrawDeed,
} from './people-deeds.ts'
import { gone, Refused } from './refused.ts'

/** What a desk is made with. */
export interface DeskParts {
  readonly watched: Watched
  readonly audit: Audit
  readonly context: string | undefined
  readonly callerId: string
  readonly ringTime: number
  readonly pauseReasons: readonly string[]
  /** Tells somebody what became of his action. */
  told(name: string, outcome: Outcome): void
}

/** How long the model may take to show an effect. */
const SHOWN_WITHIN = 5_000
/** How long a key is remembered, and how many. */
const REMEMBERED = 600_000
const MOST_KEYS = 20_000
const MOST_KEYS_EACH = 256

interface Remembered {
  readonly asked: string
  /** By a clock that nobody sets. */
  readonly at: number
  outcome: Outcome
}

type DeedOf = { readonly [V in Verb]: (doing: Doing, params: Verbs[V]) => Deed }

const DEEDS: DeedOf = {
  pause: (doing, params) => pauseDeed(doing, true, params),
  unpause: (doing) => pauseDeed(doing, false, {}),
  login: loginDeed,
  logout: logoutDeed,
  penalty: penaltyDeed,
  hangup: hangupDeed,
  transfer: transferDeed,
  park: parkDeed,
  pick: pickDeed,
  listen: (doing) => spyDeed(doing, 'listen'),
  whisper: (doing) => spyDeed(doing, 'whisper'),
  barge: (doing) => spyDeed(doing, 'barge'),
  dial: dialDeed,
  priority: priorityDeed,
  withdraw: withdrawDeed,
  redirect: redirectDeed,
  mute: (doing) => partyDeed(doing, 'mute'),
  unmute: (doing) => partyDeed(doing, 'unmute'),
  kick: (doing) => partyDeed(doing, 'kick'),
  lock: (doing) => lockDeed(doing, true),
  unlock: (doing) => lockDeed(doing, false),
  resetStatistics: resetDeed,
  reloadQueues: reloadDeed,
}

/** Takes actions. */
export class Desk {
  readonly outcomes = new Map<string, number>()
  #parts: DeskParts
  #keys = new Map<string, Map<string, Remembered>>()
  #count = 0
  #pace = new Throttle({ tries: 30, each: 200 })
  /** Those whose last request was one of too many. */
  #hurried = new Set<string>()

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /**
   * Does what somebody asks for, once. Returns at once; what becomes of it is told.
   * @throws {Refused} where it is not done; nothing has been sent then
   */
  act(person: Person, request: ActRequest, from: string, now: number): Outcome {
    const asked = JSON.stringify([request.verb, request.key, request.params])
    const keys = this.#keysOf(person.name)
    const known = keys.get(request.id)
    if (known !== undefined) {
      if (known.asked === asked) return known.outcome
      throw new Refused('reused', 'has an id that was used for something else')
    }
    let deed: Deed
    let doing: Doing
    if (this.#pace.take(person.name, now) > 0) {
      // one line says so: what nobody looked at must not fill the log
      if (!this.#hurried.has(person.name)) this.#record(person, request, from, now, null, 'refused', 'throttled')
      this.#hurried.add(person.name)
      throw new Refused('throttled', 'is one of too many')
    }
    this.#hurried.delete(person.name)
    try {
      doing = this.#doing(person, request)
      // each verb has the parameters of its own form: request.ts has checked them
      deed = (DEEDS[request.verb] as (doing: Doing, params: unknown) => Deed)(doing, request.params)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.#record(person, request, from, now, null, 'refused', error.code)
      throw error
    }
    const pending: Outcome = { ...outcomeOf(request), state: 'pending', code: null, message: null, at: now }
    const remembered: Remembered = { asked, at: performance.now(), outcome: pending }
    keys.set(request.id, remembered)
    this.#count++
    void this.#perform(doing, deed).then((end) => {
      remembered.outcome = { ...pending, ...end, at: Date.now() }
      this.#record(person, request, from, remembered.outcome.at, deed.on, end.state, end.code)
      this.#parts.told(person.name, remembered.outcome)
    })
    return pending
  }

  /** Returns what became of somebody's action. */
  outcome(name: string, id: string): Outcome | undefined {
    return this.#keys.get(name)?.get(id)?.outcome
  }

  #doing(person: Person, { verb, key, stamp }: ActRequest): Doing {
    const reach = mayOf(person, verb)
    if (reach === 'never') throw new Refused('forbidden', `may not be done by this role: ${verb}`)
    const { watched, context, callerId, ringTime, pauseReasons } = this.#parts
    const look = lookOf(person)
    // what rings one's own phone and dials a number is of one's own server
    const name =
      key === null ? person.device?.server : watched.names.find((one) => key === one || key.startsWith(`${one}/`))
    const state = name === undefined ? undefined : watched.state(name)
    const client = name === undefined ? undefined : watched.client(name)
    if ((key === null) !== (verb === 'dial')) throw new Refused('invalid', 'has a key that the verb does not take')
    if (name === undefined || state === undefined || client === undefined || !look.seesServer(name)) throw gone()
    const connected = watched.isConnected(name)
    if (!connected) throw new Refused('unavailable', `has no connection: ${name}`)
    return {
      person,
      look,
      server: { name, state, connected },
      client,
      rest: key === null ? '' : key.slice(name.length + 1),
      stamp,
      context,
      callerId,
      ringTime,
      pauseReasons,
      onlyOwn: reach === 'own',
    }
  }

  async #perform(
    { client, server: { state } }: Doing,
    deed: Deed,
  ): Promise<Pick<Outcome, 'state' | 'code' | 'message'>> {
    const shown = new Shown(state, deed)
    try {
      const refusal = await sendAll(client, deed)
      // of several channels one may have gone with another: what counts is the effect
      if (refusal !== undefined && (deed.sends.length === 1 || !(await shown.within(SHOWN_WITHIN)))) throw refusal
      if (deed.rings !== undefined) {
        const ended = client.originate(deed.rings).then(({ outcome, meaning }) => ({ outcome, meaning }))
        // the phone that rings is the effect; whether it is answered is seen on the page
        const first = await Promise.race([ended, shown.within(SHOWN_WITHIN)])
        ended.catch(() => {})
        if (typeof first === 'object' && first.outcome !== 'answered' && !shown.seen) {
          return { state: 'failed', code: 'refused', message: first.meaning }
        }
      }
      if (deed.again !== undefined && !shown.seen) await state.refresh(...deed.again)
      return (await shown.within(SHOWN_WITHIN))
        ? { state: 'done', code: null, message: null }
        : { state: 'unconfirmed', code: null, message: null }
    } catch (error) {
      const isRefused = AmiError.is(error) && error.code === 'AMI_REFUSED'
      // what Asterisk refuses it has not done, though the model may look as if: a caller who is withdrawn may have gone
      if (shown.seen && (!isRefused || deed.ends)) return { state: 'done', code: null, message: null }
      return failureOf(error)
    } finally {
      shown.end()
    }
  }

  #keysOf(name: string): Map<string, Remembered> {
    const now = performance.now()
    const keys = this.#keys.get(name) ?? new Map<string, Remembered>()
    this.#keys.set(name, keys)
    for (const [id, { at, outcome }] of keys) {
      const isOld = now - at > REMEMBERED || keys.size > MOST_KEYS_EACH || this.#count > MOST_KEYS
      if (!isOld || outcome.state === 'pending') break
      keys.delete(id)
      this.#count--
    }
    return keys
  }

  #record(
    person: Person,
    { id, verb, key, params }: ActRequest,
    from: string,
    at: number,
    on: string | null,
    outcome: Outcome['state'] | 'refused',
    code: string | null,
  ): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
    const { name: user, role } = person
    this.#parts.audit.add({ at, id, user, role, from, verb, key, on, params: { ...params } as never, outcome, code })
  }
}

/** Sends what a deed sends, one after the other; returns the first refusal. */
async function sendAll(client: Client, { sends }: Deed): Promise<unknown> {
  let refusal: unknown
  for (const { action, params } of sends) {
    try {
      await client.sendRaw(action, params, { timeout: SHOWN_WITHIN })
    } catch (error) {
      if (!AmiError.is(error) || error.code !== 'AMI_REFUSED') throw error
      refusal ??= error
    }
  }
  return refusal
}

/** Waits until the model shows an effect. */
class Shown {
  seen = false
  #state: State
  #deed: Deed
  #listener: { remove(): void }
  #resolve: (seen: true) => void = () => {}
  #promise: Promise<true>

  constructor(state: State, deed: Deed) {
    this.#state = state
    this.#deed = deed
    this.#promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#listener = this.#state.on('*', () => this.#look())
  }

  async within(milliseconds: number): Promise<boolean> {
    this.#look()
    if (this.seen) return true
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, milliseconds, false)
    })
    const seen = await Promise.race([this.#promise, over])
    clearTimeout(timer)
    return seen
  }

  end(): void {
    this.#listener.remove()
  }

  #look(): void {
    if (this.seen) return
    try {
      this.seen = this.#deed.shows()
    } catch {
      // what it was to be seen on is gone
      return
    }
    if (this.seen) this.#resolve(true)
  }
}

function outcomeOf({ id, verb, key }: ActRequest): Pick<Outcome, 'id' | 'verb' | 'key'> {
  return { id, verb, key }
}

function failureOf(error: unknown): Pick<Outcome, 'state' | 'code' | 'message'> {
  const isAmi = AmiError.is(error)
  const delivered = isAmi && 'delivered' in error ? error.delivered : undefined
  // a name that AMI cannot carry was not sent
  if (isAmi && (error.code === 'AMI_REFUSED' || error.code === 'AMI_ARGUMENT'))
    return { state: 'failed', code: 'refused', message: error.message }
  const code = delivered === 'no' ? 'unavailable' : 'unknown'
  return { state: 'failed', code, message: isAmi ? error.message : 'a fault of the wallboard' }
}
