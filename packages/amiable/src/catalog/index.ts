import { checkString } from '../check.ts'
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

/**
 * Whether a version such as `22.10.1` or `22` has the action or the event of this name. `22` stands for the newest
 * release of that branch. False for a name that the catalog does not know.
 */
export function isAvailable(name: string, version: string): boolean {
  checkString('name', name, 'the name of an action or an event')
  checkVersion('version', version)
  return [actionFacts(name), eventFacts(name)].some((facts) => facts !== undefined && hasVersion(facts, version))
}
