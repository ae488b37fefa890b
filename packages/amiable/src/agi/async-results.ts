/*
 * AsyncAGI's results as one stream of bytes (res_agi.c: launch_asyncagi). Asterisk reads an answer from a pipe, 1,024
 * bytes at most, and the rest of it is the beginning of the next command's result. It writes the event in URI encoding,
 * 2,047 characters at most, and what goes beyond is lost.
 */
import { unescapeBytes } from './read-variable.ts'
import type { Expect } from './replies.ts'

/** What a result belongs to. */
export interface Expected {
  readonly expects: Expect
  /** A fence's own answer, by its token. */
  readonly token?: string
}

/** An entry with its answer; `undefined` where Asterisk has lost a part of it. */
export type Answered<T> = readonly [entry: T, text: string | undefined]

// AGI_BUF_SIZE
const PIECE = 1_024
// AMI_BUF_SIZE with its end, less what ast_uri_encode keeps free for one more byte
const ENCODED = 2_045
/** How many bytes of answers may be held until they are complete. */
const HELD = 65_536
const ANSWER = /^(?:200 result=|100 result=|510 |511 |520[ -]|503 )/

/** Gives each command the bytes that are its own. */
export class AsyncResults<T extends Expected> {
  #text = ''
  /** Those whose bytes have begun to come, in the order of the pipe. */
  #open: T[] = []
  /** Whether what comes next may begin with bytes of an answer that is lost. */
  #shifted = false

  /** Whether all bytes of what Asterisk has answered have come. */
  get inStep(): boolean {
    return this.#open.length === 0 && !this.#shifted
  }

  /** Says that bytes may have been lost. @returns those whose answers are lost with them */
  lose(): Answered<T>[] {
    const lost = this.#open.map((entry): Answered<T> => [entry, undefined])
    this.#open = []
    this.#text = ''
    this.#shifted = true
    return lost
  }

  /** Takes one event. @returns those whose answers are complete or lost */
  take(entry: T, encoded: string): Answered<T>[] {
    const bytes = unescapeBytes(encoded)
    this.#open.push(entry)
    if (encoded.length >= ENCODED || this.#text.length + bytes.length > HELD) return this.lose()
    this.#text += bytes
    // a full piece may be the end of an answer; the next one decides
    if (bytes.length >= PIECE) return []
    return this.#split()
  }

  /**
   * Splits the text of an empty pipe: the last command's answer ends with the text, so the answers are found from
   * behind.
   */
  #split(): Answered<T>[] {
    const found: Answered<T>[] = []
    let end = this.#text.length
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const entry = this.#open[at] as T
      const start = at === 0 && !this.#shifted ? 0 : startOf(this.#text.slice(0, end), entry)
      found.unshift([entry, start === undefined ? undefined : this.#text.slice(start, end)])
      end = start ?? end
    }
    this.#open = []
    this.#text = ''
    this.#shifted = false
    return found
  }
}

/** Returns where the last answer of a text begins. Whoever forges lines of it by a value forges only his own answer. */
function startOf(text: string, { token }: Expected): number | undefined {
  if (token !== undefined) {
    const answer = `200 result=1 (${token})\n`
    return text.endsWith(answer) ? text.length - answer.length : undefined
  }
  let start = text.length
  while (start > 0) {
    start = text.lastIndexOf('\n', start - 2) + 1
    const line = text.slice(start, start + 30)
    if (!ANSWER.test(line) || line.startsWith('520 End')) continue
    const before = text.lastIndexOf('\n', start - 2) + 1
    return start > 0 && text.startsWith('100 result=', before) ? before : start
  }
  return undefined
}
