import * as library from 'amiable'
import { type Client, connect, createClient, createFleet, type Fleet } from 'amiable'
import * as testing from 'amiable/testing'
import { type ManualClock, type SimulatedAsterisk, startServer } from 'amiable/testing'

/** What a call is tried on; they outlive every mistake. */
export interface Stage {
  readonly server: SimulatedAsterisk
  readonly ami: Client
  readonly fleet: Fleet
  readonly clock: ManualClock
}

export type Args = readonly unknown[]

/** A public function: how it is called, right arguments, and for each place what is wrong there. */
export interface Case {
  readonly call: (stage: Stage, args: Args) => unknown
  readonly right: Args
  readonly wrong: readonly (readonly unknown[])[]
  /** For the place of the options: each option with what is wrong for it. */
  readonly options?: Readonly<Record<string, readonly unknown[]>>
  /** Whether it rejects, and does not throw. */
  readonly rejects?: boolean
}

export const RECORD = [null, 5, 'x', [], new Map(), () => {}, new Date(), Promise.resolve()]
export const NAME = [null, 5, '', {}, [], () => {}, true]
export const FUNCTION = [undefined, null, 5, 'x', {}]
export const SIGNAL = [null, 5, 'x', {}, new AbortController()]
export const TIME = [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null, {}]
export const FLAG = [null, 0, 'yes', {}]
const CALL = {
  signal: SIGNAL,
  timeout: [0, ...TIME],
  actionId: [5, null, {}, '', 'a b', 'x'.repeat(68)],
  retry: FLAG,
  queue: FLAG,
  variables: [null, 5, 'A=1', ['A=1'], { '': 'x' }],
  timout: [5],
}
const { retry: _, variables: __, ...HELPER } = CALL
const LISTEN = { once: FLAG, all: FLAG, signal: SIGNAL, unce: [true] }
export const FILTER = [undefined, null, 5, '', [], [''], {}, async () => true]
export const never = () => {}

export const client: Record<string, Case> = {
  send: {
    call: ({ ami }, [action, params, options]) => ami.sendRaw(action as string, params as never, options as never),
    right: ['Ping', {}, {}],
    wrong: [[undefined, ...NAME], RECORD, RECORD],
    options: { ...CALL, check: FLAG },
  },
  list: {
    call: ({ ami }, [action, params, options]) => ami.listRaw(action as string, params as never, options as never),
    right: ['Agents', {}, {}],
    wrong: [[undefined, ...NAME], RECORD, RECORD],
    options: CALL,
  },
  command: {
    call: ({ ami }, [command, options]) => ami.command(command as string, options as never),
    right: ['core show version', {}],
    wrong: [[undefined, ...NAME, 'a\r\nb'], RECORD],
    options: CALL,
    rejects: true,
  },
  originate: {
    call: ({ ami }, [params, options]) => ami.originate(params as never, options as never),
    right: [{ Channel: 'Local/1@default', Application: 'Wait' }, {}],
    wrong: [
      [
        undefined,
        ...RECORD,
        {},
        { Channel: '' },
        { Channel: 5 },
        { Channel: 'x', ChannelId: '/x/' },
        { Channel: 'x', Timeout: Number.POSITIVE_INFINITY },
      ],
      RECORD,
    ],
    options: { ...CALL, retry: [true, ...FLAG] },
  },
  on: {
    call: ({ ami }, [filter, handler, options]) => ami.on(filter as '*', handler as never, options as never),
    right: ['Hangup', never, {}],
    wrong: [FILTER, FUNCTION, RECORD],
    options: LISTEN,
  },
  events: {
    call: ({ ami }, [filter, options]) => ami.events(filter as '*', options as never),
    right: ['Hangup', {}],
    wrong: [FILTER.slice(1), RECORD],
    options: { signal: SIGNAL, all: FLAG, capacity: [0, ...TIME], overflow: NAME, capacty: [5] },
  },
  status: {
    call: ({ ami }, [options]) => ami.status(options as never),
    right: [{}],
    wrong: [RECORD],
    options: { signal: SIGNAL, sginal: [1] },
  },
  close: {
    call: ({ ami }, [options]) => ami.close(options as never),
    right: [],
    wrong: [RECORD],
    options: { timeout: TIME, timout: [5] },
    rejects: true,
  },
}

export const fleets: Record<string, Case> = {
  createFleet: {
    call: (_, [members]) => createFleet(members as never),
    right: [[]],
    wrong: [[undefined, null, 5, {}, [null], [{}]]],
  },
  add: { call: ({ fleet }, [options]) => fleet.add(options as never), right: [], wrong: [[undefined, ...RECORD, {}]] },
  get: { call: ({ fleet }, [name]) => fleet.get(name as string), right: [], wrong: [[undefined, ...NAME, 'x']] },
  on: { ...(client.on as Case), call: ({ fleet }, [f, h, o]) => fleet.on(f as '*', h as never, o as never) },
  events: { ...(client.events as Case), call: ({ fleet }, [f, o]) => fleet.events(f as '*', o as never) },
  status: { ...(client.status as Case), call: ({ fleet }, [o]) => fleet.status(o as never) },
  close: { ...(client.close as Case), call: ({ fleet }, [o]) => fleet.close(o as never) },
  remove: {
    ...(client.close as Case),
    right: ['a', {}],
    wrong: [[], RECORD],
    call: ({ fleet }, [n, o]) => fleet.remove(n as string, o as never),
  },
}

export const account = { username: 'frank', secret: 'lean' }
const made: Readonly<Record<string, readonly unknown[]>> = {
  host: [null, 5, '', 'a\nb', 'pbx1:5038', 'http://pbx1', '[::1]', 'a b'],
  port: [0, -1, 65_536, 1.5, '5038', null],
  username: [undefined, ...NAME, 'a\r\nb'],
  secret: [undefined, null, 5, {}, 'a\r\nb'],
  tls: [null, 5, 'yes', []],
  events: [null, 5, 'call', ['nonesuch'], ['Hangup'], {}],
  ownClasses: [null, 5, 'x', ['a,b'], [5]],
  actionTimeout: [0, ...TIME],
  keepalive: [true, 5, 'x', null, { interval: 0 }, { intervall: 5 }],
  reconnect: [true, 5, 'x', null, { jitter: 2 }, async () => 5],
  limits: [5, null, { rows: 0 }, { linez: 5 }],
  maxQueued: [-1, 1.5, '5'],
  socket: [null, 5, {}, async () => {}],
  clock: [null, 5, {}],
  random: [null, 5, async () => 0.5],
  onListenerError: [null, 5, {}],
  password: ['x'],
  user: ['x'],
  timeout: [5],
  keepAlive: [{}],
}

export const functions: Record<string, Case> = {
  createClient: {
    call: (_, [o]) => createClient(o as never),
    right: [account],
    wrong: [[undefined, ...RECORD, {}]],
    options: made,
  },
  connect: {
    call: (_, [o, more]) => connect(o as never, more as never),
    right: [account, {}],
    wrong: [[undefined, ...RECORD, {}], RECORD],
    options: { signal: SIGNAL, sginal: [1] },
  },
  hangup: {
    call: ({ ami }, [target, options]) => library.hangup(ami, target as never, options as never),
    right: [{ channel: 'PJSIP/1' }, {}],
    wrong: [[undefined, ...RECORD, {}, { channel: '/x/' }, { channel: 'x', pattern: 'y' }, { pattern: '' }], RECORD],
    options: { ...HELPER, cause: [128, -1, '16', null], check: [false], variables: [{}] },
  },
  addEventFilter: {
    call: ({ ami }, [filter, options]) => library.addEventFilter(ami, filter as never, options as never),
    right: [{ action: 'exclude', event: 'X' }, {}],
    wrong: [[undefined, ...RECORD, {}, { action: 'exclude' }, { action: 'x', event: 'y' }], RECORD],
    options: { ...HELPER, check: [false] },
  },
  updateConfig: {
    call: ({ ami }, [file, changes, options]) =>
      library.updateConfig(ami, file as string, changes as never, options as never),
    right: ['a.conf', [], {}],
    wrong: [
      [undefined, ...NAME, '*.conf'],
      [undefined, null, 5, {}, [null], [{}], [{ change: 'x', category: 'y' }]],
      RECORD,
    ],
    options: {
      signal: SIGNAL,
      timeout: TIME,
      to: NAME,
      reload: [null, 5, '', 'yes'],
      actionId: ['x'],
      retry: [true],
      check: [false],
    },
  },
  getConfig: {
    call: ({ ami }, [file, options]) => library.getConfig(ami, file as string, options as never),
    right: ['a.conf', {}],
    wrong: [[undefined, ...NAME, '*.conf'], RECORD],
    options: { ...HELPER, category: NAME, check: [false] },
    rejects: true,
  },
  getQueues: {
    call: ({ ami }, [options]) => library.getQueues(ami, options as never),
    right: [{}],
    wrong: [RECORD],
    options: { ...HELPER, name: NAME, check: [false] },
    rejects: true,
  },
  reload: {
    call: ({ ami }, [module, options]) => library.reload(ami, module as string, options as never),
    right: ['app_queue', {}],
    wrong: [NAME, RECORD],
    options: { ...HELPER, retry: [true], check: [false] },
    rejects: true,
  },
  getVariable: {
    call: ({ ami }, [name, options]) => library.getVariable(ami, name as string, options as never),
    right: ['A', {}],
    wrong: [[undefined, ...NAME, 'SHELL(ls)'], RECORD],
    options: { ...HELPER, channel: NAME, check: [false] },
    rejects: true,
  },
  dbGet: {
    call: ({ ami }, [family, key, options]) => library.dbGet(ami, family as string, key as string, options as never),
    right: ['f', 'k', {}],
    wrong: [[undefined, ...NAME], [undefined, ...NAME], RECORD],
    options: { ...HELPER, check: [false] },
    rejects: true,
  },
}

export const tests: Record<string, Case> = {
  startServer: {
    call: (_, [options]) => startServer(options as never),
    right: [{}],
    wrong: [RECORD],
    options: {
      port: [-1, '5'],
      users: [5, { a: 5 }, { a: {} }],
      clock: [5, {}],
      asterisk: [18],
      seed: ['x'],
      prot: [5],
      read: [5],
    },
    rejects: true,
  },
  startProxy: {
    call: (_, [options]) => testing.startProxy(options as never),
    right: [{ target: { port: 5 } }],
    wrong: [[undefined, ...RECORD, {}, { target: {} }, { target: { port: '5' } }]],
    rejects: true,
  },
  record: {
    call: ({ ami }, [source, file, options]) =>
      testing.record((source === 'ami' ? ami : source) as never, file as string, options as never),
    right: ['ami', 'x.jsonl', {}],
    wrong: [
      [undefined, null, 5, {}],
      [undefined, ...NAME],
      [null, 5, 'x', []],
    ],
    options: { now: [5], redact: [5, async () => false], nwo: [5] },
  },
  replay: {
    call: (_, [file, options]) => testing.replay(file as string, options as never),
    right: ['nonesuch.jsonl', {}],
    wrong: [[undefined, ...NAME], RECORD],
    options: { speed: [0, -1, 'x', null], begin: ['now'], session: [0], redact: [5], port: [-1], sped: [5] },
    rejects: true,
  },
  expectEvents: {
    call: ({ ami }, [source, patterns, options]) =>
      testing.expectEvents((source === 'ami' ? ami : source) as never, patterns as never, options as never),
    right: ['ami', ['X'], {}],
    wrong: [[undefined, null, 5, {}], [undefined, null, 5, 'x', [5], [{}]], RECORD],
    options: { within: [0, -1, 'x'], inOrder: FLAG, signal: SIGNAL, clock: [5], whitin: [5] },
  },
  advance: {
    call: ({ clock }, [ms]) => clock.advance(ms as number),
    right: [],
    wrong: [[undefined, ...TIME]],
    rejects: true,
  },
  tick: { call: ({ clock }, [ms]) => clock.tick(ms as number), right: [], wrong: [[undefined, ...TIME]] },
  emit: {
    call: ({ server }, [event, headers]) => server.emit(event as string, headers as never),
    right: ['X', {}],
    wrong: [
      [undefined, ...NAME],
      [null, 5, 'x'],
    ],
  },
  handle: {
    call: ({ server }, [action, handler, o]) => server.handle(action as string, handler as never, o as never),
    right: ['X', never, {}],
    wrong: [[undefined, ...NAME], FUNCTION, RECORD],
    options: { times: [0, 'x'] },
  },
  waitFor: {
    call: ({ server }, [action, match, o]) => server.waitFor(action as string, match as never, o as never),
    right: ['X', {}, {}],
    wrong: [[undefined, ...NAME], [null, 5, 'x'], RECORD],
    options: { signal: SIGNAL, timeout: [0, ...TIME] },
    rejects: true,
  },
  drop: {
    call: ({ server }, [o]) => server.faults.drop(o as never),
    right: [{}],
    wrong: [RECORD],
    options: { action: NAME, times: [0, 'x'] },
  },
  stall: { call: ({ server }, [ms]) => server.faults.stall(ms as number), right: [], wrong: [TIME] },
  scheduleFaults: {
    call: ({ server }, [s, o]) => testing.scheduleFaults((s === 'server' ? server : s) as never, o as never),
    right: ['server', {}],
    wrong: [[undefined, null, 5], RECORD],
    options: { every: [5, [2, 1]], verbs: [[], ['x']], seed: ['x'] },
  },
}
