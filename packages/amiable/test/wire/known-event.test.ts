import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KnownEvent, namesOf, titleIn } from '../../src/wire/known-event.ts'

const knownEventOf = (lines: string) => new KnownEvent(titleIn(lines) ?? '', namesOf(lines) ?? [])
const lines = 'Event: Hangup\r\nChannel: SIP/1\r\nCause-txt: Normal\r\n'

test('a known event says where a header stands, in any case of letters', () => {
  const known = knownEventOf(lines)
  const asked = [
    'Event',
    'Channel',
    'CHANNEL',
    'cause-TXT',
    'Cause',
    '',
    'CHANNEL',
    'Cause',
    '__proto__',
    'constructor',
  ]
  assert.deepEqual(
    asked.map((name) => known.slotOf(name)),
    [0, 1, 1, 2, -1, -1, 1, -1, -1, -1],
  )
})

test('a letter that only becomes ASCII as a small one is another', () => {
  const known = knownEventOf('Event: A\r\nKind: 1\r\n')
  assert.equal(known.slotOf('kind'), 1)
  // the sign of Kelvin, and a capital I with a dot, which is two as a small one
  assert.equal(known.slotOf('\u212aind'), 1)
  assert.equal(known.slotOf('K\u0130nd'), -1)
})

test('a name may stand again, and is found at its first place', () => {
  const known = knownEventOf('Event: A\r\nChanVariable: B=1\r\nChanVariable: C=2\r\n')
  assert.equal(known.slotOf('chanvariable'), 1)
  assert.deepEqual(known.repeated, [false, false, true])
})

test('what a user event has behind its name is not escaped', () => {
  const text = (title: string) => `Event: ${title}\r\nCallerIDName: a\r\nUserEvent: b\r\nConnectedLineName: c\r\n`
  assert.deepEqual(knownEventOf(text('UserEvent')).escaped, [false, true, false, false])
  assert.deepEqual(knownEventOf(text('Strange')).escaped, [false, true, false, true])
})
