/** Limits on what the server can make the client keep in memory. */
export interface Limits {
  /** The most bytes of a line. @default 8_388_608 */
  line: number
  /** The most bytes of a message. @default 8_388_608 */
  message: number
  /** The most headers of a message. @default 262_144 */
  headers: number
  /** The most rows that `send` collects for one list, or that wait for a loop over `list`. @default 100_000 */
  rows: number
  /**
   * The most bytes that the client holds for one server: rows, events and calls that wait, and the message in progress.
   * @default 67_108_864
   */
  held: number
}

/** What a message takes in memory beside its text: very short ones are held as well, and there can be many. */
export const MESSAGE_BYTES = 176

/** The limits that hold where the caller sets none. */
export const defaultLimits: Readonly<Limits> = {
  // Asterisk limits its input (manager.c:get_input) but not its own lines: GetConfigJSON and `Output:` can be long
  line: 8_388_608,
  message: 8_388_608,
  headers: 262_144,
  rows: 100_000,
  held: 67_108_864,
}

// what a server has to say before the login is a banner and two short answers
const LOGIN_BYTES = 65_536

/** Returns the limits that hold before the login: 64 KiB, or less where the caller's are lower. */
export function limitsBeforeLogin(limits: Readonly<Limits>): Readonly<Limits> {
  const { line, message } = limits
  if (limits === defaultLimits) return usualBeforeLogin
  return { ...limits, line: Math.min(line, LOGIN_BYTES), message: Math.min(message, LOGIN_BYTES) }
}

const usualBeforeLogin: Readonly<Limits> = { ...defaultLimits, line: LOGIN_BYTES, message: LOGIN_BYTES }

const CR = 13

/** Measures a message as it comes, for its limits. */
export class Measure {
  /** Bytes of the message so far. */
  bytes = 0
  #headers = 0
  #longest = 0
  /** Bytes of the line that has not ended. */
  #line = 0
  /** Whether the last byte was a CR, which may belong to a line's end and not to the line. */
  #cr = false

  /** Adds what comes next of it. */
  add(text: string): this {
    let from = 0
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', from)) {
      const cr = feed === 0 ? this.#cr : feed > from && text.charCodeAt(feed - 1) === CR
      this.#longest = Math.max(this.#longest, this.#line + feed - from - (cr ? 1 : 0))
      this.#line = 0
      this.#headers++
      from = feed + 1
    }
    this.#line += text.length - from
    if (text.length > 0) this.#cr = text.charCodeAt(text.length - 1) === CR
    this.bytes += text.length
    return this
  }

  /** Returns the limit that it is past, if it is. Raw output has neither headers nor lines. */
  past({ line, message, headers, held }: Limits, raw: boolean): keyof Limits | undefined {
    const end = this.#cr && !raw ? 1 : 0
    if (this.bytes - end > held) return 'held'
    if (this.bytes - end > message) return 'message'
    if (raw) return undefined
    if (Math.max(this.#longest, this.#line - end) > line) return 'line'
    return this.#headers + (this.#line > end ? 1 : 0) > headers ? 'headers' : undefined
  }
}
