// What the documentation of actions leaves out or has wrong.

export interface ActionCorrection {
  readonly why: string
  /** Parameters that are read and not documented, or documented otherwise: in short, as short.ts reads them. */
  readonly set?: string
  /** Documented, and not read, or standing for others. */
  readonly drop?: string
}

/** Documented, and not there. */
export const phantomActions: Readonly<Record<string, string>> = {
  FilterList: 'in the documentation of 16 and in no source',
}

/** Read under names that the documentation lacks, required or not against it. */
export const actionCorrections: Readonly<Record<string, ActionCorrection>> = {
  AOCMessage: {
    why: 'main/manager.c:action_aocmessage: the number in brackets counts up',
    drop: 'UnitAmount(0) UnitType(0)',
    set: 'UnitAmount(%)# UnitType(%)#',
  },
  BlindTransfer: { why: 'main/manager.c:action_blind_transfer refuses it without', set: 'Exten+' },
  CoreShowChannelMap: { why: 'main/manager.c:action_coreshowchannelmap refuses it without', set: 'Channel+' },
  Events: { why: 'classes joined by commas, or a bitmask', set: 'EventMask+=on|off~' },
  ExtensionState: { why: 'main/manager.c:action_extensionstate takes "default"', set: 'Context' },
  Filter: {
    why: 'main/manager.c:action_filter refuses it without; MatchCriteria is a syntax of its own',
    set: 'Operation+=Add MatchCriteria',
  },
  JabberSend: {
    why: 'res/res_xmpp.c:manager_jabber_send reads ScreenName, and has never read JID',
    drop: 'JID',
    set: 'ScreenName+',
  },
  ListCategories: { why: 'main/manager.c:action_listcategories', set: 'Match' },
  Login: { why: 'classes joined by commas, or a bitmask', set: 'Events=on|off~' },
  MixMonitor: { why: '16 documents it in small letters; the name is read in any', drop: 'options' },
  MixMonitorMute: {
    why: 'apps/app_mixmonitor.c:manager_mute_mixmonitor; values only in prose, and refused without',
    set: 'Direction+=read|write|both State+=0|1 MixMonitorID',
  },
  ModuleLoad: { why: 'the documented values are the subsystems; any module will do', set: 'Module' },
  Park: { why: 'res/parking/parking_manager.c:manager_park still reads the name of before 12', set: 'Channel2' },
  PJSIPHangup: { why: 'any code or name of one; 22 hangs up without one as well', set: 'Cause$' },
  QueueAdd: { why: 'apps/app_queue.c:manager_add_queue_member, 16.24 and later', set: 'Wrapuptime#s' },
  Setvar: { why: 'main/manager.c:action_setvar sets an empty value', set: 'Value$' },
  SIPnotify: { why: 'channels/chan_sip.c:manager_sipnotify; 16 sends one without any as well', set: 'Variable*' },
  UpdateConfig: {
    why: 'main/manager.c:handle_updates: the numbers count up from 000000; options are a list',
    drop: 'Action-000000 Cat-000000 Var-000000 Value-000000 Match-000000 Line-000000 Options-000000',
    set:
      'Action-%=NewCat|RenameCat|DelCat|EmptyCat|Update|Delete|Append|Insert Cat-% Var-% Value-%$ Match-% Line-%$ ' +
      'Options-%',
  },
  UserEvent: { why: 'placeholders for whatever the event is to carry', drop: 'Header1 HeaderN', set: '%$*' },
}

/** What parameters mean, which the documentation has in prose only. Nothing but the kind changes. */
export const parameterKinds: Readonly<Record<string, string>> = {
  AbsoluteTimeout: 'Timeout#s',
  AgentLogoff: 'Soft!',
  AOCMessage: 'CurrencyAmount# ChargingAssociationId# ChargingAssociationPlan# Time# Granularity# Code#',
  DAHDIDialOffhook: 'DAHDIChannel#',
  DAHDIDNDoff: 'DAHDIChannel#',
  DAHDIDNDon: 'DAHDIChannel#',
  DAHDIHangup: 'DAHDIChannel#',
  DAHDIShowChannels: 'DAHDIChannel#',
  DAHDITransfer: 'DAHDIChannel#',
  ConfbridgeKick: 'Conference$',
  ConfbridgeList: 'Conference$',
  ConfbridgeLock: 'Conference$',
  ConfbridgeMute: 'Conference$',
  ConfbridgeSetSingleVideoSrc: 'Conference$',
  ConfbridgeStartRecord: 'Conference$',
  ConfbridgeStopRecord: 'Conference$',
  ConfbridgeUnlock: 'Conference$',
  ConfbridgeUnmute: 'Conference$',
  DBPut: 'Val$',
  DialplanExtensionAdd: 'Priority$ Replace!',
  DialplanExtensionRemove: 'Priority$',
  FAXSession: 'SessionNumber#',
  Hangup: 'Cause#',
  MeetmeList: 'Conference$',
  MeetmeMute: 'Meetme$ Usernum#',
  MeetmeUnmute: 'Meetme$ Usernum#',
  MessageSend: 'Variable*',
  ModuleLoad: 'Recursive!',
  Monitor: 'Mix!',
  MWIUpdate: 'OldMessages# NewMessages#',
  Originate: 'Priority$ Timeout#ms Variable* EarlyMedia! Async!',
  Park: 'Timeout#ms ParkingSpace#',
  PJSIPNotify: 'Variable*',
  PlayDTMF: 'Duration#ms Receive!',
  PlayMF: 'Duration#ms',
  PRIDebugSet: 'Span# Level=off|on|hex|intense~',
  PRIShowSpans: 'Span#',
  QueueAdd: 'Penalty# Paused!',
  QueueChangePriorityCaller: 'Priority# Immediate!',
  QueueMemberRingInUse: 'RingInUse!',
  QueuePause: 'Paused!',
  QueuePenalty: 'Penalty#',
  Redirect: 'Priority$ ExtraPriority$',
  SendFlash: 'Receive!',
  SorceryMemoryCacheStaleObject: 'Reload!',
  UpdateConfig: 'Reload=yes|no~ PreserveEffectiveContext!',
  WaitEvent: 'Timeout#s',
}

/** The headers of their own that replies carry; the documentation says nothing of any. */
export const replies: Readonly<Record<string, string>> = {
  Challenge: 'Challenge',
  Command: 'Output*',
  CoreSettings:
    'AMIversion AsteriskVersion SystemName CoreMaxCalls# CoreMaxLoadAvg# CoreRunUser CoreRunGroup ' +
    'CoreMaxFilehandles# CoreRealTimeEnabled! CoreCDRenabled! CoreHTTPenabled! SoundsSearchCustomDir?!',
  CoreStatus: 'CoreStartupDate CoreStartupTime CoreReloadDate CoreReloadTime CoreCurrentCalls# CoreProcessedCalls?#',
  Events: 'Events=On|Off~',
  ExtensionState:
    'Exten Context Hint Status=-2|-1|0|1|2|4|8|9|16|17~ ' +
    'StatusText=Idle|InUse|Busy|Unavailable|Ringing|InUse&Ringing|Hold|InUse&Hold|Unknown~',
  GetConfig: 'Category-%? IsTemplate-%? Templates-%? Line-%?',
  GetConfigJSON: 'JSON',
  Getvar: 'Variable Value',
  ListCategories: 'Category-%? Error?',
  ListCommands: '%?',
  MailboxCount: 'Mailbox UrgMessages# NewMessages# OldMessages#',
  MailboxStatus: 'Mailbox Waiting=0|1~',
  MixMonitor: 'MixMonitorID?',
  ModuleCheck: 'Version',
  Ping: 'Ping=Pong~ Timestamp#',
  PresenceState: 'State Subtype? PresenceMessage?',
  QueueRule: 'RuleList?* Rule?*',
  SIPshowpeer: '%?',
  SKINNYshowdevice: '%?',
  SKINNYshowline: '%?',
}

/** What does the same where an action has gone or is to go. */
export const replacements: Readonly<Record<string, string>> = {
  MeetmeList: 'ConfbridgeList',
  MeetmeListRooms: 'ConfbridgeListRooms',
  MeetmeMute: 'ConfbridgeMute',
  MeetmeUnmute: 'ConfbridgeUnmute',
  Monitor: 'MixMonitor',
  PauseMonitor: 'MixMonitorMute',
  SIPnotify: 'PJSIPNotify',
  SIPpeers: 'PJSIPShowEndpoints',
  SIPqualifypeer: 'PJSIPQualify',
  SIPshowpeer: 'PJSIPShowEndpoint',
  SIPshowregistry: 'PJSIPShowRegistrationsOutbound',
  StopMonitor: 'StopMixMonitor',
  UnpauseMonitor: 'MixMonitorMute',
}
