import { checkChoice, checkString } from '../check.ts'
import { actionFacts, checkVersion, eventFacts, hasVersion } from './facts.ts'
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
export { actions, agiCommands, events } from './names.ts'
export { type Rights, type RightsNote, type RightsRequest, rightsFor } from './rights.ts'

const SUMMARIES = { action: ACTION_SUMMARIES, event: EVENT_SUMMARIES, agi: AGI_SUMMARIES } as const

/**
 * Returns one line that says what an action or an AGI command does, or when an event comes.
 * @param kind which of these it is; without it, of a name that is several, the action's
 */
export function summaryOf(name: string, kind?: keyof typeof SUMMARIES): string | undefined {
  checkString('name', name, 'the name of an action or an event')
  if (kind !== undefined) checkChoice('kind', kind, ['action', 'event', 'agi'])
  const wanted = `\n${name.toLowerCase()}|`
  for (const table of kind === undefined ? Object.values(SUMMARIES) : [SUMMARIES[kind]]) {
    const at = table.toLowerCase().indexOf(wanted)
    if (at !== -1) return table.slice(at + wanted.length).split('\n')[0]
  }
  return undefined
}

/**
 * Whether a version such as `22.10.1` or `22` has the action or the event of this name. `22` stands for the newest
 * release of that branch. False for a name that the catalog does not know.
 * @param kind which of the two it is; without it, either
 */
export function isAvailable(name: string, version: string, kind?: 'action' | 'event'): boolean {
  checkString('name', name, 'the name of an action or an event')
  checkVersion('version', version)
  if (kind !== undefined) checkChoice('kind', kind, ['action', 'event'])
  const found = [kind === 'event' ? undefined : actionFacts(name), kind === 'action' ? undefined : eventFacts(name)]
  return found.some((facts) => facts !== undefined && hasVersion(facts, version))
}
