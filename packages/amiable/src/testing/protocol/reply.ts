import { type Check, checkDelay, checkEach, checkString, checkWhole, got } from '../../check.ts'
import { invalid } from '../../errors.ts'
import type { Clock } from '../../util/clock.ts'
import { checkHeaders, type HeadersInit, headerLines, toWire } from './byte-text.ts'

/** A row of a list: the name of the event and its headers. */
export type ListRow = readonly [event: string, headers: HeadersInit]

/** The list that {@link Reply.list} sends. */
export interface ListInit {
  /** The name of the event that completes the list. */
  readonly complete: string
  readonly rows?: Iterable<ListRow>
  /** @default 'Result will follow' */
  readonly message?: string
  /** Further headers of the event that completes the list, after `ListItems`. */
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

/** Writes the answer to one action. Every message carries the action's ActionID where Asterisk would put it. */
export class Reply {
  /** The ActionID of the action. Empty if it has none. */
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

  /** How many bytes the reply has written. */
  get written(): number {
    return this.#written
  }

  /** Sends `Response: Success`, with a message and headers if you give them. */
  success(message?: string, headers?: HeadersInit): void {
    this.respond('Success', message, headers)
  }

  /** Sends `Response: Error` with a message. */
  error(message: string, headers?: HeadersInit): void {
    this.respond('Error', message, headers)
  }

  /** Sends any response: `Response`, `ActionID`, `Message`, then the other headers. */
  respond(response: string, message?: string, headers?: HeadersInit): void {
    checkString('response', response)
    if (message !== undefined) checkString('message', message)
    const says = message === undefined ? '' : `Message: ${toWire(message)}\r\n`
    const more = headers === undefined ? '' : headerLines(headers)
    this.lines(`Response: ${response}\r\n${this.idLine()}${says}${more}`)
  }

  /** Sends a complete list: the start, each row, and the event that completes it with its count. */
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

  /** Sends the start of a list. */
  start(message: string, marker = 'start'): void {
    checkString('message', message)
    checkString('marker', marker)
    this.lines(`Response: Success\r\n${this.idLine()}EventList: ${marker}\r\nMessage: ${toWire(message)}\r\n`)
  }

  /** Sends a row of a list, with the ActionID after its name. */
  row(event: string, headers: HeadersInit): void {
    checkString('event', event)
    this.item(event, headerLines(headers))
  }

  /** Sends the event that completes a list. `ListItems` is the number of rows unless you give another. */
  complete(event: string, extra: HeadersInit = [], items = this.#items): void {
    checkString('event', event)
    checkWhole('items', items, 0)
    const lines = `EventList: Complete\r\nListItems: ${items}\r\n${headerLines(extra)}`
    this.lines(`Event: ${event}\r\n${this.idLine()}${lines}`)
    this.#items = 0
  }

  /** Sends an event that belongs to this action alone, such as FAXStats. */
  event(event: string, headers: HeadersInit = []): void {
    checkString('event', event)
    this.lines(`Event: ${event}\r\n${this.idLine()}${headerLines(headers)}`)
  }

  /** Sends text as it is. It adds no blank line. */
  raw(text: string): void {
    checkString('text', text)
    this.write(toWire(text))
  }

  /** Waits. Later actions of the same session wait too. */
  delay(ms: number): Promise<void> {
    checkDelay('ms', ms)
    return new Promise((resolve) => this.#clock.setTimeout(resolve, ms))
  }

  /** Sends a row from lines in wire form, with the ActionID after its name or at its end. */
  item(event: string, lines: string, id: 'second' | 'last' | 'none' = 'second'): void {
    this.#items++
    const first = id === 'second' ? this.idLine() : ''
    const last = id === 'last' ? this.idLine() : ''
    this.lines(`Event: ${event}\r\n${first}${lines}${last}`)
  }

  /** Sends lines in wire form, and a blank line. */
  lines(text: string): void {
    this.write(`${text}\r\n`)
  }

  /** Sends bytes in wire form. */
  write(text: string): void {
    this.#written += text.length
    this.#sink(text)
  }

  /**
   * Returns the `ActionID` line, nothing without an ActionID. Handlers format it into a buffer of `size` bytes: what is
   * longer loses its CRLF, and the next header is glued on.
   */
  idLine(size = 0): string {
    if (this.actionId === '') return ''
    const line = `ActionID: ${this.actionId}\r\n`
    return size > 0 && line.length >= size ? line.slice(0, size - 1) : line
  }
}
