import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { PEEK } from '../../src/util/peek.ts'
import { SIZE } from '../../src/util/size.ts'
import type { Encoding } from '../../src/util/text.ts'
import { Decoder } from '../../src/wire/decoder.ts'
import { scannerOf, theInbox } from '../../src/wire/inbox.ts'
import { defaultLimits, type Limits } from '../../src/wire/limits.ts'
import { kindOf, linesOf, type Message, titleOf } from '../../src/wire/message.ts'
import { type Audience, INBOX_BYTES, Scanner } from '../../src/wire/scanner.ts'
import { testOrigin } from './origin.ts'

/** Whether this engine has what the scanner needs. */
export const canScan = Scanner.make() !== undefined

/** Leaves out what asks for a scanner, where there is none. */
export const nothingToScanWith = { skip: canScan ? false : 'there is nothing to scan with here' }

/** What a decoder told, as plain data, in the order in which it told it. */
export interface Reading {
  /** What each message said while it was reported. */
  readonly atOnce: unknown[]
  /** What it said after the chunk that it came in, before the next one. */
  readonly behindChunk: unknown[]
  /** What it said when all had been read. */
  readonly late: unknown[]
  /** How many messages the scanner had found. */
  readonly scanned: number
  /** How many it passed over. */
  readonly passed: number
}

export interface ReadingOptions {
  readonly limits?: Partial<Limits>
  readonly encoding?: Encoding
  /** Whether the scanner learns all that it can first, so that it finds what comes only once. */
  readonly learnt?: boolean
  /** Header names to ask for, beside those that are there. */
  readonly names?: readonly string[]
  /** The titles of events that nobody reads: in the first piece, in the next, and so on in turns. */
  readonly unread?: readonly ReadonlySet<string>[]
}

/** Reads chunks by the scanner as far as it knows what comes, or all of them with care. */
export function readBy(
  reader: 'scanner' | 'care',
  chunks: Iterable<Uint8Array>,
  { limits = {}, encoding = 'utf8', learnt = true, names = [], unread = [new Set()] }: ReadingOptions = {},
): Reading {
  const atOnce: unknown[] = []
  const behindChunk: unknown[] = []
  const late: unknown[] = []
  let scanned = 0
  const all: Message[] = []
  const ofChunk: Message[] = []
  const say = (message: Message) => sayAll(message, names)
  let pieces = 0
  let audience = audienceFor(unread[0])
  let count = 0
  let passed = 0
  function audienceFor(titles: ReadonlySet<string> = new Set(), before?: Audience): Audience {
    const reads = (title: string) => !titles.has(title)
    const isSame = before !== undefined && unread.length === 1
    return {
      members: isSame ? before.members : {},
      reads,
      passed(more) {
        count += more
        passed += more
      },
    }
  }
  const decoder = new Decoder(
    {
      banner: (line) => atOnce.push({ banner: line }),
      get audience() {
        return reader === 'care' ? undefined : audience
      },
      message: (message) => {
        if (learnt && reader === 'care') scanner?.learn(linesOf(message).slice(2))
        if (kindOf(message) === 'event' && !audience.reads(titleOf(message))) {
          count++
          return
        }
        // asked in turns: what is read first must not decide what is read
        if (all.length % 2 === 0) linesOf(message)
        atOnce.push(say(message))
        // whoever keeps a message does this
        linesOf(message)
        all.push(message)
        ofChunk.push(message)
      },
      // which limit is named, and how much of the message is told, depends on where the chunks are cut
      fault: () => atOnce.push('fault'),
      expectsRaw: () => true,
      unreadable: (why) => assert.fail(why),
    },
    { ...defaultLimits, ...limits },
  )
  const { intake } = testOrigin(encoding)
  const scanner = scannerOf(NOTHING)
  const found = Scanner.prototype.next
  Scanner.prototype.next = function next(): boolean {
    const more = found.call(this)
    if (more) scanned++
    return more
  }
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += INBOX_BYTES) {
        const piece = chunk.subarray(at, at + INBOX_BYTES)
        // as if somebody else were at it
        if (scanner !== undefined) scanner.busy = reader === 'care'
        audience = audienceFor(unread[pieces++ % unread.length], audience)
        decoder.push(Buffer.from(piece), { intake, epoch: 1, receivedAt: 7 })
        behindChunk.push(...ofChunk.splice(0).map(say))
      }
    }
  } finally {
    Scanner.prototype.next = found
    if (scanner !== undefined) scanner.busy = false
  }
  late.push(...all.map(say), { held: decoder.held > 0, unread: count })
  return { atOnce, behindChunk, late, scanned, passed }
}

const NOTHING = new Uint8Array()

/** Puts bytes where those of a socket come to lie. */
export function inInbox(bytes: Uint8Array): Uint8Array {
  const inbox = theInbox()
  inbox.set(bytes)
  return inbox.subarray(0, bytes.length)
}

/** Everything that a message can be asked. */
function sayAll(message: Message, names: readonly string[]): unknown {
  const attempt = (read: () => unknown) => {
    try {
      return read()
    } catch (error) {
      return String(error)
    }
  }
  const asked = [...new Set([...names, 'Event', 'event', 'No', 'then', '__proto__', 'constructor', '\u212a'])]
  const early = asked.map((name) => message.get(name))
  const there = message.headers.map(([name]) => name)
  // each header in one of four ways: all of them in each would take most of the time
  const spelt = there.map((name, at) => [name, name.toLowerCase(), name, `${name}x`][at % 4] as string)
  const every = [...asked, ...spelt]
  return {
    early,
    kind: kindOf(message),
    title: titleOf(message),
    text: String(message),
    shown: inspect(message),
    json: JSON.stringify(message),
    order: Object.keys(message.toJSON()),
    headers: message.headers,
    lines: linesOf(message),
    size: message[SIZE],
    actionId: message.actionId,
    variables: [message.variables(), message.variables('SIP/1')],
    values: every.map((name) => [
      name,
      message.get(name),
      message.getAll(name),
      name === 'constructor' || name === '__proto__' ? '' : (message as unknown as Record<string, unknown>)[name],
      message[PEEK](name),
      message[PEEK](name, message.get(name)),
    ]),
    read: (['number', 'boolean', 'date'] as const).map((as) => attempt(() => message[as]('Value'))),
  }
}
