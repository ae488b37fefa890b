/*
 * Bytes in, answers out (res_agi.c: agi_handle_command and the handlers). Texts are byte strings. `HANGUP` can stand
 * before, between and behind answers, and a value is not escaped: its line ends and brackets are those of the answer.
 */
import { GatheredText } from '../util/gathered-text.ts'
import { decodeUtf8 } from '../util/text.ts'

/** What an answer looks like: one line, or a value that may hold line ends. */
export type Expect = 'plain' | 'value'

/** What Asterisk answered to a command. */
export interface AgiReply {
  /** 200 done, 510 no such command, 511 not on a dead channel, 520 used wrongly, 503 out of memory. */
  readonly status: number
  /** What stands behind `result=`; may be empty. */
  readonly result: string
  /** What stands in brackets behind the result: a value, or a word such as `timeout`. */
  readonly data: string | undefined
  /** How many bytes the data has. */
  readonly dataBytes: number | undefined
  /** Where a sound ended: samples, or milliseconds for CONTROL STREAM FILE. */
  readonly endpos: number | undefined
  /** The answer line by line. */
  readonly lines: readonly string[]
  /** How the command is used, where Asterisk says so with a 520. */
  readonly usage: string | undefined
  toJSON(): object
}

/** What came. */
export type Arrival =
  | { readonly type: 'reply'; readonly text: string }
  | { readonly type: 'hangup' }
  /** Nobody asked for it. */
  | { readonly type: 'stray'; readonly text: string }
  /** A line of a value that may as well be the word HANGUP itself. */
  | { readonly type: 'doubt' }
  /** The fence's answer, and all that stood before it. */
  | { readonly type: 'fenced'; readonly before: string }
  /** An answer, or what is no answer, is longer than the limit; its bytes are dropped. */
  | { readonly type: 'overflow' }

const END_OF_USAGE = '520 End of proper usage.'
// a line that says no more than a number
const BARE = /^200 result=-?\d{1,15}\n$/
const BEFORE_RESULT = '200 result='.length

/** Takes bytes apart as they come, however they are cut. */
export class Replies {
  #limit: number
  /** What has come so far of a line that is not complete. */
  #line: GatheredText | undefined
  /** The bytes of the answer that is being read. */
  #held = 0
  /** Its lines. */
  #answer: string[] = []
  /** Whether the rest of a line that is too long is passed over. */
  #passing = false
  #expects: Expect | undefined
  /** The answers of the fences that have been sent; the last one ends it. */
  #fences: string[] = []
  /** Whether a value is held back until the fence: the word HANGUP may be a line of it. */
  #holding = false

  /** @param limit how many bytes an answer may have */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Says that a command has been sent, and what its answer looks like. */
  expect(expects: Expect): void {
    this.#expects = expects
  }

  /**
   * Says that a fence has been sent. What comes before its answer is given with it.
   * @param held what has come and may be a part of a value; the rest of the value stands before the fence's answer
   */
  awaitFence(token: string, held?: string): void {
    if (held !== undefined) {
      this.#holding = true
      if (held !== '') this.#answer = held.slice(0, -1).split('\n')
      this.#held = Math.max(this.#held, held.length)
    }
    this.#expects = undefined
    this.#fences.push(`200 result=1 (${token})`)
  }

  /**
   * Takes what a read brings as a rule: the answer to a plain command, which is a number, and nothing beside it.
   * @returns `undefined` for any other text, which is to be pushed
   */
  takeBare(text: string): AgiReply | undefined {
    if (this.#expects !== 'plain' || this.#answer.length + this.#fences.length > 0) return undefined
    if (this.#line !== undefined || this.#passing) return undefined
    if (text.length > this.#limit || !BARE.test(text)) return undefined
    this.#expects = undefined
    return new Reply(text, 200, text.slice(BEFORE_RESULT, -1))
  }

  /** How many bytes are held of what is not complete. */
  get held(): number {
    return this.#held + (this.#line?.length ?? 0)
  }

  push(text: string): Arrival[] {
    const arrivals: Arrival[] = []
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      const part = text.slice(from, end)
      from = end + 1
      if (!this.#fits(part, arrivals)) {
        this.#passing = false
        continue
      }
      this.#line?.add(part)
      const line = this.#line?.toString() ?? part
      this.#line = undefined
      this.#take(line, arrivals)
    }
    const rest = text.slice(from)
    if (rest !== '' && this.#fits(rest, arrivals)) {
      this.#line ??= new GatheredText()
      this.#line.add(rest)
    }
    return arrivals
  }

  /** Whether a part of a line is within the limit; past it, the rest of the line is passed over. */
  #fits(part: string, arrivals: Arrival[]): boolean {
    if (this.#passing) return false
    if (this.held + part.length < this.#limit) return true
    this.#passing = true
    this.#line = undefined
    this.#expects = undefined
    this.#clear()
    arrivals.push({ type: 'overflow' })
    return false
  }

  #take(line: string, arrivals: Arrival[]): void {
    if (this.#fences.length > 0) this.#takeFenced(line, arrivals)
    else if (this.#answer.length > 0) this.#goOn(line, arrivals)
    else if (line === 'HANGUP') arrivals.push({ type: 'hangup' })
    else if (this.#expects !== undefined && /^\d{3}[ -]/.test(line)) this.#begin(line, arrivals)
    else {
      const last = arrivals.at(-1)
      if (last?.type === 'stray') arrivals.pop()
      arrivals.push({ type: 'stray', text: `${last?.type === 'stray' ? last.text : ''}${line}\n` })
    }
  }

  #begin(line: string, arrivals: Arrival[]): void {
    this.#add(line)
    if (line.startsWith('520-') || line.startsWith('100 ')) return
    if (this.#expects === 'plain' || !line.includes(' (') || line.endsWith(')')) this.#reply(arrivals)
  }

  #goOn(line: string, arrivals: Arrival[]): void {
    const [first = ''] = this.#answer
    if (first.startsWith('520-')) {
      this.#add(line)
      if (line === END_OF_USAGE) this.#reply(arrivals)
    } else if (first.startsWith('100 ')) {
      // app_stack.c:handle_gosub says "Trying" first, and its answer when the routine is over
      if (line === 'HANGUP') arrivals.push({ type: 'hangup' })
      else {
        this.#add(line)
        this.#reply(arrivals)
      }
    } else {
      this.#add(line)
      if (line.endsWith(')')) this.#reply(arrivals)
      else if (line === 'HANGUP') arrivals.push({ type: 'doubt' })
    }
  }

  #takeFenced(line: string, arrivals: Arrival[]): void {
    if (line === this.#fences.at(-1)) {
      const before = this.#drop()
      this.#fences = []
      this.#holding = false
      arrivals.push({ type: 'fenced', before })
    } else if (line === 'HANGUP' && !this.#holding) arrivals.push({ type: 'hangup' })
    else if (!this.#fences.includes(line)) this.#add(line)
  }

  #reply(arrivals: Arrival[]): void {
    this.#expects = undefined
    arrivals.push({ type: 'reply', text: this.#drop() })
  }

  #add(line: string): void {
    this.#held += line.length + 1
    this.#answer.push(line)
  }

  #drop(): string {
    const text = this.#answer.length === 0 ? '' : `${this.#answer.join('\n')}\n`
    this.#clear()
    return text
  }

  #clear(): void {
    this.#answer = []
    this.#held = 0
  }
}

/** Returns the line of a fence: its answer cannot be mistaken for another, on a living channel or a dead one. */
export function fenceLine(token: string): string {
  return `GET FULL VARIABLE "${token}"`
}

/**
 * Returns an answer's parts.
 * @param text its lines, with their line feeds
 * @returns `undefined` if it is no answer, or one that breaks off
 */
export function readReply(text: string, expects: Expect): AgiReply | undefined {
  if (!text.endsWith('\n')) return undefined
  const lines = text.slice(0, -1).split('\n')
  // GOSUB's first line only says that it runs
  const from = lines[0]?.startsWith('100 ') && lines.length > 1 ? 1 : 0
  const head = lines[from] ?? ''
  const status = /^\d{3}[ -]/.test(head) ? Number(head.slice(0, 3)) : undefined
  if (status === undefined) return undefined
  const usage = head.startsWith('520-')
    ? lines
        .slice(from + 1, -1)
        .join('\n')
        .trim()
    : undefined
  // a usage may stand behind the answer of an EXEC; a value has lines of its own
  const own = expects === 'value' ? lines.slice(from).join('\n') : head
  const rest = head.startsWith('result=', 4) ? own.slice(11) : ''
  const blank = rest.indexOf(' ')
  const result = blank === -1 ? rest : rest.slice(0, blank)
  const behind = blank === -1 ? '' : rest.slice(blank + 1)
  if (expects === 'value' && behind.startsWith('(') && !behind.endsWith(')')) return undefined
  return new Reply(text, status, decodeUtf8(result), dataOf(behind, expects), endposOf(behind), usage)
}

function dataOf(behind: string, expects: Expect): string | undefined {
  const open = behind.indexOf('(')
  if (expects === 'value') return behind.startsWith('(') ? behind.slice(1, -1) : undefined
  const close = behind.indexOf(')', open)
  return open === -1 || close === -1 ? undefined : behind.slice(open + 1, close)
}

function endposOf(behind: string): number | undefined {
  if (behind === '') return undefined
  const found = /(?:^| )endpos=(-?\d{1,15})(?!\d)/.exec(behind.slice(0, 200))
  return found === null ? undefined : Number(found[1])
}

class Reply implements AgiReply {
  readonly status: number
  readonly result: string
  readonly endpos: number | undefined
  #text: string
  #data: string | undefined
  #usage: string | undefined

  constructor(text: string, status: number, result: string, data?: string, endpos?: number, usage?: string) {
    this.status = status
    this.endpos = endpos
    this.#text = text
    this.result = result
    this.#data = data
    this.#usage = usage
  }

  get data(): string | undefined {
    return this.#data === undefined ? undefined : decodeUtf8(this.#data)
  }

  get dataBytes(): number | undefined {
    return this.#data?.length
  }

  get lines(): readonly string[] {
    return this.#text.slice(0, -1).split('\n').map(decodeUtf8)
  }

  get usage(): string | undefined {
    return this.#usage === undefined ? undefined : decodeUtf8(this.#usage)
  }

  toJSON(): object {
    const { status, result, data, endpos, lines, usage } = this
    return { status, result, data, endpos, lines, usage }
  }
}
