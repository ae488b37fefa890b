// What becomes of each event: whether it is wanted, how it is printed, and when the watch is over.
import { EXIT } from '../errors/exit-codes.ts'
import type { Explained } from '../errors/explain.ts'
import type { Io } from '../io.ts'
import { report } from '../output/report.ts'
import type { Writer } from '../output/writer.ts'
import type { Comparable, Expression } from '../where/expression.ts'
import type { EventFormat, PrintedEvent } from './event-printer.ts'
import type { Expectation } from './expectation.ts'
import { droppedText } from './loss.ts'
import type { Selection } from './selection.ts'

/** An event to look at, live or out of a recording. */
export interface WatchedEvent extends PrintedEvent, Comparable {}

export interface WatchOptions {
  readonly selection: Selection
  readonly expectation: Expectation
  readonly format: EventFormat
  readonly print: (event: PrintedEvent) => string
  /** All of these must hold. */
  readonly tests: readonly ((event: Comparable) => boolean)[]
  /** Counts an event instead of printing it. */
  readonly count?: ((event: WatchedEvent) => void) | undefined
  /** Whether a reader that is too slow ends the watch. */
  readonly failsWhenSlow: boolean
}

const TOO_SLOW: Explained = {
  exit: EXIT.limit,
  code: 'AMI_OVERFLOW',
  message: 'events were lost, because this output is read too slowly',
  hints: ['Without --overflow fail they are counted, and the watch goes on.'],
  source: undefined,
  delivered: undefined,
}

// notices that wait for room
const MOST_NOTICES = 100

/** Looks at events one by one. */
export class Watch {
  readonly options: WatchOptions
  readonly #io: Io
  #lost = 0
  #cuts = 0
  /** Events of which it has not been said yet that they are lost, and what came before them. */
  #gap = 0
  #unsaid: string[] = []

  constructor(io: Io, options: WatchOptions) {
    this.#io = io
    this.options = options
  }

  /** Events that were wanted and are not printed. */
  get lost(): number {
    return this.#lost
  }

  /** How often the connection was lost. */
  get cuts(): number {
    return this.#cuts
  }

  /** Counts events that were lost before they got here. */
  addLost(count: number): void {
    this.#lost += count
    this.#endIfSlow()
  }

  /** Counts a message that was passed over. */
  addSkipped(): void {
    this.#lost++
  }

  /** Counts a connection that was lost. */
  addCut(): void {
    this.#cuts++
  }

  /** Says something where it has happened, as soon as there is room for it. @param io where it is said at once */
  notice(text: string, io: Pick<Io, 'out' | 'err'> = this.#io): void {
    this.#say()
    if (this.#unsaid.length === 0 && this.#gap === 0 && this.#noticesOf(io).offer(text)) return
    if (this.#unsaid.length >= MOST_NOTICES) return
    this.#keepGap()
    this.#unsaid.push(text)
  }

  /** Prints a live event if it is wanted and there is room, and counts it as lost otherwise. */
  take(event: WatchedEvent): void {
    const text = this.#textOf(event)
    if (text === undefined) return
    if (text !== '') this.#offer(text)
    // that it came ends a watch, also where there was no room to print it
    this.options.expectation.take(event)
  }

  /** Prints an event of a recording if it is wanted. Resolves when there is room for the next one. */
  takeAll(event: WatchedEvent): Promise<void> | undefined {
    const text = this.#textOf(event)
    if (text === undefined) return undefined
    const room = text === '' ? undefined : this.#io.out.line(text)
    this.options.expectation.take(event)
    return room
  }

  /** Returns the text to print; empty for an event that is only counted, `undefined` for one that is not wanted. */
  #textOf(event: WatchedEvent): string | undefined {
    const { selection, tests, expectation, print, count } = this.options
    if (expectation.isOver || !selection.has(event.Event)) return undefined
    if (!tests.every((holds) => holds(event))) return undefined
    if (count === undefined) return print(event)
    count(event)
    return ''
  }

  /** Says at the end what was not said yet. Nothing waits for it: perhaps nobody will ever read. */
  finish(): void {
    this.#keepGap()
    for (const text of this.#unsaid.splice(0)) void this.#noticesOf(this.#io).line(text)
  }

  #offer(text: string): void {
    const { out } = this.#io
    this.#say()
    if (this.#unsaid.length === 0 && out.offer(text)) return
    this.#lost++
    this.#gap++
    this.#endIfSlow()
  }

  /** Says what was not said yet, as far as there is room. */
  #say(): void {
    if ((this.#gap === 0 && this.#unsaid.length === 0) || !this.#io.out.hasRoom) return
    this.#keepGap()
    const notices = this.#noticesOf(this.#io)
    while (this.#unsaid.length > 0 && notices.offer(this.#unsaid[0] ?? '')) this.#unsaid.shift()
  }

  #keepGap(): void {
    if (this.#gap > 0) this.#unsaid.push(droppedText(this.#gap))
    this.#gap = 0
  }

  #endIfSlow(): void {
    const { failsWhenSlow, expectation, format } = this.options
    if (!failsWhenSlow || expectation.isOver) return
    expectation.end(report(this.#io, TOO_SLOW, format === 'jsonl'))
  }

  // a program that reads the output is not to find them there
  #noticesOf({ out, err }: Pick<Io, 'out' | 'err'>): Writer {
    return this.options.format === 'text' ? out : err
  }
}

/** Makes the tests of an event from the options of a command line. */
export function testsOf(
  expressions: readonly Expression[],
  grep: string | undefined,
  related: ((event: Comparable) => boolean) | undefined,
): ((event: Comparable) => boolean)[] {
  return [
    ...(related === undefined ? [] : [related]),
    ...expressions.map((expression) => (event: Comparable) => expression.holds(event)),
    ...(grep === undefined ? [] : [({ headers }: Comparable) => headers.some(([, value]) => value.includes(grep))]),
  ]
}
