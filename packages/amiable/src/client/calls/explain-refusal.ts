import { actionFacts, eventFacts, isAvailable } from '../../catalog/facts.ts'

/** The version of Asterisk that speaks this version of AMI: since 15 they go in step (include/asterisk/manager.h). */
export function asteriskOf(amiVersion: string): number | undefined {
  const major = Number.parseInt(amiVersion, 10)
  return major >= 4 ? major + 11 : undefined
}

/** What the catalog adds to the server's words when it refuses an action; empty where it knows no more. */
export function explainRefusal(action: string, text: string, amiVersion: string): string {
  const facts = actionFacts(action)
  if (/^Permission denied/i.test(text)) {
    const classes = facts?.privileges ?? []
    return classes.length === 0 ? '' : ` (the account needs write = ${classes.join(' or ')})`
  }
  if (!/^Invalid\/unknown command/i.test(text)) return ''
  if (facts === undefined) return ' (the catalog knows no such action either)'
  const version = asteriskOf(amiVersion)
  if (version !== undefined && !isAvailable(facts, String(version))) {
    const instead = facts.replacedBy === undefined ? '' : `; use ${facts.replacedBy}`
    const gone = facts.removed !== undefined && version >= Number.parseInt(facts.removed, 10)
    return gone
      ? ` (Asterisk ${facts.removed} removed it${instead})`
      : ` (it came with Asterisk ${facts.since.join(', ')}${instead})`
  }
  // the banner tells the branch and not the release
  return facts.since.length === 0
    ? ' (the module that brings it is not loaded)'
    : ` (it came with Asterisk ${facts.since.join(', ')}; where the server is as new, its module is not loaded)`
}

/**
 * The classes that a login's event mask lacks for an event; empty where it can come, or where nothing is known of it.
 * @param mask the mask as the login sends it, such as `call,agent`
 */
export function missingClasses(event: string, mask: string): readonly string[] {
  const classes = eventFacts(event)?.classes ?? []
  if (mask === 'on' || mask.split(',').includes('all')) return []
  const asked = new Set(mask.split(','))
  return classes.filter((name) => !asked.has(name))
}
