// One use of each action and event, as a command line, as TypeScript and as bytes.
import { type ActionEntry, allActions, type EventEntry, type Field } from './catalog.ts'

/** Values by the name of a parameter: the first that fits is taken. */
const VALUES: Readonly<Record<string, string>> = {
  AuthType: 'MD5',
  BridgeTechnology: 'simple_bridge',
  BridgeUniqueid: '0f2e3d4c-5b6a-4789-9abc-def012345678',
  Cache: 'endpoints',
  Caller: 'PJSIP/100-0000002a',
  Channel: 'PJSIP/100-0000002a',
  Channel1: 'PJSIP/100-0000002a',
  Channel2: 'PJSIP/200-0000002b',
  Command: 'core show version',
  Conference: '100',
  Context: 'default',
  DAHDIChannel: '1',
  Device: 'device1',
  Digit: '5',
  DstFilename: 'extensions.conf',
  Endpoint: '100',
  EventMask: 'call,agent',
  Exten: '200',
  Extension: '200',
  ExtraChannel: 'PJSIP/200-0000002b',
  Family: 'settings',
  File: 'call-42',
  Filename: 'queues.conf',
  Filter: '!Event: VarSet',
  ID: 'msg0000',
  Interface: 'PJSIP/100',
  Jabber: 'asterisk',
  Key: 'greeting',
  Line: '100',
  Mailbox: '100',
  MixMonitorID: '0x7f2a40001234',
  Module: 'app_queue.so',
  Object: '100',
  Operation: 'Add',
  Peer: '100',
  Priority: '1',
  Provider: 'CustomPresence:desk100',
  Queue: 'support',
  RecordFile: '/var/spool/asterisk/monitor/conference.wav',
  Registration: 'trunk',
  Reason: 'lunch',
  ScreenName: 'ann@example.org',
  Secret: 'lean',
  SessionNumber: '1',
  SrcFilename: 'extensions.conf',
  State: 'on',
  ToMailbox: '200',
  UserEvent: 'Order',
  Username: 'frank',
  Val: 'hello',
  Variable: 'CALLERID(num)',
}

/** The parameters of a use where those that Asterisk requires are not enough for a useful one. */
const USES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AGI: { Channel: 'PJSIP/100-0000002a', Command: 'STREAM FILE hello-world ""' },
  AOCMessage: {
    Channel: 'PJSIP/100-0000002a',
    MsgType: 'D',
    ChargeType: 'Currency',
    CurrencyAmount: '12',
    CurrencyName: 'EUR',
  },
  Events: { EventMask: 'call,agent' },
  ExtensionState: { Exten: '200', Context: 'default' },
  MessageSend: { To: 'pjsip:100', From: 'sip:200@example.org', Body: 'hello' },
  ModuleLoad: { Module: 'app_queue.so', LoadType: 'reload' },
  MWIUpdate: { Mailbox: '100@default', NewMessages: '2', OldMessages: '5' },
  Originate: { Channel: 'PJSIP/100', Context: 'default', Exten: '200', Priority: '1' },
  PJSIPNotify: { Endpoint: '100', Option: 'polycom-check-cfg' },
  QueueAdd: { Queue: 'support', Interface: 'PJSIP/100', MemberName: 'Ann' },
  QueuePause: { Interface: 'PJSIP/100', Paused: 'true', Queue: 'support', Reason: 'lunch' },
  QueueStatus: { Queue: 'support' },
  QueueSummary: { Queue: 'support' },
  Reload: { Module: 'app_queue.so' },
  SendText: { Channel: 'PJSIP/100-0000002a', Message: 'hello' },
  Setvar: { Channel: 'PJSIP/100-0000002a', Variable: 'CUSTOMER', Value: '42' },
  UpdateConfig: {
    SrcFilename: 'queues.conf',
    DstFilename: 'queues.conf',
    'Action-000000': 'NewCat',
    'Cat-000000': 'sales',
  },
  UserEvent: { UserEvent: 'Order', Number: '42' },
  VoicemailMove: { Context: 'default', Mailbox: '100', ID: 'msg0000', Folder: 'INBOX', ToFolder: 'Old' },
  WaitEvent: { Timeout: '30' },
}

type Given = readonly (readonly [name: string, value: string])[]

/** Returns the parameters of a use. */
function useOf({ name, parameters }: ActionEntry): Given {
  const use = USES[name]
  if (use !== undefined) return Object.entries(use)
  return parameters.filter(({ required }) => required).map((field) => [field.name, sampleOf(field)])
}

function sampleOf({ name, kind, values = [] }: Field): string {
  if (values.length > 0) return values[0] ?? ''
  if (kind === 'boolean') return 'true'
  return VALUES[name] ?? (kind === 'number' || kind === 'scalar' ? '1' : name.toLowerCase())
}

/** Returns the command line that sends an action. */
export function actionCommand(action: ActionEntry): string {
  const { name, facts } = action
  if (name === 'Command') return "amiable command 'core show version'"
  if (name === 'Originate') return 'amiable originate PJSIP/100 200@default'
  if (CLIENTS_OWN[name] !== undefined) return 'amiable context test   # logs in, and out again'
  const words = useOf(action).map(([key, value]) => {
    const word = `${key}=${value === 'true' ? 'yes' : value}`
    return /[^\w=.,/:@-]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word
  })
  const isList = facts.rows.length > 0 && facts.reads
  return ['amiable', isList ? 'list' : 'send', name, ...words].join(' ')
}

/** What the client does by itself, and what a program writes in its place. */
const CLIENTS_OWN: Readonly<Record<string, string>> = {
  Challenge:
    "// the client logs in by itself, by MD5 where the server allows it\nawait using ami = await connect({ host: 'pbx1', username: 'frank', secret: 'lean' })",
  Login:
    "// the client logs in by itself, and again after each lost connection\nawait using ami = await connect({ host: 'pbx1', username: 'frank', secret: 'lean' })",
  Logoff: '// the client logs off when you close it\nawait ami.close()',
}

/** Returns the TypeScript that sends an action. `ami` is a client that is logged in. */
export function actionCode(action: ActionEntry): string {
  const { name, facts, reply } = action
  const own = CLIENTS_OWN[name]
  if (own !== undefined) return own.includes('connect(') ? `import { connect } from 'amiable'\n\n${own}` : own
  if (name === 'Command') return "for (const line of await ami.command('core show version')) console.log(line)"
  if (name === 'Originate') {
    return "const call = await ami.originate({ Channel: 'PJSIP/100', Context: 'default', Exten: '200', Priority: 1 })\nconsole.log(call.outcome) // answered, busy, noanswer …"
  }
  const call = callOf(action)
  if (facts.rows.length > 0 && facts.completion !== undefined && facts.reads) {
    return `for await (const row of ami.list(${call})) console.log(row.Event, row.toJSON())`
  }
  const header = reply.find((field) => /^\w+$/.test(field.name) && field.required === true)?.name ?? 'Message'
  return `const reply = await ami.send(${call})\nconsole.log(reply.${header})`
}

/** Returns what stands between the brackets of `send` and `list`. */
function callOf(action: ActionEntry): string {
  const typed = useOf(action).map(([key, value]) => {
    return `${/^\w+$/.test(key) ? key : `'${key}'`}: ${literal(action, key, value)}`
  })
  return typed.length === 0 ? `'${action.name}'` : `'${action.name}', { ${typed.join(', ')} }`
}

function literal({ parameters }: ActionEntry, key: string, value: string): string {
  const field = parameters.find(({ name }) => name === key)
  if (field?.kind === 'boolean' && field.values === undefined)
    return value === 'true' || value === 'yes' ? 'true' : 'false'
  if ((field?.kind === 'number' || key === 'Priority') && /^\d+$/.test(value)) return value
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Returns an action as it stands on the wire. */
export function actionWire(action: ActionEntry): string {
  const lines = useOf(action).map(([key, value]) => `${key}: ${value}`)
  return [`Action: ${action.name}`, 'ActionID: 1', ...lines, ''].join('\n')
}

/** Returns the action whose list an event comes in, of an event that comes in no other way. */
function listOf({ facts }: EventEntry): ActionEntry | undefined {
  return facts.classes.length > 0 ? undefined : allActions.find(({ name }) => name === facts.listedBy[0])
}

/** Returns the command line that shows an event. */
export function eventCommand(event: EventEntry): string {
  const action = listOf(event)
  return action === undefined ? `amiable events ${event.name}` : actionCommand(action)
}

/** Returns the TypeScript that receives an event. */
export function eventCode(event: EventEntry): string {
  const { name, headers, snapshots } = event
  const own = headers.filter((field) => !field.name.includes('%')).map((field) => field.name)
  const shown = [...snapshots.slice(0, 1).map(({ names }) => names[0] ?? ''), ...own].slice(0, 2)
  const read = (of: string) => shown.map((one) => (/^\w+$/.test(one) ? `${of}.${one}` : `${of}['${one}']`)).join(', ')
  const action = listOf(event)
  if (action === undefined) return `ami.on('${name}', (event) => console.log(${read('event')}))`
  const call = callOf(action)
  if (action.facts.completion === name) {
    return `const reply = await ami.send(${call})\nconsole.log(reply.events.length, reply.completion?.Event)`
  }
  const line = `console.log(${read('row')})`
  if (action.facts.completion === undefined || !action.facts.reads) {
    return `const reply = await ami.send(${call})\nfor (const row of reply.events) ${line}`
  }
  const only = action.facts.rows.length === 1 ? line : `if (row.Event === '${name}') ${line}`
  return `for await (const row of ami.list(${call})) {\n  ${only}\n}`
}

/** Returns what a program sends so that the server sends an event. */
export function eventWire(event: EventEntry): string {
  const action = listOf(event)
  if (action !== undefined) return actionWire(action)
  return [
    'Action: Login',
    'ActionID: 1',
    'Username: frank',
    'Secret: lean',
    `Events: ${event.facts.classes.join(',')}`,
    '',
  ].join('\n')
}
