import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Arrival, type Expect, Replies, readReply } from '../../src/agi/replies.ts'

interface Recorded {
  readonly recorded: readonly { line: string; answer: string }[]
  readonly hungUp: string
}

const recorded = (version: 22 | 16) =>
  JSON.parse(readFileSync(new URL(`./recorded/answers-${version}.json`, import.meta.url), 'utf8')) as Recorded

const expectOf = (line: string): Expect =>
  /^(?:GET (?:FULL )?VARIABLE|DATABASE GET|RECEIVE TEXT)/.test(line) ? 'value' : 'plain'

/** What comes of `text` in pieces, with a command behind each answer. */
function take(text: string, cuts: readonly number[], kinds: readonly Expect[]): Arrival[] {
  const replies = new Replies(1 << 20)
  const places = [0, ...[...cuts].sort((a, b) => a - b), text.length]
  const next = [...kinds]
  const arrivals: Arrival[] = []
  const expectNext = () => {
    const kind = next.shift()
    if (kind) replies.expect(kind)
  }
  expectNext()
  // a command goes out when the answer before it has come: one that stands in the same piece is there too early
  const feed = (piece: string): void => {
    let from = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      for (const one of replies.push(piece.slice(from, end + 1))) {
        arrivals.push(one)
        if (one.type === 'reply') expectNext()
      }
      from = end + 1
    }
    arrivals.push(...replies.push(piece.slice(from)))
  }
  for (let at = 1; at < places.length; at++) feed(text.slice(places[at - 1], places[at]))
  return arrivals
}

for (const version of [22, 16] as const) {
  test(`each answer of a real Asterisk ${version} is read whole, however it is cut, with HANGUP in between`, () => {
    const rows = recorded(version).recorded
    const kinds = rows.map(({ line }) => expectOf(line))
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), fc.nat(rows.length - 1), (cuts, hangupBehind) => {
        const text = rows.map(({ answer }, at) => answer + (at === hangupBehind ? 'HANGUP\n' : '')).join('')
        const arrivals = take(
          text,
          cuts.map((cut) => cut % text.length),
          kinds,
        )
        assert.equal(arrivals.filter(({ type }) => type === 'hangup').length, 1)
        const texts = arrivals.flatMap((one) => (one.type === 'reply' ? [one.text] : []))
        assert.deepEqual(
          texts,
          rows.map(({ answer }) => answer),
        )
      }),
      { numRuns: 60 },
    )
  })

  test(`what the answers of Asterisk ${version} say`, () => {
    const found = new Map(
      recorded(version).recorded.map(({ line, answer }) => [line, readReply(answer, expectOf(line))] as const),
    )
    const facts = (line: string) => {
      const { status, result, data, endpos } = found.get(line) ?? {}
      return [status, result, data, endpos]
    }
    const none = undefined
    assert.deepEqual(facts('ANSWER'), [200, '0', none, none])
    assert.deepEqual(facts('CHANNEL STATUS "no/such"'), [200, '-1', none, none])
    assert.deepEqual(facts('DATABASE GET "amiable" "none"'), [200, '0', none, none])
    assert.deepEqual(facts('GET DATA "beep" "300" "4"'), [200, '', 'timeout', none])
    assert.deepEqual(facts('GET DATA "beep" "2000" "4"'), [200, '', none, none])
    assert.deepEqual(facts('GET DATA "" "500" "4"'), [200, '5', 'timeout', none])
    assert.deepEqual(facts(`GET FULL VARIABLE "a \${LABGLOBAL} (b)"`), [200, '1', 'a global value (b)', none])
    assert.deepEqual(facts(`GET FULL VARIABLE "\${URIDECODE(a%0Ab%29)} c)"`), [200, '1', 'a\nb) c)', none])
    assert.deepEqual(facts(`GET FULL VARIABLE "\${NOTHING}"`), [200, '1', '', none])
    assert.deepEqual(facts('GET VARIABLE "NOTHING"'), [200, '0', none, none])
    assert.deepEqual(facts('GOSUB "default" "routine" "1" "one,two"'), [200, '0', none, none])
    assert.deepEqual(facts('GOSUB "default" "nosuch" "1"'), [200, '-1', none, none])
    assert.deepEqual(facts('RECORD FILE "/no/such/place" "gsm" "#" "200"'), [200, '-1', 'writefile', none])
    assert.deepEqual(facts('RECORD FILE "/tmp/amiable-record" "gsm" "#" "3000"').slice(0, 3), [200, '35', 'dtmf'])
    assert.deepEqual(facts('STREAM FILE "beep" ""'), [200, '0', none, 3520])
    assert.deepEqual(facts('CONTROL STREAM FILE "beep" ""'), [200, '0', none, -1])
    assert.deepEqual(facts('GET'), [510, '', none, none])
    assert.equal(facts('SET PRIORITY "nosuch"')[0], 520)
    assert.match(found.get('SET PRIORITY "nosuch"')?.usage ?? '', /^Changes the priority/)
  })

  test(`a channel of Asterisk ${version} that is gone answers 511, and to what needs no channel`, () => {
    const { hungUp } = recorded(version)
    const arrivals = take(hungUp, [], ['plain', 'plain', 'value', 'plain'])
    const replies = arrivals.flatMap((one) => (one.type === 'reply' ? [readReply(one.text, 'value')] : []))
    assert.deepEqual(
      replies.map((one) => [one?.status, one?.result, one?.data]),
      [
        [200, '1', undefined],
        [511, '', undefined],
        [200, '1', 'global value'],
        [511, '', undefined],
      ],
    )
    assert.equal(arrivals.filter(({ type }) => type === 'hangup').length, 1)
  })
}

test('a value with line ends, brackets and the word HANGUP is one answer; the word says that it is not sure', () => {
  const text = '200 result=1 (a (b)\nHANGUP\n) c\nd)\n'
  const types = (arrivals: Arrival[]) => arrivals.map(({ type }) => type)
  // the first line ends as an answer does: what follows was asked for by nobody
  assert.deepEqual(types(take(text, [], ['value'])), ['reply', 'hangup', 'stray', 'stray'])
  const cut = take('200 result=1 (a\nHANGUP\nb)\n', [], ['value'])
  assert.deepEqual(types(cut), ['doubt', 'reply'])
  assert.equal(cut[1]?.type === 'reply' && readReply(cut[1].text, 'value')?.data, 'a\nHANGUP\nb')
})

test("a fence's answer ends whatever stood before it, also one of several fences", () => {
  const replies = new Replies(1_000)
  replies.expect('value')
  assert.deepEqual(replies.push('200 result=1 (half'), [])
  replies.awaitFence('one')
  assert.deepEqual(replies.push(' of it\nHANGUP\n200 result=1 (on'), [{ type: 'hangup' }])
  replies.awaitFence('two')
  assert.deepEqual(replies.push('e)\n520 x\n200 result=1 (two)\nmore\n'), [
    { type: 'fenced', before: '200 result=1 (half of it\n520 x\n' },
    { type: 'stray', text: 'more\n' },
  ])
})

test('a value that is held back keeps its lines, HANGUP too', () => {
  const replies = new Replies(1_000)
  replies.awaitFence('one', '200 result=1 (a)\nHANGUP\n')
  assert.deepEqual(replies.push('b)\nHANGUP\n200 result=1 (one)\n'), [
    { type: 'fenced', before: '200 result=1 (a)\nHANGUP\nb)\nHANGUP\n' },
  ])
})

test('an answer past the limit is dropped, whatever its pieces, and the next line is read again', () => {
  for (const piece of [1, 7, 100, 5_000]) {
    for (const text of [`200 result=1 (${'x'.repeat(3_000)})\n`, `200 result=1 (${'x\n'.repeat(1_500)}\n`]) {
      const replies = new Replies(1_000)
      replies.expect('value')
      const arrivals: Arrival[] = []
      for (let at = 0; at < text.length; at += piece) arrivals.push(...replies.push(text.slice(at, at + piece)))
      assert.equal(arrivals[0]?.type, 'overflow')
      replies.awaitFence('f')
      const fenced = replies.push('200 result=1 (f)\n').find(({ type }) => type === 'fenced')
      assert.deepEqual(fenced, { type: 'fenced', before: '' })
      replies.expect('plain')
      assert.deepEqual(replies.push('200 result=0\n'), [{ type: 'reply', text: '200 result=0\n' }])
    }
  }
})

test('what breaks off is no answer', () => {
  for (const text of ['', '200', '200 result=1 (a\n', 'result=1\n', '200 result=0'])
    assert.equal(readReply(text, 'value'), undefined)
})

test('the short way says of any reads what the long way says', () => {
  const piece = fc.oneof(
    fc.constantFrom('200 result=0\n', '200 result=-1\n', '200 result=', '4', '\n', 'HANGUP\n', '520-Invalid', '200 '),
    fc.constantFrom('200 result=1 (timeout)\n', '200 result=0\n200 result=0\n', '200 result=\n', '510 result=0\n'),
    fc.constantFrom('200 result=ä\n', '200 result=123456789012345678\n', '100 result=0 Trying...\n'),
  )
  const before = fc.constantFrom<Expect | 'fence' | undefined>('plain', 'plain', 'value', 'fence', undefined)
  const limit = fc.constantFrom(1 << 20, 20, 8)
  fc.assert(
    fc.property(fc.array(fc.tuple(before, piece), { maxLength: 12 }), limit, (reads, most) => {
      const short = new Replies(most)
      const long = new Replies(most)
      for (const [asked, text] of reads) {
        for (const replies of [short, long]) {
          if (asked === 'fence') replies.awaitFence('token')
          else if (asked !== undefined) replies.expect(asked)
        }
        const arrivals = long.push(text)
        const bare = short.takeBare(text)
        if (bare === undefined) assert.deepEqual(short.push(text), arrivals)
        else {
          assert.deepEqual(arrivals, [{ type: 'reply', text }])
          assert.deepEqual(bare.toJSON(), readReply(text, 'plain')?.toJSON())
        }
        assert.equal(short.held, long.held)
      }
    }),
    { numRuns: 500 },
  )
})
