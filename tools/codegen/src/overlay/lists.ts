// The rows and the completing event of actions whose documentation has no <responses>.

/*
 * Read in the handlers of 22.10.1, and seen on real servers where they could be made to answer.
 * `extra`: what the completing event carries beside EventList and ListItems.
 * `bare`: it carries neither.
 */
export interface List {
  readonly rows: readonly string[]
  readonly completion?: string
  readonly extra?: string
  readonly bare?: true
}

const list = (rows: string, completion: string, extra?: string): List => ({
  rows: rows.split(' '),
  completion,
  ...(extra !== undefined && { extra }),
})

export const lists: Readonly<Record<string, List>> = {
  Agents: list('Agents', 'AgentsComplete'),
  BridgeList: list('BridgeListItem', 'BridgeListComplete'),
  BridgeTechnologyList: list('BridgeTechnologyListItem', 'BridgeTechnologyListComplete'),
  ConfbridgeList: list('ConfbridgeList', 'ConfbridgeListComplete'),
  ConfbridgeListRooms: list('ConfbridgeListRooms', 'ConfbridgeListRoomsComplete'),
  CoreShowChannelMap: list('CoreShowChannelMap', 'CoreShowChannelMapComplete'),
  DAHDIShowChannels: list('DAHDIShowChannels', 'DAHDIShowChannelsComplete', 'Items#'),
  DAHDIShowStatus: list('DAHDIShowStatus', 'DAHDIShowStatusComplete', 'Items#'),
  DBGet: list('DBGetResponse', 'DBGetComplete'),
  DBGetTree: list('DBGetTreeResponse', 'DBGetTreeComplete'),
  FAXSession: { rows: ['FAXSession'] },
  FAXSessions: list('FAXSessionsEntry', 'FAXSessionsComplete'),
  FAXStats: { rows: ['FAXStats'] },
  Hangup: list('ChannelHungup', 'ChannelsHungupListComplete'),
  IAXpeerlist: list('PeerEntry', 'PeerlistComplete'),
  IAXpeers: list('PeerEntry', 'PeerlistComplete'),
  IAXregistry: list('RegistryEntry', 'RegistrationsComplete'),
  MeetmeList: list('MeetmeList', 'MeetmeListComplete'),
  MeetmeListRooms: list('MeetmeListRooms', 'MeetmeListRoomsComplete'),
  MWIGet: list('MWIGet', 'MWIGetComplete'),
  ParkedCalls: list('ParkedCall', 'ParkedCallsComplete', 'Total#'),
  Parkinglots: list('Parkinglot', 'ParkinglotsComplete'),
  PJSIPShowMaintenance: list('PJSIPMaintenanceStatus', 'PJSIPMaintenanceStatusComplete'),
  PJSIPShowRegistrationInboundContactStatuses: list('ContactStatusDetail', 'ContactStatusDetailComplete'),
  PJSIPShowRegistrationsInbound: list('InboundRegistrationDetail', 'InboundRegistrationDetailComplete'),
  PJSIPShowRegistrationsOutbound: list(
    'OutboundRegistrationDetail',
    'OutboundRegistrationDetailComplete',
    'Registered# NotRegistered#',
  ),
  PJSIPShowResourceLists: list('ResourceListDetail', 'ResourceListDetailComplete'),
  PJSIPShowSubscriptionsInbound: list('InboundSubscriptionDetail', 'InboundSubscriptionDetailComplete'),
  PJSIPShowSubscriptionsOutbound: list('OutboundSubscriptionDetail', 'OutboundSubscriptionDetailComplete'),
  PRIShowSpans: list('PRIShowSpans', 'PRIShowSpansComplete', 'Items#'),
  QueueStatus: list('QueueParams QueueMember QueueEntry', 'QueueStatusComplete'),
  QueueSummary: list('QueueSummary', 'QueueSummaryComplete'),
  ShowDialPlan: list('ListDialplan', 'ShowDialPlanComplete', 'ListExtensions# ListPriorities# ListContexts#'),
  SIPpeers: list('PeerEntry', 'PeerlistComplete'),
  SIPpeerstatus: list('PeerStatus', 'SIPpeerstatusComplete'),
  SIPshowregistry: list('RegistryEntry', 'RegistrationsComplete'),
  SKINNYdevices: list('DeviceEntry', 'DevicelistComplete'),
  SKINNYlines: list('LineEntry', 'LinelistComplete'),
  VoicemailBoxSummary: list('VoicemailBoxDetail', 'VoicemailBoxDetailComplete'),
  VoicemailUsersList: list('VoicemailUserEntry', 'VoicemailUserEntryComplete'),
  VoicemailUserStatus: list('VoicemailUserDetail', 'VoicemailUserDetailComplete'),
  WaitEvent: { rows: [], completion: 'WaitEventComplete', bare: true },
}

/** Rows that are also told to everybody when they happen, under the same name. */
export const alsoBroadcast: readonly string[] = [
  'DeviceStateChange',
  'ExtensionStatus',
  'ParkedCall',
  'PeerStatus',
  'PJSIPMaintenanceStatus',
  'PresenceStateChange',
]
