import type { Client, Params } from 'amiable'
import { dial, hangUp, type LiveCall } from '../support/calls.ts'

/** What an action's arguments may need to be sensible: calls that are up, and a connection to prepare things with. */
export class Scene {
  readonly ami: Client
  #calls = new Map<string, Promise<LiveCall>>()
  #made: LiveCall[] = []
  #newMember = { Queue: 'sales', Interface: 'Local/member@default' }

  constructor(ami: Client) {
    this.ami = ami
  }

  /** A call to that extension, shared by all who ask for it. */
  async call(extension = 'wait', until?: string): Promise<LiveCall> {
    const known = await this.#calls.get(extension)
    if (known) {
      const status = await this.ami.sendRaw('Status', { Channel: known.far }, { check: false })
      if (status.success) return known
    }
    const fresh = this.fresh(extension, until)
    this.#calls.set(extension, fresh)
    return fresh
  }

  /** A call of one's own, to be ended or moved. */
  async fresh(extension = 'wait', until?: string): Promise<LiveCall> {
    const call = await dial(this.ami, extension, until === undefined ? {} : { until })
    this.#made.push(call)
    return call
  }

  /** The channel of the shared call. */
  async channel(): Promise<string> {
    return (await this.call()).channel
  }

  /** The channel of the call that stands in the conference room 100. */
  async member(): Promise<string> {
    return (await this.call('conf', 'ConfbridgeJoin')).far
  }

  /** A channel that has dialled another and talks to it. */
  async talking(): Promise<string> {
    return (await this.fresh('dialtransfer', 'BridgeEnter')).far
  }

  /** A bridge, with a channel in it. */
  async bridge(): Promise<string> {
    const channel = await this.member()
    for (const { BridgeUniqueid = '' } of await this.ami.listRaw('BridgeList').toArray()) {
      const members = await this.ami.listRaw('BridgeInfo', { BridgeUniqueid }).toArray()
      if (members.some((one) => one.get('Channel') === channel)) return BridgeUniqueid
    }
    throw new Error('the conference has no bridge')
  }

  /** A member that its queue does not have yet, and loses again in the end: other tests count on an empty queue. */
  async newMember(): Promise<Params> {
    await this.#removeMember()
    return { ...this.#newMember, MemberName: 'Agent Three' }
  }

  async #removeMember(): Promise<void> {
    await this.ami.sendRaw('QueueRemove', this.#newMember, { check: false })
  }

  /** Ends every call that it made, and takes its member out of the queue. */
  async end(): Promise<void> {
    await Promise.all([this.#removeMember(), ...this.#made.map((call) => hangUp(this.ami, call))])
  }
}

/** How an action is tried. */
export interface Trial {
  readonly params?: Params | ((scene: Scene) => Params | Promise<Params>)
  readonly variables?: Record<string, string>
  /** What the server says where these arguments, rightly, get a refusal. */
  readonly refused?: RegExp
  /** The refusal depends on what an earlier run left behind. */
  readonly perhaps?: true
  /** `ListItems` of its completing event is no count of the items. */
  readonly uncounted?: true
}

const channel = async (scene: Scene): Promise<Params> => ({ Channel: await scene.channel() })
const withChannel =
  (more: Params) =>
  async (scene: Scene): Promise<Params> => ({ ...(await channel(scene)), ...more })
const inConference =
  (more: Params) =>
  async (scene: Scene): Promise<Params> => {
    await scene.member()
    return { Conference: 100, ...more }
  }
const mailbox = { Context: 'default', Mailbox: '1234' }
const config = { Filename: 'amiable-contract.conf' }
const nobody = 'no/such-channel'

/** Arguments for every action that an Asterisk of ours lists; one that is missing here fails the suite. */
export const trials: Readonly<Record<string, Trial>> = {
  AbsoluteTimeout: { params: withChannel({ Timeout: 60 }) },
  AgentLogoff: { params: { Agent: 1002 } },
  Agents: {},
  AGI: {
    params: async (scene) => ({
      Channel: (await scene.call('agi', 'AsyncAGIStart')).far,
      Command: 'NOOP',
      CommandID: 'c1',
    }),
  },
  AOCMessage: {
    params: withChannel({
      MsgType: 'D',
      ChargeType: 'Currency',
      CurrencyName: 'EUR',
      CurrencyAmount: 1,
      CurrencyMultiplier: 'One',
      TotalType: 'Total',
    }),
  },
  Atxfer: { params: async (scene) => ({ Channel: await scene.talking(), Exten: 'wait', Context: 'default' }) },
  BlindTransfer: { params: async (scene) => ({ Channel: await scene.talking(), Exten: 'wait', Context: 'default' }) },
  Bridge: {
    params: async (scene) => ({ Channel1: (await scene.fresh()).channel, Channel2: (await scene.fresh()).channel }),
  },
  BridgeDestroy: { params: { BridgeUniqueid: 'no-such-bridge' }, refused: /BridgeUniqueid not found/ },
  BridgeInfo: { params: async (scene) => ({ BridgeUniqueid: await scene.bridge() }) },
  BridgeKick: {
    params: async (scene) => ({ Channel: (await scene.fresh('conf', 'ConfbridgeJoin')).far }),
  },
  BridgeList: {},
  BridgeTechnologyList: {},
  BridgeTechnologySuspend: { params: { BridgeTechnology: 'simple_bridge' } },
  BridgeTechnologyUnsuspend: { params: { BridgeTechnology: 'simple_bridge' } },
  CancelAtxfer: { params: channel },
  Challenge: { params: { AuthType: 'MD5' } },
  ChangeMonitor: { params: withChannel({ File: 'amiable-changed' }) },
  Command: { params: { Command: 'core show version' } },
  ConfbridgeKick: { params: inConference({ Channel: nobody }), refused: /No Channel by that name found in Conference/ },
  ConfbridgeList: { params: inConference({}) },
  ConfbridgeListRooms: { params: inConference({}) },
  ConfbridgeLock: { params: inConference({}) },
  ConfbridgeMute: { params: async (scene) => ({ Conference: 100, Channel: await scene.member() }) },
  ConfbridgeSetSingleVideoSrc: { params: async (scene) => ({ Conference: 100, Channel: await scene.member() }) },
  ConfbridgeStartRecord: { params: inConference({ RecordFile: '/tmp/amiable-conference.wav' }) },
  ConfbridgeStopRecord: { params: inConference({}) },
  ConfbridgeUnlock: { params: inConference({}) },
  ConfbridgeUnmute: { params: async (scene) => ({ Conference: 100, Channel: await scene.member() }) },
  ControlPlayback: { params: withChannel({ Control: 'stop' }) },
  CoreSettings: {},
  CoreShowChannelMap: { params: channel },
  CoreShowChannels: { params: channel },
  CoreStatus: {},
  CreateConfig: { params: config, refused: /File exists/, perhaps: true },
  DBDel: { params: kept('amiable', 'gone') },
  DBDelTree: { params: kept('amiable-tree', 'a') },
  DBGet: { params: kept('amiable', 'one') },
  DBGetTree: { params: kept('amiable', 'two'), uncounted: true },
  DBPut: { params: { Family: 'amiable', Key: 'put', Val: 'a value' } },
  DeviceStateList: {},
  DialplanExtensionAdd: {
    params: { Context: 'amiable', Extension: 's', Priority: 1, Application: 'NoOp', Replace: true },
  },
  DialplanExtensionRemove: {
    params: async ({ ami }) => {
      const extension = { Context: 'amiable', Extension: 'gone', Priority: 1 }
      await ami.sendRaw('DialplanExtensionAdd', { ...extension, Application: 'NoOp', Replace: true })
      return extension
    },
  },
  Events: { params: { EventMask: 'on' } },
  ExtensionState: { params: { Exten: 201, Context: 'default' } },
  ExtensionStateList: {},
  FAXSession: { params: { SessionNumber: 1 }, refused: /Session not found/ },
  FAXSessions: {},
  FAXStats: {},
  Filter: { params: { Operation: 'Add', Filter: '!Event: NothingIsCalledSo' } },
  GetConfig: { params: { Filename: 'queues.conf' } },
  GetConfigJSON: { params: { Filename: 'queues.conf' } },
  Getvar: { params: withChannel({ Variable: 'CALLERID(num)' }) },
  Hangup: { params: async (scene) => ({ Channel: (await scene.fresh()).channel }) },
  IAXnetstats: {},
  IAXpeerlist: {},
  IAXpeers: {},
  IAXregistry: {},
  JabberSend: { params: { Jabber: 'none', ScreenName: 'none@example.org', Message: 'hello' } },
  ListCategories: { params: { Filename: 'queues.conf' } },
  ListCommands: {},
  LocalOptimizeAway: { params: channel },
  LoggerRotate: {},
  Login: { params: { Username: 'frank', Secret: 'not looked at again' } },
  MailboxCount: { params: { Mailbox: '1234@default' } },
  MailboxStatus: { params: { Mailbox: '1234@default' } },
  MeetmeList: { refused: /No active conferences/ },
  MeetmeListRooms: { refused: /No active conferences/ },
  MessageSend: { params: { To: 'pjsip:ep1', From: 'amiable', Body: 'hello' } },
  MixMonitor: { params: withChannel({ File: '/tmp/amiable-mix.wav', Options: 'i(MIXID)' }) },
  MixMonitorMute: { params: withChannel({ Direction: 'both', State: 1 }) },
  ModuleCheck: { params: { Module: 'app_echo' } },
  ModuleLoad: { params: { Module: 'cdr_manager.so', LoadType: 'reload' } },
  Monitor: { params: withChannel({ File: 'amiable-monitor' }) },
  MuteAudio: { params: withChannel({ Direction: 'all', State: 'off' }) },
  Originate: {
    params: { Channel: 'Local/answered@default', Context: 'default', Exten: 'answered', Priority: 1, Async: true },
  },
  Park: { params: async (scene) => ({ Channel: (await scene.fresh()).channel, Timeout: 5_000 }) },
  ParkedCalls: {},
  Parkinglots: {},
  PauseMonitor: { params: channel },
  Ping: {},
  PJSIPHangup: { params: async (scene) => ({ Channel: (await scene.fresh()).channel, Cause: 486 }) },
  PJSIPNotify: { params: { Endpoint: 'ep1' }, variables: { Event: 'lab' } },
  PJSIPQualify: { params: { Endpoint: 'ep1' } },
  PJSIPRegister: { params: { Registration: 'nobody' }, refused: /Unable to retrieve registration entry/ },
  PJSIPSetMaintenance: { params: { Endpoint: 'ep1', State: 'off' } },
  PJSIPShowAors: {},
  PJSIPShowAuths: {},
  PJSIPShowContacts: { refused: /No Contacts found/, perhaps: true },
  PJSIPShowEndpoint: { params: { Endpoint: 'ep1' }, uncounted: true },
  PJSIPShowEndpoints: { uncounted: true },
  PJSIPShowMaintenance: {},
  PJSIPShowRegistrationInboundContactStatuses: {},
  PJSIPShowRegistrationsInbound: {},
  PJSIPShowRegistrationsOutbound: {},
  PJSIPShowResourceLists: { refused: /No resource lists found/ },
  PJSIPShowSubscriptionsInbound: {},
  PJSIPShowSubscriptionsOutbound: {},
  PJSIPUnregister: { params: { Registration: 'nobody' }, refused: /Unable to retrieve registration entry/ },
  PlayDTMF: { params: withChannel({ Digit: 1, Duration: 100 }) },
  PlayMF: { params: withChannel({ Digit: 1, Duration: 100 }) },
  PresenceState: { params: { Provider: 'CustomPresence:desk202' } },
  PresenceStateList: {},
  QueueAdd: { params: (scene) => scene.newMember() },
  QueueChangePriorityCaller: { params: { Queue: 'support', Caller: nobody, Priority: 2 }, refused: /No such caller/ },
  QueueLog: { params: { Queue: 'support', Event: 'LAB', Message: 'a message' } },
  QueueMemberRingInUse: { params: { Queue: 'support', Interface: 'Local/busy@default/n', RingInUse: true } },
  QueuePause: { params: { Queue: 'support', Interface: 'Local/busy@default/n', Paused: true, Reason: 'tea' } },
  QueuePenalty: { params: { Queue: 'support', Interface: 'Local/busy@default/n', Penalty: 3 } },
  QueueReload: { params: { Queue: 'sales', Members: 'yes' } },
  QueueRemove: {
    params: async ({ ami }) => {
      const member = { Queue: 'sales', Interface: 'Local/echo@default' }
      await ami.sendRaw('QueueAdd', member, { check: false })
      return member
    },
  },
  QueueReset: { params: { Queue: 'sales' } },
  QueueRule: { params: { Rule: 'lab' } },
  QueueStatus: {},
  QueueSummary: {},
  QueueWithdrawCaller: { params: { Queue: 'support', Caller: nobody }, refused: /No such caller/ },
  Redirect: {
    params: async (scene) => ({
      Channel: (await scene.fresh()).channel,
      Context: 'default',
      Exten: 'wait',
      Priority: 1,
    }),
  },
  Reload: { params: { Module: 'cdr' } },
  SendFlash: { params: channel },
  SendText: { params: withChannel({ Message: 'hello' }) },
  Setvar: { params: withChannel({ Variable: 'LABVAR', Value: 'a value' }) },
  ShowDialPlan: { params: { Context: 'default' } },
  SIPnotify: { params: { Channel: 'sip1' }, variables: { Event: 'lab' } },
  SIPpeers: {},
  SIPpeerstatus: {},
  SIPqualifypeer: { params: { Peer: 'sip1' } },
  SIPshowpeer: { params: { Peer: 'sip1' } },
  SIPshowregistry: {},
  SKINNYdevices: {},
  SKINNYlines: {},
  SKINNYshowdevice: { params: { Device: 'device1' } },
  SKINNYshowline: { params: { Line: 'skinny1' } },
  SorceryMemoryCacheExpire: { params: { Cache: 'none' }, refused: /The provided cache does not exist/ },
  SorceryMemoryCacheExpireObject: {
    params: { Cache: 'none', Object: 'none' },
    refused: /The provided cache does not exist/,
  },
  SorceryMemoryCachePopulate: { params: { Cache: 'none' }, refused: /The provided cache does not exist/ },
  SorceryMemoryCacheStale: { params: { Cache: 'none' }, refused: /The provided cache does not exist/ },
  SorceryMemoryCacheStaleObject: {
    params: { Cache: 'none', Object: 'none' },
    refused: /The provided cache does not exist/,
  },
  Status: {},
  StopMixMonitor: { params: channel },
  StopMonitor: { params: channel },
  UnpauseMonitor: { params: channel },
  UpdateConfig: {
    params: async ({ ami }) => {
      await ami.sendRaw('CreateConfig', config, { check: false })
      const files = { SrcFilename: config.Filename, DstFilename: config.Filename }
      return { ...files, 'Action-000000': 'newcat', 'Cat-000000': `lab-${Date.now()}` }
    },
  },
  UserEvent: { params: { UserEvent: 'Contract', Text: 'hello' } },
  VoicemailBoxSummary: { params: mailbox },
  VoicemailForward: {
    params: { ...mailbox, ID: 'none', Folder: 'INBOX', ToContext: 'default', ToMailbox: '1235', ToFolder: 'INBOX' },
  },
  VoicemailMove: { params: { ...mailbox, ID: 'none', Folder: 'INBOX', ToFolder: 'Old' } },
  VoicemailRefresh: { params: mailbox },
  VoicemailRemove: { params: { ...mailbox, ID: 'none', Folder: 'INBOX' } },
  VoicemailUsersList: {},
  VoicemailUserStatus: { params: mailbox, uncounted: true },
  WaitEvent: { params: { Timeout: 1 } },
}

/** Actions that are not tried among the others, each with its reason. */
export const aside: Readonly<Record<string, string>> = {
  Logoff: 'it ends the session: contract/amiable/suite/ends-the-session.ts',
}

function kept(Family: string, Key: string) {
  return async ({ ami }: Scene): Promise<Params> => {
    await ami.sendRaw('DBPut', { Family, Key, Val: 'a value' })
    return { Family, Key }
  }
}
