// What an action is going to be: found and checked, and not yet done.
import type { Client, Params } from 'amiable'
import type { Kind, State } from 'amiable/state'
import type { Person } from '../people/person.ts'
import type { FreshKind } from '../protocol/rows.ts'
import { Look, type ServerLook } from '../views/look.ts'
import { gone, Refused } from './refused.ts'

/** One action of AMI, with exact names. */
export interface Sent {
  readonly action: string
  readonly params: Params
}

/** What is going to be done. */
export interface Deed {
  /** What it is done to, in words of the model. */
  readonly on: string
  readonly sends: readonly Sent[]
  /** The call that makes one's own phone ring, instead of an action. */
  readonly rings?: Readonly<Record<string, string | number>> & { readonly Channel: string; readonly ChannelId: string }
  /** Whether the model shows the effect. */
  shows(): boolean
  /** Whether it is done also where Asterisk refuses since another has done it: what is over is over. */
  readonly ends?: true
  /** What to list again, where no event tells of the effect. */
  readonly again?: readonly Kind[]
}

/** What a deed is made with. */
export interface Doing {
  readonly person: Person
  readonly look: Look
  readonly server: ServerLook
  readonly client: Client
  /** The key without the server. */
  readonly rest: string
  readonly stamp: string | undefined
  /** The context that numbers are dialled in. */
  readonly context: string | undefined
  readonly callerId: string
  readonly ringTime: number
  readonly pauseReasons: readonly string[]
  /** Whether the verb may be used on all of the scope, or on one's own only. */
  readonly onlyOwn: boolean
}

/** Looks for what is in somebody's scope, with nothing masked. */
export function lookOf(person: Person): Look {
  const { scope, device } = person
  return new Look({
    page: 'calls',
    scope,
    device,
    masked: false,
    seesSpies: false,
    servers: undefined,
    queues: undefined,
    window: '60',
    call: undefined,
    board: undefined,
  })
}

/** Refuses where a kind is not live: nobody acts on what may have been long ago. */
export function needsLive(state: State, ...kinds: readonly FreshKind[]): void {
  for (const kind of kinds) {
    if (state[kind].freshness.type !== 'live')
      throw new Refused('unavailable', `what is shown of ${state.name} is not live`)
  }
}

/** Refuses where a record is no longer as it was shown. */
export function needsStamp(doing: Doing, now: string): void {
  if (doing.stamp === undefined) throw new Refused('invalid', 'needs the stamp of the row')
  if (doing.stamp !== now) throw new Refused('changed', 'is no longer as it was shown')
}

/** Refuses what belongs to somebody else, where one may only act on one's own. */
export function needsOwn({ onlyOwn }: Doing, isOwn: boolean): void {
  if (onlyOwn && !isOwn) throw new Refused('scope', 'is not your own')
}

/** Returns a record, or refuses where there is none. */
export function found<T>(record: T | undefined): T {
  if (record === undefined) throw gone()
  return record
}

/**
 * Returns a channel's exact name. One that begins with a slash would be read as an expression
 * (main/manager.c:action_hangup), and one without a technology as a group of parties (apps/app_confbridge.c).
 */
export function exactName(name: string): string {
  if (!/^[A-Za-z]\w*\//.test(name)) throw new Refused('impossible', 'has no name that can be used')
  return name
}

/** Returns the context of numbers, or refuses where the configuration has none. */
export function contextOf({ context }: Doing): string {
  if (context === undefined) throw new Refused('impossible', 'needs calls.context in the configuration')
  return context
}
