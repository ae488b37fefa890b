import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AskedBefore } from '../../../src/testing/redaction/asked.ts'
import { redact } from '../../../src/testing/redaction/redact.ts'
import { isSecretName } from '../../../src/util/secret-names.ts'

/** Redacts messages as one recording does, and shows the lines that differ, each as `before => after`. */
function changed(...messages: string[]): string[] {
  const before = new AskedBefore()
  return messages.flatMap((message) => {
    const text = `${message.replaceAll('\n', '\r\n')}\r\n\r\n`
    const clean = redact(text, { before })
    const [old, now] = [text.split('\r\n'), clean.split('\r\n')]
    assert.equal(now.length, old.length, clean)
    if (text.startsWith('Action:')) assert.equal(redact(clean), clean, 'a second time changes nothing')
    return now.filter((line, n) => line !== old[n])
  })
}

const cases: Readonly<Record<string, readonly [messages: readonly string[], changed: readonly string[]]>> = {
  'headers by the words of their names': [
    [
      'Action: Login\nUsername: frank\nSecret: a b\nKey: 0123',
      'Event: X\nX-API-Key: a\nvmPin: 12\nDB_PASS2: b\nPing: Pong',
    ],
    ['Secret: ***', 'Key: ***', 'X-API-Key: ***', 'vmPin: ***', 'DB_PASS2: ***'],
  ],
  'a yes or a no under such a name is none': [
    ['Event: SuccessfulAuth\nUsingPassword: 0\nAuthenticateQualify: no\nMd5Cred: \nAuthType: userpass\nPIN: <Set>'],
    [],
  ],
  'UpdateConfig: a name and its value in two lines': [
    [
      'Action: UpdateConfig\nDstFilename: manager.conf\nAction-000000: update\nCat-000000: frank\nVar-000000: secret\nValue-000000: hush\nMatch-000000: old\nVar-000001: read\nValue-000001: all',
    ],
    ['Value-000000: ***', 'Match-000000: ***'],
  ],
  'UpdateConfig: a mailbox': [
    ['Action: UpdateConfig\nDstFilename: voicemail.conf\nVar-000000: 1234\nValue-000000: 4321,Ann,ann@example.org'],
    ['Value-000000: ***,Ann,ann@example.org'],
  ],
  'Setvar, VarSet, and a value in front of its name': [
    [
      'Action: Setvar\nVariable: my_pass\nValue: hush',
      'Event: VarSet\nValue: hush\nVariable: SIP_TOKEN',
      'Event: VarSet\nVariable: CITY\nValue: Bern',
    ],
    ['Value: ***', 'Value: ***'],
  ],
  'AstDB: the keys stay': [
    [
      'Action: DBPut\nFamily: users/frank\nKey: password\nVal: hush',
      'Event: DBGetResponse\nFamily: users/frank\nKey: password\nVal: hush',
      'Event: DBGetTreeResponse\nKey: /users/frank/secret\nVal: hush',
      'Event: DBGetTreeResponse\nKey: /users/frank/name\nVal: Frank',
    ],
    ['Val: ***', 'Val: ***', 'Val: ***'],
  ],
  'lines of voicemail.conf, meetme.conf and agents.conf that something prints': [
    [
      'Response: Success\nOutput: 1234 => 4242,Example Mailbox\nOutput: 1235=>word,Ann,a@x\nOutput:   2004 => 4242  \nOutput: conf => 1001,4321,9876\nOutput: agent => 1002,5555,Joe\nOutput: 100 => PJSIP/100,20',
    ],
    [
      'Output: 1234 => ***,Example Mailbox',
      'Output: 1235=>***,Ann,a@x',
      'Output:   2004 => ***  ',
      'Output: conf => 1001,***',
      'Output: agent => 1002,***,Joe',
      'Output: 100 => ***,20',
    ],
  ],
  'functions within applications': [
    [
      'Event: ListDialplan\nAppData: Set(GLOBAL(APIKEY)=hush)',
      'Response: Success\nOutput:  3. Set(HASH(auth,pw)=hush)   [extensions.conf:3]\nOutput:  4. Set(PJSIP_HEADER(add,X-Auth-Token)=hush)\nOutput:  5. Set(CHANNEL(language)=de)',
    ],
    [
      'AppData: Set(GLOBAL(APIKEY)=***',
      'Output:  3. Set(HASH(auth,pw)=***',
      'Output:  4. Set(PJSIP_HEADER(add,X-Auth-Token)=***',
    ],
  ],
  'an application that runs, in whatever says so': [
    [
      'Event: Cdr\nLastApplication: Authenticate\nLastData: 4242,a',
      'Response: Success\nOutput:     Application: MeetMe\nOutput:            Data: 100,d,4242\nOutput: level 1: lastapp=Authenticate\nOutput: level 1: lastdata=4242\nOutput: level 1: lastapp=Wait\nOutput: level 1: lastdata=60',
      'Response: Success\nOutput: Local/1@x;1!default!1!1!Up!Authenticate!4242!!!',
      'Response: Success\nOutput: Local/1@x;1  default  1  1 Up      Authenticate 4242,,4     1',
    ],
    [
      'LastData: ***',
      'Output:            Data: 100,d,***',
      'Output: level 1: lastdata=***',
      'Output: Local/1@x;1!default!1!1!Up!Authenticate!***!!!',
      'Output: Local/1@x;1  default  1  1 Up      Authenticate ***     1',
    ],
  ],
  'options of programs, keys of SRTP, signed URLs': [
    [
      "Event: X\nAppData: prog --password hush --user ann --token 'h u s h' x\nSdp: a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hush\nUrl: https://h/x?sv=1&sig=hush&se=2\nHA1: hush\nS3: https://h/?X-Amz-Signature=hush",
    ],
    [
      'AppData: prog --password *** --user ann --token *** x',
      'Sdp: a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***',
      'Url: https://h/x?sv=1&sig=***&se=2',
      'HA1: ***',
      'S3: https://h/?X-Amz-Signature=***',
    ],
  ],
  GetConfig: [
    [
      'Action: GetConfig\nActionID: 8\nFilename: voicemail.conf',
      'Response: Success\nActionID: 8\nCategory-000000: general\nLine-000000-000000: format=wav,gsm\nCategory-000001: default\nLine-000001-000000: 1234=4321,Ann\nLine-000001-000001: ann=abc',
    ],
    ['Line-000001-000000: 1234=***,Ann', 'Line-000001-000001: ann=***'],
  ],
  'GetConfig of a file that nobody knows': [
    [
      'Response: Success\nLine-000001-000000: 1234=4321,Ann\nLine-000001-000001: 1235=-4444\nLine-000001-000002: secret=hush\nLine-000001-000003: register=2345:hush@sip.example.org/1234\nLine-000001-000004: 1=toggle_mute\nLine-000001-000005: conf=100,1234,999\nLine-000001-000006: agent=1001,4321,Mark\nLine-000001-000007: set_var=my_pass=hush\nLine-000001-000008: auth_type=userpass',
    ],
    [
      'Line-000001-000000: 1234=***,Ann',
      'Line-000001-000001: 1235=***',
      'Line-000001-000002: secret=***',
      'Line-000001-000003: register=2345:***@sip.example.org/1234',
      'Line-000001-000005: conf=100,***',
      'Line-000001-000006: agent=1001,***,Mark',
      'Line-000001-000007: set_var=my_pass=***',
    ],
  ],
  GetConfigJSON: [
    ['Response: Success\nJSON: {"frank":{"secret":"hu\\"sh","read":"all","pin":1234},"default":{"1234":"4321,Ann"}}'],
    ['JSON: {"frank":{"secret":"***","read":"all","pin":"***"},"default":{"1234":"***,Ann"}}'],
  ],
  'a question in one message, its answer in another': [
    [
      'Action: Getvar\nActionID: 7\nVariable: AST_CONFIG(manager.conf,frank,secret)',
      'Response: Success\nActionID: 7\nValue: hush',
      'Action: Getvar\nVariable: DB(users/frank/pass)',
      'Response: Success\nValue: hush',
      'Action: Getvar\nActionID: 8\nVariable: CITY',
      'Response: Success\nActionID: 8\nValue: Bern',
    ],
    ['Value: ***', 'Value: ***'],
  ],
  'a mailbox that is read by AST_CONFIG': [
    ['Response: Success\nVariable: AST_CONFIG(voicemail.conf,default,1234)\nValue: 4321,Ann'],
    ['Value: ***,Ann'],
  ],
  'what a server says again of what it was told': [
    [
      'Action: Setvar\nActionID: 4\nVariable: x_pass\nValue: hunter2',
      'Response: Error\nActionID: 4\nMessage: cannot set hunter2 there',
    ],
    ['Value: ***', 'Message: cannot set *** there'],
  ],
  'channel variables': [
    [
      'Event: X\nChanVariable(PJSIP/1:2-0001): my_secret=a,b c\nChanVariable: CITY=Bern\nDestChanVariable: x_pass=hush\nVariable: TOKEN=(null)',
    ],
    ['ChanVariable(PJSIP/1:2-0001): my_secret=***', 'DestChanVariable: x_pass=***'],
  ],
  'a list of variables': [
    ['Action: Originate\nVariable: a=b,c_pass=d\\,e,f=g\nVariable: PIN="1,2",x=y\nVariable: SECRET=a,b'],
    ['Variable: a=b,c_pass=***,f=g', 'Variable: PIN="***",x=y', 'Variable: SECRET=***'],
  ],
  'lines that a command prints': [
    [
      'Response: Success\nOutput:          secret: hush\nOutput: password       : hush\nOutput: username       : ep1\nOutput: /users/frank/secret               : hush        \nOutput: MY_SECRET=hush\nOutput:   secret                        hush\nOutput:   host                          dynamic\nOutput: [1] same => n,Authenticate(1234,x)',
    ],
    [
      'Output:          secret: ***',
      'Output: password       : ***',
      'Output: /users/frank/secret               : ***',
      'Output: MY_SECRET=***',
      'Output:   secret                        ***',
      'Output: [1] same => n,Authenticate(***)',
    ],
  ],
  'a table with a column of secrets (chan_iax2.c:handle_cli_iax2_show_users)': [
    [
      'Response: Success\nOutput: Username         Secret                Authen           Def.Context\nOutput: frank            hush                  3                default\nOutput: ann              -no secret-           3                default\nOutput: 2 users',
    ],
    [
      'Output: frank            ***                   3                default',
      'Output: ann              ***                   3                default',
    ],
  ],
  'names and values in two lines of a command (db.c:handle_cli_database_query)': [
    ['Response: Success\nOutput: name : /a/secret\nOutput: value: hush\nOutput: name : /a/city\nOutput: value: Bern'],
    ['Output: value: ***'],
  ],
  'what a command is asked for': [
    [
      'Action: Command\nActionID: 9\nCommand: database get users/frank secret',
      'Response: Success\nActionID: 9\nOutput: Value: hush',
    ],
    ['Output: Value: ***'],
  ],
  'a command that sets a secret': [
    [
      'Action: Command\nCommand: database put users/frank secret hush hush',
      'Action: Command\nCommand: manager show user frank',
    ],
    ['Command: database put users/frank secret ***'],
  ],
  AGI: [
    [
      'Action: AGI\nChannel: PJSIP/1\nCommand: SET VARIABLE my_pass hush\nCommandID: 1',
      'Action: AGI\nChannel: PJSIP/1\nCommand: GET VARIABLE my_pass\nCommandID: 2',
      'Action: AGI\nChannel: PJSIP/1\nCommand: GET VARIABLE CITY\nCommandID: 3',
      'Event: AsyncAGIExec\nChannel: PJSIP/1\nCommandID: 2\nResult: 200%20result%3D1%20(hush)%0A',
      'Event: AsyncAGIExec\nChannel: PJSIP/1\nCommandID: 3\nResult: 200%20result%3D1%20(Bern)%0A',
      'Event: AsyncAGIExec\nChannel: PJSIP/1\nCommandID: unseen\nResult: 200%20result%3D1%20(hush)%0A',
      'Event: AGIExecStart\nChannel: PJSIP/1\nCommand: SET VARIABLE my_pass hush\nCommandId: 123',
      'Event: AsyncAGIStart\nEnv: agi_request%3A%20agi%3A%2F%2Fu%3Ahush%40h%2Fx%3Ftoken%3Dhush%0Aagi_my_secret%3A%20hush%0Aagi_x%3A%20y%0A',
    ],
    [
      'Command: SET VARIABLE my_pass ***',
      'Result: 200%20result%3D1%20(***)%0A',
      'Result: 200%20result%3D1%20(***)%0A',
      'Command: SET VARIABLE my_pass ***',
      'Env: agi_request%3A%20agi%3A%2F%2Fu%3A***%40h%2Fx%3Ftoken%3D***%0Aagi_my_secret%3A%20***%0Aagi_x%3A%20y%0A',
    ],
  ],
  'applications that take a secret': [
    [
      'Event: Newexten\nApplication: Authenticate\nAppData: 1234,x',
      'Event: Newexten\nApplication: MeetMe\nAppData: 100,dM,4321',
      'Event: Newexten\nApplication: Set\nAppData: CONFBRIDGE(user,pin)=1234',
      'Event: Newexten\nApplication: Dial\nAppData: PJSIP/100,30',
      'Action: Originate\nApplication: DISA\nData: 1234,default',
    ],
    ['AppData: ***', 'AppData: 100,dM,***', 'AppData: CONFBRIDGE(user,pin)=***', 'Data: ***'],
  ],
  URLs: [
    [
      'Event: X\nA: https://frank:hush@h:8080/p?token=hush&x=1#f\nB: SIP/frank:hush@10.0.0.1:5060\nC: sip:frank@10.0.0.1:5060;x=y\nD: Local/100@default-1;1\nE: MWI:1234@default\nF: http://h:80/x@y\nG: sip:u:hu@sh@h',
    ],
    ['A: https://frank:***@h:8080/p?token=***&x=1#f', 'B: SIP/frank:***@10.0.0.1:5060', 'G: sip:u:***@h'],
  ],
  'JSON, in quotes that are escaped as well, and other notations': [
    [
      'Event: X\nA: {\\"password\\":\\"hu\\\\\\"sh\\",\\"x\\":\\"{\\\\\\"token\\\\\\":\\\\\\"hush\\\\\\"}\\"}\nB: {"name":"password","value":"hush"} {\'api_key\': \'hush\'}\nC: {"auth":{"user":"a","x":["b",2]},"y":1}\nF: {"set_var":"API_KEY=hu\\"sh","y":1} say "my pin: 1234\nD: <password>hush</password><user>x</user>\nE: {"p\\u0061ssword":"hush"}',
    ],
    [
      'A: {\\"password\\":\\"***\\",\\"x\\":\\"{\\\\\\"token\\\\\\":\\\\\\"***\\\\\\"}\\"}',
      'B: {"name":"password","value":"***"} {\'api_key\': \'***\'}',
      'C: {"auth":{"user":"***","x":["***","***"]},"y":1}',
      'F: {"set_var":"API_KEY=***","y":1} say "my pin: ***',
      'D: <password>***</password><user>x</user>',
      'E: {"p\\u0061ssword":"***"}',
    ],
  ],
  'headers of SIP and HTTP': [
    [
      'Event: X\nAuthorization: Digest username="frank", response="hush"\nWWW-Authenticate: Digest nonce="hush"\nA: Bearer hush-hush\nB: Basic ZnJhbms6aHVzaA==',
      'Action: PJSIPNotify\nVariable: Proxy-Authorization=Digest response="hush"',
    ],
    [
      'Authorization: ***',
      'WWW-Authenticate: ***',
      'A: Bearer ***',
      'B: Basic ***',
      'Variable: Proxy-Authorization=***',
    ],
  ],
  bodies: [
    [
      'Action: MessageSend\nBody: Your token: hush',
      `Action: MessageSend\nBase64Body: ${btoa('hello\npassword: hush\nbye')}`,
      `Action: MessageSend\nBase64Body: ${btoa('hello')}`,
    ],
    ['Body: Your token: ***', `Base64Body: ${btoa('hello\npassword: ***\nbye')}`],
  ],
  'the challenge, and answers to it': [
    [
      'Response: Success\nChallenge: 123456789',
      'Event: ChallengeResponseFailed\nChallenge: 1\nResponse: hush\nExpectedResponse: hush',
      'Event: InvalidPassword\nChallenge: 12\nReceivedChallenge: 12\nReceivedHash: hush',
      'Event: UserEvent\nChallenge: accepted\nResponse: fine',
    ],
    [
      'Challenge: ***',
      'Response: ***',
      'ExpectedResponse: ***',
      'Challenge: ***',
      'ReceivedChallenge: ***',
      'ReceivedHash: ***',
    ],
  ],
  'what ListCommands says of actions': [
    [
      'Response: Success\nPJSIPShowAuths: Show PJSIP Auths  (Priv: system,all)\nChallenge: Generate Challenge for MD5 Auth.  (Priv: <none>)',
    ],
    [],
  ],
}

for (const [what, [messages, wanted]] of Object.entries(cases)) {
  test(`redacted: ${what}`, () => assert.deepEqual(changed(...messages), wanted))
}

test('a value goes with all that line feeds part of it, and nothing behind it does', () => {
  assert.equal(
    redact('Event: X\r\nmy_pass: a\nb: c\r\nCity: Bern\r\n\r\n'),
    'Event: X\r\nmy_pass: ***\r\nCity: Bern\r\n\r\n',
  )
  assert.equal(redact('Event: X\nmy_pass: a\nCity: Bern\n\n'), 'Event: X\nmy_pass: ***\nCity: Bern\n\n')
  const raw = 'Response: Follows\r\nPrivilege: Command\r\n  secret: hush\n  ACL: yes\n--END COMMAND--\r\n\r\n'
  assert.equal(redact(raw), raw.replace('hush', '***'))
  // a function's value can hold anything, forged headers too (manager.c:action_getvar)
  const before = new AskedBefore()
  redact('Action: Getvar\r\nActionID: 1\r\nVariable: ENV(TOKEN)\r\n\r\n', { before })
  const answer = 'Response: Success\r\nActionID: 1\r\nVariable: ENV(TOKEN)\r\nValue: a\r\nb: c\nd\r\n\r\n'
  assert.equal(redact(answer, { before }), answer.replace('a\r\nb: c\nd', '***'))
})

test('a caller’s own rule is asked about headers, variables, settings and JSON, and hides more, never less', () => {
  const own = (name: string, value: string) => {
    if (name === 'Badge') return value.replace('B', 'C')
    return /city|room/i.test(name) ? '(gone)' : undefined
  }
  const cases: [string, string][] = [
    [
      'Event: X\r\nCity: Bern\r\nBadge: B1 token=hush\r\n\r\n',
      'Event: X\r\nCity: (gone)\r\nBadge: C1 token=***\r\n\r\n',
    ],
    [
      'Event: VarSet\r\nVariable: ROOM\r\nValue: 12\r\n\r\n',
      'Event: VarSet\r\nVariable: ROOM\r\nValue: (gone)\r\n\r\n',
    ],
    [
      'Event: X\r\nChanVariable: ROOM=12\r\nSecret: x2\r\n\r\n',
      'Event: X\r\nChanVariable: ROOM=(gone)\r\nSecret: ***\r\n\r\n',
    ],
    ['Action: X\r\nVariable: A=1,CITY=Bern,B=2\r\n\r\n', 'Action: X\r\nVariable: A=1,CITY=(gone),B=2\r\n\r\n'],
    [
      'Response: Success\r\nLine-000000-000001: city=Bern\r\n\r\n',
      'Response: Success\r\nLine-000000-000001: city=(gone)\r\n\r\n',
    ],
    [
      'Response: Success\r\nJSON: {"a":{"city":"Bern"}}\r\n\r\n',
      'Response: Success\r\nJSON: {"a":{"city":"(gone)"}}\r\n\r\n',
    ],
    ['Response: Success\r\nOutput: City: Bern\r\n\r\n', 'Response: Success\r\nOutput: City: (gone)\r\n\r\n'],
  ]
  for (const [text, wanted] of cases) assert.equal(redact(text, { own }), wanted)
})

test('names are read word by word', () => {
  const secrets =
    'secret MY_SECRET mysecret dbpass DB_PASS2 userPassword passwd PWD vmPin userpin adminpin pin1 pincode apiKey API_KEY apikey X-Auth-Token auth sip_auth Proxy-Authorization WWW-Authenticate authcode credentials md5_cred MD5Secret PasswordDigest RefreshToken SessionKey DtlsPrivateKey AST_CONFIG(manager.conf,frank,secret) CONFBRIDGE(user,pin) passphrase __my_pass userpw db_pw Set-Cookie wifi_psk otp jwt NewPassword VM_PASSWORD aeskey'
  for (const name of secrets.split(' ')) assert.ok(isSecretName(name), name)
  const others =
    'Ping Pong Keyboard keyword bypass MohPassthrough passive compass monkey hotkey AuthType auth_type AuthMethod AuthenticateQualify NonceLifetime authenticated Author authority OauthClientid Spin opinion Mapping secretary Credit PrivKeyFile password_length MD5SecretExist KeyPress keypad turkey passenger OutboundAuth Keepalive Stopping authtimeout'
  for (const name of others.split(' ')) assert.ok(!isSecretName(name), name)
})
