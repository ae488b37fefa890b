import * as library from 'amiable'
import { type Client, ConfigFile, connect, createFleet, type Fleet } from 'amiable'
import * as agi from 'amiable/agi'
import * as catalog from 'amiable/catalog'
import * as state from 'amiable/state'
import * as testing from 'amiable/testing'
import { ManualClock, type ReceivedAction, type Reply, SeededRandom, startServer } from 'amiable/testing'
import { AGI_RIGHT, makeAgi } from './public-agi.ts'

/** One of each thing that the packages give, all alive. */
export interface Things {
  readonly ami: Client
  readonly fleet: Fleet
  /** By the name of what it is. */
  readonly objects: Readonly<Record<string, object>>
  /** Ends all of it. */
  close(): Promise<void>
}

const CAPTURE = 'Event: Hangup\r\nChannel: PJSIP/1\r\n\r\n'
const account = { host: '127.0.0.1', username: 'frank', secret: 'lean' }
const nothing = () => {}

export async function makeThings(folder: string): Promise<Things> {
  const server = await startServer({
    users: { frank: 'lean' },
    queues: { sales: { members: [{ interface: 'PJSIP/1' }] } },
  })
  const own = { ...account, port: server.port, keepalive: false as const, actionTimeout: 1_000_000 }
  const ami = await connect(own)
  const fleet = createFleet([{ ...own, name: 'a' }])
  server.queues.join('sales', server.channels.create({ name: 'PJSIP/1-00000001' }))
  const proxy = await testing.startProxy({ target: { port: server.port } })
  const recording = testing.record(ami, `${folder}/${Math.random()}.jsonl`)
  const replayed = await testing.replay(testing.importRecording(CAPTURE))
  const recorded = testing.readEvents(testing.importRecording(CAPTURE))
  const iterator = ami.events()
  server.emit('Mine', { Cause: 16, When: '2026-01-01T00:00:00.000+0000' })
  let asked: { action: ReceivedAction; reply: Reply } | undefined
  server.handle('Mine', (action, reply) => {
    asked = { action, reply }
    return {}
  })
  const response = await ami.sendRaw('Mine')
  const called = await makeAgi()
  const watched = state.watch(ami)
  await watched.ready()
  const schedule = testing.scheduleFaults({ faults: server.faults, clock: new ManualClock() })
  const objects = {
    Client: ami,
    Fleet: fleet,
    EventList: ami.list('CoreShowChannels'),
    Listener: ami.on('*', nothing),
    'events()': ami.events(),
    'status()': ami.status(),
    AmiEvent: (await iterator.next()).value,
    Response: response,
    ConfigFile: new ConfigFile('x', []),
    SimulatedAsterisk: server,
    Faults: server.faults,
    Fault: server.faults.drop({ action: 'None' }),
    ChannelControl: server.channels,
    QueueControl: server.queues,
    SystemControl: server.system,
    ReceivedAction: asked?.action as object,
    Reply: asked?.reply as object,
    ManualClock: new ManualClock(),
    SeededRandom: new SeededRandom(1),
    Proxy: proxy,
    Recording: recording,
    Replay: replayed,
    FaultSchedule: schedule,
    like: testing.like('x'),
    RecordedEvents: recorded,
    ...called.objects,
    AgiAttachment: agi.attachAgi(ami, nothing),
    State: watched,
    Collection: watched.calls,
    'State.channels': watched.channels,
    RecordedEvent: (await recorded.toArray())[0] as object,
  }
  const close = async () => {
    schedule.stop()
    await watched.close()
    await Promise.allSettled([ami.close({ timeout: 0 }), fleet.close({ timeout: 0 }), recording.stop()])
    await called.close()
    await Promise.allSettled([proxy.close(), replayed.close(), server.close()])
  }
  return { ami, fleet, objects, close }
}

/** What a program can import. */
export const ENTRIES: Readonly<Record<string, object>> = {
  '.': library,
  './agi': agi,
  './catalog': catalog,
  './state': state,
  './testing': testing,
}

type PublicCall = (...args: unknown[]) => unknown

/** What needs no row: whole kinds of calls, each with its cause. */
export const WITHOUT_ROW: readonly RegExp[] = [
  // the library makes them; a caller gets them
  /^new \w+Error$/,
  // what feeds an iterator is no part of its type
  /^(?:events|status)\(\)\./,
  // asked by the library alone
  /^Agi(?:Server\.listen|Session\.(?:routed|perform)|Router\.matches)$/,
  // the simulator's own: what its engine asks of them
  /^Faults\.(?:take|during|is)$/,
  /^Fault\.matches$/,
  /^ReceivedAction\.(?:header|all)$/,
  /^Reply\.(?:item|lines|write|idLine)$/,
]

/** Calls whose promise does not settle: a handler of a server that has closed does not go on. */
export const ENDLESS: ReadonlySet<string> = new Set(['Reply.delay'])

/** Calls that take anything, each with its cause. */
export const LENIENT: ReadonlySet<string> = new Set([
  // it is called where all else failed, with whatever reason there is
  'Client.destroy',
  'Fleet.destroy',
  // whether there is one of that name: there is not
  'Fleet.has',
  // as that of every clock
  'ManualClock.clearTimeout',
  // a test runner asks it of any value
  'like.asymmetricMatch',
])

const isClass = (value: unknown) => /^class\b/.test(String(value))

const listen = ['Hangup', nothing, {}]
const number = [5, {}]
const options = [{}]
const channel = ['PJSIP/1-00000001']
const target = { ...account, port: 1 }

/** Right arguments of each public call, but for the client that helpers take first. */
const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  watch: [{}],
  'State.follow': [{ channel: '1.1' }, {}],
  connect: [target, {}],
  createClient: [target],
  createFleet: [[target]],
  addEventFilter: [{ action: 'exclude', event: 'X' }, {}],
  dbGet: ['family', 'key', {}],
  getConfig: ['a.conf', {}],
  getQueues: options,
  getVariable: ['A', {}],
  hangup: [{ channel: 'PJSIP/9' }, {}],
  reload: ['app_queue', {}],
  updateConfig: ['a.conf', [{ change: 'deleteCategory', category: 'x' }], {}],
  expectEvents: [['X'], {}],
  actionFacts: ['Ping'],
  agiCommandFacts: ['GET DATA'],
  asteriskOf: ['11.0.0'],
  eventFacts: ['Hangup'],
  isAvailable: ['Ping', '22'],
  missingClasses: ['Hangup', 'call'],
  rightsFor: [{ actions: ['Ping'], events: ['Hangup'], version: '22' }],
  summaryOf: ['Ping'],
  'new ConfigFile': ['a.conf', []],
  'new ManualClock': [5],
  'new SeededRandom': [5],
  importRecording: [CAPTURE, {}],
  like: ['X'],
  readEvents: [CAPTURE],
  readRecording: [CAPTURE],
  replay: [CAPTURE, {}],
  startProxy: [{ target: { port: 5 } }],
  startServer: options,
  'State.ready': options,
  'State.on': ['*', nothing, {}],
  'State.changes': options,
  'State.since': ['1', '*'],
  'State.status': options,
  'State.refresh': ['channels'],
  'State.audit': ['channels'],
  'Collection.get': ['x'],
  'Collection.has': ['x'],
  'Collection.of': ['x'],
  'State.channels.byName': ['x'],
  'State.channels.get': ['x'],
  'State.channels.has': ['x'],
  'State.channels.filter': [nothing],
  'Collection.filter': [nothing],
  'Client.send': ['Ping', {}, {}],
  'Client.sendRaw': ['Ping', { A: 'x' }, {}],
  'Client.list': ['Agents', {}, {}],
  'Client.listRaw': ['Agents', {}, {}],
  'Client.command': ['core show version', {}],
  'Client.originate': [{ Channel: 'Local/1@default', Application: 'Wait' }, {}],
  'Client.on': listen,
  'Client.removeListener': ['listener-1'],
  'Client.events': ['Hangup', {}],
  'Client.status': options,
  'Client.close': options,
  'Client.destroy': [new Error('x')],
  'Fleet.on': listen,
  'Fleet.events': ['Hangup', {}],
  'Fleet.get': ['a'],
  'Fleet.has': ['a'],
  'Fleet.add': [target],
  'Fleet.remove': ['a', {}],
  'Fleet.removeListener': ['fleet-listener-1'],
  'Fleet.status': options,
  'Fleet.broadcast': ['Ping', {}, {}],
  'Fleet.broadcastRaw': ['Ping', {}, {}],
  'Fleet.close': options,
  'Fleet.destroy': [new Error('x')],
  'AmiEvent.get': ['Cause'],
  'AmiEvent.getAll': ['Cause'],
  'AmiEvent.variables': ['PJSIP/1'],
  'AmiEvent.number': ['Cause'],
  'AmiEvent.boolean': ['Cause'],
  'AmiEvent.date': ['When'],
  'Response.get': ['Cause'],
  'Response.getAll': ['Cause'],
  'Response.variables': ['PJSIP/1'],
  'Response.number': ['Cause'],
  'Response.boolean': ['Cause'],
  'Response.date': ['When'],
  'ConfigFile.get': ['a', 'b'],
  'ConfigFile.getAll': ['a', 'b'],
  'SimulatedAsterisk.emit': ['X', { A: 'x' }, {}],
  'SimulatedAsterisk.send': [CAPTURE],
  'SimulatedAsterisk.handle': ['X', nothing, {}],
  'SimulatedAsterisk.waitFor': ['X', {}, {}],
  'SimulatedAsterisk.waitForLogin': [1],
  'SimulatedAsterisk.disconnect': options,
  'SimulatedAsterisk.shutdown': options,
  'SimulatedAsterisk.restart': options,
  'SimulatedAsterisk.boot': options,
  'Faults.replyLate': number,
  'Faults.drop': options,
  'Faults.twice': options,
  'Faults.wrongActionId': ['x', {}],
  'Faults.cutList': number,
  'Faults.cancelList': number,
  'Faults.endlessList': number,
  'Faults.hugeLine': number,
  'Faults.endlessHeaders': number,
  'Faults.garbage': ['x', {}],
  'Faults.forgeEnd': options,
  'Faults.deafFollows': options,
  'Faults.drip': [5],
  'Faults.flood': [5],
  'Faults.forgeAnswer': ['Success', {}],
  'Faults.tornRow': ['', {}],
  'Faults.echo': options,
  'Faults.madeUpNames': [5],
  'Faults.hugeRows': number,
  'Faults.fused': options,
  'Faults.bareLineFeeds': options,
  'Faults.strayLineFeed': options,
  'Faults.extraBlankLine': options,
  'Faults.reset': options,
  'Faults.halfClose': options,
  'Faults.stall': [5],
  'Faults.splitAt': [5],
  'Faults.lineEndings': ['lf'],
  'Faults.refuseLogin': ['x', {}],
  'Faults.delayLogin': number,
  'Faults.silent': options,
  'Faults.noBanner': options,
  'Faults.banner': ['x\r\n', {}],
  'Faults.refuseConnection': options,
  'Faults.lag': options,
  'ChannelControl.create': [{ name: 'PJSIP/2' }],
  'ChannelControl.get': channel,
  'ChannelControl.ring': channel,
  'ChannelControl.answer': channel,
  'ChannelControl.hangup': [...channel, 16],
  'ChannelControl.setVariable': [...channel, 'A', 'x'],
  'ChannelControl.getVariable': [...channel, 'A'],
  'ChannelControl.dtmf': [...channel, '5', 100],
  'ChannelControl.bridge': [...channel, ...channel],
  'ChannelControl.unbridge': channel,
  'QueueControl.reload': [{ sales: {} }],
  'QueueControl.define': ['q', {}],
  'QueueControl.addMember': ['sales', { interface: 'PJSIP/2' }],
  'QueueControl.removeMember': ['sales', 'PJSIP/1'],
  'QueueControl.pause': ['sales', 'PJSIP/1', true, 'x'],
  'QueueControl.join': ['sales', ...channel],
  'QueueControl.leave': ['sales', ...channel, true],
  'QueueControl.callers': ['sales'],
  'SystemControl.endpoint': ['x', {}],
  'SystemControl.contact': ['ep1', 'sip:ep1@127.0.0.1:5061', 'Reachable'],
  'SystemControl.registration': ['x', {}],
  'SystemControl.mailbox': ['1@default', {}],
  'SystemControl.deviceState': ['PJSIP/1', 'INUSE'],
  'SystemControl.hint': ['1', 'default', 'PJSIP/1', 1, 'x'],
  'SystemControl.presence': ['Custom:x', 'away', 'x', 'y'],
  'SystemControl.dialplan': ['[x]\nexten => 1,1,Answer()\n'],
  'SystemControl.config': ['a.conf', '[x]\n'],
  'SystemControl.database': ['f', 'k', 'v'],
  'SystemControl.module': ['app_x'],
  recoverableFaults: [],
  'ReceivedAction.get': ['X'],
  'ReceivedAction.getAll': ['X'],
  'Reply.success': ['x', {}],
  'Reply.error': ['x', {}],
  'Reply.respond': ['Success', 'x', {}],
  'Reply.list': [{ complete: 'XComplete', rows: [['X', {}]] }],
  'Reply.start': ['x', 'start'],
  'Reply.row': ['X', {}],
  'Reply.complete': ['X', {}, 1],
  'Reply.event': ['X', {}],
  'Reply.raw': ['x'],
  'Reply.delay': [5],
  'ManualClock.setTimeout': [nothing, 5],
  'ManualClock.clearTimeout': [{}],
  'ManualClock.advance': [5],
  'ManualClock.tick': [5],
  'SeededRandom.integer': [1, 2],
  'SeededRandom.pick': [[1]],
  'SeededRandom.chance': [0.5],
  'Proxy.tap': [{ chunk: nothing, end: nothing }],
  'like.asymmetricMatch': options,
  'RecordedEvent.get': ['X'],
  'RecordedEvent.getAll': ['X'],
}

const HELPERS =
  /^(?:watch|attachAgi|addEventFilter|dbGet|getConfig|getQueues|getVariable|hangup|reload|updateConfig|expectEvents)$/

/** Right arguments of a public call, in whose place something wrong is put. A call without a row has none, and fails. */
export function rightArguments(name: string, { ami, objects }: Things, folder: string): readonly unknown[] {
  if (name === 'record') return [ami, `${folder}/record.jsonl`, {}]
  if (name === 'Recording.rotate') return [`${folder}/next.jsonl`]
  if (name === 'watchMessages') return [ami, nothing, {}]
  if (name === 'watchAll') return [objects.Fleet, {}]
  if (name === 'scheduleFaults') return [objects.SimulatedAsterisk, {}]
  const right = RIGHT[name] ?? AGI_RIGHT[name]
  if (right === undefined) throw new Error(`${name} has no row in public-calls.ts: give it right arguments there`)
  if (name === 'ask' || name === 'menu') return [objects.AgiSession, ...right]
  return HELPERS.test(name) ? [ami, ...right] : right
}

/** Every function that the packages give, and every method of what they give, that takes an argument. */
export function publicCalls(objects: Things['objects']): Map<string, PublicCall> {
  const calls = new Map<string, PublicCall>()
  for (const module of Object.values(ENTRIES)) {
    for (const [name, value] of Object.entries(module as Record<string, unknown>)) {
      if (typeof value !== 'function') continue
      if (isClass(value))
        calls.set(`new ${name}`, (...args) => new (value as never as new (...args: unknown[]) => unknown)(...args))
      else calls.set(name, value as PublicCall)
    }
  }
  for (const [name, object] of Object.entries(objects)) {
    for (const method of methodsOf(object)) {
      const called = (object as Record<string, unknown>)[method]
      if (typeof called !== 'function' || takesNothing(called)) continue
      calls.set(`${name}.${method}`, (...args) => called.apply(object, args))
    }
  }
  return calls
}

const OF_LANGUAGE: readonly object[] = [Object.prototype, Function.prototype]

/** Methods of its own or of its classes, those of every object left out. */
function methodsOf(object: object): Set<string> {
  const found = new Set<string>()
  for (let at: object | null = object; at !== null && !OF_LANGUAGE.includes(at); at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (name !== 'constructor' && typeof value === 'function') found.add(name)
    }
  }
  return found
}

function takesNothing(called: unknown): boolean {
  return /^(?:async\s*)?[*\s]*[\w$]*\s*\(\s*\)/.test(String(called))
}
