import type { Runner } from '../model/dialing.ts'
import type { World } from '../model/world.ts'
import type { EventFilters } from '../protocol/event-filters.ts'
import type { ReceivedAction } from '../protocol/received-action.ts'
import type { Reply } from '../protocol/reply.ts'

/** A user as manager.conf has it. */
export interface User {
  readonly name: string
  readonly secret: string
  readonly read: number
  readonly write: number
  readonly eventFilters: readonly string[]
}

/** What an action may do with its session. */
export interface SessionControl {
  readonly id: number
  readonly user: User | undefined
  readonly challenge: string
  readonly filters: EventFilters
  /** The event mask. */
  mask: number
  /** Logs the session in as a user. */
  login(user: User): void
  /** Ends it when everything was sent. */
  end(): void
  /** Resolves when an event is there that this session would get, or bytes came, or `ms` milliseconds went by. */
  waitEvent(ms: number): Promise<void>
  /** Returns the events that wait, taken. */
  takeEvents(): string[]
  readonly localAddress: string
  readonly remoteAddress: string
}

/** What an action knows of its server. */
export interface ServerControl {
  readonly users: ReadonlyMap<string, User>
  readonly loginFailureDelay: number
  readonly allowMultipleLogin: boolean
  /** Whether another session is logged in as a user. */
  loggedIn(name: string): boolean
  /** Returns what a user may call: name, synopsis and privilege of each action. */
  commands(): Iterable<ActionEntry>
  /** Stops (and with `restart` starts again) the server, as a CLI command asks. */
  stop(restart: boolean): void
  readonly booted: boolean
  /** Resolves when the modules are loaded; undefined where they are. */
  readonly loading: Promise<void> | undefined
  /** Resolves when the server has booted; undefined where it has. */
  readonly booting: Promise<void> | undefined
}

/** What a handler is given. */
export interface ActionContext {
  readonly action: ReceivedAction
  readonly reply: Reply
  readonly world: World
  readonly runner: Runner
  readonly session: SessionControl
  readonly server: ServerControl
}

/** A handler; the session does nothing else until it is done (manager.c serves a session in one thread). */
export type ActionHandler = (context: ActionContext) => void | Promise<void>

/** An action that can be called. */
export interface ActionEntry {
  readonly name: string
  /** Bits of which one must be in the user's `write`; 0 for none needed. */
  readonly privilege: number
  readonly synopsis: string
  readonly handler: ActionHandler
}

/** Handlers by action name; the table of the commands says the rest. */
export type Handlers = Readonly<Record<string, ActionHandler>>
