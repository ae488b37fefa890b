import { checkString } from '../../check.ts'
import { redact } from '../redaction/redact.ts'
import { fromWire } from './byte-text.ts'

/** What happened to an action. */
export type Outcome = 'pending' | 'executed' | 'refused'

/** Holds an action that the server received, as Asterisk would read it. */
export class ReceivedAction {
  /** The lines of the action as byte strings, without their ends. */
  readonly lines: readonly string[]
  /** The connection that it arrived on, counted from 1. */
  readonly session: number
  /** The account that was logged in. Empty before the login. */
  readonly username: string
  /** When its blank line arrived, in milliseconds of the server's clock. */
  readonly receivedAt: number
  /** `'refused'`: not permitted, unknown, or over the limits of input. `'executed'`: a handler ran. */
  outcome: Outcome = 'pending'

  constructor(lines: readonly string[], session: number, username: string, receivedAt: number) {
    this.lines = lines
    this.session = session
    this.username = username
    this.receivedAt = receivedAt
  }

  /** The name of the action: the value of the first `Action:` that is not empty. */
  get name(): string {
    return fromWire(this.header('action', true))
  }

  /** The ActionID. Empty if the client gave none. */
  get actionId(): string {
    return this.get('ActionID')
  }

  /** Returns the first header of a name, in upper or lower case. Empty if there is none, as in Asterisk. */
  get(name: string): string {
    return fromWire(this.header(name))
  }

  /** Returns all headers of a name, in order. */
  getAll(name: string): string[] {
    return this.all(name).map(fromWire)
  }

  /** All headers in order, split as Asterisk splits them. A line without a colon has an empty value. */
  get headers(): [name: string, value: string][] {
    return headersOf(this.lines)
  }

  /** Returns the first header of a name as a byte string (manager.c:__astman_get_header). */
  header(name: string, skipEmpty = false): string {
    checkString('name', name, "a header's name")
    const lower = name.toLowerCase()
    for (const line of this.lines) {
      if (!named(line, lower)) continue
      const value = skipBlanks(line, lower.length + 1)
      if (value !== '' || !skipEmpty) return value
    }
    return ''
  }

  /** Returns all headers of a name as byte strings. */
  all(name: string): string[] {
    checkString('name', name, "a header's name")
    const lower = name.toLowerCase()
    return this.lines.filter((line) => named(line, lower)).map((line) => skipBlanks(line, lower.length + 1))
  }

  /** Returns the headers, with `***` in place of secrets. */
  toJSON(): { name: string; session: number; outcome: Outcome; headers: [string, string][] } {
    const lines = redact(`${this.lines.join('\r\n')}\r\n`)
      .split('\r\n')
      .slice(0, -1)
    return { name: this.name, session: this.session, outcome: this.outcome, headers: headersOf(lines) }
  }

  /** Returns the same as {@link ReceivedAction.toJSON}, so that a failed assertion prints no secret. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }
}

function headersOf(lines: readonly string[]): [name: string, value: string][] {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    if (colon === -1) return [fromWire(line), '']
    return [fromWire(line.slice(0, colon)), fromWire(skipBlanks(line, colon + 1))]
  })
}

function named(line: string, lower: string): boolean {
  return line.charCodeAt(lower.length) === 58 && line.slice(0, lower.length).toLowerCase() === lower
}

// strings.h:ast_skip_blanks takes every byte up to the space
function skipBlanks(line: string, from: number): string {
  let at = from
  while (at < line.length && line.charCodeAt(at) < 33) at++
  return line.slice(at)
}
