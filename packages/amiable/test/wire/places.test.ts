import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashOf, numberAtEnd } from '../../src/util/slots.ts'
import { decodeUtf8 } from '../../src/util/text.ts'
import { Scanner } from '../../src/wire/scanner.ts'
import { bytes } from '../support/decode.ts'
import { nothingToScanWith } from '../support/scan.ts'

const value = fc.oneof(
  fc.constantFrom('', '0', '1', '007', '-1', '1.5', ' 1', '1795386889', '999999999999999', '9999999999999999'),
  fc.constantFrom('default', 'Caf\xc3\xa9', 'Caf\xe9', '\xff', 'lab-1795386889.17', 'PJSIP/100', '/9:a'),
  fc.string({ unit: fc.constantFrom(...'09afAZ-./\xc3\xa9'), maxLength: 90 }),
)

test('an event read by its places says what its headers say', nothingToScanWith, () => {
  const scanner = Scanner.make()
  assert.ok(scanner)
  assert.ok(scanner.learn('Event: A\r\nV: 1\r\nW: 1\r\n'))
  const read = (one: string, other: string, utf8: boolean, known: string | undefined) => {
    const text = `Event: A\r\nV: ${one}\r\nW: ${other}\r\n\r\n`
    scanner.inbox.set(bytes(text))
    scanner.begin({}, text.length, utf8 ? 'utf8' : 'latin1')
    assert.equal(scanner.scan(scanner.first, scanner.first + text.length), 1)
    assert.ok(scanner.next())
    const places = scanner.places.at(scanner.event)
    const meant = (text: string) => (utf8 ? decodeUtf8(text) : text)
    assert.deepEqual([places.read('V', known), places.read('W', known)], [meant(one), meant(other)])
    // what it means is expected too, and no part of it
    assert.equal(places.read('v', meant(one)), meant(one))
    for (const [name, text] of [
      ['V', one],
      ['w', other],
    ] as const) {
      assert.equal(places.number(name), /^\d{1,15}$/.test(text) ? Number(text) : -1)
      assert.equal(places.hash(name), hashOf(text))
      for (const base of [10, 16]) assert.equal(places.numberAtEnd(name, base), numberAtEnd(text, base))
    }
    assert.deepEqual([places.read('No'), places.number('No'), places.hash('No'), places.numberAtEnd('No', 10)], NOTHING)
  }
  fc.assert(fc.property(value, value, fc.boolean(), fc.option(value, { nil: undefined }), read))
  // what is not well formed means none of these, nor does what goes on behind them
  const odd = [
    '\xc3\xa9',
    '\xe0\x80',
    '\xe0\xa0\x80',
    '\xc1\x81',
    '\xc3',
    '\xdf\xbf',
    '\xc3\xa9\xa9',
    '\xf0\x9f\x98\x80',
  ]
  const expected = ['\u00e9', '\u0800', '\u0041', '\u00c3', '\u07ff', '\ud83d\ude00', '\ufffd', '\u0840', 'e\u0301']
  for (const one of odd)
    for (const known of expected) for (const utf8 of [true, false]) read(one, `x${one}`, utf8, known)
})

const NOTHING = [undefined, -1, 0, 0]

test('ids that count lie in slots of their own', () => {
  const slots = (ids: readonly string[], base: number) => new Set(ids.map((id) => numberAtEnd(id, base))).size
  const numbers = Array.from({ length: 1_000 }, (_, n) => n)
  assert.equal(
    slots(
      numbers.map((n) => `lab-1795386889.${n}`),
      10,
    ),
    1_000,
  )
  assert.equal(
    slots(
      numbers.map((n) => `4d0e7ae0-8e8c-4a5a-9b9c-${n.toString(16).padStart(12, '0')}`),
      16,
    ),
    1_000,
  )
})

test('whoever asks for many names, of many kinds of events, reads what each says', nothingToScanWith, () => {
  const scanner = Scanner.make()
  assert.ok(scanner)
  // more than are remembered, of one kind and of all
  const kinds = Array.from({ length: 140 }, (_, kind) => kind)
  const names = Array.from({ length: 80 }, (_, n) => `N${n}`)
  const lines = (kind: number) =>
    `Event: K${kind}\r\nP${kind % 10}: 1\r\n${kind % 2 === 0 ? `V: v${kind}\r\nN70: w${kind}\r\n` : `N70: w${kind}\r\nV: v${kind}\r\n`}`
  for (const kind of kinds) assert.ok(scanner.learn(lines(kind)))
  const text = kinds.map((kind) => `${lines(kind)}\r\n`).join('')
  scanner.inbox.set(bytes(text))
  scanner.begin({}, text.length, 'utf8')
  assert.equal(scanner.scan(scanner.first, scanner.first + text.length), kinds.length)
  const events = kinds.map(() => scanner.next() && scanner.event)
  for (let round = 0; round < 3; round++) {
    kinds.forEach((kind) => {
      const places = () => scanner.places.at(events[kind] as number)
      for (const name of names) assert.equal(places().read(name), name === 'N70' ? `w${kind}` : undefined)
      assert.equal(places().read('V'), `v${kind}`)
      // another event was asked in between, as a handler does that looks at two
      assert.equal(scanner.places.at(events[kind ^ 1] as number).read('V'), `v${kind ^ 1}`)
      assert.equal(places().read('n70'), `w${kind}`)
    })
  }
})

test('an event is found whatever channels are in the names of its headers', nothingToScanWith, () => {
  const answer = (...channels: string[]) =>
    ['Event: A', ...channels.map((channel, n) => `ChanVariable(${channel}): X=${n}`), '', ''].join('\r\n')
  const scanner = Scanner.make()
  assert.ok(scanner)
  for (const text of [answer('SIP/1', 'SIP/2').slice(0, -2), 'Event: B\r\nText: ChanVariable(SIP/1)\r\n'])
    assert.ok(scanner.learn(text), text)
  const count = (text: string) => {
    scanner.inbox.set(bytes(text))
    scanner.begin({}, text.length, 'utf8')
    const events = scanner.scan(scanner.first, scanner.first + text.length)
    scanner.next()
    return events
  }
  const ask = (text: string, ...names: string[]) => {
    assert.equal(count(text), 1, text)
    return names.map((name) => scanner.places.at(scanner.event).read(name))
  }
  const colons = 'IAX2/1.2.3.4:4569-5'
  const long = `Local/${'x'.repeat(200)}`
  assert.deepEqual(ask(answer('SIP/3', 'sip/3'), 'ChanVariable(sip/3)', 'chanvariable(SIP/3)', 'ChanVariable(SIP/1)'), [
    'X=1',
    'X=0',
    undefined,
  ])
  assert.deepEqual(ask(answer(colons, long), `ChanVariable(${colons})`, `ChanVariable(${long})`, 'ChanVariable('), [
    'X=0',
    'X=1',
    undefined,
  ])
  const utf8 = Buffer.from('Zo\u00eb').toString('latin1')
  assert.deepEqual(ask(answer(utf8, ''), 'ChanVariable(Zo\u00eb)', 'ChanVariable()', 'Event'), ['X=0', 'X=1', 'A'])
  assert.deepEqual(
    [0, 1, 2].map((slot) => scanner.places.at(scanner.event).name(slot)),
    ['Event', 'ChanVariable(Zo\u00eb)', 'ChanVariable()'],
  )
  assert.deepEqual(ask('Event: B\r\nText: \r\n\r\n', 'Text', 'ChanVariable(SIP/1)'), ['', undefined])
  // a name without an end is the careful reader's
  for (const line of ['ChanVariable(SIP/1)', 'ChanVariable(SIP/1):X=1', 'ChanVariable(SIP/1): X=1\n', 'ChanVariable('])
    assert.equal(count(`Event: A\r\n${line}\r\nChanVariable(SIP/2): X=2\r\n\r\n`), 0, line)
  // and so is an event with another spelling of it
  assert.equal(Scanner.make()?.learn('Event: A\r\nchanvariable(SIP/1): X=1\r\n'), false)
})
