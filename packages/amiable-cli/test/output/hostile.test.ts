// Whatever a server names or says, in every place that is printed: titles, headers, cells, lines and screens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AmiEvent, RawResponse } from 'amiable'
import fc from 'fast-check'
import { ListBoard } from '../../src/boards/list-board.ts'
import { Drawing, symbolsFor } from '../../src/call/draw.ts'
import { EVENT_FORMATS, eventPrinter, titlesOf } from '../../src/events/event-printer.ts'
import type { Io } from '../../src/io.ts'
import { seenColumns } from '../../src/lists/seen-columns.ts'
import { printReply, REPLY_FORMATS } from '../../src/output/reply.ts'
import { report } from '../../src/output/report.ts'
import { ROW_FORMATS, RowPrinter } from '../../src/output/rows.ts'
import { Painter } from '../../src/screen/painter.ts'

/** Code points from and to which Unicode has control and format characters, and others that show nothing. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]
const isObeyed = (code: number) => RANGES.some(([from, to]) => from <= code && code <= to)
const obeyed = fc
  .oneof(...RANGES.map(([min, max]) => fc.integer({ min, max })))
  .map((code) => String.fromCodePoint(code))
const hostile = fc
  .array(fc.oneof(obeyed, fc.constantFrom('A', 'n', ' ', '=', '王')), { maxLength: 8 })
  .map((all) => all.join(''))

/** Fails where a terminal would obey or hide something of a text that is printed. */
function mustShow(text: string, ...own: readonly string[]): void {
  for (const char of text) {
    if (own.includes(char)) continue
    assert.ok(!isObeyed(char.codePointAt(0) ?? 0), JSON.stringify(text))
  }
}

function messageOf(headers: readonly (readonly [string, string])[]): AmiEvent & RawResponse {
  const get = (name: string) => headers.find(([one]) => one === name)?.[1]
  const [[, Event = ''] = ['', '']] = headers
  const document = Object.fromEntries(headers)
  const parts = {
    source: Event,
    Event,
    headers,
    get,
    getAll: () => [Event],
    lines: [Event],
    events: [],
    toJSON: () => document,
    receivedAt: new Date(0),
  }
  return parts as unknown as AmiEvent & RawResponse
}

const plain = { paint: (_: unknown, text: string) => text, verbose: 0, input: false }

/** What is printed on both streams of a terminal. */
async function printed(work: (io: Io) => unknown): Promise<string> {
  const texts: string[] = []
  const out = { line: async (text: string) => void texts.push(text) }
  await work({ out, err: out, isTerminal: { in: true, out: true, err: true }, columns: () => 60 } as unknown as Io)
  return texts.join('\n')
}

const messages = fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 4 })

test('every range is of characters that Unicode calls control, format or without a sight of their own', () => {
  const known = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u
  for (const [from, to] of RANGES) {
    for (const code of [from, to]) assert.match(String.fromCodePoint(code), known, code.toString(16))
  }
})

test('rows, in every format', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.constantFrom(...ROW_FORMATS), async (headers, format) => {
      const event = messageOf(headers)
      const columns = headers.map(([name, value]) => ({ title: name, value: () => value }))
      const options = { format, columns, document: () => event.toJSON(), name: () => event.Event }
      const text = await printed(async (io) => {
        const rows = new RowPrinter<AmiEvent>(io, plain, options)
        await rows.row(event)
        await rows.end()
      })
      mustShow(text, '\n', ...(format === 'tsv' ? ['\t'] : []))
    }),
  )
})

test('events, in every format', () => {
  fc.assert(
    fc.property(messages, fc.constantFrom(...EVENT_FORMATS), fc.boolean(), (headers, format, full) => {
      const event = messageOf(headers)
      const more = { format, full, select: headers.map(([name]) => name).filter((name) => !/[*?]/.test(name)) }
      const options = { time: 'utc', several: true, isTerminal: true, paint: plain.paint, ...more } as const
      const given = { ...event, at: 0, document: () => event.toJSON() }
      const own = ['\n', ...(format === 'tsv' ? ['\t'] : [])]
      mustShow(eventPrinter(options)(given), ...own)
      mustShow(titlesOf(options) ?? '', ...own)
      mustShow(eventPrinter({ ...options, select: [] })(given), ...own)
    }),
  )
})

test('answers to actions, and errors', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.constantFrom(...REPLY_FORMATS), async (headers, format) => {
      const response = messageOf(headers)
      const waited = messageOf(headers)
      const rows = messageOf(headers)
      Object.assign(rows, { events: [waited] })
      // the output of the console keeps its tabs
      const own = ['\n', '\t']
      mustShow(await printed((io) => printReply(io, plain, rows, { format, several: true, waited })), ...own)
      const [, message = ''] = headers[0] ?? []
      for (const json of [true, false]) {
        const error = { exit: 1, code: 'X', message, source: response.Event, delivered: undefined, hints: [message] }
        mustShow(await printed((io) => report(io, error, json)), '\n')
      }
    }),
  )
})

test('boards, ladders, and whatever else stands on a screen', () => {
  fc.assert(
    fc.property(messages, (headers) => {
      const event = messageOf(headers)
      const board = new ListBoard({
        what: 'rows',
        sources: ['pbx1'],
        columns: (rows) => seenColumns(rows),
        name: (row) => row.Event,
        sort: undefined,
        limit: undefined,
      })
      board.take('pbx1', [event])
      for (const { text } of board.lines(60, 20)) mustShow(text)
      const [[name, who] = ['', '']] = headers
      const drawing = new Drawing({ width: 60, symbols: symbolsFor({}) })
      mustShow(drawing.legend({ letter: 'A', name, who } as never))
      mustShow(drawing.line({ at: 1, text: who, kind: 'new' } as never, 0, []))
      const frame = new Painter(plain.paint).frame([{ text: who }], 60, 1)
      const own = ['\x1b[?2026h', '\x1b[1;1H', '\x1b[K', '\x1b[?2026l']
      mustShow(own.reduce((text, sequence) => text.replace(sequence, ''), frame))
    }),
  )
})
