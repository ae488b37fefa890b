// One call as steps between its channels, from events as they come.
import { oneLine } from '../events/one-line.ts'
import { spoken } from '../lists/short-lists.ts'

/** An event of a call. */
export interface CallEvent {
  readonly Event: string
  /** Milliseconds; `undefined` where nobody wrote down when it came. */
  readonly at: number | undefined
  readonly headers: readonly (readonly [name: string, value: string])[]
  get(name: string): string | undefined
  document(): unknown
}

/** A channel of the call; both halves of a Local channel are one. */
export interface Lane {
  readonly letter: string
  name: string
  who: string
  /** Whether it was seen from its start. */
  readonly whole: boolean
  /** The Uniqueids that live. */
  readonly ids: Set<string>
  gone: boolean
}

/** What happened, between two channels or to some of them. Numbers are places in {@link Ladder.lanes}. */
export interface Step {
  readonly at: number | undefined
  readonly kind: string
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** The channels that are together from now on. */
  readonly members?: readonly number[]
  readonly text: string
  /** Whether it is shown only with all events. */
  readonly minor: boolean
  /** Whether the channel goes with it. */
  readonly ends?: boolean
  readonly event: CallEvent | undefined
}

type Shown = Omit<Step, 'at' | 'event' | 'minor'> & { readonly minor?: boolean }

// a conference can have thousands, which no screen shows
const MOST_LANES = 1_000

/** Turns the events of one call into steps. */
export class Ladder {
  readonly lanes: Lane[] = []
  startedAt: number | undefined
  answeredAt: number | undefined
  endedAt: number | undefined
  /** The cause of the last channel's end, in Asterisk's words. */
  cause = ''
  /** The channel whose party hung up. */
  endedBy: number | undefined
  /** Whether nothing of the call is left. */
  isOver = false
  #places = new Map<string, number>()
  #names = new Map<string, number>()
  #bridges = new Map<string, { technology: string; members: number[] }>()
  #dialed = new Set<number>()
  #optimised = new Set<number>()

  /** Adds a channel that was there before anybody looked. */
  seed(id: string, name: string, who: string, at: number): void {
    this.startedAt ??= at
    this.#lane(id, name, who, false)
  }

  /** Takes an event of the call. */
  take(event: CallEvent): Step {
    const get = (name: string) => event.get(name) ?? ''
    this.startedAt ??= event.at
    const shown = this.#shown(event.Event, get) ?? {
      kind: event.Event,
      to: this.#known(get('Uniqueid')),
      text: `${event.Event}  ${oneLine(event)}`.trimEnd(),
      minor: true,
    }
    if (shown.kind === 'answer' || shown.kind === 'bridge') this.answeredAt ??= event.at
    if (this.lanes.length > 0 && this.lanes.every(({ gone }) => gone)) {
      this.isOver = true
      this.endedAt = event.at
    }
    return { minor: false, ...shown, at: event.at, event }
  }

  /** Notes that a channel ended while nobody looked. */
  lose(id: string, at: number): Step | undefined {
    const place = this.#places.get(id)
    const lane = place === undefined ? undefined : this.lanes[place]
    if (place === undefined || lane === undefined || !lane.ids.delete(id) || lane.ids.size > 0) return undefined
    lane.gone = true
    this.isOver = this.lanes.every(({ gone }) => gone)
    if (this.isOver) this.endedAt = at
    const text = 'gone while events were missing: how it ended is not known'
    return { at, kind: 'gone', to: place, ends: true, text, minor: false, event: undefined }
  }

  #known(id: string): number | undefined {
    return this.#places.get(id)
  }

  /** Returns the place of a channel of the event, whose headers begin with `prefix`. */
  #of(get: (name: string) => string, prefix = '', whole = false): number | undefined {
    const id = get(`${prefix}Uniqueid`)
    if (id === '') return undefined
    return this.#lane(
      id,
      get(`${prefix}Channel`),
      spoken(get(`${prefix}CallerIDName`), get(`${prefix}CallerIDNum`)),
      whole,
    )
  }

  #lane(id: string, name: string, who: string, whole: boolean): number | undefined {
    const base = name.replace(/;[12]$/, '')
    const known = this.#places.get(id) ?? (base === '' ? undefined : this.#names.get(base))
    const lane = known === undefined ? undefined : this.lanes[known]
    if (known !== undefined && lane !== undefined) {
      if (!this.#places.has(id)) {
        this.#places.set(id, known)
        lane.ids.add(id)
        lane.gone = false
      }
      if (lane.who === '') lane.who = who
      return known
    }
    const place = this.lanes.length
    if (place >= MOST_LANES) return undefined
    this.lanes.push({ letter: letterOf(place), name: base || id, who, whole, ids: new Set([id]), gone: false })
    this.#places.set(id, place)
    if (base !== '') this.#names.set(base, place)
    return place
  }

  #shown(name: string, get: (name: string) => string): Shown | undefined {
    switch (name) {
      case 'Newchannel': {
        const isNew = this.#known(get('Uniqueid')) === undefined && !get('Channel').endsWith(';2')
        const to = this.#of(get, '', true)
        const place = get('Exten') === '' || get('Exten') === 's' ? '' : `${get('Exten')}@${get('Context')}`
        const who = to === undefined ? '' : (this.lanes[to]?.who ?? '')
        const text = ['new', who, place && `→ ${place}`].filter((word) => word !== '').join(' ')
        // one that is dialled appears with its dial
        return { kind: 'new', to, text, minor: !isNew || (to !== 0 && place === '') }
      }
      case 'Rename': {
        const to = this.#known(get('Uniqueid'))
        const lane = to === undefined ? undefined : this.lanes[to]
        if (lane) lane.name = get('Newname').replace(/;[12]$/, '')
        return { kind: 'rename', to, text: `now ${get('Newname')}`, minor: true }
      }
      case 'DialBegin': {
        const from = this.#of(get)
        const to = this.#of(get, 'Dest')
        if (to !== undefined) this.#dialed.add(to)
        return { kind: 'dial', from, to, text: `dial ${get('DialString')}`.trimEnd() }
      }
      case 'DialState': {
        const status = get('DialStatus').toLowerCase()
        return { kind: status, from: this.#of(get, 'Dest'), to: this.#of(get), text: status }
      }
      case 'DialEnd': {
        const [status, forward] = [get('DialStatus'), get('Forward')]
        const text = forward === '' ? status : `${status}, forwarded to ${forward}`
        const kind = status === 'ANSWER' ? 'answer' : 'dial-end'
        return { kind, from: this.#of(get, 'Dest'), to: this.#of(get), text }
      }
      case 'Newstate': {
        const to = this.#of(get)
        const state = get('ChannelStateDesc')
        const isNews = to !== undefined && !this.#dialed.has(to) && !get('Channel').endsWith(';2')
        if (state === 'Up') return { kind: 'answered', to, text: 'answered', minor: !isNews }
        return { kind: 'state', to, text: state.toLowerCase(), minor: !(isNews && state === 'Ringing') }
      }
      case 'BridgeEnter':
        return this.#entered(get)
      case 'BridgeLeave': {
        const to = this.#of(get)
        const bridge = this.#bridges.get(get('BridgeUniqueid'))
        if (bridge) bridge.members = bridge.members.filter((one) => one !== to)
        return { kind: 'leave', to, text: `leaves bridge ${short(get('BridgeUniqueid'))}`, minor: true }
      }
      case 'Hold':
        return { kind: 'hold', to: this.#of(get), text: 'hold' }
      case 'Unhold':
        return { kind: 'unhold', to: this.#of(get), text: 'back from hold' }
      case 'QueueCallerJoin':
        return { kind: 'queue', to: this.#of(get), text: `queue ${get('Queue')}, position ${get('Position')}` }
      case 'QueueCallerAbandon':
        return { kind: 'abandon', to: this.#of(get), text: `gives up in queue ${get('Queue')}` }
      case 'ParkedCall':
        return { kind: 'park', to: this.#of(get, 'Parkee'), text: `parked in ${get('ParkingSpace')}` }
      case 'UnParkedCall':
        return { kind: 'unpark', from: this.#of(get, 'Retriever'), to: this.#of(get, 'Parkee'), text: 'takes it back' }
      case 'ParkedCallTimeOut':
        return { kind: 'park-timeout', to: this.#of(get, 'Parkee'), text: 'parked for too long' }
      case 'ParkedCallGiveUp':
        return { kind: 'park-end', to: this.#of(get, 'Parkee'), text: 'gives up while parked' }
      case 'BlindTransfer': {
        const target = `${get('Extension')}@${get('Context')}`
        const text = `blind transfer to ${target}${failure(get('Result'))}`
        return { kind: 'transfer', from: this.#of(get, 'Transferer'), to: this.#of(get, 'Transferee'), text }
      }
      case 'AttendedTransfer': {
        const [from, to] = [this.#of(get, 'OrigTransferer'), this.#of(get, 'SecondTransferer')]
        return { kind: 'transfer', from, to, text: `attended transfer${failure(get('Result'))}` }
      }
      case 'Pickup':
        return { kind: 'pickup', from: this.#of(get), to: this.#of(get, 'Target'), text: 'picks it up' }
      case 'ConfbridgeJoin':
        return { kind: 'conference', to: this.#of(get), text: `joins conference ${get('Conference')}` }
      case 'ConfbridgeLeave':
        return {
          kind: 'conference-end',
          to: this.#of(get),
          text: `leaves conference ${get('Conference')}`,
          minor: true,
        }
      case 'LocalOptimizationBegin': {
        const to = this.#of(get, 'LocalOne')
        if (to !== undefined) this.#optimised.add(to)
        return { kind: 'optimise', to, text: 'Asterisk takes the Local channel out', minor: true }
      }
      case 'HangupRequest':
        this.endedBy ??= this.#of(get)
        return undefined
      case 'Hangup':
        return this.#hungUp(get)
      default:
        return undefined
    }
  }

  #entered(get: (name: string) => string): Shown {
    const to = this.#of(get)
    const id = get('BridgeUniqueid')
    const bridge = this.#bridges.get(id) ?? { technology: '', members: [] }
    this.#bridges.set(id, bridge)
    bridge.technology = get('BridgeTechnology')
    if (to !== undefined && !bridge.members.includes(to)) bridge.members.push(to)
    const members = [...bridge.members].sort((one, other) => one - other)
    const text = `bridge ${short(id)} ${bridge.technology}`.trimEnd()
    if (members.length < 2) return { kind: 'enter', to, text: `enters ${text}`, minor: true }
    return { kind: 'bridge', members, text }
  }

  #hungUp(get: (name: string) => string): Shown {
    const to = this.#of(get)
    const lane = to === undefined ? undefined : this.lanes[to]
    const cause = `${get('Cause')} ${get('Cause-txt')}`.trim()
    if (to === undefined || lane === undefined) return { kind: 'hangup', text: cause }
    lane.ids.delete(get('Uniqueid'))
    for (const bridge of this.#bridges.values()) {
      if (lane.ids.size === 0) bridge.members = bridge.members.filter((one) => one !== to)
    }
    if (lane.ids.size > 0) return { kind: 'half', to, text: 'one half of the Local channel is gone', minor: true }
    lane.gone = true
    this.cause = cause
    const text = this.#optimised.has(to) ? 'the Local channel is gone: it was optimised away' : cause
    return { kind: 'hangup', to, ends: true, text }
  }
}

/** Returns A, B … Z, A1, B1 … */
function letterOf(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26))
  return place < 26 ? letter : `${letter}${Math.floor(place / 26)}`
}

/** Returns the beginning of the id of a bridge: it tells those of one call apart. */
function short(id: string): string {
  return id.slice(0, 4)
}

function failure(result: string): string {
  return result === 'Success' ? '' : `: ${result}`
}
