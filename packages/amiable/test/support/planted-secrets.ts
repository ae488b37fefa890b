import { type Plant, signs } from './plant.ts'

const message = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const uri = (text: string): string =>
  [...Buffer.from(text, 'latin1')]
    .map((code) =>
      /[\w\-.~]/.test(String.fromCharCode(code)) ? String.fromCharCode(code) : `%${code.toString(16).padStart(2, '0')}`,
    )
    .join('')
const escapeC = (text: string): string => text.replace(/["'\\?]/g, '\\$&')
const encodable = [...signs, '"', "'", '\\', '&', '<', '>', '?', ';', '@', '|', '\n']
const inQuotes = encodable.filter((sign) => sign !== '\n')

/** A place for secrets: what goes in and out in it, in the order in which it passes. */
export type Place = (plant: Plant) => [direction: 'in' | 'out', text: string][]

let id = 0
const nextId = (): string => `id-${++id}`

/** The kinds of places in which a secret may be. */
export const places: Readonly<Record<string, Place>> = {
  'a header of an event': (plant) => [
    [
      'out',
      message(
        'Event: UserEvent',
        `${plant.name().replace('/', '')}: ${plant.secret(inQuotes)}`,
        `City: ${plant.witness()}`,
      ),
    ],
  ],
  'a header of a request': (plant) => [
    ['in', message('Action: UserEvent', `City: ${plant.witness()}`, `${plant.name()}: ${plant.secret(inQuotes)}`)],
  ],
  'the login': (plant) => [
    [
      'in',
      message(
        'Action: Login',
        `Username: ${plant.witness()}`,
        `Secret: ${plant.secret(inQuotes)}`,
        `Key: ${plant.secret([''])}`,
      ),
    ],
  ],
  UpdateConfig: (plant) => [
    [
      'in',
      message(
        'Action: UpdateConfig',
        `Cat-000000: ${plant.witness()}`,
        `Var-000000: ${plant.name()}`,
        `Value-000000: ${plant.secret(inQuotes)}`,
        `Match-000000: ${plant.secret(inQuotes)}`,
        'Var-000001: context',
        `Value-000001: ${plant.witness()}`,
      ),
    ],
  ],
  'a mailbox': (plant) => [
    [
      'in',
      message(
        'Action: UpdateConfig',
        'DstFilename: voicemail.conf',
        'Var-000000: 1234',
        `Value-000000: ${plant.number()},${plant.witness()}`,
      ),
    ],
    ['out', message('Response: Success', `Line-000001-000004: 1234=${plant.number()},${plant.witness()}`)],
  ],
  'Setvar and VarSet': (plant) => [
    ['in', message('Action: Setvar', `Variable: ${plant.variable()}`, `Value: ${plant.secret(inQuotes)}`)],
    [
      'out',
      message(
        'Event: VarSet',
        `Channel: ${plant.witness()}`,
        `Variable: ${plant.variable()}`,
        `Value: ${escapeC(plant.secret(inQuotes))}`,
      ),
    ],
  ],
  'a function, asked and answered': (plant) => {
    const actionId = nextId()
    const variable = plant.pick([
      'AST_CONFIG(manager.conf,frank,secret)',
      'DB(a/password)',
      'ENV(API_KEY)',
      'PJSIP_AUTH(x,password)',
    ])
    return [
      ['in', message('Action: Getvar', `ActionID: ${actionId}`, `Variable: ${variable}`)],
      [
        'out',
        message(
          'Response: Success',
          `ActionID: ${actionId}`,
          ...(plant.pick([true, false]) ? [`Variable: ${variable}`] : []),
          `Value: ${plant.secret(encodable)}`,
        ),
      ],
    ]
  },
  AstDB: (plant) => {
    const ofSecrets = plant.pick([true, false])
    const [family, key] = ofSecrets ? [plant.name(), plant.witness()] : [plant.witness(), plant.name()]
    return [
      ['in', message('Action: DBPut', `Family: ${family}`, `Key: ${key}`, `Val: ${plant.secret(inQuotes)}`)],
      ['out', message('Event: DBGetResponse', `Family: ${family}`, `Key: ${key}`, `Val: ${plant.secret(inQuotes)}`)],
      ['out', message('Event: DBGetTreeResponse', `Key: /${family}/${key}`, `Val: ${plant.secret(inQuotes)}`)],
    ]
  },
  'a line of GetConfig': (plant) => [
    [
      'out',
      message(
        'Response: Success',
        `Category-000001: ${plant.witness()}`,
        `Line-000001-000001: ${plant.name()}=${plant.secret(inQuotes)}`,
        `Line-000001-000002: context=${plant.witness()}`,
      ),
    ],
  ],
  GetConfigJSON: (plant) => [
    [
      'out',
      message(
        'Response: Success',
        `JSON: {"a":{${JSON.stringify(plant.name())}:${JSON.stringify(plant.secret(encodable))},"context":"${plant.witness()}"}}`,
      ),
    ],
  ],
  'JSON in a variable': (plant) => {
    const json = JSON.stringify({
      [plant.name()]: plant.secret(encodable),
      deep: JSON.stringify({ [plant.name()]: plant.secret(encodable) }),
      city: plant.witness(),
    })
    return [['out', message('Event: VarSet', 'Variable: BODY', `Value: ${escapeC(json)}`)]]
  },
  'JSON in a body': (plant) => {
    const json = JSON.stringify({
      city: plant.witness(),
      list: [{ name: plant.name(), value: plant.secret(encodable) }],
      number: 5,
    })
    return [['in', message('Action: UserEvent', 'UserEvent: Own', `Body: ${json}`)]]
  },
  'channel variables': (plant) => [
    [
      'out',
      message(
        'Event: Newchannel',
        `ChanVariable: ${plant.variable()}=${escapeC(plant.secret(inQuotes))}`,
        `DestChanVariable: CITY=${plant.witness()}`,
        `ChanVariable(PJSIP/1:2-00000001): ${plant.variable()}=${plant.secret(inQuotes)}`,
      ),
    ],
  ],
  'a list of variables': (plant) => [
    [
      'in',
      message(
        'Action: Originate',
        `Variable: A=${plant.witness()},${plant.variable()}=${plant.secret(['', '\\,', '-'])},B=${plant.witness()}`,
      ),
    ],
  ],
  'a command’s lines': (plant) => [
    [
      'out',
      message(
        'Response: Success',
        `Output:   ${plant.name()}  : ${plant.secret(inQuotes)}`,
        `Output:   context  : ${plant.witness()}`,
        `Output: ${plant.name()}=${plant.secret(inQuotes)}`,
        `Output:      ${plant.name()}         ${plant.secret([''])}`,
      ),
    ],
  ],
  'a command’s raw lines': (plant) => [
    [
      'out',
      `Response: Follows\r\nPrivilege: Command\r\n  ${plant.name()}: ${plant.secret(inQuotes)}\n\n context: ${plant.witness()}\n${plant.name()} = ${plant.secret(inQuotes)}\n--END COMMAND--\r\n\r\n`,
    ],
  ],
  'a table': (plant) => [
    [
      'out',
      message(
        'Response: Success',
        'Output: Username         Secret                Context          ACL',
        `Output: frank            ${plant.secret(['', '-', '#']).padEnd(22)}${plant.witness()}          no`,
      ),
    ],
  ],
  'what a command asks for': (plant) => {
    const actionId = nextId()
    return [
      [
        'in',
        message('Action: Command', `ActionID: ${actionId}`, `Command: database get ${plant.witness()} ${plant.name()}`),
      ],
      [
        'out',
        message(
          'Response: Success',
          `ActionID: ${actionId}`,
          'Message: Command output follows',
          `Output: Value: ${plant.secret(inQuotes)}`,
        ),
      ],
    ]
  },
  'a command that sets': (plant) => [
    ['in', message('Action: Command', `Command: database put ${plant.witness()} ${plant.name()} ${plant.secret()}`)],
    ['in', message('Action: Command', `Command: dialplan set global ${plant.variable()} ${plant.secret()}`)],
  ],
  AGI: (plant) => {
    const channel = `PJSIP/${plant.witness()}`
    const commandId = nextId()
    return [
      [
        'in',
        message(
          'Action: AGI',
          `Channel: ${channel}`,
          `Command: SET VARIABLE ${plant.variable()} ${plant.secret(inQuotes)}`,
        ),
      ],
      [
        'in',
        message(
          'Action: AGI',
          `Channel: ${channel}`,
          `Command: EXEC Set ${plant.variable()}=${plant.secret(inQuotes)}`,
        ),
      ],
      [
        'in',
        message(
          'Action: AGI',
          `Channel: ${channel}`,
          `Command: GET VARIABLE ${plant.variable()}`,
          `CommandID: ${commandId}`,
        ),
      ],
      [
        'out',
        message(
          'Event: AsyncAGIExec',
          `Channel: ${channel}`,
          `CommandId: ${commandId}`,
          `Result: ${uri(`200 result=1 (${plant.secret(encodable)})\n`)}`,
        ),
      ],
    ]
  },
  'an AGI environment': (plant) => [
    [
      'out',
      message(
        'Event: AsyncAGIStart',
        `Env: ${uri(`agi_channel: ${plant.witness()}\nagi_${plant.variable()}: ${plant.secret(inQuotes)}\nagi_request: agi://x/?token=${plant.secret([''])}\n`)}`,
      ),
    ],
  ],
  URLs: (plant) => [
    [
      'out',
      message(
        'Event: VarSet',
        'Variable: WHERE',
        `Value: https://${plant.witness()}:${uri(plant.secret(encodable))}@example.org:8080/${plant.witness()}\\?${plant.variable()}=${uri(plant.secret(encodable))}&x=${plant.witness()}`,
      ),
    ],
    [
      'out',
      message(
        'Event: Newexten',
        'Application: Dial',
        `AppData: SIP/${plant.witness()}:${plant.secret(['', '-', '='])}@10.0.0.1,30`,
      ),
    ],
  ],
  'headers in a value': (plant) => [
    [
      'in',
      message(
        'Action: PJSIPNotify',
        `Variable: Authorization=Bearer ${plant.secret(['', '-'])}`,
        `Variable: Event=${plant.witness()}`,
      ),
    ],
    ['out', message('Event: UserEvent', `Sent: ${plant.pick(['Bearer', 'bearer'])} ${plant.secret(['', '.', '-'])}`)],
  ],
  markup: (plant) => [
    [
      'out',
      message(
        'Event: UserEvent',
        `Body: <user>${plant.witness()}</user><${plant.variable()}>${plant.secret(['', '-', ' ', ':'])}</x><city name="${plant.witness()}" ${plant.variable()}="${plant.secret(['', ' ', '-'])}"/>`,
      ),
    ],
  ],
  base64: (plant) => [
    [
      'in',
      message(
        'Action: MessageSend',
        `Base64Body: ${Buffer.from(`hello\n${plant.name()}: ${plant.secret(inQuotes)}\n`).toString('base64')}`,
      ),
    ],
  ],
  applications: (plant) => [
    ['out', message('Event: Newexten', 'Application: Authenticate', `AppData: ${plant.number()},,4`)],
    ['out', message('Event: Newexten', `Channel: ${plant.witness()}`, `AppData: 1?Authenticate(${plant.number()})`)],
  ],
  'an answer that says it again': (plant) => {
    const actionId = nextId()
    const secret = plant.secret()
    return [
      ['in', message('Action: Setvar', `ActionID: ${actionId}`, `Variable: ${plant.variable()}`, `Value: ${secret}`)],
      [
        'out',
        message('Response: Error', `ActionID: ${actionId}`, `Message: ${plant.witness()} refused ${secret} here`),
      ],
    ]
  },
}

/** What holds no secret. */
export const plain: Place = (plant) => [
  [
    'out',
    message(
      'Event: Newstate',
      `Channel: Local/${plant.witness()}@default-00000001;1`,
      "CallerIDName: O\\'Brien",
      `Exten: ${plant.witness()}`,
    ),
  ],
]
