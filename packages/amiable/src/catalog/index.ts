import { checkString } from '../check.ts'
import { type AgiCommandFacts, allAgiCommands } from './agi.ts'
import {
  type ActionFacts,
  actionFacts,
  allActions,
  allEvents,
  checkVersion,
  type EventFacts,
  eventFacts,
  hasVersion,
} from './facts.ts'
import type { Actions } from './generated/actions.ts'
import type { AgiCommands } from './generated/agi.ts'
import type { Events } from './generated/events.ts'
import { ACTION_SUMMARIES, AGI_SUMMARIES, EVENT_SUMMARIES } from './generated/summaries.ts'

export { type AgiCommandFacts, agiCommandFacts } from './agi.ts'
export {
  type ActionFacts,
  type Availability,
  actionFacts,
  asteriskOf,
  type Ending,
  type EventFacts,
  eventFacts,
  missingClasses,
  type Slow,
} from './facts.ts'
export { type Rights, type RightsNote, type RightsRequest, rightsFor } from './rights.ts'

/**
 * Returns one line that says what an action or an AGI command does, or when an event comes. For a name that is several
 * of these it is the action's.
 */
export function summaryOf(name: string): string | undefined {
  checkString('name', name, 'the name of an action or an event')
  const wanted = `\n${name.toLowerCase()}|`
  for (const table of [ACTION_SUMMARIES, EVENT_SUMMARIES, AGI_SUMMARIES]) {
    const at = table.toLowerCase().indexOf(wanted)
    if (at !== -1) return table.slice(at + wanted.length).split('\n')[0]
  }
  return undefined
}

/** The facts about every action by its name in Asterisk's spelling. `actionFacts` takes upper and lower case. */
export const actions: Readonly<Record<keyof Actions, ActionFacts>> = byName(allActions())

/** The facts about every event by its name in Asterisk's spelling. `eventFacts` takes upper and lower case. */
export const events: Readonly<Record<keyof Events, EventFacts>> = byName(allEvents())

/** The facts about every AGI command by its name in capital letters. `agiCommandFacts` takes upper and lower case. */
export const agiCommands: Readonly<Record<keyof AgiCommands, AgiCommandFacts>> = byName(allAgiCommands())

/**
 * Whether a version such as `22.10.1` or `22` has the action or the event of this name. `22` stands for the newest
 * release of that branch. False for a name that the catalog does not know.
 */
export function isAvailable(name: string, version: string): boolean {
  checkString('name', name, 'the name of an action or an event')
  checkVersion('version', version)
  return [actionFacts(name), eventFacts(name)].some((facts) => facts !== undefined && hasVersion(facts, version))
}

function byName<N extends string, T extends { readonly name: string }>(all: readonly T[]): Readonly<Record<N, T>> {
  return Object.freeze(Object.assign(Object.create(null), Object.fromEntries(all.map((facts) => [facts.name, facts]))))
}
