// What actions do to the server and to their session. Each is judged from its handler in Asterisk's
// source (facts/actions.tsv names it), and the generator fails for an action that nobody has judged.

import type { Slow } from '../model.ts'

const words = (text: string): readonly string[] => text.split(/\s+/)

/** Actions that change nothing on the server: they look, count and list. */
export const reads: readonly string[] = words(
  'Agents BridgeInfo BridgeList BridgeTechnologyList ConfbridgeList ConfbridgeListRooms CoreSettings ' +
    'CoreShowChannelMap CoreShowChannels CoreStatus DAHDIShowChannels DAHDIShowStatus DBGet DBGetTree ' +
    'DeviceStateList ExtensionState ExtensionStateList FAXSession FAXSessions FAXStats GetConfig GetConfigJSON ' +
    'Getvar IAXnetstats IAXpeerlist IAXpeers IAXregistry ListCategories ListCommands MailboxCount MailboxStatus ' +
    'MeetmeList MeetmeListRooms ModuleCheck MWIGet ParkedCalls Parkinglots Ping PJSIPShowAors PJSIPShowAuths ' +
    'PJSIPShowContacts PJSIPShowEndpoint PJSIPShowEndpoints PJSIPShowMaintenance ' +
    'PJSIPShowRegistrationInboundContactStatuses PJSIPShowRegistrationsInbound PJSIPShowRegistrationsOutbound ' +
    'PJSIPShowResourceLists PJSIPShowSubscriptionsInbound PJSIPShowSubscriptionsOutbound PresenceState ' +
    'PresenceStateList PRIShowSpans QueueRule QueueStatus QueueSummary ShowDialPlan SIPpeers SIPpeerstatus ' +
    'SIPshowpeer SIPshowregistry SKINNYdevices SKINNYlines SKINNYshowdevice SKINNYshowline Status ' +
    'VoicemailBoxSummary VoicemailUsersList VoicemailUserStatus WaitEvent',
)

/** Actions that bring something named into a state: whoever sends one again finds it there. */
export const sets: readonly string[] = words(
  'AbsoluteTimeout AgentLogoff BridgeDestroy BridgeTechnologySuspend BridgeTechnologyUnsuspend Challenge ' +
    'ChangeMonitor ConfbridgeLock ConfbridgeMute ConfbridgeSetSingleVideoSrc ConfbridgeStartRecord ' +
    'ConfbridgeStopRecord ConfbridgeUnlock ConfbridgeUnmute DAHDIDNDoff DAHDIDNDon DBDel DBDelTree DBPut ' +
    'DialplanExtensionRemove Events Filter Hangup LocalOptimizeAway Login Logoff MeetmeMute MeetmeUnmute ' +
    'MixMonitorMute Monitor MuteAudio MWIDelete MWIUpdate PauseMonitor PJSIPHangup PJSIPSetMaintenance ' +
    'PJSIPUnregister PRIDebugFileUnset PRIDebugSet QueueChangePriorityCaller QueueMemberRingInUse QueuePause ' +
    'QueuePenalty QueueRemove QueueReset QueueWithdrawCaller Setvar SorceryMemoryCacheExpire ' +
    'SorceryMemoryCacheExpireObject SorceryMemoryCachePopulate SorceryMemoryCacheStale ' +
    'SorceryMemoryCacheStaleObject StopMonitor UnpauseMonitor VoicemailRefresh VoicemailRemove',
)

/** Actions that do something once more when they are sent once more, and what that is. */
export const twice: Readonly<Record<string, string>> = {
  AGI: 'res/res_agi.c:action_add_agi_cmd: the command runs again',
  AOCMessage: 'main/manager.c:action_aocmessage: the charge is told again',
  Atxfer: 'main/manager.c:action_atxfer: its digits are dialled again',
  BlindTransfer: 'main/manager.c:action_blind_transfer: who was transferred is transferred again',
  Bridge: 'main/features.c:action_bridge: both are pulled out of the bridge that they are in by then',
  BridgeKick: 'main/manager_bridges.c:manager_bridge_kick: out of the bridge that it is in by then',
  CancelAtxfer: 'main/manager.c:action_cancel_atxfer: its digits are dialled again',
  Command: 'main/manager.c:action_command: whatever the command does',
  ConfbridgeKick: 'apps/app_confbridge.c:kick_conference_participant: with "all", who has come since goes too',
  ControlPlayback: 'apps/app_controlplayback.c:controlplayback_manager: it skips or starts over again',
  CreateConfig: 'main/manager.c:action_createconfig: the file is emptied again',
  DAHDIDialOffhook: 'channels/chan_dahdi.c:action_dahdidialoffhook: its digits are dialled again',
  DAHDIHangup: 'channels/chan_dahdi.c:action_transferhangup: whatever call the line has by then',
  DAHDIRestart: 'channels/chan_dahdi.c:dahdi_restart: every call of every line is hung up again',
  DAHDITransfer: 'channels/chan_dahdi.c:action_transfer: the flash comes again',
  DialplanExtensionAdd: 'pbx/pbx_config.c:manager_dialplan_extension_add: refused, or another one is replaced',
  JabberSend: 'res/res_xmpp.c:manager_jabber_send: the message goes out again',
  LoggerRotate: 'main/logger.c:reload_logger: the logs are rotated again, and the oldest goes',
  MessageSend: 'main/message.c:action_messagesend: the message goes out again',
  MixMonitor: 'apps/app_mixmonitor.c:manager_mixmonitor: a second recorder runs beside the first',
  ModuleLoad: 'main/manager.c:manager_moduleload: the module is loaded, unloaded or reloaded again',
  Originate: 'main/manager.c:action_originate: another call',
  Park: 'res/parking/parking_manager.c:manager_park: the call is parked again',
  PJSIPNotify: 'res/res_pjsip_notify.c:manager_notify: the request goes out again, and phones restart by it',
  PJSIPQualify: 'res/res_pjsip/pjsip_options.c:ami_sip_qualify: the requests go out again',
  PJSIPRegister:
    'res/res_pjsip_outbound_registration.c:ami_register: the registration is taken back and made once more',
  PlayDTMF: 'apps/app_senddtmf.c:manager_play_dtmf: the digit is dialled again',
  PlayMF: 'apps/app_mf.c:manager_play_mf: the digits are dialled again',
  PRIDebugFileSet: 'channels/chan_dahdi.c:action_pri_debug_file_set: writes over the beginning of the file',
  QueueAdd: 'apps/app_queue.c:add_to_queue: refused, or an agent who has left meanwhile is put back',
  QueueLog: 'apps/app_queue.c:manager_queue_log_custom: another line in the log',
  QueueReload: 'apps/app_queue.c:reload_handler: the configuration is read again, as by Reload',
  Redirect: 'main/manager.c:action_redirect: the channel begins there once more',
  Reload: 'main/manager.c:action_reload: everything is read again',
  SendFlash: 'apps/app_senddtmf.c:manager_send_flash: the flash comes again',
  SendText: 'main/manager.c:action_sendtext: the text goes out again',
  SIPnotify: 'channels/chan_sip.c:manager_sipnotify: the request goes out again, and phones restart by it',
  SIPqualifypeer: 'channels/chan_sip.c:_sip_qualify_peer: the request goes out again',
  StopMixMonitor: 'apps/app_mixmonitor.c:stop_mixmonitor_full: without an id, the next recorder of the channel',
  UpdateConfig: 'main/manager.c:handle_updates: what it appends is appended again',
  UserEvent: 'main/manager.c:action_userevent: everybody hears it again',
  VoicemailForward: 'apps/app_voicemail.c:vm_msg_forward: another copy',
  VoicemailMove: 'apps/app_voicemail.c:vm_msg_move: told as failed, though it is done',
}

/*
 * Actions whose handler may be at work for long, and the session says nothing else meanwhile (manager.c:session_do).
 * `always`: there is no telling how long. `lasts`: as long as that parameter says. `calls`: where that parameter calls
 * a function of the dialplan, which may be CURL or ODBC.
 */
export const slow: Readonly<Record<string, { readonly why: string; readonly slow: Slow }>> = {
  Command: { why: 'main/manager.c:action_command waits for the command', slow: 'always' },
  DAHDIRestart: { why: 'channels/chan_dahdi.c:dahdi_restart joins the threads of every line', slow: 'always' },
  DialplanExtensionAdd: { why: 'pbx/pbx_config.c takes the lock of the whole dialplan', slow: 'always' },
  DialplanExtensionRemove: { why: 'pbx/pbx_config.c takes the lock of the whole dialplan', slow: 'always' },
  GetConfig: { why: 'main/config.c: a file may run programs (#exec) or stand in a database', slow: 'always' },
  GetConfigJSON: { why: 'main/config.c: a file may run programs (#exec) or stand in a database', slow: 'always' },
  Getvar: { why: 'main/manager.c:action_getvar calls the function', slow: { calls: 'Variable' } },
  JabberSend: { why: 'res/res_xmpp.c:manager_jabber_send writes to the other server', slow: 'always' },
  ListCategories: { why: 'main/config.c: a file may run programs (#exec) or stand in a database', slow: 'always' },
  LoggerRotate: { why: 'main/logger.c:rotate_file runs exec_after_rotate', slow: 'always' },
  MailboxCount: { why: 'apps/app_voicemail.c:inboxcount2 may ask a mail server or a database', slow: 'always' },
  MailboxStatus: { why: 'apps/app_voicemail.c:has_voicemail may ask a mail server or a database', slow: 'always' },
  MessageSend: { why: 'res/res_pjsip_messaging.c: waits for the thread that sends', slow: 'always' },
  ModuleLoad: { why: 'main/loader.c: as long as the module takes', slow: 'always' },
  Originate: {
    why: 'main/manager.c:action_originate waits for the answer',
    slow: { lasts: 'Timeout', unit: 'ms', otherwise: 30_000, unless: 'Async' },
  },
  PJSIPQualify: { why: 'res/res_pjsip/pjsip_options.c:ami_sip_qualify waits for every AOR’s thread', slow: 'always' },
  PJSIPShowEndpoints: { why: 'res/res_pjsip: every endpoint with its state and its channels', slow: 'always' },
  PJSIPShowRegistrationsOutbound: {
    why: 'res/res_pjsip_outbound_registration.c:ami_show_outbound_registrations waits for a thread of PJSIP',
    slow: 'always',
  },
  PlayDTMF: {
    why: 'main/channel.c:ast_senddigit_external sleeps for the digit',
    slow: { lasts: 'Duration', unit: 'ms', otherwise: 0, unless: 'Receive' },
  },
  PlayMF: { why: 'main/app.c:external_sleep, for every digit and every pause', slow: 'always' },
  QueueReload: { why: 'apps/app_queue.c:reload_handler, from a database too', slow: 'always' },
  Reload: { why: 'main/loader.c: as long as the modules take', slow: 'always' },
  Setvar: { why: 'main/manager.c:action_setvar calls the function', slow: { calls: 'Variable' } },
  SorceryMemoryCachePopulate: { why: 'res/res_sorcery_memory_cache.c reads the whole backend', slow: 'always' },
  Status: { why: 'main/manager.c:generate_status calls the functions', slow: { calls: 'Variables' } },
  UpdateConfig: { why: 'main/manager.c:action_updateconfig may reload a module', slow: 'always' },
  VoicemailBoxSummary: { why: 'apps/app_voicemail.c: a mail server or a database', slow: 'always' },
  VoicemailForward: { why: 'apps/app_voicemail.c:vm_msg_forward copies and mails', slow: 'always' },
  VoicemailMove: { why: 'apps/app_voicemail.c: a mail server or a database', slow: 'always' },
  VoicemailRefresh: { why: 'apps/app_voicemail.c:poll_subscribed_mailbox, mailbox after mailbox', slow: 'always' },
  VoicemailRemove: { why: 'apps/app_voicemail.c: a mail server or a database', slow: 'always' },
  VoicemailUsersList: { why: 'apps/app_voicemail.c: the messages of every mailbox are counted', slow: 'always' },
  VoicemailUserStatus: { why: 'apps/app_voicemail.c: a mail server or a database', slow: 'always' },
  WaitEvent: {
    why: 'main/manager.c:action_waitevent',
    slow: { lasts: 'Timeout', unit: 's', otherwise: undefined, unless: undefined },
  },
}
