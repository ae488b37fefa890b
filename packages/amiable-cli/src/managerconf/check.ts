import type { Finding } from '../doctor/finding.ts'
import { nearest } from '../errors/usage.ts'
import { checkAccount, checkTwice } from './check-account.ts'
import { checkGeneral, checkLines, checkMode, lastOf } from './check-general.ts'
import { findHidden } from './filters.ts'
import { readConfiguration, type Section } from './parse.ts'

/**
 * Looks for faults in a manager.conf and what it includes.
 * @param section the only account to look at
 * @param needed the events that verbs need of an account, by the verb's name
 */
export function checkManagerConf(
  path: string,
  section?: string,
  needed: Readonly<Record<string, readonly string[]>> = {},
): Finding[] {
  const configuration = readConfiguration(path)
  const general = configuration.sections.find(({ name }) => name.toLowerCase() === 'general')
  const all = configuration.sections.filter((one) => one.name.toLowerCase() !== 'general' && !one.isTemplate)
  const accounts = all.filter(({ name }) => section === undefined || name.toLowerCase() === section.toLowerCase())
  const findings = [...checkLines(configuration), ...checkMode(configuration), ...checkGeneral(general)]
  if (accounts.length === 0) findings.push(missing(section, [...all.map(({ name }) => name)]))
  const effective = merged(accounts)
  findings.push(...checkTwice(accounts), ...effective.flatMap(checkAccount))
  const disabled = lastOf(general, 'disabledevents')?.value ?? ''
  for (const { name: account, settings } of effective) {
    const filters = settings.filter(({ name }) => name.toLowerCase().startsWith('eventfilter'))
    for (const [verb, events] of Object.entries(needed))
      findings.push(...findHidden(verb, events, account, filters, disabled))
  }
  if (findings.length === 0) {
    const says = `${path}: ${accounts.length} ${accounts.length === 1 ? 'account' : 'accounts'}, no fault`
    findings.push({ id: 'F0', level: 'ok', what: 'file', says })
  }
  return findings
}

/** Returns one account of each name. A later section adds to an earlier one, but has its own addresses and filters. */
function merged(sections: readonly Section[]): Section[] {
  const accounts = new Map<string, Section>()
  for (const section of sections) {
    const name = section.name.toLowerCase()
    // main/manager.c:__init_manager empties these for every section
    const kept = accounts
      .get(name)
      ?.settings.filter((one) => !/^(?:permit|deny|acl|setvar|eventfilter)/i.test(one.name))
    accounts.set(name, { ...section, settings: [...(kept ?? []), ...section.settings] })
  }
  return [...accounts.values()]
}

function missing(section: string | undefined, names: readonly string[]): Finding {
  const found = { id: 'F17', level: 'error', what: 'account' } as const
  if (section === undefined)
    return { ...found, says: 'there is no account', fix: ['amiable rights ACTION… prints one'] }
  const near = nearest(section, names)
  const fix = near === undefined ? 'amiable rights ACTION… prints one' : `did you mean ${near}?`
  return { ...found, says: `there is no account [${section}]`, fix: [fix] }
}
