// Which class each action belongs to. The class is a token of the subject, so NATS' own permissions decide who may ask.
import type { ActionParams } from './params.ts'

/** A class of actions. `danger` is listed action by action, and `never` is not for anybody. */
export type ActionClass = 'read' | 'call' | 'queue' | 'message' | 'admin' | 'danger' | 'never'

/*
 * Actions that only read are no `read` where they return secrets: AuthDetail holds Password
 * (res_pjsip/config_auth.c:sip_auth_to_ami), and PJSIPShowEndpoint and PJSIPShowRegistrationsOutbound print it too
 * (ast_sip_format_auths_ami). A dialplan and the database hold PINs.
 */
const NAMES: Readonly<Record<ActionClass, string>> = {
  read: `
    Agents BridgeInfo BridgeList BridgeTechnologyList ConfbridgeList ConfbridgeListRooms CoreSettings CoreShowChannelMap
    CoreShowChannels CoreStatus DAHDIShowChannels DAHDIShowStatus DeviceStateList ExtensionState ExtensionStateList
    FAXSession FAXSessions FAXStats Getvar IAXnetstats IAXpeerlist IAXpeers IAXregistry ListCommands MWIGet MailboxCount
    MailboxStatus MeetmeList MeetmeListRooms ModuleCheck PJSIPShowAors PJSIPShowContacts PJSIPShowEndpoints
    PJSIPShowMaintenance PJSIPShowRegistrationInboundContactStatuses PJSIPShowRegistrationsInbound
    PJSIPShowResourceLists PJSIPShowSubscriptionsInbound PJSIPShowSubscriptionsOutbound PRIShowSpans ParkedCalls
    Parkinglots Ping PresenceState PresenceStateList QueueRule QueueStatus QueueSummary SIPpeers SIPpeerstatus
    SIPshowpeer SIPshowregistry SKINNYdevices SKINNYlines SKINNYshowdevice SKINNYshowline Status VoicemailBoxSummary
    VoicemailUserStatus VoicemailUsersList`,
  call: `
    AbsoluteTimeout Atxfer BlindTransfer Bridge CancelAtxfer ControlPlayback Hangup MuteAudio Originate PJSIPHangup Park
    PlayDTMF PlayMF Redirect SendFlash SendText Setvar`,
  queue: `
    AgentLogoff QueueAdd QueueChangePriorityCaller QueueLog QueueMemberRingInUse QueuePause QueuePenalty QueueRemove
    QueueWithdrawCaller`,
  message: `
    JabberSend MWIDelete MWIUpdate MessageSend UserEvent VoicemailForward VoicemailMove VoicemailRefresh
    VoicemailRemove`,
  admin: `
    AOCMessage BridgeDestroy BridgeKick BridgeTechnologySuspend BridgeTechnologyUnsuspend ChangeMonitor ConfbridgeKick
    ConfbridgeLock ConfbridgeMute ConfbridgeSetSingleVideoSrc ConfbridgeStartRecord ConfbridgeStopRecord
    ConfbridgeUnlock ConfbridgeUnmute DAHDIDNDoff DAHDIDNDon DAHDIHangup DAHDIRestart DAHDITransfer DBDel DBDelTree
    DBGet DBGetTree DBPut LocalOptimizeAway LoggerRotate MeetmeMute MeetmeUnmute MixMonitor MixMonitorMute ModuleLoad
    Monitor PJSIPNotify PJSIPQualify PJSIPRegister PJSIPSetMaintenance PJSIPUnregister PRIDebugFileUnset PRIDebugSet
    PauseMonitor QueueReload QueueReset Reload SIPnotify SIPqualifypeer ShowDialPlan SorceryMemoryCacheExpire
    SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate SorceryMemoryCacheStale SorceryMemoryCacheStaleObject
    StopMixMonitor StopMonitor UnpauseMonitor`,
  danger: `
    AGI Command CreateConfig DAHDIDialOffhook DialplanExtensionAdd DialplanExtensionRemove GetConfig GetConfigJSON
    ListCategories PJSIPShowAuths PJSIPShowEndpoint PJSIPShowRegistrationsOutbound PRIDebugFileSet UpdateConfig`,
  // they would end, change or block the session of the gateway
  never: 'Challenge Events Filter Login Logoff WaitEvent',
}

/** An action of the table, in Asterisk's spelling. */
export interface ClassedAction {
  readonly name: string
  readonly class: ActionClass
}

const TABLE = new Map<string, ClassedAction>(
  Object.entries(NAMES).flatMap(([group, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name.toLowerCase(), { name, class: group as ActionClass }] as const),
  ),
)

/** Returns every action of the table. */
export function classedActions(): ClassedAction[] {
  return [...TABLE.values()]
}

/** Returns an action as Asterisk spells it, with its class. One that is in no class is of class `admin`. */
export function classedAction(name: string): ClassedAction {
  return TABLE.get(name.toLowerCase()) ?? { name, class: 'admin' }
}

/** Whether the table has an action of this name. */
export function isClassed(name: string): boolean {
  return TABLE.has(name.toLowerCase())
}

/**
 * Returns the class that a request needs. Its values count: the value of a function can be a secret or the output of a
 * program, and MixMonitor runs its Command.
 */
export function classOfRequest({ name, class: own }: ClassedAction, params: ActionParams): ActionClass {
  if (own === 'never') return own
  return namesFunction(name, params) || runsProgram(name, params) ? 'danger' : own
}

// manager.c:action_getvar, action_setvar and generate_status take a name that ends with a parenthesis for a function
const READ_OR_SET = new Map([
  ['getvar', 'variable'],
  ['setvar', 'variable'],
  ['status', 'variables'],
])

// pbx_variables.c:pbx_retrieve_variable reads NAME:OFFSET:LENGTH
const PLAIN = /^\w+(?::-?\d+){0,2}$/

function namesFunction(action: string, params: ActionParams): boolean {
  const header = READ_OR_SET.get(action.toLowerCase())
  const named = header === undefined ? [] : params.all(header)
  return named.some((text) => text.split(',').some((name) => name !== '' && !PLAIN.test(name)))
}

function runsProgram(action: string, params: ActionParams): boolean {
  return action.toLowerCase() === 'mixmonitor' && params.text('command') !== undefined
}
