// What is odd about single actions and events, each read off Asterisk's source or seen on a real server. Written by hand.

export const oddActions: Readonly<Record<string, string>> = {
  AGI: 'The result comes as the event AsyncAGIExec, without the ActionID. Look for your `CommandID`, which the event spells `CommandId`.',
  Atxfer:
    'Asterisk only dials the feature code. The answer says that the digits are queued, not that the transfer worked. A channel to which no sound is sent may keep them for ever.',
  BlindTransfer: 'Unlike Redirect, it waits for the transfer and its answer says how it went.',
  CancelAtxfer: 'Asterisk only dials the feature code. The answer says that the digits are queued.',
  Command:
    'Asterisk 14 and later send one `Output` header for each line. Asterisk 13 and earlier sent the raw text between `Response: Follows` and `--END COMMAND--`. The client reads both.',
  CoreShowChannelMap:
    'Releases before mid-2024 put no blank line between the rows. The client separates them. After `EventList: start` an error may follow.',
  CreateConfig: 'A file that exists is emptied, and Asterisk says nothing of it.',
  DBGet: 'A key that does not exist is an error, not an empty list.',
  Events:
    'A mask of the login and this action are one setting. With `brokeneventsaction = yes` the server does not answer `all`.',
  FAXSession: 'The answer announces an event, and no event marks the end. The client sends a Ping behind it.',
  FAXSessions: 'The only list that spells its start `EventList: Start`.',
  FAXStats: 'The answer announces an event, and no event marks the end. The client sends a Ping behind it.',
  Filter:
    'A filter lasts until the session ends: there is no action that removes it or lists it. `Event: New` also matches Newexten.',
  GetConfigJSON: 'An option that stands twice is a key that stands twice, and `JSON.parse` keeps only the last.',
  Getvar: 'A variable that is not set and a variable that is empty have the same answer: `Value` is empty.',
  Hangup:
    'A channel name that begins with `/` is a regular expression over all channels. Only then is the answer a list.',
  IAXnetstats:
    'The answer has no `Response`, no ActionID and no headers: it is the text of the console. Without calls it is empty.',
  IAXpeers: 'Its rows have carried no ActionID since 13.2. IAXpeerlist has the same rows with one.',
  JabberSend: 'Two answers come: one says that Asterisk tries, the second how it went.',
  ListCommands:
    'Each action is a header of its own: its name, and what it does with its rights. Only actions that your account may send are listed.',
  MailboxCount: 'The mailbox is `100@default`. Without a context Asterisk takes `default`.',
  MessageSend: 'A `Base64Body` may decode to 1,300 bytes at most.',
  MixMonitor:
    'Sent twice, a second recorder runs beside the first. The answer has `MixMonitorID` only where `Options` holds `i(…)`.',
  ModuleLoad: 'Without `LoadType` or `Module` two or three errors come for one action.',
  Originate:
    'Without `Async: true` the session does nothing else until the call is answered or has failed. The reason of a failure comes only as OriginateResponse, so `originate()` always asks for that.',
  Park: '16 and later still read the old name `Channel2` for `TimeoutChannel`.',
  PJSIPShowAors: 'None at all is an error, not an empty list.',
  PJSIPShowAuths: 'None at all is an error, not an empty list.',
  PJSIPShowContacts: 'None at all is an error, not an empty list.',
  PJSIPShowEndpoint:
    'The completing event counts one row more than there are. After an error the completing event may come all the same.',
  PJSIPShowEndpoints: '`ListItems` counts all endpoints, also those that are not shown. None at all is an error.',
  PJSIPShowResourceLists: 'None at all is an error, not an empty list.',
  PresenceState: 'The answer has two headers `Message`: the fixed text and the message of the presence.',
  QueueLog: 'It needs a parameter that is called `Event`.',
  QueueRule: 'The answer is no list: it repeats the headers `RuleList` and `Rule`.',
  QueueStatus:
    'Rows are flat: the members and callers of a queue follow its QueueParams. A queue that does not exist has no rows and no error.',
  Redirect:
    'Success means that the channel will go there. With `ExtraChannel` and no `ExtraContext` the second channel goes where the first goes. A channel between two applications starts at the priority behind `Priority`: begin such an extension with `NoOp()`.',
  Setvar:
    'Without `Channel` a global variable is set. A function that is forbidden answers with success, and nothing was set.',
  ShowDialPlan: 'After `EventList: start` an error may follow, where a context has no such extension.',
  SKINNYdevices: 'The rows come with no blank line between them. The client separates them.',
  SKINNYlines: 'The rows come with no blank line between them. The client separates them.',
  SKINNYshowdevice: 'The answer is headers alone, without a `Response` and an ActionID.',
  SKINNYshowline: 'The answer is headers alone, without a `Response` and an ActionID.',
  Status: 'Asterisk writes `Privilege: Call` into each row. A variable that is not set reads `name=(null)`.',
  UpdateConfig:
    'The numbers must count up from `000000` without a gap. Asterisk stops at the first gap, and reports success. `updateConfig()` counts for you.',
  UserEvent: 'Every header of the action comes back in the event, the ActionID too.',
  VoicemailBoxSummary: 'An unknown mailbox is a success with a message, and no list.',
  VoicemailForward: '`Response: Success` may carry a message that says that it failed.',
  VoicemailMove: '`Response: Success` may carry a message that says that it failed.',
  VoicemailRemove: '`Response: Success` may carry a message that says that it failed.',
  VoicemailUsersList: 'No users at all is a success with a message, and no list.',
  VoicemailUserStatus: '`ListItems` is always 1. An unknown mailbox is a success with a message, and no list.',
  WaitEvent: 'Over TCP it is of no use: events come by themselves, and the session does nothing else while it waits.',
}

export const oddEvents: Readonly<Record<string, string>> = {
  'AOC-S': 'Asterisk prints an array that has no name, so the names of its headers begin with `(null)`.',
  AsyncAGIExec:
    'The header is `CommandId`, though the action has `CommandID`. `Result` is URL-encoded and cut at 2,047 characters.',
  AsyncAGIStart: '`Env` holds the lines of AGI’s environment, URL-encoded.',
  AGIExecEnd: '`CommandId` is a random number of Asterisk’s, and not yours.',
  AGIExecStart: '`CommandId` is a random number of Asterisk’s, and not yours.',
  DeviceStateChange: 'A row of DeviceStateList has the same name. A row carries the ActionID, and the event does not.',
  ExtensionStatus: 'A row of ExtensionStateList has the same name. A row carries the ActionID, and the event does not.',
  FullyBooted:
    'It comes right behind each login, if the account may read `system`. It says nothing new where the server runs for days.',
  Hangup: 'The header is `Cause-txt`, with a small t. A dialled channel that nobody answered has a Hangup too.',
  Newexten: 'Asterisk’s documentation calls it NewExten. On the wire it is `Newexten`.',
  OriginateResponse:
    'It comes to every session that reads `call`, and the ActionID is that of the Originate. It may come before the Newchannel or behind the Hangup of its own channel. `Reason` is a number: 4 answered, 5 busy, 3 not answered, 8 congestion, 0 failed, 1 hung up.',
  ParkedCall: 'A row of ParkedCalls has the same name. A row carries the ActionID, and the event does not.',
  PeerStatus: 'A row of SIPpeerstatus has the same name. A row carries the ActionID, and the event does not.',
  PresenceStateChange:
    'A row of PresenceStateList has the same name. A row carries the ActionID, and the event does not.',
  QueueMemberRinginuse: 'Mind the spelling: the i of “in” is small here, and capital in the header `RingInUse`.',
  Rename:
    'Variables come as `ChanVariable(<channel>)`, as in no other event but OriginateResponse. The client reads both forms.',
  UserEvent: 'Whoever sent it chose its headers. Everything behind `UserEvent` may be forged.',
  VarSet: 'A global variable has `Channel: none`. `Value` is escaped as in C, and the client undoes it.',
}

/** Events that an action raises, beside the rows of its answer. */
export const raises: Readonly<Record<string, readonly string[]>> = {
  AGI: ['AsyncAGIExec'],
  AgentLogoff: ['AgentLogoff'],
  Atxfer: ['AttendedTransfer'],
  BlindTransfer: ['BlindTransfer'],
  Bridge: ['BridgeEnter', 'BridgeLeave'],
  BridgeDestroy: ['BridgeDestroy', 'BridgeLeave'],
  BridgeKick: ['BridgeLeave'],
  ConfbridgeKick: ['ConfbridgeLeave'],
  ConfbridgeLock: ['ConfbridgeLock'],
  ConfbridgeMute: ['ConfbridgeMute'],
  ConfbridgeStartRecord: ['ConfbridgeRecord'],
  ConfbridgeStopRecord: ['ConfbridgeStopRecord'],
  ConfbridgeUnlock: ['ConfbridgeUnlock'],
  ConfbridgeUnmute: ['ConfbridgeUnmute'],
  Hangup: ['HangupRequest', 'Hangup'],
  LocalOptimizeAway: ['LocalOptimizationBegin', 'LocalOptimizationEnd'],
  MixMonitor: ['MixMonitorStart'],
  MixMonitorMute: ['MixMonitorMute'],
  ModuleLoad: ['Load', 'Unload', 'Reload'],
  Originate: ['OriginateResponse', 'Newchannel', 'DialBegin', 'DialEnd'],
  Park: ['ParkedCall'],
  PlayDTMF: ['DTMFBegin', 'DTMFEnd'],
  QueueAdd: ['QueueMemberAdded'],
  QueueMemberRingInUse: ['QueueMemberRinginuse'],
  QueuePause: ['QueueMemberPause'],
  QueuePenalty: ['QueueMemberPenalty'],
  QueueRemove: ['QueueMemberRemoved'],
  Reload: ['Reload'],
  SendFlash: ['Flash'],
  Setvar: ['VarSet'],
  StopMixMonitor: ['MixMonitorStop'],
  UserEvent: ['UserEvent'],
}
