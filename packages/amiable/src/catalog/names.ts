import { type AgiCommandFacts, allAgiCommands } from './agi.ts'
import { type ActionFacts, allActions, allEvents, type EventFacts } from './facts.ts'
import type { Actions } from './generated/actions.ts'
import type { AgiCommands } from './generated/agi.ts'
import type { Events } from './generated/events.ts'

/** The facts about every action by its name in Asterisk's spelling. `actionFacts` takes upper and lower case. */
export const actions: Readonly<Record<keyof Actions, ActionFacts>> = byName(allActions())

/** The facts about every event by its name in Asterisk's spelling. `eventFacts` takes upper and lower case. */
export const events: Readonly<Record<keyof Events, EventFacts>> = byName(allEvents())

/** The facts about every AGI command by its name in capital letters. `agiCommandFacts` takes upper and lower case. */
export const agiCommands: Readonly<Record<keyof AgiCommands, AgiCommandFacts>> = byName(allAgiCommands())

function byName<N extends string, T extends { readonly name: string }>(all: readonly T[]): Readonly<Record<N, T>> {
  return Object.freeze(Object.assign(Object.create(null), Object.fromEntries(all.map((facts) => [facts.name, facts]))))
}
