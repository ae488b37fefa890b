// Headers of documented events that are missing from the documentation or wrong in it.

export interface Correction {
  readonly why: string
  /** In short, as short.ts reads them. */
  readonly headers: string
}

/** Events whose documented name is not the one on the wire. */
export const renamedEvents: Readonly<Record<string, { readonly to: string; readonly why: string }>> = {
  NewExten: { to: 'Newexten', why: 'main/manager_channels.c:channel_newexten; seen on 22 and 16' },
}

/** Sent, and not documented for the event. */
export const missingHeaders: Readonly<Record<string, Correction>> = {
  CEL: {
    why: 'cel/cel_manager.c:manager_log; the last two only where the server is told to show them',
    headers: 'Channel EventDef? Tenantid? PeerTenantid?',
  },
  ConfbridgeList: { why: 'apps/app_confbridge.c:action_confbridgelist_item, 22', headers: 'EndMarkedAny?!' },
  EndpointDetail: {
    why: 'a configuration option since 20.11 and 22.1: the row prints them all',
    headers: 'FollowRedirectMethods?',
  },
  LogChannel: {
    why: 'main/logger.c: the two instances are merged, and neither lists them',
    headers: 'Enabled! Reason?',
  },
  QueueParams: { why: 'apps/app_queue.c:manager_queues_status', headers: 'Queue ServiceLevel#s Weight#' },
  Rename: { why: 'the node has no syntax: main/channel.c:ast_change_name', headers: 'Channel Newname Uniqueid' },
  UserEvent: { why: 'whatever the sender put in', headers: '%?' },
  Status: { why: 'main/manager.c:generate_status, for the variables asked for', headers: 'Variable?*' },
}

/** Documented under another name than they have on the wire, or not sent at all (`to` left out). */
export const wrongHeaders: Readonly<
  Record<string, { readonly why: string; readonly names: Readonly<Record<string, string | undefined>> }>
> = {
  'AOC-D': {
    why: 'main/aoc.c:charge_to_json is printed by manager.c:manager_json_to_ast_str, with the path as name',
    names: {
      Charge: undefined,
      Type: 'Charge/Type',
      BillingID: 'Charge/BillingID',
      TotalType: 'Charge/TotalType',
      Currency: undefined,
      Name: 'Charge/Currency/Name',
      Cost: 'Charge/Currency/Cost',
      Multiplier: 'Charge/Currency/Multiplier',
      Units: undefined,
      NumberOf: 'Charge/Units(%)/NumberOf',
      TypeOf: 'Charge/Units(%)/TypeOf',
    },
  },
  'AOC-E': {
    why: 'main/aoc.c:e_to_json is printed by manager.c:manager_json_to_ast_str, with the path as name',
    names: {
      ChargingAssociation: undefined,
      Number: 'ChargingAssociation/Number',
      Plan: 'ChargingAssociation/Plan',
      ID: 'ChargingAssociation/ID',
      Charge: undefined,
      Type: 'Charge/Type',
      BillingID: 'Charge/BillingID',
      TotalType: 'Charge/TotalType',
      Currency: undefined,
      Name: 'Charge/Currency/Name',
      Cost: 'Charge/Currency/Cost',
      Multiplier: 'Charge/Currency/Multiplier',
      Units: undefined,
      NumberOf: 'Charge/Units(%)/NumberOf',
      TypeOf: 'Charge/Units(%)/TypeOf',
    },
  },
  AsyncAGIExec: { why: 'res/res_agi.c prints it so; seen on 22 and 16', names: { CommandID: 'CommandId' } },
  CEL: { why: 'cel/cel_manager.c:manager_log prints it so', names: { UserField: 'Userfield' } },
  QueueParams: {
    why: 'apps/app_queue.c:manager_queues_status prints them so',
    names: { ServiceLevelPerf: 'ServicelevelPerf', ServiceLevelPerf2: 'ServicelevelPerf2' },
  },
  ResourceListDetail: {
    why: 'its own header Event is the second of that name; the first is the name of the event',
    names: { Event: undefined },
  },
  RTCPReceived: { why: 'X stands for the number of the report', names: reports() },
  RTCPSent: { why: 'X stands for the number of the report', names: reports() },
}

function reports(): Record<string, string> {
  const parts = 'SourceSSRC FractionLost CumulativeLost HighestSequence SequenceNumberCycles IAJitter LSR DLSR'.split(
    ' ',
  )
  return Object.fromEntries(parts.map((part) => [`ReportX${part}`, `Report%${part}`]))
}

/** Snapshots that an event does without where it has no such channel or bridge. */
export const optionalSnapshots: Readonly<
  Record<string, { readonly why: string; readonly prefixes: readonly string[] }>
> = {
  'AOC-D': { why: 'main/aoc.c:aoc_to_ami: an advice may belong to no channel', prefixes: [''] },
  'AOC-E': { why: 'main/aoc.c:aoc_to_ami: an advice may belong to no channel', prefixes: [''] },
  'AOC-S': { why: 'main/aoc.c:aoc_to_ami: an advice may belong to no channel', prefixes: [''] },
  AgentComplete: {
    why: 'apps/app_queue.c:handle_hangup: the caller or the agent may be gone; both seen on 16',
    prefixes: ['', 'Dest'],
  },
  Agents: { why: 'apps/app_agent_pool.c:action_agents: only of an agent on a call', prefixes: [''] },
  AttendedTransfer: {
    why: 'main/stasis_bridges.c:attended_transfer_to_ami: what the kind of transfer has',
    prefixes: ['Orig', 'Second', 'LocalOne', 'LocalTwo', 'Transferee'],
  },
  BlindTransfer: {
    why: 'main/stasis_bridges.c:blind_transfer_to_ami: a transferee and a bridge where there is one',
    prefixes: ['', 'Transferee'],
  },
  ChanSpyStart: {
    why: 'main/manager_channels.c:channel_chanspy_start_cb: none when all are spied on in turn',
    prefixes: ['Spyee'],
  },
  ChanSpyStop: { why: 'main/manager_channels.c:channel_chanspy_stop_cb', prefixes: ['Spyee'] },
  DialBegin: { why: 'main/manager_channels.c:channel_dial_cb: an originated call has no caller', prefixes: [''] },
  DialEnd: { why: 'main/manager_channels.c:channel_dial_cb: an originated call has no caller', prefixes: [''] },
  DialState: { why: 'main/manager_channels.c:channel_dial_cb: an originated call has no caller', prefixes: [''] },
  LocalOptimizationBegin: {
    why: 'main/core_local.c:local_message_to_ami: only where a channel is swapped in',
    prefixes: ['Source'],
  },
  MessageWaiting: { why: 'main/manager_mwi.c:mwi_update_cb: only where a channel caused it', prefixes: [''] },
  ParkedCallGiveUp: { why: 'res/parking/parking_manager.c: the parker may be gone', prefixes: ['Parker'] },
  ParkedCallSwap: { why: 'res/parking/parking_manager.c: the parker may be gone', prefixes: ['Parker'] },
  ParkedCallTimeOut: { why: 'res/parking/parking_manager.c: the parker may be gone', prefixes: ['Parker'] },
  UnParkedCall: { why: 'res/parking/parking_manager.c: the parker may be gone', prefixes: ['Parker'] },
  UserEvent: { why: 'main/manager.c:action_userevent: one sent over AMI has no channel', prefixes: [''] },
  VarSet: { why: 'main/stasis_channels.c:varset_to_ami: a global variable comes with a part of it', prefixes: [''] },
}

/** Documented as always there, and not. */
export const conditionalHeaders: Readonly<Record<string, Correction>> = {
  BridgeEnter: {
    why: 'main/manager_bridges.c:channel_enter_cb: only where it takes the place of another',
    headers: 'SwapUniqueid',
  },
  ContactStatus: {
    why: 'main/stasis_endpoints.c:contactstatus_to_ami: what is known',
    headers: 'AOR EndpointName RoundtripUsec',
  },
  EndpointDetail: { why: 'seen not to be in 16.28, which documents it', headers: 'RedirectMethod' },
  FAXStatus: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', headers: 'FileName' },
  HangupRequest: { why: 'main/manager_channels.c:channel_hangup_request_cb: where there is one', headers: 'Cause' },
  InboundRegistrationDetail: {
    why: 'seen not to be in 16.28, which does not document the event',
    headers: 'Qualify2xxOnly',
  },
  MCID: {
    why: 'channels/sig_pri.c: the rest of a party only where it is valid',
    headers:
      'MCallerIDNum MCallerIDton MCallerIDNumPlan MCallerIDNumPres MCallerIDName MCallerIDNameCharSet MCallerIDNamePres ' +
      'MCallerIDSubaddr MCallerIDSubaddrType MCallerIDSubaddrOdd MConnectedIDNum MConnectedIDton MConnectedIDNumPlan ' +
      'MConnectedIDNumPres MConnectedIDName MConnectedIDNameCharSet MConnectedIDNamePres MConnectedIDSubaddr ' +
      'MConnectedIDSubaddrType MConnectedIDSubaddrOdd',
  },
  OriginateResponse: {
    why: 'main/manager.c:fast_originate: the one pair or the other',
    headers: 'Context Exten Application Data',
  },
  PeerStatus: { why: 'main/stasis_endpoints.c:peerstatus_to_ami: what is known', headers: 'Cause Address Port Time' },
  ReceiveFAX: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', headers: 'FileName' },
  SendFAX: { why: 'main/manager_channels.c:channel_fax_cb: one for each file', headers: 'FileName' },
  SoftHangupRequest: { why: 'main/manager_channels.c:channel_hangup_request_cb: where there is one', headers: 'Cause' },
}

/** Values of enumerated headers that the documentation leaves out. */
export const missingValues: Readonly<Record<string, Correction>> = {
  PeerStatus: {
    why: 'channels/chan_sip.c: what became of a poke; rows have Unmonitored, seen on 16',
    headers: 'PeerStatus=Reachable|Unreachable|Unmonitored',
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

/** Where such a name means something else. */
export const notNumbers: Readonly<Record<string, readonly string[]>> = {
  AgentComplete: ['Reason'],
  CoreShowChannel: ['Duration'],
  PeerStatus: ['Cause'],
  QueueMemberPause: ['Reason'],
  Registry: ['Cause'],
}

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
