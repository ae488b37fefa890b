import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readRecording } from '../../../src/testing/index.ts'
import { RecordingWriter } from '../../../src/testing/recording/writer.ts'
import { SeededRandom } from '../../../src/testing/time/seeded-random.ts'

/*
 * Secrets are planted in every kind of place, under every kind of name, in every encoding, among messages that hold
 * none. Not a part of one may be in the recording, in any encoding; all that is no secret must be.
 */

const directory = mkdtempSync(join(tmpdir(), 'amiable-secrets-'))
after(() => rmSync(directory, { recursive: true }))

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'
const SEEDS = 600

const words = 'secret password passwd pass pwd token pin key auth credential apikey passphrase md5secret'.split(' ')
const before = ['', 'my_', 'X-', 'sip.', 'DB_', 'vm', 'user-', '__', '/users/frank/']
const behind = ['', '2', '_old', '-1', 'Value']

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
// what may stand in the middle of a secret where nothing encodes it
const signs = ['', '', '-', '_', '.', '$', '#', '+', '/', '=', '*', '~', '^', ':', '!', '%', '(', '[', '{', ' ', ',']

class Plant {
  readonly #random: SeededRandom
  /** The parts of what was planted: nowhere may one of them be. */
  readonly secrets: string[] = []
  /** What is no secret, and must be there. */
  readonly witnesses: string[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  pick<T>(list: readonly T[]): T {
    return this.#random.pick(list)
  }

  #part(length: number): string {
    return Array.from({ length }, () => letters[this.#random.integer(0, letters.length - 1)]).join('')
  }

  /** A secret of two parts that can be told from all else, with a sign between them. */
  secret(between: readonly string[] = signs): string {
    const [one, two] = [this.#part(9), this.#part(9)]
    this.secrets.push(one, two)
    return one + this.pick(between) + two
  }

  /** A number that a phone can type. */
  number(): string {
    const number = `7${String(this.#random.integer(0, 99_999_999)).padStart(8, '0')}`
    this.secrets.push(number)
    return number
  }

  witness(): string {
    const text = `w${this.#part(8)}`
    this.witnesses.push(text)
    return text
  }

  name(): string {
    let name = this.pick(before) + this.pick(words) + this.pick(behind)
    const style = this.#random.integer(0, 3)
    if (style === 0) name = name.replace('Value', '_value').toUpperCase()
    if (style === 1) name = name.replace(/[_-](.)/g, (_, one: string) => one.toUpperCase())
    return name
  }

  /** A name as a variable has it. */
  variable(): string {
    return this.name().replace(/[^\w]/g, '_')
  }
}

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
type Place = (plant: Plant) => [direction: 'in' | 'out', text: string][]

let id = 0
const nextId = (): string => `id-${++id}`

const places: Record<string, Place> = {
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

const plain: Place = (plant) => [
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

/** All that a recording could hold a text as. */
function decodings(bytes: string): string[] {
  const lines = bytes
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { text?: string; bytes?: string })
  const texts = lines
    .map(({ text, bytes: base64 }) => text ?? Buffer.from(base64 ?? '', 'base64').toString('latin1'))
    .join('\n')
  const unescaped = texts.replace(/\\(.)/g, '$1')
  const decoded = texts.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  const base64 = [...texts.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([found]) =>
    Buffer.from(found, 'base64').toString('latin1'),
  )
  return [bytes, texts, unescaped, decoded, ...base64]
}

test('no part of a secret is in a recording, whatever its place, and all that is none is', async () => {
  const kinds = Object.keys(places)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new SeededRandom(seed)
    const plant = new Plant(random)
    const kind = kinds[seed % kinds.length]!
    const flows = { in: '', out: BANNER }
    const file = join(directory, 'planted.jsonl')
    const writer = new RecordingWriter(file, 'x', () => 1)
    for (const [direction, text] of [...plain(plant), ...places[kind]!(plant), ...plain(plant)]) {
      flows[direction] += text
      // cut anywhere, so that what is planted comes in one piece or in several
      const cut = random.integer(0, text.length)
      const banner = direction === 'out' && flows.out === BANNER + text ? BANNER : ''
      writer.chunk(1, direction, banner + text.slice(0, cut), false)
      writer.chunk(1, direction, text.slice(cut), false)
    }
    writer.end(1)
    await writer.close()

    const bytes = readFileSync(file, 'utf8')
    const texts = decodings(bytes)
    for (const secret of plant.secrets) {
      assert.ok(!texts.some((text) => text.includes(secret)), `seed ${seed}, ${kind}: ${secret} is in ${bytes}`)
    }
    for (const witness of plant.witnesses) {
      assert.ok(
        texts.some((text) => text.includes(witness)),
        `seed ${seed}, ${kind}: ${witness} is not in ${bytes}`,
      )
    }
    // the same messages, and the same headers in each
    const recorded = { in: '', out: '' }
    for await (const { direction, text } of readRecording(file)) if (direction !== 'end') recorded[direction] += text
    for (const direction of ['in', 'out'] as const) {
      const [was, is] = [flows[direction], recorded[direction]].map((flow) =>
        flow.split('\r\n').map((line) => line.replace(/:.*/s, '')),
      )
      // a value that was asked for may have line feeds, which go with it
      assert.deepEqual(is, was, `seed ${seed}, ${kind}`)
    }
  }
})
