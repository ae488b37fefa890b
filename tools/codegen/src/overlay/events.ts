// Events that Asterisk emits and does not document.

/** `headers` in short, as short.ts reads them; `classes`: all that a listener needs, none for rows. */
export interface UndocumentedEvent {
  readonly why: string
  readonly headers: string
  readonly classes?: string
}

const handler = (where: string) => `a row that only its handler knows: ${where}`

const voicemail =
  'VMContext VoiceMailbox Fullname Email Pager ServerEmail FromString MailCommand Language TimeZone Callback Dialout ' +
  'UniqueID ExitContext SayDurationMinimum# SayEnvelope! SayCID! AttachMessage! AttachmentFormat DeleteMessage! ' +
  'VolumeGain# CanReview! CanMarkUrgent?=Yes|No CallOperator! MaxMessageCount# MaxMessageLength# NewMessageCount# ' +
  'OldMessageCount# IMAPUser? IMAPServer? IMAPPort? IMAPFlags?'
const callCompletion = 'main/stasis_system.c: call completion has no documentation at all'

export const undocumentedEvents: Readonly<Record<string, UndocumentedEvent>> = {
  BridgeListItem: {
    why: handler('main/manager_bridges.c:send_bridge_list_item_cb prints the bridge and nothing of its own'),
    headers: '',
  },
  BridgeTechnologyListItem: {
    why: handler('main/bridge.c:manager_bridge_tech_list'),
    headers: 'BridgeTechnology BridgeType BridgePriority# BridgeSuspended!',
  },
  CCAvailable: { why: callCompletion, headers: 'CoreID# Callee Service', classes: 'cc' },
  CCCallerRecalling: { why: callCompletion, headers: 'CoreID# Caller', classes: 'cc' },
  CCCallerStartMonitoring: { why: callCompletion, headers: 'CoreID# Caller', classes: 'cc' },
  CCCallerStopMonitoring: { why: callCompletion, headers: 'CoreID# Caller', classes: 'cc' },
  CCFailure: { why: callCompletion, headers: 'CoreID# Caller Reason', classes: 'cc' },
  CCMonitorFailed: { why: callCompletion, headers: 'CoreID# Callee', classes: 'cc' },
  CCOfferTimerStart: { why: callCompletion, headers: 'CoreID# Caller Expires#', classes: 'cc' },
  CCRecallComplete: { why: callCompletion, headers: 'CoreID# Caller', classes: 'cc' },
  CCRequestAcknowledged: { why: callCompletion, headers: 'CoreID# Caller', classes: 'cc' },
  CCRequested: { why: callCompletion, headers: 'CoreID# Caller Callee', classes: 'cc' },
  ChannelHungup: { why: handler('main/manager.c:action_hangup, for a regular expression'), headers: 'Channel' },
  CoreShowChannelMap: { why: handler('main/manager.c:action_coreshowchannelmap'), headers: 'Channel ConnectedChannel' },
  DAHDIShowChannels: {
    why: handler('channels/chan_dahdi.c:action_dahdishowchannels; the first three only of a channel in use'),
    headers:
      'Channel? Uniqueid? AccountCode? DAHDIChannel# Signalling SignallingCode# Context DND=Enabled|Disabled~ Alarm ' +
      'Description',
  },
  DAHDIShowStatus: {
    why: handler('channels/chan_dahdi.c:action_dahdishowstatus'),
    headers: 'Span# Description Alarms IRQ# bpviol# CRC# Framing=D4|ESF|CCS|CAS~ Coding=B8ZS|HDB3|AMI|Unk~ Options LBO',
  },
  DBGetResponse: { why: handler('main/db.c:manager_dbget'), headers: 'Family Key Val' },
  DBGetTreeResponse: { why: handler('main/db.c:manager_db_tree_get'), headers: 'Key Val' },
  DeviceEntry: {
    why: handler('channels/chan_skinny.c:_skinny_show_devices'),
    headers:
      'Channeltype=SKINNY~ ObjectName ChannelObjectType=device~ DeviceId IPaddress Type Devicestatus ' +
      'NumberOfLines#',
  },
  JabberStatus: {
    why: 'res/res_xmpp.c:xmpp_pak_presence; the last three where the resource is known',
    headers: 'Account JID Status# Resource? Priority?# Description?',
    classes: 'user',
  },
  LineEntry: {
    why: handler('channels/chan_skinny.c:_skinny_show_lines'),
    headers: 'Channeltype=SKINNY~ ObjectName ChannelObjectType=line~ Device Instance# Label',
  },
  ListDialplan: {
    why: handler(
      'main/pbx.c:manager_show_dialplan_helper; a line is an include, a switch, an ignored pattern or a step',
    ),
    headers:
      'Context Extension? Priority? ExtensionLabel? Application? AppData? Registrar? IncludeContext? Switch? IgnorePattern?',
  },
  MobileStatus: { why: 'addons/chan_mobile.c', headers: 'Device? Status?', classes: 'system' },
  Parkinglot: {
    why: handler('res/parking/parking_manager.c:manager_append_event_parking_lot_data_cb'),
    headers: 'Name StartSpace# StopSpace# Timeout#s',
  },
  PeerEntry: {
    why: handler(
      'channels/chan_iax2.c:peers_data, channels/chan_sip.c:_sip_show_peers_one: each with headers of its own',
    ),
    headers:
      'Channeltype=IAX|IAX2|SIP~ ObjectName ChanObjectType=peer~ IPaddress IPport? Port? Mask? Dynamic=yes|no~ ' +
      'Trunk?=yes|no~ Encryption? ObjectUsername? AutoForcerport?=yes|no~ Forcerport?=yes|no~ AutoComedia?=yes|no~ ' +
      'Comedia?=yes|no~ VideoSupport?=yes|no~ TextSupport?=yes|no~ ACL?=yes|no~ Status RealtimeDevice?=yes|no~ ' +
      'Description? Accountcode?',
  },
  PRIShowSpans: {
    why: handler('channels/sig_pri.c:sig_pri_ami_show_spans'),
    headers: 'Span# DChannel# Order Active=Yes|No~ Alarm Up=Yes|No~',
  },
  QueueMember: {
    why: handler('apps/app_queue.c:manager_queues_status'),
    headers:
      'Queue Name Location StateInterface Membership=dynamic|static~ Penalty# CallsTaken# LastCall# ' +
      'LastPause# LoginTime?# InCall=0|1~ Status=0|1|2|3|4|5|6|7|8~ Paused=0|1~ PausedReason Wrapuptime?#',
  },
  QueueSummary: {
    why: handler('apps/app_queue.c:manager_queues_summary'),
    headers: 'Queue LoggedIn# Available# Callers# HoldTime#s TalkTime#s LongestHoldTime#s',
  },
  RegistryEntry: {
    why: handler('channels/chan_iax2.c:manager_iax2_show_registry, channels/chan_sip.c:manager_show_registry'),
    headers: 'Host Username DNSmanager?=Y|N~ Perceived? Port?# Domain? DomainPort?# Refresh# State RegistrationTime?#',
  },
  TestEvent: {
    why: "main/test.c:test_suite_event_to_ami, of an Asterisk built with its test framework, Debian's for one",
    headers: 'Type=StateChange|Assertion~ State? AppFile AppFunction AppLine# %?',
    classes: 'reporting',
  },
  VoicemailBoxDetail: {
    why: handler('apps/app_voicemail.c: one for each message; seen on 22'),
    headers: 'Folder CallerID Date Duration# Flag ID',
  },
  VoicemailUserDetail: { why: handler('apps/app_voicemail.c:append_vmu_info_astman'), headers: voicemail },
  VoicemailUserEntry: { why: handler('apps/app_voicemail.c:append_vmu_info_astman'), headers: voicemail },
}
