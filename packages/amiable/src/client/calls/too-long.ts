import { LimitError } from '../../errors.ts'
import type { Call } from './call.ts'

// CLI commands that print what an action lists, row by row
const lists: readonly (readonly [command: string, action: string])[] = [
  ['agent show', 'Agents'],
  ['bridge show all', 'BridgeList'],
  ['confbridge list', 'ConfbridgeList'],
  ['core show channels', 'CoreShowChannels'],
  ['core show hints', 'ExtensionStateList'],
  ['database show', 'DBGetTree'],
  ['devstate list', 'DeviceStateList'],
  ['dialplan show', 'ShowDialPlan'],
  ['iax2 show peers', 'IAXpeerlist'],
  ['parking show', 'ParkedCalls'],
  ['pjsip list aors', 'PJSIPShowAors'],
  ['pjsip list contacts', 'PJSIPShowContacts'],
  ['pjsip list endpoints', 'PJSIPShowEndpoints'],
  ['pjsip show aors', 'PJSIPShowAors'],
  ['pjsip show auths', 'PJSIPShowAuths'],
  ['pjsip show contacts', 'PJSIPShowContacts'],
  ['pjsip show endpoints', 'PJSIPShowEndpoints'],
  ['pjsip show registrations', 'PJSIPShowRegistrationsOutbound'],
  ['queue show', 'QueueStatus'],
  ['sip show peers', 'SIPpeers'],
  ['sip show registry', 'SIPshowregistry'],
  ['voicemail show users', 'VoicemailUsersList'],
]

/** Makes the error of a call whose answer is past a limit: which option to raise, or what to ask instead. */
export function tooLongAnswer(source: string, call: Call, passed: LimitError): LimitError {
  const { limit, value } = passed
  const text = `${source}: the answer to ${call.action} is past ${limit} (${value}): raise it${insteadOf(call)}`
  return new LimitError(text, { source, limit, value, cause: passed })
}

function insteadOf({ action, text }: Call): string {
  const name = action.toLowerCase()
  // main/manager.c:action_getconfig, action_getconfigjson
  if (name === 'getconfig' || name === 'getconfigjson') return ', or ask for one Category of the file'
  if (name !== 'command') return ''
  const command = /^Command: *(.*)\r$/im.exec(text)?.[1]?.toLowerCase() ?? ''
  const list = lists.find(([prefix]) => command.startsWith(prefix))
  return list === undefined ? '' : `, or read it row by row with list('${list[1]}')`
}
