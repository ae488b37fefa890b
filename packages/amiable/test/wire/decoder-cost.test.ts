import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Decoder } from '../../src/wire/decoder.ts'
import { scannerOf } from '../../src/wire/inbox.ts'
import { defaultLimits, type Limits } from '../../src/wire/limits.ts'
import { linesOf } from '../../src/wire/message.ts'
import { INBOX_BYTES } from '../../src/wire/scanner.ts'
import { BANNER, bytes, piecesOf } from '../support/decode.ts'
import { testOrigin } from '../support/origin.ts'
import { nothingToScanWith } from '../support/scan.ts'

/** A stream that the scanner does not know, or hardly: how often it comes is how long it takes. */
interface Stream {
  readonly text: string
  /** What comes in one chunk before it. */
  readonly before?: string
  readonly pieces?: number
  readonly limits?: Partial<Limits>
}

const known = 'Event: Known\r\nPrivilege: call,all\r\nChannel: PJSIP/100-00000001\r\nUniqueid: 1.1\r\n\r\n'
const short = 'Event: Short\r\nA: 1\r\n\r\n'
const odd = 'Event: Odd\r\nA: a\nb\r\n\r\n'
const ends = '\r\n\r\n'.repeat(2_000)

const streams: Readonly<Record<string, Stream>> = {
  'small pieces behind a chunk of line ends': {
    before: `Event: Old\r\nA: ${'\r'.repeat(INBOX_BYTES - 20)}\r\n\r\n`,
    text: known.repeat(4),
    pieces: 16,
  },
  'small pieces of an event behind the same': {
    before: `Event: Old\r\nA: ${'\r'.repeat(INBOX_BYTES - 20)}\r\n\r\n`,
    text: `Event: Slow\r\nA: ${'a'.repeat(1_000)}\r\n\r\n`,
    pieces: 8,
  },
  'events of which every second may be past a limit': { text: (known + short).repeat(200), limits: { headers: 20 } },
  'events of which every second may have too long a line': { text: (known + short).repeat(200), limits: { line: 60 } },
  'raw output of nothing but its ends': {
    text: `Response: Follows\r\nActionID: 1\r\n${ends}--END COMMAND--\r\n\r\n`,
  },
  'events between some that are read with care': { text: (known + odd + odd).repeat(100) },
  'raw lines between events': { text: `${known}junk\n\r\n`.repeat(100) },
}

function timeOf({ text, before = '', pieces = INBOX_BYTES, limits }: Stream): number {
  const decoder = new Decoder(
    {
      banner: () => {},
      message: (message) => void linesOf(message),
      fault: () => {},
      unreadable: (why) => assert.fail(why),
      expectsRaw: () => true,
    },
    { ...defaultLimits, ...limits },
  )
  const { intake } = testOrigin()
  const chunks = [...[BANNER, known, short, before].map(bytes), ...piecesOf(bytes(text), pieces)]
  const start = process.cpuUsage()
  for (const chunk of chunks) decoder.push(chunk, { intake, epoch: 1, receivedAt: 0 })
  const { user, system } = process.cpuUsage(start)
  return Math.max(user + system, 1)
}

/** Returns the time of reading while somebody else is at the inbox: then nothing is scanned. */
function timeOfCare(stream: Stream): number {
  const scanner = scannerOf(new Uint8Array())
  assert.ok(scanner)
  scanner.busy = true
  try {
    return timeOf(stream)
  } finally {
    scanner.busy = false
  }
}

// measured are 1.5 at the most; whoever goes through what is there once more for each message takes ten times as long
const MOST = 4

describe('what the scanner does not know', nothingToScanWith, () => {
  for (const [name, stream] of Object.entries(streams)) {
    test(`costs little more than without it: ${name}`, () => {
      let scanned = Number.POSITIVE_INFINITY
      let careful = Number.POSITIVE_INFINITY
      for (let round = 0; round < 40; round++) {
        careful = Math.min(careful, timeOfCare(stream))
        scanned = Math.min(scanned, timeOf(stream))
        if (round > 4 && scanned < careful * MOST) return
      }
      assert.fail(`${scanned} µs, and ${careful} µs without the scanner`)
    })
  }
})
