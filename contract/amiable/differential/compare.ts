import type { AmiEvent } from 'amiable'

/** What one channel or bridge went through: events in their order, each with its header names. */
type Story = readonly { readonly what: string; readonly headers: readonly string[] }[]

/** A difference between Asterisk (`-`) and the simulator (`+`), for a channel, a bridge or an event's headers. */
export interface Difference {
  readonly scenario: string
  readonly whose: string
  readonly text: string
}

/** The header of an event that says more than its name. */
const telling: Readonly<Record<string, string>> = {
  VarSet: 'Variable',
  Newstate: 'ChannelStateDesc',
  Newexten: 'Application',
  Hangup: 'Cause',
  HangupRequest: 'Cause',
  SoftHangupRequest: 'Cause',
  OriginateResponse: 'Reason',
  DialEnd: 'DialStatus',
  DialState: 'DialStatus',
  BridgeEnter: 'BridgeNumChannels',
  BridgeLeave: 'BridgeNumChannels',
}

/** Every way in which the simulator's events differ from Asterisk's. */
export function differences(scenario: string, real: readonly AmiEvent[], simulated: readonly AmiEvent[]): Difference[] {
  const theirs = stories(real)
  const ours = stories(simulated)
  const found = new Map<string, Difference>()
  const add = (whose: string, text: string) => found.set(`${whose}${text}`, { scenario, whose, text })
  for (const whose of new Set([...theirs.keys(), ...ours.keys()])) {
    const one = theirs.get(whose)
    const other = ours.get(whose)
    if (one === undefined || other === undefined) {
      add(whose, one === undefined ? '+ it is there' : '- it is there')
      continue
    }
    const { pairs, changes } = align(one, other)
    if (changes.length > 0) add(whose, changes.join(', '))
    for (const [a, b] of pairs) {
      const lacks = a.headers.filter((name) => !b.headers.includes(name)).map((name) => `-${name}`)
      const extra = b.headers.filter((name) => !a.headers.includes(name)).map((name) => `+${name}`)
      const order =
        lacks.length + extra.length === 0 && a.headers.join() !== b.headers.join() ? ['in another order'] : []
      const all = [...lacks, ...extra, ...order]
      if (all.length > 0) add(a.what.replace(/ .*/, ''), `headers ${all.join(' ')}`)
    }
  }
  return [...found.values()]
}

/** Each channel's and each bridge's events; names are the same in every run. */
function stories(events: readonly AmiEvent[]): Map<string, Story> {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  const told = new Map<string, { what: string; headers: string[] }[]>()
  const name = (key: string, label: string): string => {
    const known = names.get(key)
    if (known !== undefined) return known
    const count = (counts.get(label) ?? 0) + 1
    counts.set(label, count)
    const fresh = count === 1 ? label : `${label} no. ${count}`
    names.set(key, fresh)
    return fresh
  }
  for (const event of events) {
    const value = telling[event.Event]
    const said = value === undefined ? event.Event : `${event.Event} ${event.get(value) ?? ''}`
    const headers = [...event.headers].map(([header]) => header)
    for (const owner of owners(event, name)) {
      const whose = owner + (fromAnotherThread(said) ?? '')
      // whichever thread leaves first: how many are left is the bridge's story, and not the channel's
      const what = event.Event === 'BridgeLeave' && !/^bridge( no\. \d+)?$/.test(whose) ? event.Event : said
      const story = told.get(whose) ?? []
      if (story.length === 0) told.set(whose, story)
      story.push({ what, headers })
    }
  }
  return told
}

/** What another's thread makes of a channel: its place among what the channel's own thread says is open. */
function fromAnotherThread(said: string): string | undefined {
  if (/^(?:Soft)?HangupRequest /.test(said)) return ' is asked to hang up'
  return said === 'Newstate Ringing' ? ' rings' : undefined
}

function owners(event: AmiEvent, name: (key: string, label: string) => string): string[] {
  // from a thread of its own: its place among the others is open
  if (event.Event === 'OriginateResponse') return ['the originator']
  const channel =
    event.get('DestChannel') ??
    event.get('LocalOneChannel') ??
    event.get('ParkeeChannel') ??
    event.get('TransfererChannel') ??
    event.get('Channel')
  const found: string[] = []
  if (channel !== undefined) {
    const [, extension = channel, half = ''] = /^Local\/([^@]+)@.*?(;[12])?$/.exec(channel) ?? []
    // both halves have the pair's number
    found.push(`${name(channel.replace(/;[12]$/, ''), extension)}${half}`)
  }
  const bridge = event.get('BridgeUniqueid')
  if (bridge && event.get('BridgeCreator') !== 'Parking') found.push(name(bridge, 'bridge'))
  return found
}

/** The longest common subsequence, and what is not in it. */
function align(one: Story, other: Story) {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1))
  const at = (i: number, j: number) => table[i]?.[j] ?? 0
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const row = table[i] as Uint16Array
      row[j] = one[i]?.what === other[j]?.what ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const pairs: [Story[number], Story[number]][] = []
  const changes: string[] = []
  let i = 0
  let j = 0
  while (i < one.length || j < other.length) {
    const a = one[i]
    const b = other[j]
    if (a && b && a.what === b.what) {
      pairs.push([a, b])
      i++
      j++
    } else if (a && (!b || at(i + 1, j) >= at(i, j + 1))) {
      changes.push(`- ${a.what}`)
      i++
    } else if (b) {
      changes.push(`+ ${b.what}`)
      j++
    }
  }
  return { pairs, changes }
}
