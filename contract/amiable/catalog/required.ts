// What is asked of a server to see that a parameter is required: the action without it, the others naming nobody.
import type { Params } from 'amiable'
import type { Scene } from '../sensible-arguments.ts'

/** Values that mean nothing and nobody on any server of ours. */
const NOBODY: Readonly<Record<string, string>> = {
  Agent: 'nobody',
  Application: 'NoOp',
  AuthType: 'MD5',
  BridgeTechnology: 'no-such-technology',
  BridgeUniqueid: 'no-such-bridge',
  Cache: 'no-such-cache',
  Caller: 'no/such-channel',
  Cause: '486',
  Channel: 'no/such-channel',
  Channel1: 'no/such-channel',
  Channel2: 'no/such-channel',
  Command: 'no such command',
  Conference: 'no-such-conference',
  Context: 'amiable-nowhere',
  Control: 'stop',
  Device: 'nobody',
  Digit: '1',
  Direction: 'both',
  DstFilename: 'amiable-none.conf',
  Endpoint: 'nobody',
  Event: 'NOBODY',
  EventMask: 'off',
  Exten: 'nowhere',
  Extension: 'nowhere',
  Family: 'amiable-none',
  File: 'amiable-none',
  Filename: 'amiable-none.conf',
  Folder: 'INBOX',
  ID: 'none',
  Interface: 'no/such-interface',
  Key: 'none',
  Line: 'nobody',
  LoadType: 'load',
  Mailbox: 'none',
  Message: 'hello',
  Module: 'no_such_module',
  MsgType: 'D',
  Object: 'none',
  Operation: 'Add',
  Paused: 'yes',
  Peer: 'nobody',
  Penalty: '1',
  Priority: '1',
  Provider: 'CustomPresence:nobody',
  Queue: 'no-such-queue',
  Registration: 'nobody',
  RingInUse: 'yes',
  SessionNumber: '1',
  SrcFilename: 'amiable-none.conf',
  State: '0',
  Timeout: '1',
  ToContext: 'amiable-nowhere',
  ToFolder: 'Old',
  ToMailbox: 'none',
  Variable: 'AMIABLE_NONE',
}

const live = async (scene: Scene) => ({ Channel: await scene.channel() })

/** Actions that look at something else first, so that something must be there. */
const SOMEBODY: Readonly<Record<string, (scene: Scene) => Params | Promise<Params>>> = {
  AOCMessage: live,
  ConfbridgeKick: async (scene) => {
    await scene.member()
    return { Conference: '100' }
  },
  ModuleLoad: () => ({ Module: 'no_such_module' }),
  PJSIPHangup: async (scene) => ({ Channel: (await scene.fresh()).channel }),
  PlayDTMF: live,
  PlayMF: live,
  SIPnotify: () => ({ Channel: 'sip1' }),
}

/** Actions with required parameters that harm nobody when one of them is missing, or when it was not required. */
export const harmless: ReadonlySet<string> = new Set(
  (
    'AGI AOCMessage AbsoluteTimeout AgentLogoff Atxfer BlindTransfer Bridge BridgeDestroy BridgeInfo BridgeKick ' +
    'BridgeTechnologySuspend BridgeTechnologyUnsuspend CancelAtxfer Challenge ChangeMonitor Command ConfbridgeKick ' +
    'ConfbridgeList ConfbridgeLock ConfbridgeMute ConfbridgeSetSingleVideoSrc ConfbridgeStartRecord ' +
    'ConfbridgeStopRecord ConfbridgeUnlock ConfbridgeUnmute ControlPlayback CoreShowChannelMap CreateConfig DBDel ' +
    'DBDelTree DBGet DBPut DialplanExtensionAdd DialplanExtensionRemove Events ExtensionState FAXSession Filter ' +
    'GetConfig GetConfigJSON Getvar ListCategories LocalOptimizeAway MailboxCount MailboxStatus MixMonitor ' +
    'MixMonitorMute ModuleCheck ModuleLoad Monitor MuteAudio Originate PJSIPHangup PJSIPQualify PJSIPRegister ' +
    'PJSIPSetMaintenance PJSIPShowEndpoint PJSIPUnregister Park PauseMonitor PlayDTMF PlayMF PresenceState QueueAdd ' +
    'QueueChangePriorityCaller QueueLog QueueMemberRingInUse QueuePause QueuePenalty QueueRemove ' +
    'QueueWithdrawCaller Redirect SIPnotify SIPqualifypeer SIPshowpeer SKINNYshowdevice SKINNYshowline SendFlash ' +
    'SendText Setvar SorceryMemoryCacheExpire SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate ' +
    'SorceryMemoryCacheStale SorceryMemoryCacheStaleObject StopMixMonitor StopMonitor UnpauseMonitor UpdateConfig ' +
    'VoicemailBoxSummary VoicemailForward VoicemailMove VoicemailRemove VoicemailUserStatus'
  ).split(' '),
)

/** Actions with required parameters that are not asked, each with its reason. */
export const unasked: Readonly<Record<string, string>> = {
  Hangup: 'one step from ending every call of the server',
  Login: 'a login that fails ends the session: contract/amiable/suite/login.ts',
  UserEvent: 'Asterisk takes it and sends an event without a name, which is of use to nobody',
  WaitEvent: 'without Timeout it is taken too, and answers when the next event comes, be it never',
}

/** The words of a server that misses something. */
export const MISSED =
  /\bnot specified|^No .*\b(?:specified|provided)|^(?:Must|Need|Missing)\b|\brequire[sd]?\b|\bmust be (?:provided|defined)|\bmissing\b|\bIncomplete\b/i

/** What it says instead where it takes the missing value for a wrong one. */
export const insteadOfMissed: Readonly<Record<string, RegExp>> = {
  'AOCMessage Channel': /Channel and PartialChannel are not specified/,
  'AOCMessage MsgType': /^Invalid MsgType/,
  'ConfbridgeKick Channel': /^No Channel by that name found/,
  'CreateConfig Filename': /^(?:Filename not specified|Is a directory)/,
  'Events EventMask': /^Invalid event mask/,
  'FAXSession SessionNumber': /^Invalid session ID/,
  'Filter Operation': /^Unknown operation/,
  'ModuleCheck Module': /^Module not loaded/,
  'PlayDTMF Channel': /^Channel not found/,
  'PlayMF Channel': /^Channel not found/,
  'SendFlash Channel': /^Channel not found/,
}

/** The arguments for an action without one of its required parameters. */
export async function without(
  left: string,
  action: string,
  required: readonly string[],
  scene: Scene,
): Promise<Record<string, unknown>> {
  const params: Record<string, unknown> = {}
  for (const name of required) {
    const value = NOBODY[name]
    if (value === undefined)
      throw new Error(`contract/amiable/catalog/required.ts has no value for ${name} of ${action}`)
    params[name] = value
  }
  Object.assign(params, await SOMEBODY[action]?.(scene))
  delete params[left]
  return params
}
