import { type Check, checkDelay, checkEach, checkString, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { checkHeaders, type HeadersInit, headerLines, toWire } from './byte-text.ts'

/** One row of a scripted list: the event's name and its headers. */
export type ListRow = readonly [event: string, headers: HeadersInit]

/** A scripted list. */
export interface ListInit {
  /** The completing event's name. */
  readonly complete: string
  readonly rows?: Iterable<ListRow>
  /** Default `Result will follow`. */
  readonly message?: string
  /** Further headers of the completing event, after `ListItems`. */
  readonly extra?: HeadersInit
}

const listChecks: Readonly<Record<keyof ListInit, Check>> = {
  complete: checkString,
  rows: (argument, value) => {
    if (typeof value === 'object' && value !== null && Symbol.iterator in value) return
    throw invalid(argument, `must be a list of pairs of a name and headers, ${got(value)}`)
  },
  message: checkString,
  extra: checkHeaders,
}

/** What answers one action. Everything it writes carries the action's ActionID, where Asterisk would put it. */
export class Reply {
  /** The action's ActionID; empty without one. */
  readonly actionId: string
  #clock: Clock
  #sink: (text: string) => void
  #items = 0
  #written = 0

  constructor(actionId: string, clock: Clock, sink: (text: string) => void) {
    this.actionId = actionId
    this.#clock = clock
    this.#sink = sink
  }

  /** How many bytes it wrote so far. */
  get written(): number {
    return this.#written
  }

  /** `Response: Success`, with a message and headers where given. */
  success(message?: string, headers?: HeadersInit): void {
    this.respond('Success', message, headers)
  }

  /** `Response: Error` with a message. */
  error(message: string, headers?: HeadersInit): void {
    this.respond('Error', message, headers)
  }

  /** Any response: `Response`, `ActionID`, `Message`, then the rest. */
  respond(response: string, message?: string, headers?: HeadersInit): void {
    checkString('response', response)
    if (message !== undefined) checkString('message', message)
    const says = message === undefined ? '' : `Message: ${toWire(message)}\r\n`
    const more = headers === undefined ? '' : headerLines(headers)
    this.lines(`Response: ${response}\r\n${this.idLine()}${says}${more}`)
  }

  /** A whole list: the start, each row, the completing event with its count. */
  list(list: ListInit): void {
    checkEach<ListInit>('list', list, listChecks, 'an object such as { complete, rows }')
    if (list.complete === undefined) throw invalid('list.complete', 'is missing')
    this.start(list.message ?? 'Result will follow')
    for (const row of list.rows ?? []) {
      if (!Array.isArray(row)) throw invalid('list.rows', `must hold pairs of a name and headers, ${got(row)}`)
      this.row(row[0], row[1])
    }
    this.complete(list.complete, list.extra)
  }

  /** A list's start. */
  start(message: string, marker = 'start'): void {
    checkString('message', message)
    checkString('marker', marker)
    this.lines(`Response: Success\r\n${this.idLine()}EventList: ${marker}\r\nMessage: ${toWire(message)}\r\n`)
  }

  /** A row of a list, with the ActionID behind its name. */
  row(event: string, headers: HeadersInit): void {
    checkString('event', event)
    this.item(event, headerLines(headers))
  }

  /** A list's completing event; `ListItems` is the number of rows unless said otherwise. */
  complete(event: string, extra: HeadersInit = [], items = this.#items): void {
    checkString('event', event)
    checkWhole('items', items, 0)
    const lines = `EventList: Complete\r\nListItems: ${items}\r\n${headerLines(extra)}`
    this.lines(`Event: ${event}\r\n${this.idLine()}${lines}`)
    this.#items = 0
  }

  /** An event that belongs to this action alone, such as FAXStats. */
  event(event: string, headers: HeadersInit = []): void {
    checkString('event', event)
    this.lines(`Event: ${event}\r\n${this.idLine()}${headerLines(headers)}`)
  }

  /** Text as it is, with no blank line added. */
  raw(text: string): void {
    checkString('text', text)
    this.write(toWire(text))
  }

  /** Waits, which holds back everything that the same session asked after this; for ever where the server closes meanwhile. */
  delay(ms: number): Promise<void> {
    checkDelay('ms', ms)
    return new Promise((resolve) => this.#clock.setTimeout(resolve, ms))
  }

  /** A row from lines in wire form, the ActionID behind its name or at its end. */
  item(event: string, lines: string, id: 'second' | 'last' | 'none' = 'second'): void {
    this.#items++
    const first = id === 'second' ? this.idLine() : ''
    const last = id === 'last' ? this.idLine() : ''
    this.lines(`Event: ${event}\r\n${first}${lines}${last}`)
  }

  /** Lines in wire form, and the blank line. */
  lines(text: string): void {
    this.write(`${text}\r\n`)
  }

  /** Bytes in wire form. */
  write(text: string): void {
    this.#written += text.length
    this.#sink(text)
  }

  /**
   * The `ActionID` line, nothing without an ActionID. Handlers format it into a buffer of `size` bytes: what is longer
   * loses its CRLF, and the next header is glued on.
   */
  idLine(size = 0): string {
    if (this.actionId === '') return ''
    const line = `ActionID: ${this.actionId}\r\n`
    return size > 0 && line.length >= size ? line.slice(0, size - 1) : line
  }
}
