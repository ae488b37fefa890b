// The steps and the picture of one call, from events as Asterisk sends them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unknownOf } from '../../src/call/call-report.ts'
import { Drawing, symbolsFor } from '../../src/call/draw.ts'
import { CallIndex, chosenOf } from '../../src/call/find-call.ts'
import { type CallEvent, Ladder, type Step } from '../../src/call/ladder.ts'
import { mermaidOf } from '../../src/call/mermaid.ts'
import { widthOf } from '../../src/output/width.ts'

const UTF8 = { LANG: 'C.UTF-8' }

function event(at: number, Event: string, more: Record<string, string>): CallEvent {
  const headers = Object.entries({ Event, ...more })
  return { Event, at, headers, get: (name) => more[name], document: () => more }
}

/** The headers of a channel, as events have them behind `prefix`. */
function channel(prefix: string, id: string, name: string, caller = '', linkedid = '1.1') {
  const headers = { Channel: name, CallerIDNum: caller, CallerIDName: '', Uniqueid: id, Linkedid: linkedid }
  return Object.fromEntries(Object.entries(headers).map(([header, value]) => [`${prefix}${header}`, value]))
}
const A = (prefix = '') => channel(prefix, '1.1', 'PJSIP/100-00000001', '100')
const B = (prefix = '') => channel(prefix, '1.2', 'PJSIP/200-00000002', '200')
const C = (prefix = '') => channel(prefix, '1.3', 'PJSIP/300-00000003', '300')
const bridged = (one: Record<string, string>) => ({ ...one, BridgeUniqueid: 'beef-1', BridgeTechnology: 'simple' })

const CALL: readonly CallEvent[] = [
  event(0, 'Newchannel', { ...A(), Exten: '200', Context: 'default', ChannelStateDesc: 'Ring' }),
  event(2, 'Newexten', { ...A(), Application: 'Dial' }),
  event(10, 'Newchannel', { ...B(), Exten: '' }),
  event(11, 'DialBegin', { ...A(), ...B('Dest'), DialString: '200' }),
  event(400, 'DialState', { ...A(), ...B('Dest'), DialStatus: 'RINGING' }),
  event(6_600, 'DialEnd', { ...A(), ...B('Dest'), DialStatus: 'ANSWER' }),
  event(6_601, 'BridgeEnter', bridged(B())),
  event(6_602, 'BridgeEnter', bridged(A())),
  event(9_000, 'Hold', B()),
  event(10_000, 'Unhold', B()),
  event(20_000, 'HangupRequest', A()),
  event(20_000, 'Hangup', { ...A(), Cause: '16', 'Cause-txt': 'Normal Clearing' }),
  event(20_001, 'Hangup', { ...B(), Cause: '16', 'Cause-txt': 'Normal Clearing' }),
]

function climbed(events: readonly CallEvent[]): { ladder: Ladder; steps: Step[] } {
  const ladder = new Ladder()
  const steps = events.map((one) => ladder.take(one)).filter(({ minor }) => !minor)
  return { ladder, steps }
}

function drawn(events: readonly CallEvent[], width?: number, env = UTF8): string[] {
  const { ladder, steps } = climbed(events)
  const drawing = new Drawing({ width, symbols: symbolsFor(env) })
  const lines = steps.map((step) => drawing.line(step, ladder.startedAt, ladder.lanes))
  return [
    ...ladder.lanes.map((lane) => drawing.legend(lane)),
    drawing.heading(ladder.lanes, ladder.startedAt),
    ...lines,
  ]
}

test('a call is a ladder', () => {
  assert.deepEqual(drawn(CALL), [
    'A  PJSIP/100-00000001  100',
    'B  PJSIP/200-00000002  200',
    '     time  A       B',
    '    0.000  ●                 new 100 → 200@default',
    '    0.011  ├──────▶●         dial 200',
    '    0.400  │◀╌╌╌╌╌╌┤         ringing',
    '    6.600  │◀╌╌╌╌╌╌┤         ANSWER',
    '    6.602  ╞═══════╡         bridge beef simple',
    '    9.000  │       ┆         hold',
    '   10.000  │       ┆         back from hold',
    '   20.000  ✕       │         16 Normal Clearing',
    '   20.001          ✕         16 Normal Clearing',
  ])
  const { ladder } = climbed(CALL)
  assert.deepEqual(
    [ladder.answeredAt, ladder.endedAt, ladder.endedBy, ladder.isOver, unknownOf(ladder, true)],
    [6_600, 20_001, 0, true, []],
  )
})

test('both halves of a Local channel are one column, and its end is one line', () => {
  const [one, two] = [channel('', '1.2', 'Local/q@c-01;1'), channel('', '1.3', 'Local/q@c-01;2')]
  const cause = { Cause: '16', 'Cause-txt': 'Normal Clearing' }
  const lines = drawn([
    event(0, 'Newchannel', { ...A(), Exten: 'q', Context: 'c' }),
    event(1, 'Newchannel', { ...one, Exten: 'q', Context: 'c' }),
    event(1, 'Newchannel', { ...two, Exten: 'q', Context: 'c' }),
    event(5, 'LocalOptimizationBegin', channel('LocalOne', '1.2', 'Local/q@c-01;1')),
    event(6, 'Hangup', { ...one, ...cause }),
    event(7, 'Hangup', { ...two, ...cause }),
  ])
  assert.deepEqual(lines.slice(-2), [
    '    0.001  │       ●         new → q@c',
    '    0.007  │       ✕         the Local channel is gone: it was optimised away',
  ])
})

test('transfers, queues, parking and conferences are steps', () => {
  const lines = drawn([
    event(0, 'QueueCallerJoin', { ...A(), Queue: 'sales', Position: '1' }),
    event(1, 'BlindTransfer', { ...B('Transferer'), ...A('Transferee'), Extension: '9', Context: 'c', Result: 'Fail' }),
    event(2, 'AttendedTransfer', { ...B('OrigTransferer'), ...C('SecondTransferer'), Result: 'Success' }),
    event(3, 'ParkedCall', { ...A('Parkee'), ParkingSpace: '701' }),
    event(4, 'UnParkedCall', { ...C('Retriever'), ...A('Parkee') }),
    event(5, 'ConfbridgeJoin', { ...C(), Conference: 'all' }),
  ])
  assert.deepEqual(
    lines.slice(4).map((line) => line.slice(37)),
    [
      'queue sales, position 1',
      'blind transfer to 9@c: Fail',
      'attended transfer',
      'parked in 701',
      'takes it back',
      'joins conference all',
    ],
  )
})

test('it is narrower on a narrow terminal, and words on the narrowest; nothing is wider than the terminal', () => {
  const wide = CALL.map((one) => ({ ...one }))
  for (const width of [120, 48, 45, 40, 30, 12]) {
    for (const line of drawn(wide, width)) assert.ok(widthOf(line) <= width, `${width}: ${line}`)
  }
  assert.equal(drawn(CALL, 47)[4], '    0.011  ├──▶●     dial 200')
  assert.equal(drawn(CALL, 42)[4], '    0.011  A>B  dial 200')
})

test('without UTF-8 it is drawn in ASCII', () => {
  for (const line of drawn(CALL, undefined, { LANG: 'C' }).slice(4)) assert.match(line, /^[\x20-\x7e]*$/)
})

test('what a caller says of himself drives no terminal and no diagram', () => {
  const evil = { ...A(), CallerIDName: '\x1b[2J田中;#<b>', Exten: '2\n00', Context: '\x9b31m' }
  const lines = drawn([event(0, 'Newchannel', evil)], 60)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be there
  for (const line of lines) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f]/)
  assert.match(lines[0] ?? '', /\\x1b\[2J田中/)
  const { ladder, steps } = climbed([event(0, 'Newchannel', evil)])
  for (const line of mermaidOf(ladder.lanes, steps, 0)) {
    assert.doesNotMatch(line.replace(/#\d+;/g, ''), /[;#<>\n]/)
  }
})

test('Mermaid has the same acts', () => {
  const { ladder, steps } = climbed(CALL)
  assert.deepEqual(mermaidOf(ladder.lanes, steps, ladder.startedAt).slice(0, 7), [
    'sequenceDiagram',
    '  participant A as PJSIP/100-00000001 100',
    '  participant B as PJSIP/200-00000002 200',
    '  Note over A: 0.000 new 100 → 200@default',
    '  A->>B: 0.011 dial 200',
    '  B-->>A: 0.400 ringing',
    '  B-->>A: 6.600 ANSWER',
  ])
})

test('what is not known is said', () => {
  const { ladder } = climbed(CALL.slice(4, -2))
  assert.deepEqual(unknownOf(ladder, true), [
    'not known: what A, B did before the recording',
    'not known: how A, B ended, after the recording',
  ])
  assert.equal(ladder.lose('1.1', 1)?.text, 'gone while events were missing: how it ended is not known')
  assert.equal(ladder.isOver, false)
  ladder.lose('1.2', 2)
  assert.equal(ladder.isOver, true)
})

test('calls are found by id, channel, device and number; the newest of several; and two that merge are one', () => {
  const index = new CallIndex()
  const other = channel('', '5.1', 'PJSIP/100-00000009', '100', '5.1')
  for (const one of [...CALL, event(30_000, 'Newchannel', { ...other, Exten: '7', Context: 'c' })]) index.take(one)
  const calls = index.calls()
  assert.deepEqual(
    calls.map(({ id, channels }) => [id, channels.length]),
    [
      ['1.1', 2],
      ['5.1', 1],
    ],
  )
  const idOf = (which?: string) => chosenOf(calls, which)?.id
  assert.deepEqual(['1.2', 'PJSIP/200-00000002', 'PJSIP/200', '200', 'PJSIP/100', '7', undefined, '9'].map(idOf), [
    '1.1',
    '1.1',
    '1.1',
    '1.1',
    '5.1',
    '5.1',
    '5.1',
    undefined,
  ])
  // the bridge gives the younger channel the older Linkedid
  index.take(event(31_000, 'BridgeEnter', { ...other, Linkedid: '1.1' }))
  assert.deepEqual(
    index.calls().map(({ id }) => id),
    ['1.1'],
  )
})
