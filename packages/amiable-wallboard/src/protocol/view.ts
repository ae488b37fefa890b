// What the server and the page tell each other: types and nothing else, so that both sides import it.
//
// GET  /api/me                         Me. The page asks first, and again after a reset with the reason `rights`.
// POST /api/sign-in                    SignIn -> Me, or Refusal.
// POST /api/sign-out                   -> 204.
// GET  /api/view?ViewQuery             Snapshot of a view.
// GET  /api/stream?ViewQuery&from=REV  Server-sent events (see Frames) from a revision on.
// POST /api/act                        ActRequest -> 202 Outcome, or Refusal.
// GET  /api/act/ID                     Outcome of an action of one's own.
// GET  /api/audit?limit=100            { entries: AuditEntry[] }, the newest first.
// POST /api/displays                   { board } -> { url }; GET /api/displays { displays: Display[] }; DELETE /api/displays/ID.
// GET  /display/TOKEN                  Takes a display link: sets a cookie and leads to /wall/BOARD.
//
// Each POST and DELETE carries `content-type: application/json` and `x-amiable: 1`, and the browser adds its Origin.
// Absent values are null. Times are milliseconds since 1970 by the clock of this server; `now` in a snapshot and in a
// beat says what that clock shows. A key names a record: text to hand back, not to take apart.

import type { Outcome } from './action.ts'
import type { BoardRow } from './board.ts'
import type { CallRow, EndpointRow, LegRow, MarkRow, ParkedRow, PartyRow, RoomRow, TrunkRow } from './call-rows.ts'
import type { AgentRow, AlertRow, CallerRow, FiguresRow, MemberRow, QueueRow, ServerRow } from './rows.ts'

/** The pages that have a view. */
export type Page = 'queues' | 'agents' | 'calls' | 'call' | 'lines' | 'rooms' | 'phone' | 'board'

/** What a view shows, as the parameters of its address; lists stand with commas between their parts. */
export interface ViewQuery {
  readonly page: Page
  /** Only these servers. @default all of one's scope */
  readonly servers?: string
  /** Only these queues. @default all of one's scope */
  readonly queues?: string
  /** What the figures of queues are of: the last minutes, or since midnight. @default Site.windows[0] */
  readonly window?: '15' | '60' | 'today'
  /** The key of the call, on the page `call`. */
  readonly call?: string
  /** The name of the board, on the page `board`. */
  readonly board?: string
}

/** Each view's tables and the form of their rows; `servers` and `alerts` are in all of them. */
export interface Tables {
  readonly queues: Everywhere & {
    readonly figures: FiguresRow
    readonly queues: QueueRow
    readonly members: MemberRow
    readonly callers: CallerRow
  }
  readonly agents: Everywhere & { readonly agents: AgentRow }
  readonly calls: Everywhere & { readonly calls: CallRow }
  readonly call: Everywhere & { readonly calls: CallRow; readonly legs: LegRow; readonly marks: MarkRow }
  readonly lines: Everywhere & { readonly endpoints: EndpointRow; readonly trunks: TrunkRow }
  readonly rooms: Everywhere & { readonly rooms: RoomRow; readonly parties: PartyRow; readonly parked: ParkedRow }
  /** One's own: `legs` are one's channels, `callers` those of one's queues; `queues` are all that one may be in. */
  readonly phone: Everywhere & {
    readonly agents: AgentRow
    readonly queues: QueueRow
    readonly callers: CallerRow
    readonly calls: CallRow
    readonly legs: LegRow
    readonly parked: ParkedRow
  }
  readonly board: Everywhere & {
    /** One row: the board as its file has it, so that a change of the file reaches the screen. */
    readonly boards: BoardRow
    /** The key of a row is the key of its tile. */
    readonly figures: FiguresRow
    readonly queues: QueueRow
    readonly agents: AgentRow
    readonly callers: CallerRow
  }
}

/** What is in each view. */
export interface Everywhere {
  readonly servers: ServerRow
  readonly alerts: AlertRow
}

/** The names of tables. */
export type TableName = { [P in Page]: keyof Tables[P] }[Page]
/** A row of any table. */
export type Row = { [P in Page]: Tables[P][keyof Tables[P]] }[Page]

/** Everything that a view shows at one moment. */
export interface Snapshot<P extends Page = Page> {
  readonly page: P
  readonly revision: string
  readonly now: number
  readonly tables: { readonly [T in keyof Tables[P]]: readonly Tables[P][T][] }
}

/** A row is new, or stands for all of an old one. */
export type PutOperation = readonly [operation: 'put', table: TableName, row: Row]
/** Only these fields of a row differ. */
export type SetOperation = readonly [operation: 'set', table: TableName, key: string, fields: Readonly<Partial<Row>>]
/** A row is gone. */
export type DeleteOperation = readonly [operation: 'del', table: TableName, key: string]

/** The data of `event: patch`; its `id` is the revision after it. */
export type Patch = readonly (PutOperation | SetOperation | DeleteOperation)[]

/** The data of `event: reset`: the stream ends. Take a snapshot, and begin a new stream. */
export interface ResetFrame {
  /** `rights`: ask `/api/me` first. `old`: the revision is too old. `closing`: the server goes; try again later. */
  readonly why: 'old' | 'slow' | 'rights' | 'closing'
}

/** The data of `event: beat`, each five seconds. A stream without one for 11 s is dead. */
export interface BeatFrame {
  readonly now: number
}

/** What comes over a stream: `event` and its data. The data of `outcome` is of one's own actions. */
export interface Frames {
  readonly patch: Patch
  readonly reset: ResetFrame
  readonly beat: BeatFrame
  readonly outcome: Outcome
}
