/** What a blank line ended: an action's lines, and what the input limits did to it. */
export interface Incoming {
  readonly lines: string[]
  readonly problem: 'too long' | 'too many' | undefined
}

const WINDOW = 1024
const DROPPED = 1023
const MAX_HEADERS = 128

/**
 * The input side of a session: manager.c:get_input with its buffer, and do_message with its 128 headers. A line whose
 * line feed is not among its first 1,024 bytes loses 1,023 of them, and what is left is read as a line of its own. So
 * 1,023 bytes and a CRLF leave an empty line behind that ends the action, and the blank line is a second action.
 * (Measured on 22.10 and 16.28: 1,022 bytes and a CRLF pass; 1,023 and 2,046 give two Responses, 1,024 and 2,047 one.)
 */
export class InputReader {
  #pending = ''
  #lines: string[] = []
  #tooLong = false
  #tooMany = false

  /** Takes bytes as a byte string, gives what they completed. */
  push(text: string): Incoming[] {
    const done: Incoming[] = []
    let at = 0
    const input = this.#pending + text
    for (;;) {
      const feed = input.indexOf('\n', at)
      if (feed === -1 || feed - at >= WINDOW) {
        if (input.length - at < WINDOW) break
        at += DROPPED
        this.#tooLong = true
        continue
      }
      const end = feed > at && input.charCodeAt(feed - 1) === 13 ? feed - 1 : feed
      const line = input.slice(at, end)
      at = feed + 1
      const nul = line.indexOf('\0')
      this.#line(nul === -1 ? line : line.slice(0, nul), done)
    }
    this.#pending = input.slice(at)
    return done
  }

  #line(line: string, done: Incoming[]): void {
    if (line !== '') {
      if (this.#lines.length < MAX_HEADERS) this.#lines.push(line)
      else this.#tooMany = true
      return
    }
    // do_message looks at the lost headers first, and leaves the other mark standing
    const problem = this.#tooMany ? 'too many' : this.#tooLong ? 'too long' : undefined
    if (problem === 'too long') this.#tooLong = false
    done.push({ lines: this.#lines, problem })
    this.#lines = []
    this.#tooMany = false
  }
}
