import { given } from '../given.ts'
import type { Channel, ChannelState, Dial } from '../records.ts'
import { isSame } from '../same.ts'
import {
  CALLER,
  CONNECTED,
  count,
  kept,
  known,
  LONGEST_NAME,
  meant,
  ownPartyOf,
  perhaps,
  read,
  shared,
  type Told,
  text,
  word,
} from '../told.ts'
import { Undo } from '../undo.ts'
import { alter, altered, copyOf, isSameChannel, partyIn } from './channel-record.ts'
import { type Draft, type Fold, type Pen, Rows } from './fold.ts'
import type { Places } from './places.ts'

const KNOWN: readonly ChannelState[] = [
  ...(['Down', 'Rsrvd', 'OffHook', 'Dialing', 'Ring', 'Ringing', 'Up', 'Busy'] as const),
  ...(['Dialing Offhook', 'Pre-ring', 'Mute'] as const),
]
const STATES: ReadonlyMap<string, ChannelState> = new Map(KNOWN.map((state) => [state, state]))
const NOBODY: readonly never[] = Object.freeze([])
// whom one channel can dial, and who can listen to it, at once
const MOST_OTHERS = 1_000
const NO_VARIABLES = Object.freeze({})

/** What the fold of channels is made from. */
export interface ChannelFacts {
  /** The variables to keep. */
  readonly wanted: ReadonlySet<string>
  readonly places: Places
  /** Knows which call the channels of a Linkedid belong to. */
  readonly calls: { idOf(linkedid: string): string; begins(id: string): void; makeNow(pen: Pen, id: string): void }
}

/**
 * Makes the fold of channels. Their own seven events alone say what they are: copies in other events can be older.
 */
export function channels(facts: ChannelFacts): Fold {
  const { wanted, calls, places } = facts
  const next = (told: Told, id: string, pen: Pen, before?: Channel) =>
    channelFrom(told, kept(before?.id, id), pen, facts, before)
  return {
    event(pen, told) {
      switch (told.Event) {
        case 'Newstate':
        case 'NewCallerid':
        case 'NewConnectedLine':
        case 'NewAccountCode':
        case 'Newexten': {
          // an unknown Uniqueid creates nothing, and a dead channel stays dead until its own Newchannel comes again
          const before = pen.tables.channel.named(told, 'Uniqueid')
          if (before !== undefined) moved(pen, told, before, facts)
          return
        }
      }
      // it names its channels otherwise, and to look for what is not there takes longest
      const id = told.Event === 'LocalBridge' ? undefined : read(told, 'Uniqueid')
      switch (told.Event) {
        case 'Newchannel': {
          if (id === undefined) return
          pen.hungUp.delete(id)
          if (read(told, 'Linkedid', id) === id) calls.begins(id)
          const before = pen.get('channel', id)
          if (before !== undefined) states(pen, before, calls)
          put(pen, next(told, id, pen, before))
          return
        }
        case 'Rename':
          alter(pen, id, { name: text(told, 'Newname') })
          return
        case 'Hangup':
          if (id !== undefined) hangup(pen, id)
          return
        default:
          beside(pen, told, id, wanted)
      }
    },
    list(pen, gap): Draft {
      const records = new Rows(pen, 'channel')
      return {
        row(told) {
          const id = read(told, 'Uniqueid')
          if (id === undefined) return
          // a channel that is listed twice: the later row is the newer one
          const before = records.get(id) ?? pen.get('channel', id)
          // Asterisk 16 reports a Hangup before the channel leaves the list (main/channel.c:ast_channel_destructor)
          if (before === undefined && pen.hungUp.refuses(id, pen.now)) return
          const channel = next(told, id, pen, gap && before !== undefined ? given(forgotten(before)) : before)
          records.add(channel.id, channel)
        },
        done: (slice) => records.replace(slice, undefined, ({ id, bridge }) => places.keep(id, bridge)),
      }
    },
  }
}

/**
 * Writes what a channel's own event says. Asterisk reports all of a change at once, by an event for each part of it
 * (main/manager_channels.c:channel_snapshot_update). Its place in the dialplan and its Linkedid also change without such
 * an event, and an account need not get Newexten.
 */
function moved(pen: Pen, told: Told, before: Channel, { wanted, calls }: ChannelFacts): void {
  const call = kept(before.call, calls.idOf(linkOf(told, before.id, before.call)))
  // calls are known by what their channels were
  const isOfAnother = call !== before.call
  const quiet = isOfAnother ? undefined : pen.quiet('channel', before)
  const own = isOfAnother ? undefined : (quiet ?? pen.own('channel', before))
  const after = own ?? copyOf(before)
  let isQuiet = quiet !== undefined
  let undo: Undo | undefined
  switch (told.Event) {
    case 'Newstate': {
      states(pen, before, calls)
      const state = stateOf(told, after.state)
      if (state !== after.state) {
        isQuiet &&= pen.makeLate(before, true, before.bridge !== undefined)
        undo = was(isQuiet, 'state', after.state, undo)
        after.state = state
      }
      if (state === 'Up' && after.answeredAt === undefined) {
        undo = was(isQuiet, 'answeredAt', undefined, undo)
        after.answeredAt = new Date(told.receivedAt)
      }
      break
    }
    case 'NewCallerid': {
      const caller = ownPartyOf(told, CALLER, after.caller)
      if (caller === after.caller) break
      isQuiet &&= pen.makeLate(before, false)
      undo = was(isQuiet, 'caller', after.caller, undo)
      after.caller = isQuiet ? partyIn(after.caller, caller) : caller
      break
    }
    case 'NewConnectedLine': {
      const connected = ownPartyOf(told, CONNECTED, after.connected)
      if (connected === after.connected) break
      undo = was(isQuiet, 'connected', after.connected, undo)
      after.connected = isQuiet ? partyIn(after.connected, connected) : connected
      break
    }
    case 'NewAccountCode': {
      const accountCode = word(told, 'AccountCode', after.accountCode)
      if (accountCode === after.accountCode) break
      undo = was(isQuiet, 'accountCode', after.accountCode, undo)
      after.accountCode = accountCode
      break
    }
    case 'Newexten': {
      const application = shared(after.application, known(read(told, 'Application', after.application)))
      if (application !== after.application) {
        undo = was(isQuiet, 'application', after.application, undo)
        after.application = application
      }
      const applicationData = perhaps(told, 'AppData', after.applicationData)
      if (applicationData === after.applicationData) break
      undo = was(isQuiet, 'applicationData', after.applicationData, undo)
      after.applicationData = applicationData
    }
  }
  const context = word(told, 'Context', after.context)
  if (context !== after.context) {
    undo = was(isQuiet, 'context', after.context, undo)
    after.context = context
  }
  const exten = word(told, 'Exten', after.exten)
  if (exten !== after.exten) {
    undo = was(isQuiet, 'exten', after.exten, undo)
    after.exten = exten
  }
  const priority = count(told, 'Priority', after.priority)
  if (priority !== after.priority) {
    undo = was(isQuiet, 'priority', after.priority, undo)
    after.priority = priority
  }
  const variables = wanted.size > 0 ? variablesOf(told, wanted, after.variables) : undefined
  if (variables !== undefined && variables !== after.variables) {
    undo = was(isQuiet, 'variables', after.variables, undo)
    after.variables = variables
  }
  if (undo === undefined && !isOfAnother) return
  if (isQuiet) pen.wrote()
  else if (own !== undefined && undo !== undefined) pen.tables.channel.changed(own.id, own, undo)
  else {
    after.call = call
    pen.put('channel', before.id, after, before)
  }
}

const SOMETHING = new Undo('', undefined, undefined)

/** Returns what a field was, before all that has changed with it; where nobody hears of it, only that something has. */
function was(isQuiet: boolean, field: keyof Channel, value: unknown, undo: Undo | undefined): Undo {
  return isQuiet ? SOMETHING : new Undo(field, value, undo)
}

/**
 * Notes that a channel says its state. A call cannot be answered as long as nobody knows since when a channel of it is
 * up, which may end with that.
 */
function states(pen: Pen, { state, answeredAt, call }: Channel, calls: ChannelFacts['calls']): void {
  if (state === 'Up' && answeredAt === undefined) calls.makeNow(pen, call)
}

/** Returns the Linkedid of a channel, or its own id where that names no call. */
function linkOf(told: Told, id: string, before: string): string {
  const said = read(told, 'Linkedid', before)
  return said === undefined || said === '' || said.length > LONGEST_NAME ? id : said
}

function stateOf(told: Told, before?: ChannelState): ChannelState {
  const said = read(told, 'ChannelStateDesc', before) ?? ''
  return said === before ? before : (STATES.get(said) ?? 'Unknown')
}

function put(pen: Pen, channel: Channel): void {
  pen.put('channel', channel.id, channel)
}

/** Returns a channel after a gap: what only events say is unknown. */
function forgotten(channel: Channel): Channel {
  return altered(channel, { held: undefined, dialing: NOBODY, spiedBy: NOBODY, recording: false })
}

function channelFrom(
  told: Told,
  id: string,
  pen: Pen,
  { wanted, places, calls }: ChannelFacts,
  before: Channel | undefined,
): Channel {
  const name = text(told, 'Channel', before?.name)
  const isRow = told.Event === 'CoreShowChannel' || told.Event === 'Status'
  const { technology, device } = before?.name === name ? before : addressOf(name)
  // in the order in which they stand
  const state = stateOf(told, before?.state)
  const caller = ownPartyOf(told, CALLER, before?.caller)
  const connected = ownPartyOf(told, CONNECTED, before?.connected)
  const accountCode = word(told, 'AccountCode', before?.accountCode)
  const context = word(told, 'Context', before?.context)
  const exten = word(told, 'Exten', before?.exten)
  const priority = count(told, 'Priority', before?.priority)
  const callBefore = before?.call ?? id
  const channel: Channel = {
    id,
    name,
    technology,
    device,
    state,
    caller,
    connected,
    accountCode,
    context,
    exten,
    priority,
    application: isRow
      ? shared(before?.application, known(read(told, 'Application', before?.application)))
      : before?.application,
    applicationData: isRow
      ? perhaps(told, told.Event === 'Status' ? 'Data' : 'ApplicationData', before?.applicationData)
      : before?.applicationData,
    call: kept(callBefore, calls.idOf(linkOf(told, id, callBefore))),
    bridge: before === undefined ? places.get(id) : before.bridge,
    createdAt: before?.createdAt ?? createdAt(told, id, pen),
    answeredAt: before?.answeredAt ?? (state === 'Up' && !isRow ? new Date(pen.now) : undefined),
    held: before === undefined && !isRow ? false : before?.held,
    dialing: before?.dialing ?? NOBODY,
    dialedBy: before?.dialedBy,
    spiedBy: before?.spiedBy ?? NOBODY,
    recording: before?.recording ?? false,
    localPeer: before?.localPeer,
    variables: wanted.size > 0 ? variablesOf(told, wanted, before?.variables) : NO_VARIABLES,
  }
  return before !== undefined && isSameChannel(before, channel) ? before : given(channel)
}

/**
 * Takes a name apart: `PJSIP/100-00000001` is `PJSIP` and `PJSIP/100`; `Local/200@default-00000002;1` has a half as
 * well.
 */
function addressOf(name: string): { technology: string; device: string } {
  const slash = name.indexOf('/')
  const dash = name.lastIndexOf('-')
  return {
    technology: slash === -1 ? '' : shared(undefined, name.slice(0, slash)),
    device: dash === -1 ? name : name.slice(0, dash),
  }
}

// a Uniqueid begins with the second of the server's clock in which it was made (main/channel.c:__ast_channel_alloc_ap).
// A system name stands in front of it, where there is one. An Originate can give any other
function createdAt(told: Told, id: string, pen: Pen): Date {
  if (told.Event === 'Newchannel') return new Date(pen.now)
  const second = /(?:^|-)(\d{9,11})\.\d{1,10}$/.exec(id.slice(-64))?.[1]
  if (second !== undefined) return pen.ours(Number(second))
  const [hours = 0, minutes = 0, seconds = 0] = (told.get('Duration') ?? '').split(':').map(Number)
  const age = told.get('Seconds') === undefined ? (hours * 60 + minutes) * 60 + seconds : count(told, 'Seconds')
  return new Date(pen.now - (Number.isFinite(age) ? age : 0) * 1_000)
}

type Variables = Channel['variables']

function variablesOf(told: Told, wanted: ReadonlySet<string>, before: Variables | undefined): Variables {
  const all = (told as { variables?: () => Record<string, string> }).variables?.() ?? {}
  const wantedOnes = Object.entries(all).filter(([name]) => wanted.has(name))
  const found = Object.fromEntries(wantedOnes.map(([name, value]) => [name, kept(before?.[name], value)]))
  return before !== undefined && isSame(before, found) ? before : Object.freeze(found)
}

function hangup(pen: Pen, id: string): void {
  const channel = pen.get('channel', id)
  pen.hungUp.add(channel?.id ?? kept(undefined, id), pen.now)
  if (channel === undefined) return
  for (const { to } of channel.dialing) alter(pen, to, { dialedBy: undefined })
  if (channel.dialedBy !== undefined) endDial(pen, channel.dialedBy, id)
  pen.remove('channel', id)
}

/** Returns what stands beside the snapshot: only events say it. */
function beside(pen: Pen, told: Told, id: string | undefined, wanted: ReadonlySet<string>): void {
  switch (told.Event) {
    case 'Hold':
    case 'Unhold':
      alter(pen, id, { held: told.Event === 'Hold' })
      return
    case 'DialBegin':
      dialBegin(pen, told, id)
      return
    case 'DialState':
      dialState(pen, told, id)
      return
    case 'DialEnd':
      if (id !== undefined) endDial(pen, id, read(told, 'DestUniqueid') ?? '')
      return
    case 'ChanSpyStart':
    case 'ChanSpyStop':
      spied(pen, read(told, 'SpyeeUniqueid'), text(told, 'SpyerUniqueid'), told.Event === 'ChanSpyStart')
      return
    case 'MixMonitorStart':
    case 'MixMonitorStop':
      alter(pen, id, { recording: told.Event === 'MixMonitorStart' })
      return
    case 'LocalBridge': {
      const one = perhaps(told, 'LocalOneUniqueid')
      const two = perhaps(told, 'LocalTwoUniqueid')
      alter(pen, one, { localPeer: two })
      alter(pen, two, { localPeer: one })
      return
    }
    case 'VarSet': {
      const name = read(told, 'Variable') ?? ''
      const channel = wanted.has(name) && id !== undefined ? pen.get('channel', id) : undefined
      if (channel) alter(pen, id, { variables: Object.freeze({ ...channel.variables, [name]: meant(told, 'Value') }) })
    }
  }
}

function dialBegin(pen: Pen, told: Told, from: string | undefined): void {
  const to = text(told, 'DestUniqueid')
  if (from === undefined) return
  const dialing = pen.get('channel', from)?.dialing
  if (dialing === undefined) return
  const others = dialing.filter((one) => one.to !== to)
  if (others.length >= MOST_OTHERS) return
  const dial: Dial = Object.freeze({ to, string: text(told, 'DialString'), state: undefined })
  alter(pen, from, { dialing: Object.freeze([...others, dial]) })
  alter(pen, to, { dialedBy: from })
}

function dialState(pen: Pen, told: Told, from: string | undefined): void {
  const to = read(told, 'DestUniqueid')
  const dialing = from === undefined ? undefined : pen.get('channel', from)?.dialing
  if (dialing === undefined) return
  const state = perhaps(told, 'DialStatus')
  alter(pen, from, {
    dialing: Object.freeze(dialing.map((one) => (one.to === to ? Object.freeze({ ...one, state }) : one))),
  })
}

function endDial(pen: Pen, from: string, to: string): void {
  const dialing = pen.get('channel', from)?.dialing
  if (dialing?.some((one) => one.to === to)) {
    alter(pen, from, { dialing: Object.freeze(dialing.filter((one) => one.to !== to)) })
  }
}

function spied(pen: Pen, id: string | undefined, by: string, begins: boolean): void {
  const channel = id === undefined ? undefined : pen.get('channel', id)
  if (channel === undefined) return
  const others = channel.spiedBy.filter((one) => one !== by)
  alter(pen, id, { spiedBy: Object.freeze(begins && others.length < MOST_OTHERS ? [...others, by] : others) })
}
