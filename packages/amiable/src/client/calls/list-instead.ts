import { actionFacts } from '../../catalog/facts.ts'
import { LimitError } from '../../errors.ts'

// CLI commands that print what an action lists, row by row
const listsOf: readonly (readonly [printed: RegExp, action: string])[] = [
  [/^agent show (?:all|online)/i, 'Agents'],
  [/^bridge show all/i, 'BridgeList'],
  [/^bridge technology show/i, 'BridgeTechnologyList'],
  [/^bridge show/i, 'BridgeInfo'],
  [/^confbridge list *$/i, 'ConfbridgeListRooms'],
  [/^confbridge list/i, 'ConfbridgeList'],
  [/^core show channels/i, 'CoreShowChannels'],
  [/^core show hints/i, 'ExtensionStateList'],
  [/^dahdi show channels/i, 'DAHDIShowChannels'],
  [/^dahdi show status/i, 'DAHDIShowStatus'],
  [/^database show/i, 'DBGetTree'],
  [/^dialplan show/i, 'ShowDialPlan'],
  [/^fax show sessions/i, 'FAXSessions'],
  [/^iax2 show peers/i, 'IAXpeerlist'],
  [/^iax2 show registry/i, 'IAXregistry'],
  [/^meetme list/i, 'MeetmeList'],
  [/^parking show/i, 'Parkinglots'],
  [/^pjsip (?:show|list) aors/i, 'PJSIPShowAors'],
  [/^pjsip (?:show|list) auths/i, 'PJSIPShowAuths'],
  [/^pjsip (?:show|list) contacts/i, 'PJSIPShowContacts'],
  [/^pjsip (?:show|list) endpoints/i, 'PJSIPShowEndpoints'],
  [/^pjsip (?:show|list) registrations/i, 'PJSIPShowRegistrationsOutbound'],
  [/^pjsip (?:show|list) subscriptions inbound/i, 'PJSIPShowSubscriptionsInbound'],
  [/^pjsip (?:show|list) subscriptions outbound/i, 'PJSIPShowSubscriptionsOutbound'],
  [/^presencestate list/i, 'PresenceStateList'],
  [/^pri show spans/i, 'PRIShowSpans'],
  [/^queue show(?! rules)/i, 'QueueStatus'],
  [/^sip show peers/i, 'SIPpeers'],
  [/^sip show registry/i, 'SIPshowregistry'],
  [/^voicemail show users/i, 'VoicemailUsersList'],
]

/**
 * Returns the action that lists in rows what an action says in one piece, or collects; undefined where there is none.
 */
function listFor(action: string, text: string): string | undefined {
  const facts = actionFacts(action)
  if (facts !== undefined && facts.rows.length > 0) return facts.name
  if (facts?.name !== 'Command') return undefined
  const command = /^Command: *(.*)$/im.exec(text)?.[1]?.trim() ?? ''
  return listsOf.find(([printed]) => printed.test(command))?.[1]
}

/**
 * Adds to the error of a limit that an answer is past how to read the same in pieces, where there is a way.
 * @param text the action as it was written
 */
export function readInPieces(error: LimitError, action: string, text: string): LimitError {
  const list = listFor(action, text)
  const isConfig = /^GetConfig(?:JSON)?$/i.test(action)
  if (list === undefined && !isConfig) return error
  const { message, source, limit, value } = error
  const instead = isConfig ? 'ask for one Category' : `read it row by row with list('${list}')`
  return new LimitError(`${message}; or ${instead}`, { source, limit, value })
}
