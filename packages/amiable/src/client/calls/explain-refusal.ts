import { actionFacts, asteriskOf, hasVersion } from '../../catalog/facts.ts'

/** Returns what the catalog adds to the server's words when it refuses an action; empty where it knows no more. */
export function explainRefusal(action: string, text: string, amiVersion: string): string {
  const facts = actionFacts(action)
  if (/^Permission denied/i.test(text)) {
    const classes = facts?.privileges ?? []
    return classes.length === 0 ? '' : ` (the account needs write = ${classes.join(' or ')})`
  }
  if (/^Response: Follows$/i.test(text)) return ' (raw output, which is read with fence: true)'
  if (!/^Invalid\/unknown command/i.test(text)) return ''
  if (facts === undefined) return ' (the catalog knows no such action either)'
  const version = asteriskOf(amiVersion)
  if (version !== undefined && !hasVersion(facts, String(version))) {
    const instead = facts.replacedBy === undefined ? '' : `; use ${facts.replacedBy}`
    const gone = facts.removed !== undefined && version >= Number.parseInt(facts.removed, 10)
    return gone
      ? ` (Asterisk ${facts.removed} removed it${instead})`
      : ` (it came with Asterisk ${facts.since.join(', ')}${instead})`
  }
  // the banner names the branch and not the release
  return facts.since.length === 0
    ? ' (the module that brings it is not loaded)'
    : ` (it came with Asterisk ${facts.since.join(', ')}; where the server is as new, its module is not loaded)`
}
