// Headers of documented events that are missing from the documentation or wrong in it, read off the functions that print
// them, in the sources of 16.28, 18.26, 20.20, 22.10 and 23.4.

export interface HeaderCorrection {
  readonly why: string
  /** Headers as they are: in short, as short.ts reads them. */
  readonly set?: string
  /** Documented, and not sent, or sent under another name. */
  readonly drop?: string
}

/** Events whose documented name is not the one on the wire. */
export const renamedEvents: Readonly<Record<string, { readonly to: string; readonly why: string }>> = {
  NewExten: { to: 'Newexten', why: 'main/manager_channels.c:channel_newexten; seen on 22 and 16' },
}

// main/aoc.c:currency_to_json, printed by main/manager.c:manager_json_to_ast_str with the path as name
const currency = (path: string) =>
  `${path}/Currency/Name? ${path}/Currency/Cost?# ` + `${path}/Currency/Multiplier?=1/1000|1/100|1/10|1|10|100|1000`
const charge =
  'Charge/Type=NotAvailable|Free|Currency|Units ' +
  'Charge/BillingID?=Normal|Reverse|CreditCard|CallForwardingUnconditional|CallForwardingBusy|' +
  'CallForwardingNoReply|CallDeflection|CallTransfer|NotAvailable ' +
  `Charge/TotalType?=SubTotal|Total ${currency('Charge')} Charge/Units(%)/NumberOf?# Charge/Units(%)/TypeOf?#`
const chargeDrop = 'Charge Type BillingID TotalType Currency Name Cost Multiplier Units NumberOf TypeOf'

const reportParts =
  'SourceSSRC FractionLost# CumulativeLost# HighestSequence# SequenceNumberCycles# IAJitter# LSR# DLSR#'.split(' ')
const reports = reportParts.map((part) => `Report%${part}`).join(' ')
const reportsDrop = reportParts.map((part) => `ReportX${part.replace('#', '')}`).join(' ')

const amaFlags = 'AMAFlags=OMIT|BILLING|DOCUMENTATION|Unknown'
const party = (prefix: string) =>
  'NumPlan? NumPres? NameCharSet? NamePres? Subaddr? SubaddrType? SubaddrOdd?'
    .split(' ')
    .map((name) => prefix + name)
    .join(' ')

/** Sent and not documented, documented and not sent, not always sent, or with other values. */
export const headerCorrections: Readonly<Record<string, HeaderCorrection>> = {
  'AOC-D': { why: 'main/aoc.c:charge_to_json', drop: chargeDrop, set: charge },
  'AOC-E': {
    why: 'main/aoc.c:e_to_json; an association that is not known is printed empty',
    drop: `ChargingAssociation Number Plan ID ${chargeDrop}`,
    set: `ChargingAssociation? ChargingAssociation/Number? ChargingAssociation/Plan?# ChargingAssociation/ID?# ${charge}`,
  },
  'AOC-S': {
    why: 'main/aoc.c:s_to_json gives an array without a name, which glibc prints as (null)',
    drop:
      'Chargeable RateType Currency Name Cost Multiplier ChargingType StepFunction Granularity Length Scale Unit ' +
      'SpecialCode',
    set:
      '(null)(%)/Chargeable?=NotAvailable|SpecialArrangement|BasicCommunication|CallAttempt|CallSetup|UserUserInfo|' +
      `SupplementaryService ${currency('(null)(%)/Duration')} ` +
      '(null)(%)/Duration/ChargingType?=StepFunction|ContinuousCharging (null)(%)/Duration/Time/Length?# ' +
      '(null)(%)/Duration/Time/Scale?# (null)(%)/Duration/Granularity? (null)(%)/Duration/Granularity/Length?# ' +
      `(null)(%)/Duration/Granularity/Scale?# ${currency('(null)(%)/Flat')} ` +
      `(null)(%)/Volume/Unit?=Octet|Segment|Message ${currency('(null)(%)/Volume')} ` +
      '(null)(%)/SpecialCode/SpecialCode?#',
  },
  AsyncAGIExec: {
    why: 'res/res_agi.c:launch_asyncagi; seen on 22 and 16, and only where one was given',
    drop: 'CommandID',
    set: 'CommandId?',
  },
  AttendedTransfer: { why: 'main/stasis_bridges.c:attended_transfer_to_ami', set: 'IsExternal=Yes|No' },
  AuthDetail: {
    why: 'res/res_pjsip/config_auth.c:format_ami_auth_handler: not that of an outbound registration',
    set: 'EndpointName?',
  },
  BridgeEnter: {
    why: 'main/manager_bridges.c:channel_enter_cb: only where it takes the place of another',
    set: 'SwapUniqueid?',
  },
  CEL: {
    why: 'cel/cel_manager.c:manager_log; the user’s own type only where the server is told to show it',
    drop: 'UserField',
    set: `Channel Userfield UserDefType? TenantID? ${amaFlags}`,
  },
  Cdr: {
    why: 'main/cdr.c:ast_cdr_disp2str, main/channel.c:ast_channel_amaflags2string',
    set: `Disposition=NO_ANSWER|FAILED|BUSY|ANSWERED|CONGESTION|CANCEL ${amaFlags}`,
  },
  ConfbridgeList: { why: 'apps/app_confbridge.c:action_confbridgelist_item, 22', set: 'EndMarkedAny?!' },
  ContactStatus: {
    why: 'res/res_pjsip/pjsip_options.c:status_map, main/stasis_endpoints.c:contactstatus_to_ami',
    set: 'ContactStatus=Unknown|Unreachable|Reachable|NonQualified|Removed RoundtripUsec#us',
  },
  CoreShowChannel: { why: 'main/manager.c:action_coreshowchannels prints hours, minutes and seconds', set: 'Duration' },
  DialEnd: {
    why: 'apps/app_dial.c:dial_exec_full tells what the subroutine of U() or privacy made of it',
    set: 'DialStatus=ABORT|ANSWER|BUSY|CANCEL|CHANUNAVAIL|CONGESTION|CONTINUE|DONTCALL|GOTO|GOTO:%|NOANSWER|TORTURE',
  },
  EndpointDetail: {
    why: 'res/res_pjsip/pjsip_configuration.c: options that are printed where set, or that came or went',
    set: 'ContactUser? FollowRedirectMethods? RedirectMethod? SecurityMechanisms?',
  },
  FAXSession: {
    why: 'res/res_fax_spandsp.c:spandsp_manager_fax_session: of a gateway in small letters, else with a capital',
    set: 'ErrorCorrectionMode?=yes|no|Yes|No',
  },
  FAXSessionsEntry: { why: 'res/res_fax.c:fax_session_type', set: 'SessionType=G.711|T.38|none' },
  FAXStatus: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', set: 'FileName?*' },
  HangupRequest: {
    why: 'main/manager_channels.c:channel_hangup_request_cb: where there is one; TechCause of late 20, 22 and 23',
    set: 'Cause?# TechCause?#',
  },
  InboundRegistrationDetail: {
    why: 'seen not to be in 16.28, which does not document the event',
    set: 'Qualify2xxOnly?',
  },
  LocalOptimizationEnd: { why: 'main/core_local.c:local_message_to_ami', set: 'Success=Yes|No' },
  LogChannel: { why: 'main/logger.c: the two instances are merged, and neither lists them', set: 'Enabled! Reason?' },
  MCID: {
    why: 'channels/sig_pri.c:party_json_to_ami: of a party only what is valid',
    set: `${party('MCallerID')} ${party('MConnectedID')}`,
  },
  MeetmeLeave: { why: 'apps/app_meetme.c:meetme_stasis_generate_msg: not in the first second', set: 'Duration?#' },
  MeetmeListRooms: { why: 'apps/app_meetme.c:action_meetmelistrooms prints N/A for none', set: 'Marked' },
  MeetmeMute: { why: 'apps/app_meetme.c:meetme_stasis_generate_msg: not in the first second', set: 'Duration?#' },
  MeetmeTalkRequest: {
    why: 'apps/app_meetme.c:meetme_stasis_generate_msg: not in the first second',
    set: 'Duration?#',
  },
  MeetmeTalking: { why: 'apps/app_meetme.c:meetme_stasis_generate_msg: not in the first second', set: 'Duration?#' },
  MixMonitorMute: { why: 'main/manager_channels.c:channel_mixmonitor_mute_cb', set: 'State=0|1' },
  OriginateResponse: {
    why: 'main/manager.c:fast_originate: the one pair or the other',
    set: 'Context? Exten? Application? Data?',
  },
  OutboundRegistrationDetail: {
    why: 'res/res_pjsip_outbound_registration.c: options that 16 does not have, and one that is printed where set',
    set: 'ContactHeaderParams? SecurityMechanisms? SecurityNegotiation? SupportOutbound? UserAgent?',
  },
  PeerStatus: {
    why: 'main/stasis_endpoints.c:peerstatus_to_ami: what is known; channels/chan_sip.c: what became of a poke',
    set:
      'PeerStatus=Unknown|Registered|Unregistered|Rejected|Lagged|Reachable|Unreachable|Unmonitored Cause? Address? ' +
      'Port? Time?',
  },
  QueueMemberPause: { why: 'apps/app_queue.c:publish_queue_member_pause of 16 and 17', set: 'Reason?' },
  QueueParams: {
    why: 'apps/app_queue.c:manager_queues_status',
    drop: 'ServiceLevelPerf ServiceLevelPerf2',
    set: 'Queue ServiceLevel#s Weight# ServicelevelPerf# ServicelevelPerf2#',
  },
  ReceiveFAX: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', set: 'FileName?*' },
  Registry: {
    why: 'channels/chan_sip.c:regstatestrings, handle_response_register: also where a 403 came',
    set: 'Status=Registered|Unregistered|Rejected|Failed|No_Authentication Cause?',
  },
  Rename: { why: 'the node has no syntax: main/channel.c:ast_change_name', set: 'Channel Newname Uniqueid' },
  RequestBadFormat: { why: 'main/security_events.c:sec_events: it is optional there', set: 'AccountID?' },
  ResourceListDetail: {
    why: 'its own header Event is the second of that name; the first is the name of the event',
    drop: 'Event',
  },
  RTCPReceived: {
    why: 'main/rtp_engine.c:rtcp_report_to_ami; res/res_rtp_asterisk.c gives both addresses, and MES from 18.17 and 20.2 on',
    drop: reportsDrop,
    set: `To MES?# ${reports}`,
  },
  RTCPSent: {
    why: 'main/rtp_engine.c:rtcp_report_to_ami; res/res_rtp_asterisk.c gives both addresses, and MES from 18.17 and 20.2 on',
    drop: reportsDrop,
    set: `From MES?# ${reports}`,
  },
  SendFAX: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', set: 'FileName?*' },
  SoftHangupRequest: {
    why: 'main/manager_channels.c:channel_hangup_request_cb: where there is one; TechCause of late 20, 22 and 23',
    set: 'Cause?# TechCause?#',
  },
  Status: { why: 'main/manager.c:generate_status, for the variables asked for', set: 'Variable?*' },
  TransportDetail: {
    why: 'res/res_pjsip/config_transport.c: async_operations; the host name in 20 alone',
    drop: 'AsycOperations',
    set: 'AsyncOperations# ExternalSignalingHostname?',
  },
  UserEvent: { why: 'whatever the sender put in', set: '%?' },
}

const noCaller = 'main/manager_channels.c:channel_dial_cb: an originated call has no caller'
const advice = 'main/aoc.c:aoc_to_ami: an advice may belong to no channel'
const parked =
  'res/parking/parking_manager.c:manager_build_parked_call_string prints nothing of the parker but its name'

/** The channels and bridges that an event prints: `channel` or `bridge`, `:` and a prefix, `?` where it may lack. */
export const eventSnapshots: Readonly<Record<string, { readonly why: string; readonly snapshots: string }>> = {
  'AOC-D': { why: advice, snapshots: 'channel?' },
  'AOC-E': { why: advice, snapshots: 'channel?' },
  'AOC-S': { why: advice, snapshots: 'channel?' },
  AgentComplete: {
    why: 'apps/app_queue.c:handle_hangup: the caller or the agent may be gone; both seen on 16',
    snapshots: 'channel? channel:Dest?',
  },
  AgentLogoff: { why: 'main/stasis_channels.c:agent_logoff_to_ami', snapshots: 'channel' },
  Agents: { why: 'apps/app_agent_pool.c:action_agents: only of an agent that is logged in', snapshots: 'channel?' },
  AttendedTransfer: {
    why: 'main/stasis_bridges.c:attended_transfer_to_ami: what the kind of transfer has',
    snapshots:
      'channel:OrigTransferer bridge:Orig? channel:SecondTransferer bridge:Second? channel:Transferee? ' +
      'channel:TransferTarget? channel:LocalOne? channel:LocalTwo?',
  },
  BlindTransfer: {
    why: 'main/stasis_bridges.c:blind_transfer_to_ami: a transferee and a bridge where there is one',
    snapshots: 'channel:Transferer channel:Transferee? bridge?',
  },
  BridgeListItem: { why: 'main/manager_bridges.c:send_bridge_list_item_cb', snapshots: 'bridge' },
  ChanSpyStop: {
    why: 'main/manager_channels.c:channel_chanspy_stop_cb: who was spied on may be gone',
    snapshots: 'channel:Spyer channel:Spyee?',
  },
  DialBegin: { why: noCaller, snapshots: 'channel? channel:Dest' },
  DialEnd: { why: noCaller, snapshots: 'channel? channel:Dest' },
  DialState: { why: noCaller, snapshots: 'channel? channel:Dest' },
  LocalOptimizationBegin: {
    why: 'main/core_local.c:local_message_to_ami: only where a channel is swapped in',
    snapshots: 'channel:LocalOne channel:LocalTwo channel:Source?',
  },
  MCID: { why: 'channels/sig_pri.c:sig_pri_mcid_event: the call may have no channel', snapshots: 'channel?' },
  MessageWaiting: { why: 'main/manager_mwi.c:mwi_update_cb: only where a channel caused it', snapshots: 'channel?' },
  ParkedCallGiveUp: { why: parked, snapshots: 'channel:Parkee' },
  ParkedCallSwap: { why: parked, snapshots: 'channel:Parkee' },
  ParkedCallTimeOut: { why: parked, snapshots: 'channel:Parkee' },
  RTCPReceived: { why: 'main/rtp_engine.c:rtcp_report_to_ami: a stream without a channel', snapshots: 'channel?' },
  RTCPSent: { why: 'main/rtp_engine.c:rtcp_report_to_ami: a stream without a channel', snapshots: 'channel?' },
  UnParkedCall: { why: parked, snapshots: 'channel:Parkee channel:Retriever' },
  UserEvent: {
    why: 'main/manager.c:action_userevent has no channel; main/stasis.c:multi_user_event_to_ami may have a bridge',
    snapshots: 'channel? bridge?',
  },
  VarSet: {
    why: 'main/stasis_channels.c:varset_to_ami: a global variable comes with a part of it',
    snapshots: 'channel?',
  },
}

/** Read as numbers wherever they occur; the rest of the documentation is prose. */
export const numberHeaders: readonly string[] = (
  'AnsweredTime Available BillableSeconds BridgeNumChannels CallsTaken Calls Cause ChannelState Completed ' +
  'Abandoned ContactsRegistered Count CurrentSessions DataRate Duration DurationMs FailedFAXes CompletedFAXes HoldTime ' +
  'Holdtime LastCall LastPause LastReload LoggedInTime LoginTime Logintime Marked Max NewMessages OldMessages New Old ' +
  'OriginalPosition PagesReceived PagesTransferred PagesTransmitted ParkingDuration ParkingSpace ParkingTimeout Parties ' +
  'Penalty Position Priority ReceiveAttempts ReportCount ReservedSessions ResultCode RingTime RTT Seconds SentOctets ' +
  'SentPackets ServicelevelPerf ServicelevelPerf2 SessionNumber Span TalkTime TimeToHangup Total TotalBadLines ' +
  'TotalContacts TransmitAttempts Uptime UserNumber Wait Wrapuptime Items Reason'
).split(/\s+/)

/** The classes that are really needed, where the documentation names others. */
export const eventClasses: Readonly<Record<string, { readonly why: string; readonly classes: string }>> = {
  ChannelTalkingStart: {
    why: 'documented as CLASS; main/stasis_channels.c:talking_start_to_ami says CALL',
    classes: 'call',
  },
  ChannelTalkingStop: {
    why: 'documented as CLASS; main/stasis_channels.c:talking_stop_to_ami says CALL',
    classes: 'call',
  },
  VoicemailPasswordChange: {
    why: 'documented as USER; apps/app_voicemail.c:vm_change_password needs both',
    classes: 'system user',
  },
}

/** They print `ChanVariable(<channel>)` where others print a snapshot (main/manager.c:append_channel_vars). */
export const namedVariables: readonly string[] = ['OriginateResponse', 'Rename']
