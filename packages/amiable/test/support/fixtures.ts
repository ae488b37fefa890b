/** What Asterisk sends, byte for byte; one character for each byte. */
export const fixtures = {
  'a reply': 'Response: Success\r\nActionID: a-1\r\nPing: Pong\r\nTimestamp: 1795386889.123456\r\n\r\n',
  // main/manager.c:action_command since 14
  'the output of a command': [
    'Response: Success',
    'ActionID: a-1',
    'Message: Command output follows',
    'Output: Channel              Location',
    'Output:   indented: with a colon',
    'Output: ',
    'Output: 0 active channels',
    '\r\n',
  ].join('\r\n'),
  // main/manager.c:action_command before 14
  'the output of a command before 14':
    'Response: Follows\r\nPrivilege: Command\r\nActionID: a-1\r\n12:30:45 up\nSettings:\n\n  key:value\n--END COMMAND--\r\n\r\n',
  'a raw output glued to its end': 'Response: Follows\r\nPrivilege: Command\r\nno line end--END COMMAND--\r\n\r\n',
  // main/manager.c:append_channel_vars: a channel's name may hold a colon
  'a colon in a name': 'Event: Hangup\r\nChanVariable(IAX2/1.2.3.4:4569-5): X=1\r\nCause-txt: Normal: cleared\r\n\r\n',
  'an empty value': 'Event: Newchannel\r\nAccountCode: \r\nExten:\r\n\r\n',
  // main/manager.c:action_userevent repeats the client's lines as they came
  'lines as a client sent them':
    'Event: UserEvent\r\nUserEvent: x\r\na:b\r\nno colon at all\r\nEmpty:\r\n  lead:  two\r\n\r\n',
  // main/manager.c:action_getconfig
  'a line without a colon': 'Response: Success\r\nActionID: a-1\r\nNo categories found\r\n\r\n',
  'repeated headers':
    'Event: VarSet\r\nChanVariable: A=1\r\nChanVariable: B=2\r\nVariable: X\r\nValue: a\\nb\\"c\r\n\r\n',
  // apps/app_agent_pool.c:action_agents
  'an agent on a call': 'Event: Agents\r\nAgent: 1\r\nCallStarted: 123\nLoggedInTime: 99\r\nActionID: a-1\r\n\r\n',
  // channels/chan_iax2.c:manager_iax2_show_netstats
  'a raw output': 'IAX2/peer-1 12 3 4\nIAX2/peer-2 1 2 3\n\r\n',
  // channels/chan_skinny.c:manager_skinny_show_device
  'bare headers': 'Devicetype: 7960\r\nDevicename: one\r\n\r\n\r\n',
  // channels/chan_skinny.c:manager_skinny_show_devices
  'fused rows':
    'Event: DeviceEntry\r\nActionID: a-1\r\nDeviceId: 1\r\nEvent: DeviceEntry\r\nActionID: a-1\r\nDeviceId: 2\r\n' +
    'Event: DevicelistComplete\r\nActionID: a-1\r\nEventList: Complete\r\nListItems: 2\r\n\r\n',
  // res/res_pjsip/pjsip_configuration.c and many more
  'a stray line feed': 'Response: Error\r\nActionID: a-1\r\nMessage: No AORs found\n\r\n\r\n',
  // apps/app_queue.c:manager_queue_rule_show
  'one blank line too many': 'Response: Success\r\nActionID: a-1\r\nRuleList: a\r\nRule: 1,2\r\n\r\n\r\n',
  'bytes that are not UTF-8': 'Event: NewCallerid\r\nCallerIDName: Ren\xe9e\r\nChannel: SIP/\xff\xfe-1\r\n\r\n',
  'bytes that are UTF-8': 'Event: NewCallerid\r\nCallerIDName: Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x93\x9e\r\n\r\n',
  'a bare line feed in a value': 'Response: Success\r\nVariable: X\r\nValue: a\nEvent: Fake\n\nb\r\n\r\n',
  'a carriage return in a value': 'Event: UserEvent\r\nText: a\rb\r\nNext: c\r\n\r\n',
} as const

/** All of them, one after the other. */
export const everything: string = Object.values(fixtures).join('')
