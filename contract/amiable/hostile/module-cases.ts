import { ask, attachAgi, listenAgi, menu, router, serveAgi } from 'amiable/agi'
import { watch } from 'amiable/state'
import { callAgi } from 'amiable/testing'
import {
  type Args,
  type Case,
  FLAG,
  FUNCTION,
  NAME,
  never,
  RECORD,
  SIGNAL,
  type Stage,
  TIME,
} from './argument-cases.ts'

const BEYOND = [2 ** 31, 2 ** 53]
const COMMAND = { signal: SIGNAL, timeout: [0, ...TIME, ...BEYOND], sginal: [1] }
const COUNT = [0, ...TIME, 1.5]
const CLOCK = [null, 5, {}, { now: never }]
const WHOLE = [-1, 1.5, '5', null, {}, Number.NaN, Number.POSITIVE_INFINITY]
const SYNC = [null, 5, 'x', {}, async () => true, class {}]
const DIGITS = [null, 5, {}, 'x', '1 2', '1\n']

const SESSION = {
  environmentTimeout: [0, ...TIME, ...BEYOND],
  hangupGrace: [...TIME, ...BEYOND],
  maxQueued: COUNT,
  limits: [null, 5, [], { line: 0 }, { environment: Number.NaN }, { lnie: 5 }],
  keepAlive: [0, ...TIME, ...BEYOND],
  control: [null, 5, {}, 'x'],
  onHandlerError: FUNCTION.slice(1),
  clock: CLOCK,
  hangupgrace: [5],
}

const ANSWER = {
  timeout: [0, ...TIME, 1.5, ...BEYOND],
  between: [0, ...TIME, 1.5, ...BEYOND],
  attempts: [0, ...TIME, 1.5, 101],
  onInvalid: [null, 5, {}, [null], [{}], [{ digits: 'x' }], [{ pause: 0 }], [{ number: 1, digits: '1' }], 'a\nb'],
  onSilence: [null, 5, [undefined], [{ date: new Date(Number.NaN) }]],
  cancel: [null, 5, '', '12', 'x'],
}

/** What a call is tried on, with one of what the other modules give. */
export interface ModuleStage extends Stage {
  /** By the name of what it is. */
  readonly objects: Readonly<Record<string, object>>
}

/** A method of one of the things. */
function method(thing: string, name: string, rejects = false) {
  return {
    call: (stage: Stage, args: Args) => {
      const { objects } = stage as ModuleStage
      return ((objects[thing] as Record<string, unknown>)[name] as (...all: Args) => unknown).apply(objects[thing], [
        ...args,
      ])
    },
    rejects,
  }
}

export const agi: Record<string, Case> = {
  listenAgi: {
    call: (_, [handler, options]) => listenAgi(handler as never, options as never),
    right: [never, { port: 0 }],
    wrong: [FUNCTION, RECORD],
    options: {
      ...SESSION,
      host: [null, 5, '', 'a\nb', '0.0.0.0'],
      port: [-1, 65_536, '5', null, 1.5],
      allow: [null, 5, 'x', ['x'], ['1.2.3.4/33'], [5]],
      maxSessions: COUNT,
      backlog: COUNT,
    },
  },
  serveAgi: {
    call: (_, [stream, handler, options]) => serveAgi(stream as never, handler as never, options as never),
    right: [undefined, never, {}],
    wrong: [[undefined, null, 5, {}, 'x']],
  },
  attachAgi: {
    call: ({ ami }, [target, handler, options]) =>
      attachAgi((target === 'ami' ? ami : target) as never, handler as never, options as never),
    right: ['ami', never, {}],
    wrong: [[undefined, null, 5, {}, Promise.resolve()], FUNCTION, RECORD],
    options: {
      instance: [null, 5, '', 'a b', 'ü', 'x'.repeat(65)],
      accept: SYNC,
      claim: FLAG,
      adopt: FLAG,
      maxSessions: COUNT,
      maxQueued: COUNT,
      pipeline: COUNT,
      onHandlerError: FUNCTION.slice(1),
      clock: CLOCK,
      acept: [never],
    },
  },
  router: {
    call: (_, [routes, options]) => router(routes as never, options as never),
    right: [{ '/x': never }, {}],
    wrong: [[undefined, ...RECORD, { x: 5 }, { '': 5 }, { 'a/:': never, 'a/*': 5 }], RECORD],
    options: { otherwise: FUNCTION.slice(1), oterwise: [never] },
  },
  ask: {
    call: (stage, [call, prompts, options]) =>
      ask(
        (call === 'call' ? (stage as ModuleStage).objects.AgiSession : call) as never,
        prompts as never,
        options as never,
      ),
    right: ['call', 'x', {}],
    wrong: [[undefined, null, 5, {}], [undefined, null, 5, {}, [5], '', ['']], RECORD],
    options: {
      ...ANSWER,
      min: [...WHOLE, 1_024],
      max: [0, ...WHOLE, 1_024],
      terminator: [null, true, '*', 5],
      valid: FUNCTION.slice(1),
      vlaid: [never],
    },
  },
  menu: {
    call: (stage, [call, prompts, choices, options]) =>
      menu(
        (call === 'call' ? (stage as ModuleStage).objects.AgiSession : call) as never,
        prompts as never,
        choices as never,
        options as never,
      ),
    right: ['call', 'x', { 1: never }, {}],
    wrong: [[undefined, null], [undefined, null, 5], [undefined, ...RECORD, {}, { x: never }, { 1: 5 }], RECORD],
    options: { ...ANSWER, min: [1], valid: [never] },
  },
  close: {
    ...method('AgiServer', 'close'),
    right: [{}],
    wrong: [RECORD],
    options: { timeout: [...TIME, ...BEYOND], timout: [5] },
  },
  'attachment.close': {
    ...method('AgiAttachment', 'close'),
    right: [{}],
    wrong: [RECORD],
    options: { timeout: [...TIME, ...BEYOND], timout: [5] },
  },
  answer: { ...method('AgiSession', 'answer'), right: [{}], wrong: [RECORD], options: COMMAND },
  command: {
    ...method('AgiSession', 'command'),
    right: [['NOOP'], {}],
    wrong: [[undefined, null, 5, 'NOOP', [], [5], [''], ['a\nb']], RECORD],
    options: { ...COMMAND, check: FLAG },
  },
  getVariable: {
    ...method('AgiSession', 'getVariable'),
    right: ['A', {}],
    wrong: [[undefined, ...NAME, 'a\nb'], RECORD],
    options: { ...COMMAND, encoded: FLAG },
  },
  exec: {
    ...method('AgiSession', 'exec'),
    right: ['NoOp', ['x'], {}],
    wrong: [[undefined, ...NAME], [null, 5, {}, [null], [{}]], RECORD],
    options: COMMAND,
  },
  continueAt: {
    ...method('AgiSession', 'continueAt'),
    right: [{ exten: '1' }, {}],
    wrong: [[undefined, ...RECORD, {}, { exten: null }, { exten: {} }, { context: '' }, { extn: '1' }], RECORD],
    options: COMMAND,
  },
  streamFile: {
    ...method('AgiSession', 'streamFile'),
    right: ['x', {}],
    wrong: [[undefined, ...NAME], RECORD],
    options: { ...COMMAND, escapeDigits: DIGITS, offset: [...WHOLE, ...BEYOND] },
  },
  controlStreamFile: {
    ...method('AgiSession', 'controlStreamFile'),
    right: ['x', {}],
    wrong: [[undefined, ...NAME], RECORD],
    options: { ...COMMAND, skip: [...WHOLE, ...BEYOND], forward: DIGITS, rewind: DIGITS, pause: DIGITS },
  },
  getData: {
    ...method('AgiSession', 'getData'),
    right: ['x', {}],
    wrong: [[null, 5, '', {}], RECORD],
    options: {
      timeout: [...WHOLE, ...BEYOND],
      maxDigits: [0, -1, 1.5, null, {}, Number.NaN, 1_024],
      signal: SIGNAL,
      maxdigits: [1],
    },
  },
  waitForDigit: {
    ...method('AgiSession', 'waitForDigit'),
    right: [5, {}],
    wrong: [[undefined, -2, 1.5, '5', null, {}, Number.NaN, ...BEYOND], RECORD],
    options: COMMAND,
  },
  receiveChar: {
    ...method('AgiSession', 'receiveChar'),
    right: [5, {}],
    wrong: [[undefined, ...WHOLE, ...BEYOND], RECORD],
    options: COMMAND,
  },
  setAutohangup: {
    ...method('AgiSession', 'setAutohangup'),
    right: [5, {}],
    wrong: [[undefined, ...WHOLE, ...BEYOND], RECORD],
    options: COMMAND,
  },
  recordFile: {
    ...method('AgiSession', 'recordFile'),
    right: ['x', { format: 'wav' }],
    wrong: [
      [undefined, ...NAME],
      [undefined, ...RECORD, {}],
    ],
    options: {
      ...COMMAND,
      format: [undefined, ...NAME],
      maxDuration: [...WHOLE, ...BEYOND],
      silence: [...WHOLE, ...BEYOND],
      beep: FLAG,
      offset: [...WHOLE, ...BEYOND],
    },
  },
  sayNumber: {
    ...method('AgiSession', 'sayNumber'),
    right: [1, {}],
    wrong: [[undefined, null, 1.5, Number.NaN, {}, 2 ** 31, 'x'], RECORD],
    options: { ...COMMAND, gender: [null, {}] },
  },
  sayDatetime: {
    ...method('AgiSession', 'sayDatetime'),
    right: [5, {}],
    wrong: [[undefined, null, 'x', Number.NaN, new Date(Number.NaN), {}], RECORD],
    options: { ...COMMAND, format: [null, {}, 'a\nb'], zone: [null, {}, 'a\nb'] },
  },
  'speech.recognize': {
    ...method('AgiSpeech', 'recognize'),
    right: ['x', 5, {}],
    wrong: [[undefined, ...NAME], [undefined, ...WHOLE, ...BEYOND], RECORD],
    options: { ...COMMAND, offset: [...WHOLE, ...BEYOND] },
  },
}

export const state: Record<string, Case> = {
  watch: {
    call: ({ ami }, [source, options]) => watch((source === 'ami' ? ami : source) as never, options as never),
    right: ['ami', {}],
    wrong: [[undefined, null, 5, {}, Promise.resolve()], RECORD],
    options: {
      kinds: [null, 5, 'calls', [], ['x'], [5]],
      filter: [null, 5, [], { queue: 5 }, { device: async () => true }, { context: class {} }, { quue: never }],
      variables: [null, 5, 'x', [5], [undefined]],
      audit: [null, true, 5, [], { queues: -1 }, { others: Number.NaN }, { queues: 2 ** 31 }, { jitter: 2 }, { x: 5 }],
      keep: [null, 5, { calls: 0 }, { milliseconds: -1 }, { milliseconds: Number.POSITIVE_INFINITY }, { x: 5 }],
      limits: [null, 5, { channels: 0 }, { devices: 1.5 }, { changes: '5' }, { x: 5 }],
      clock: CLOCK,
      random: SYNC,
      signal: SIGNAL,
      kind: [['calls']],
    },
  },
  ready: { ...method('State', 'ready'), right: [{}], wrong: [RECORD], options: { signal: SIGNAL, sginal: [1] } },
  on: {
    ...method('State', 'on'),
    right: ['*', never, {}],
    wrong: [[undefined, null, 5, '', 'nonesuch', [], [5], never], FUNCTION, RECORD],
    options: { once: FLAG, signal: SIGNAL, unce: [true] },
  },
  changes: {
    ...method('State', 'changes'),
    right: [{}],
    wrong: [RECORD],
    options: { filter: [null, 5, 'nonesuch', []], signal: SIGNAL, capacity: COUNT, overflow: NAME, capacty: [5] },
  },
  since: {
    ...method('State', 'since'),
    right: ['1', '*'],
    wrong: [
      [undefined, null, 5, {}],
      [null, 5, 'nonesuch', []],
    ],
  },
  follow: {
    ...method('State', 'follow'),
    right: [{ channel: '1.1' }, {}],
    wrong: [[undefined, ...RECORD, {}, { channel: '' }, { channel: '1', call: '1' }, { chanel: '1' }], RECORD],
    options: { signal: SIGNAL, until: NAME, utnil: ['answer'] },
  },
  status: {
    ...method('State', 'status'),
    right: [{}],
    wrong: [RECORD],
    options: { signal: SIGNAL, sginal: [1] },
  },
  refresh: { ...method('State', 'refresh'), right: ['channels'], wrong: [[null, 5, '', {}, 'nonesuch']] },
  audit: { ...method('State', 'audit', true), right: ['channels'], wrong: [[null, 5, '', {}, 'nonesuch']] },
  'calls.filter': {
    ...method('Collection', 'filter'),
    right: [never],
    wrong: [[...FUNCTION, async () => true]],
  },
}

export const caller: Record<string, Case> = {
  callAgi: {
    call: (_, [options]) => callAgi(options as never),
    right: [{ port: 1 }],
    wrong: [[undefined, ...RECORD, {}]],
    options: {
      port: [0, -1, 65_536, '5', null],
      host: [null, 5, ''],
      server: [null, 5, {}],
      script: [null, 5, {}],
      args: [null, 5, 'x', [5]],
      caller: [null, 5],
      variables: [null, 5, { A: 5 }],
      priority: [0, 1.5, '1'],
      sounds: [null, 5, { x: -1 }],
      clock: CLOCK,
      asterisk: [18, '22'],
      prot: [5],
    },
    rejects: true,
  },
}
