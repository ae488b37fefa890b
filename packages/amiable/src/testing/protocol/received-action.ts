import { checkString } from '../../check.ts'
import { redact } from '../redaction/redact.ts'
import { fromWire } from './byte-text.ts'

/** What became of an action. */
export type Outcome = 'pending' | 'executed' | 'refused'

/** An action that a client sent, as Asterisk would read it. */
export class ReceivedAction {
  /** Its lines as byte strings, without their ends. */
  readonly lines: readonly string[]
  /** Which connection it came on, counted from 1. */
  readonly session: number
  /** Who was logged in; empty before login. */
  readonly username: string
  /** The server's clock when its blank line came, in milliseconds. */
  readonly receivedAt: number
  /** `'refused'`: not permitted, unknown, or past the input limits; `'executed'`: a handler ran. */
  outcome: Outcome = 'pending'

  constructor(lines: readonly string[], session: number, username: string, receivedAt: number) {
    this.lines = lines
    this.session = session
    this.username = username
    this.receivedAt = receivedAt
  }

  /** The value of the first non-empty `Action:`. */
  get name(): string {
    return fromWire(this.header('action', true))
  }

  /** Empty where the client gave none. */
  get actionId(): string {
    return this.get('ActionID')
  }

  /** The first header of a name, in any case of letters; empty where there is none, as in Asterisk. */
  get(name: string): string {
    return fromWire(this.header(name))
  }

  /** All headers of a name, in order. */
  getAll(name: string): string[] {
    return this.all(name).map(fromWire)
  }

  /** All headers in order, split as Asterisk splits them; a line without a colon has an empty value. */
  get headers(): [name: string, value: string][] {
    return headersOf(this.lines)
  }

  /** The first header of a name as a byte string (manager.c:__astman_get_header). */
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

  /** All headers of a name as byte strings. */
  all(name: string): string[] {
    checkString('name', name, "a header's name")
    const lower = name.toLowerCase()
    return this.lines.filter((line) => named(line, lower)).map((line) => skipBlanks(line, lower.length + 1))
  }

  /** Its headers, with `***` in place of secrets. */
  toJSON(): { name: string; session: number; outcome: Outcome; headers: [string, string][] } {
    const lines = redact(`${this.lines.join('\r\n')}\r\n`)
      .split('\r\n')
      .slice(0, -1)
    return { name: this.name, session: this.session, outcome: this.outcome, headers: headersOf(lines) }
  }

  /** The same as {@link ReceivedAction.toJSON}, so that a failed assertion prints no secret. */
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
