import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RecordingFile } from '../../../src/testing/recording/file.ts'
import { RecordingWriter } from '../../../src/testing/recording/writer.ts'
import { AskedBefore } from '../../../src/testing/redaction/asked.ts'
import { redact } from '../../../src/testing/redaction/redact.ts'

const directory = mkdtempSync(join(tmpdir(), 'amiable-linear-'))
after(() => rmSync(directory, { recursive: true }))

// four times as much takes a linear function four times as long, a quadratic one sixteen times
const SIZE = 1 << 13
const GROWTH = 4
const BOUND = 9
// what costs less is no measure: a quadratic function of 32 KiB costs much more
const MEASURABLE = 6

/** The processor's time for something, in milliseconds: the least of a few, so that what else runs matters little. */
function cost(work: () => void, times: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < times; n++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/** Compares what a size costs with what four times that size costs. */
function assertLinear(what: string, work: (size: number) => () => void): void {
  let ratio = 0
  // more than once only where the machine was busy, or it is not linear
  for (let times = 1; times <= 4; times++) {
    ratio = cost(work(SIZE * GROWTH), times) / Math.max(cost(work(SIZE), times), MEASURABLE)
    if (ratio <= BOUND) return
  }
  assert.fail(`${what}: ${SIZE * GROWTH} bytes cost ${ratio.toFixed(1)} times as much as ${SIZE}`)
}

const fill = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length))

/** What made such expressions slow: blanks, words of secrets, separators, quotes, backslashes, braces, signs. */
const pieces = [
  ...[' ', 'secret', 'secret ', 'secret=', 'secret:', 'secret: ', '=', ':', ' : ', '::secret=', 'a=b,', 'a\\,b_pass='],
  ...['"', '\\"', '\\', '\\\\', '"secret":', '"secret":"', '"secret":{', '{"a":', '{', '[', '}', '"name":"secret",'],
  ...['%', '%4', '%40', '%25', '%2525', '@', 'a:', 'a:b@', ':@', 'a@', 'sip:', '://', '/', '<secret>', '<', '<a'],
  ...[
    '(',
    ')',
    'Authenticate(',
    'DB(',
    'MeetMe(',
    'MeetMe(1,',
    'MeetMe(1)',
    '\\u0070',
    '\\u',
    "'",
    '?token=',
    '&',
    ';key=',
  ],
  ...['Bearer ', 'Basic ', 'Basic aaaaaaaa', 'pin', 'pi', 'key ', 'Key Name  ', 'a  b  ', 'a  secret  b\n', '\n'],
  ...['\nsecret', '\r\nsecret: ', '\r\nKey: secret', '\r\nValue: x', '\r\nKey: /a', '\r\nOutput: a  Secret  b'],
  ...['\r\nOutput: key  : secret', '\r\nOutput: value: x', '\r\nLine-000001-000001: secret=x', '\r\nVar-1: secret'],
  ...['\r\nJSON: {"1":"2"}', '"1":"2",', '(Priv: ', '\r\nCommand: set secret', 'secret x ', 'RChanVariable(', '1-1'],
  ...['(', '1', '-', 'A', 'aA', 'Aa', '\r', '\x00', '\xff'],
  ...[')=', '(=', 'f(pin)=', '--', '--pin ', "--pin '", 'DISA ', 'DISA!', '1 => ', '\r\nOutput: 1 => 2', 'inline:'],
]

for (const [place, around] of Object.entries({
  'a value': (text: string) => `Event: VarSet\r\nVariable: X\r\nValue: ${text}\r\n\r\n`,
  'a value, behind blanks': (text: string) => `Event: VarSet\r\nValue: ${' '.repeat(text.length)}${text}\r\n\r\n`,
  'a name': (text: string) => `Event: Own\r\n${text}: a=b\r\n\r\n`,
  'raw lines': (text: string) => `Response: Follows\r\nPrivilege: Command\r\n${text}\n--END COMMAND--\r\n\r\n`,
  JSON: (text: string) => `Response: Success\r\nActionID: 1\r\nJSON: {"secret":"${text}\r\n\r\n`,
  'a request': (text: string) => `Action: UpdateConfig\r\nActionID: 1\r\nVariable: ${text}\r\nCommand: ${text}\r\n\r\n`,
  'an environment': (text: string) => `Event: AsyncAGIExec\r\nResult: ${encodeURIComponent(text)}\r\n\r\n`,
})) {
  test(`whatever ${place} holds, its redaction takes time as its length does`, () => {
    for (const piece of pieces.flatMap((one) => [one, `${one}\n`, `${one}\r\nOwn: `])) {
      assertLinear(`${place} of ${JSON.stringify(piece)}`, (size) => {
        const text = around(fill(piece, size))
        return () => void redact(text, { before: new AskedBefore() })
      })
    }
  })
}

test('calls within calls take time as their number does', () => {
  assertLinear('calls', (size) => {
    const text = `Event: Own\r\nAppData: ${fill('pin(', size)}${fill(')=', size)}\r\n\r\n`
    return () => void redact(text)
  })
})

test('a caller’s rule is asked about each name once or twice', () => {
  for (const piece of ['a=b,', 'a\\,b=', '"a":"b",', 'a=b=', '\r\nVariable: x', '\r\nValue: x', '"a":"']) {
    const asked = (size: number): number => {
      let count = 0
      let length = 0
      redact(`Action: Own\r\nVariable: ${fill(piece, size)}\r\n\r\n`, {
        own: (_, value) => {
          count++
          length += value.length
          return undefined
        },
      })
      return count + length
    }
    assert.ok(asked(40_000) <= asked(10_000) * 4.1 + 100, piece)
  }
})

test('a stream that drips, or that never ends a message, is recorded in time as its length is', () => {
  const drips: [string, string, number][] = [
    ['an event', 'Event: Own\r\nA: 1\r\n', 1],
    ['a line', 'Event: Own\r\nA: 1', 1],
    ['lines of a command', 'Response: Follows\r\nA: 1\n\nB: 2\n\n', 7],
    ['blank lines', 'Event: Own\r\n\n\r\nA: 1\n', 3],
    ['responses', 'Response: Success\r\nSecret: x\r\n\r\n', 5],
  ]
  for (const [what, piece, step] of drips) {
    assertLinear(what, (size) => {
      const bytes = Buffer.from(piece.slice(0, 12) + fill(piece.slice(12), size), 'latin1')
      return () => {
        const writer = new RecordingWriter(
          () => new RecordingFile(join(directory, 'drip.jsonl')),
          'x',
          () => 1,
        )
        writer.chunk(1, 'out', 'Asterisk Call Manager/11.0.0\r\n', false)
        for (let at = 0; at < bytes.length; at += step) writer.bytes(1, 'out', bytes.subarray(at, at + step), false)
        writer.end(1)
        void writer.close()
      }
    })
  }
})
