import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Context, wanted } from '../context.ts'
import { median } from '../stats.ts'

const BENCH = fileURLToPath(new URL('../..', import.meta.url))
const ROUNDS = 7

/** Fifty actions, each with what it requires and something more. */
const SENDS = `AbsoluteTimeout { Channel: 'a', Timeout: 60 }
Atxfer { Channel: 'a', Exten: '1', Context: 'c' }
BlindTransfer { Channel: 'a', Exten: '1', Context: 'c' }
Bridge { Channel1: 'a', Channel2: 'b', Tone: 'Both' }
BridgeInfo { BridgeUniqueid: 'b' }
BridgeList { BridgeType: 'basic' }
Command { Command: 'core show version' }
ConfbridgeKick { Conference: 100, Channel: 'a' }
ConfbridgeList { Conference: 100 }
ConfbridgeMute { Conference: 100, Channel: 'a' }
ControlPlayback { Channel: 'a', Control: 'stop' }
CoreShowChannels {}
CoreStatus {}
DBDel { Family: 'f', Key: 'k' }
DBGet { Family: 'f', Key: 'k' }
DBPut { Family: 'f', Key: 'k', Val: 1 }
DeviceStateList {}
DialplanExtensionAdd { Context: 'c', Extension: '1', Priority: 1, Application: 'NoOp', Replace: true }
Events { EventMask: 'call,agent' }
ExtensionState { Exten: '1', Context: 'c' }
Filter { Operation: 'Add', Filter: 'x' }
GetConfig { Filename: 'a.conf' }
Getvar { Channel: 'a', Variable: 'V' }
Hangup { Channel: 'a', Cause: 16 }
ListCategories { Filename: 'a.conf' }
MailboxCount { Mailbox: '1@c' }
MailboxStatus { Mailbox: '1@c' }
MixMonitor { Channel: 'a', File: 'f.wav', Options: 'b' }
MixMonitorMute { Channel: 'a', Direction: 'both', State: 1 }
MuteAudio { Channel: 'a', Direction: 'in', State: 'on' }
Originate { Channel: 'a', Context: 'c', Exten: '1', Priority: 1, Async: true, Variable: ['A=1', 'B=2'] }
Park { Channel: 'a', Timeout: 5000 }
ParkedCalls { ParkingLot: 'default' }
Ping {}
PJSIPQualify { Endpoint: 'e' }
PJSIPShowEndpoint { Endpoint: 'e' }
PJSIPShowEndpoints {}
PlayDTMF { Channel: 'a', Digit: '1' }
PresenceState { Provider: 'p' }
QueueAdd { Queue: 'q', Interface: 'i', Penalty: 1, Paused: false }
QueueLog { Queue: 'q', Event: 'E', Message: 'm' }
QueuePause { Interface: 'i', Paused: true, Reason: 'tea' }
QueuePenalty { Interface: 'i', Penalty: 2 }
QueueRemove { Queue: 'q', Interface: 'i' }
QueueStatus { Queue: 'q' }
QueueSummary { Queue: 'q' }
Redirect { Channel: 'a', Context: 'c', Exten: '1', Priority: 1 }
Setvar { Channel: 'a', Variable: 'V', Value: 'x' }
Status { Channel: 'a' }
UserEvent { UserEvent: 'Mine', Text: 'hello' }`.split('\n')

/** Fifty events, each with two of its headers. */
const LISTENERS = `AgentCalled Queue Interface
AgentComplete Queue TalkTime
AgentConnect Queue HoldTime
AgentLogin Agent Channel
AgentLogoff Agent Logintime
AgentRingNoAnswer Queue RingTime
AttendedTransfer Result DestType
BlindTransfer Result Extension
BridgeCreate BridgeUniqueid BridgeType
BridgeDestroy BridgeUniqueid BridgeType
BridgeEnter BridgeUniqueid Channel
BridgeLeave BridgeUniqueid Channel
Cdr AccountCode Duration
CEL EventName UniqueID
ChannelTalkingStart Channel Uniqueid
ChannelTalkingStop Channel Duration
ConfbridgeEnd Conference BridgeUniqueid
ConfbridgeJoin Conference Channel
ConfbridgeLeave Conference Channel
ConfbridgeMute Conference Channel
ConfbridgeStart Conference BridgeUniqueid
ConfbridgeTalking Conference TalkingStatus
ContactStatus URI ContactStatus
DeviceStateChange Device State
DialBegin DestChannel DialString
DialEnd DestChannel DialStatus
DialState DestChannel DialStatus
DTMFBegin Channel Digit
DTMFEnd Channel DurationMs
ExtensionStatus Exten StatusText
FullyBooted Status Uptime
Hangup Channel Cause
Hold Channel MusicClass
LocalBridge LocalOneChannel LocalTwoChannel
MusicOnHoldStart Channel Class
NewCallerid Channel CallerIDNum
Newchannel Channel Exten
NewConnectedLine Channel ConnectedLineNum
Newexten Channel Application
Newstate Channel ChannelStateDesc
OriginateResponse Response Reason
ParkedCall ParkeeChannel ParkingSpace
PeerStatus Peer PeerStatus
QueueCallerAbandon Queue Position
QueueCallerJoin Queue Count
QueueCallerLeave Queue Count
QueueMemberPause Queue Paused
QueueMemberStatus Queue Status
UnParkedCall ParkeeChannel RetrieverChannel
VarSet Variable Value`.split('\n')

const PROGRAM = [
  "import { connect } from 'amiable'",
  "const ami = await connect({ username: 'frank', secret: 'lean' })",
  ...SENDS.map((send) => {
    const [action = ''] = send.split(' ', 1)
    return `console.log((await ami.send('${action}', ${send.slice(action.length + 1)})).message)`
  }),
  ...LISTENERS.map((listener) => {
    const [event, one, other] = listener.split(' ')
    return `ami.on('${event}', (event) => console.log(event.${one}, event.${other}))`
  }),
].join('\n')

/** The library as it would be without a catalog: any action, any event, any header. */
const WITHOUT = {
  'actions.d.ts': `type Text = string | number | boolean | null | undefined
interface Entry {
  params: { [name: string]: Text | readonly Text[] }
  reply: { readonly [header: string]: string | undefined }
  rows: string
  completion: string
}
export interface Actions { [action: string]: Entry }
`,
  'events.d.ts': `interface Headers { readonly [header: string]: string | undefined }
export interface Events { [event: string]: Headers }
`,
}

const CONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(BENCH, 'node_modules/@types')],
  },
}

interface Cost {
  /** Of the whole run, by the clock on the wall. */
  readonly ms: number
  /** As the compiler itself tells it, in seconds, kilobytes and pieces. */
  readonly figures: Readonly<Record<string, number>>
}

const compile = (directory: string): Cost => {
  const tsc = join(BENCH, 'node_modules/.bin/tsc')
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(tsc, ['-p', directory, '--extendedDiagnostics'], { encoding: 'utf8' })
  const ms = performance.now() - started
  if (status !== 0) throw new Error(`${stderr}${stdout}`.trim().split('\n')[0] || `tsc ended with ${status}`)
  const figures = Object.fromEntries(
    [...stdout.matchAll(/^([A-Z][\w ]+):\s+([\d.]+)/gm)].map(([, name = '', value]) => [name, Number(value)]),
  )
  return { ms, figures }
}

const project = (parent: string, name: string, program: string): string => {
  const directory = mkdtempSync(join(parent, `${name}-`))
  writeFileSync(join(directory, 'program.mts'), program)
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ ...CONFIG, files: ['program.mts'] }))
  return directory
}

/** What a user's own `tsc` pays for the catalog: one program of fifty sends and fifty listeners, with it and without. */
const compiler = async (ctx: Context): Promise<void> => {
  if (wanted(ctx, ['amiable']).length === 0) return
  // inside dist/, where `import 'amiable'` finds the copy that main.ts has made
  const parent = mkdtempSync(join(BENCH, 'dist/compiler-'))
  try {
    const without = project(parent, 'without', PROGRAM)
    const copy = join(without, 'node_modules/amiable')
    cpSync(join(BENCH, 'dist/node_modules/amiable'), copy, { recursive: true })
    for (const [name, text] of Object.entries(WITHOUT)) writeFileSync(join(copy, 'dist/catalog', name), text)
    const projects = {
      'empty program': project(parent, 'empty', 'export {}\n'),
      'without the catalog': without,
      amiable: project(parent, 'with', PROGRAM),
    }
    const costs = new Map<string, Cost[]>(Object.keys(projects).map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, directory] of Object.entries(projects)) costs.get(name)?.push(compile(directory))
    }
    report(ctx, costs)
  } catch (error) {
    ctx.add({ id: 'start/compiler', reader: 'amiable', unit: 'ms', value: Number.NaN, note: String(error) })
  } finally {
    rmSync(parent, { recursive: true })
  }
}

const report = (ctx: Context, costs: ReadonlyMap<string, readonly Cost[]>): void => {
  const of = (name: string, what: string): number =>
    median((costs.get(name) ?? []).map(({ ms, figures }) => (what === 'ms' ? ms : (figures[what] ?? Number.NaN))))
  for (const name of costs.keys()) {
    const ms = of(name, 'ms')
    const ratio = ms / of('without the catalog', 'ms')
    const said = [
      `check ${Math.round(of(name, 'Check time') * 1000)} ms`,
      `${Math.round(of(name, 'Memory used') / 1024)} MB`,
      `${of(name, 'Types')} types`,
    ]
    ctx.add({
      id: 'start/compiler',
      reader: name,
      unit: 'ms',
      value: ms,
      note: `${name === 'amiable' ? `${ratio.toFixed(2)} times as long as without the catalog; ` : ''}${said.join(', ')}`,
      extra: {
        ratio,
        checkMs: of(name, 'Check time') * 1000,
        memoryMb: of(name, 'Memory used') / 1024,
        types: of(name, 'Types'),
      },
    })
  }
}

export const compilerCases: Record<string, (ctx: Context) => Promise<void>> = { 'start/compiler': compiler }
