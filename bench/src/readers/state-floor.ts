// What a model of channels cannot do without: the headers that it reads, and one frozen record for each event.
import type { AmiClient, AmiEvent } from '../peers/amiable-api.ts'

type Listening = AmiClient & {
  on(filter: readonly string[], handler: (event: AmiEvent) => unknown, options: { all: boolean }): unknown
}

export const OURS = 'amiable/state'
export const HEARD = 'amiable/state with a listener'
export const EMPTY = 'an empty listener'
export const HEADERS_ONLY = 'a reader of the headers'
export const ONE_RECORD = 'the same with one record'

const PLACE = ['Context', 'Exten', 'Priority', 'Uniqueid', 'Linkedid'] as const
const BRIDGE = ['BridgeUniqueid', 'BridgeType', 'BridgeTechnology', 'BridgeNumChannels', 'Uniqueid'] as const

/** The headers that `amiable/state` reads of each event, in the order in which they stand. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Newstate: ['ChannelStateDesc', ...PLACE],
  NewCallerid: ['CallerIDNum', 'CallerIDName', ...PLACE],
  NewConnectedLine: ['ConnectedLineNum', 'ConnectedLineName', ...PLACE],
  Newexten: [...PLACE, 'Application', 'AppData'],
  BridgeEnter: BRIDGE,
  BridgeLeave: BRIDGE,
  QueueMemberStatus: [
    ...['Queue', 'MemberName', 'Interface', 'StateInterface', 'Membership', 'Penalty', 'CallsTaken', 'LastCall'],
    ...['LastPause', 'LoginTime', 'InCall', 'Status', 'Paused', 'PausedReason', 'Ringinuse', 'Wrapuptime'],
  ],
}
const NOTHING: readonly string[] = Object.freeze([])

type Kept = Readonly<Record<'one' | 'two' | 'three' | 'four' | 'five' | 'six' | 'seven' | 'eight', string | undefined>>
type Peek = (event: AmiEvent, name: string, known?: string) => string | undefined

/** How the model reads a header: a copy is made only of a value that is another one than before. */
const peekOf = (event: AmiEvent): Peek => {
  let prototype: object = event
  const own = (): symbol | undefined =>
    Object.getOwnPropertySymbols(prototype).find(({ description }) => description === 'peek')
  while (own() === undefined) prototype = Object.getPrototypeOf(prototype) as object
  const symbol = own() as unknown as keyof AmiEvent
  return (one, name, known) => (one[symbol] as unknown as (...all: unknown[]) => string | undefined)(name, known)
}

/** Reads headers; and finds what it read before by the event's id, and replaces it. */
export const attachFloor = (client: AmiClient, reader: string): void => {
  const keeps = reader === ONE_RECORD
  // each name has its own: what one event says is not what another one says
  const all = new Map(Object.keys(HEADERS).map((name) => [name, new Map<string, Kept>()]))
  let peek: Peek | undefined
  const hear = (event: AmiEvent): void => {
    peek ??= peekOf(event)
    const names = HEADERS[event.Event] ?? NOTHING
    if (!keeps) {
      for (const name of names) peek(event, name)
      return
    }
    const records = all.get(event.Event)!
    const id = peek(event, event.Event === 'QueueMemberStatus' ? 'Interface' : 'Uniqueid') ?? ''
    const before = records.get(id)
    const read = (at: number, known: string | undefined): string | undefined =>
      at < names.length ? peek!(event, names[at]!, known) : undefined
    // a literal of its own: what is made field by field in a loop takes longer
    const record = {
      one: read(0, before?.one),
      two: read(1, before?.two),
      three: read(2, before?.three),
      four: read(3, before?.four),
      five: read(4, before?.five),
      six: read(5, before?.six),
      seven: read(6, before?.seven),
      eight: read(7, before?.eight),
    }
    for (let at = 8; at < names.length; at++) read(at, undefined)
    records.set(id, Object.freeze(record))
  }
  ;(client as Listening).on(Object.keys(HEADERS), hear, { all: true })
}
