import assert from 'node:assert/strict'
import { test } from 'node:test'
import { events } from 'amiable/catalog'
import { headersOf } from '../../src/catalog/fields.ts'
import { type EventPrinterOptions, eventPrinter, titlesOf } from '../../src/events/event-printer.ts'
import { Expectation } from '../../src/events/expectation.ts'
import { followCall } from '../../src/events/follow-call.ts'
import { statusText, summary } from '../../src/events/loss.ts'
import { oneLine } from '../../src/events/one-line.ts'

const AT = Date.UTC(2026, 10, 25, 14, 3, 11, 482)

function eventOf(Event: string, given: Readonly<Record<string, string>>) {
  const headers = Object.entries({ Event, ...given })
  const get = (name: string) => headers.find(([one]) => one === name)?.[1]
  const getAll = (name: string) => headers.flatMap(([one, value]) => (one === name ? [value] : []))
  return { Event, headers, get, getAll, at: AT, source: 'pbx1', document: () => ({ Event }) }
}

const dial = eventOf('DialBegin', {
  Privilege: 'call,all',
  Channel: 'PJSIP/100-0000002a',
  DestChannel: 'PJSIP/200-0000002c',
  CallerIDName: 'Ann\x1b[2J',
  DialString: '200',
})
const LINES: readonly (readonly [name: string, headers: Readonly<Record<string, string>>, line: string])[] = [
  [
    'Hangup',
    { Channel: 'PJSIP/200-1', Cause: '16', 'Cause-txt': 'Normal Clearing' },
    'PJSIP/200-1  16 Normal Clearing',
  ],
  [
    'QueueCallerJoin',
    { Queue: 'sales', Channel: 'PJSIP/1-1', CallerIDNum: '100', CallerIDName: 'Ann', Position: '2', Count: '3' },
    'sales  PJSIP/1-1  Ann <100>  position 2 of 3',
  ],
  [
    'QueueMemberPause',
    { Queue: 'sales', MemberName: 'Ben', Paused: '1', PausedReason: 'lunch' },
    'sales  Ben  paused lunch',
  ],
  ['UserEvent', { UserEvent: 'Paid', Amount: '3', CallerIDNum: '1', Language: 'en' }, 'UserEvent=Paid  Amount=3'],
  ['MyEvent', { Channel: 'PJSIP/1-1', A: '1', B: '' }, 'PJSIP/1-1  A=1'],
]
for (const [name, headers, line] of LINES) {
  test(`one line of ${name}`, () => assert.equal(oneLine(eventOf(name, headers)), line))
}

test('every event of the catalog has a line, and the lines by hand read only headers that the event has', () => {
  // ours is read where the documentation of both versions has none of these names
  const mayBe = new Set([
    'Channel',
    'Exten',
    'Reason',
    'Interface',
    'MemberName',
    'CallerIDName',
    'CallerIDNum',
    'Variable',
    'URI',
    'AOR',
  ])
  for (const name of Object.keys(events)) {
    const known = new Set((headersOf(name) ?? []).map((field) => field.name))
    const strange = new Set<string>()
    const get = (header: string) => {
      if (!known.has(header) && !mayBe.has(header)) strange.add(header)
      return ''
    }
    assert.equal(typeof oneLine({ Event: name, headers: [], get }), 'string')
    assert.deepEqual([...strange], [], name)
  }
})

const options: EventPrinterOptions = {
  ...{ format: 'text', time: 'utc', full: false, select: [], several: false, isTerminal: false },
  paint: (_, text) => text,
}
const print = (more: Partial<EventPrinterOptions>) => eventPrinter({ ...options, ...more })(dial)

test('raw is as it came in a pipe, and visible on a terminal, which must not obey it', () => {
  assert.ok(print({ format: 'raw' }).includes('Ann\x1b[2J'))
  assert.ok(print({ format: 'raw', isTerminal: true }).includes('Ann\\x1b[2J'))
})

test('text is one line with the time, or every header beneath', () => {
  assert.equal(print({}), '14:03:11.482  DialBegin           PJSIP/100-0000002a → PJSIP/200-0000002c  200')
  assert.equal(
    print({ several: true, time: 'none' }),
    'pbx1  DialBegin           PJSIP/100-0000002a → PJSIP/200-0000002c  200',
  )
  assert.equal(print({ select: ['caller*'] }), '14:03:11.482  DialBegin           CallerIDName=Ann\\x1b[2J')
  assert.equal(
    print({ full: true, select: ['Caller*', 'DialString'] }),
    '14:03:11.482  DialBegin\n  CallerIDName  Ann\\x1b[2J\n  DialString    200',
  )
})

test('csv and tsv have the columns that were asked for', () => {
  const more = { format: 'csv', select: ['Event', 'CallerIDName'] } as const
  assert.equal(titlesOf({ ...options, ...more, several: true }), 'time,source,Event,CallerIDName')
  assert.equal(print({ ...more, several: true }), '2026-11-25T14:03:11.482Z,pbx1,DialBegin,Ann\\x1b[2J')
  assert.equal(print({ format: 'tsv' }).split('\t')[1], 'DialBegin')
  assert.equal(titlesOf(options), undefined)
})

test('a call is followed from any of its names to its other channels', () => {
  const follow = followCall('1.1')
  const seen = (headers: Record<string, string>) => follow({ headers: Object.entries(headers) })
  assert.equal(seen({ Channel: 'X', Uniqueid: '2.1', Linkedid: '2.1' }), false)
  assert.equal(seen({ Uniqueid: '1.2', Linkedid: '1.1' }), true)
  assert.equal(seen({ DestUniqueid: '1.2', Uniqueid: '3.1', Linkedid: '' }), true)
  assert.equal(seen({ Uniqueid: '3.1' }), true)
  assert.equal(followCall('PJSIP/1-1')({ headers: [['Channel', 'PJSIP/1-1']] }), true)
})

test('a watch ends after a count, at an event, or too late', async () => {
  const counted = new Expectation({ count: 2 })
  assert.deepEqual([counted.take(dial), counted.take(dial), counted.isOver, await counted.over], [false, true, true, 0])
  const until = new Expectation({ until: ({ getAll }) => getAll('DialString').includes('200') })
  assert.equal(until.take(dial), true)
  const late = new Expectation({ count: 1 })
  late.begin(1)
  assert.equal(await late.over, 5)
  const open = new Expectation({})
  open.begin(1)
  assert.deepEqual([await open.over, open.expects], [0, false])
})

test('what is missing is said', () => {
  assert.equal(statusText({ type: 'ready', epoch: 1, gap: null, version: '11', booted: true }), undefined)
  assert.match(
    statusText({ type: 'ready', epoch: 2, gap: 4_200, version: '11', booted: true }) ?? '',
    /after 4\.2 s: the events of that time are missing/,
  )
  assert.match(statusText({ type: 'slow', dropped: 1_204 }) ?? '', /1,204 events lost/)
  assert.equal(summary(1, 159_000, 0), '1 event in 2m39s, none lost')
  assert.equal(summary(3_000, 10, 2), '3,000 events in 10.0 ms, 2 lost')
  assert.equal(
    summary(3, 10, 0, 1),
    '3 events in 10.0 ms; the connection was lost once, and the events of that time are missing',
  )
  assert.match(summary(3, 10, 2, 1_000), /, 2 lost; the connection was lost 1,000 times, /)
})
