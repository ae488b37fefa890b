import { actionFacts } from '../../catalog/facts.ts'
import { kindOf, Message, originOf, titleOf } from '../../wire/message.ts'
import { headerLines, isComplete, textLines } from './raw-output.ts'

// those of all versions since 1.4; before 1.6 a Ping was answered with Pong (main/manager.c), and Logoff always is with Goodbye
const OWN_SUCCESS = { pong: 'ping', goodbye: 'logoff' }

/**
 * Whether a Response says that the action was done; a raw output that says nothing of the kind counts as one that does.
 * @param takesRaw whether the action can be answered by `Response: Follows`: to any other of Asterisk's that is no success
 */
export function succeeded(reply: Message, action: string, takesRaw: boolean): boolean {
  if (kindOf(reply) !== 'response' || titleOf(reply) === 'Success') return true
  const title = titleOf(reply).toLowerCase()
  if (title === 'success') return true
  // a module's action, which no catalog knows, may be answered so at any version, up to its mark
  if (title === 'follows') return takesRaw || (actionFacts(action) === undefined && isComplete(reply))
  return (title === 'pong' || title === 'goodbye') && OWN_SUCCESS[title] === action.toLowerCase()
}

/** The answer to an action, with every event that belongs to it. Its headers are properties of it, as an event's are. */
export class Response extends Message {
  /**
   * Whether the server said `Success` or `Follows`, `Goodbye` to Logoff, or `Pong` to Ping; a raw output that says none
   * counts as one.
   */
  readonly success: boolean
  /** The related events in order, the completing one left out. */
  readonly events: readonly Message[]
  /** The event that said that the list was complete, where there was one. */
  readonly completion: Message | undefined

  #reply: Message
  #others: readonly Message[]
  #lines: readonly string[] | undefined

  /**
   * @param reply the first Response, or an Error that came after it
   * @param parts what else came, in order: events, later Responses, raw lines
   * @param success whether the action was done
   */
  constructor(reply: Message, parts: readonly Message[], completion: Message | undefined, success: boolean) {
    const others = parts.length === 0 ? parts : parts.filter((part) => kindOf(part) !== 'event')
    super(originOf(reply), kindOf(reply), headersOf(reply, others), 2, undefined, reply.serial)
    this.success = success
    this.events = others.length === 0 ? parts : parts.filter((part) => kindOf(part) === 'event')
    this.completion = completion
    this.#reply = reply
    this.#others = others
  }

  /**
   * The lines of text that the answer holds, as they were printed: the output of a command, whatever the version of
   * Asterisk. Also what a module writes that is neither Response nor Event. Empty where there are none.
   */
  get lines(): readonly string[] {
    this.#lines ??= [this.#reply, ...this.#others].flatMap(textLines)
    return this.#lines
  }

  /** The server's text, such as `Originate successfully queued`; empty where it gave none. */
  get message(): string {
    return this.get('Message') ?? ''
  }

  override toString(): string {
    const { length } = this.events
    return `${super.toString()}${length === 0 ? '' : `, ${length} event${length === 1 ? '' : 's'}`}`
  }
}

// behind a CRLF; what a module adds to its answer after a blank line are headers of the answer as well
function headersOf(reply: Message, others: readonly Message[]): string {
  let text = headerLines(reply)
  for (const other of others) {
    const lines = headerLines(other).slice(2)
    text += kindOf(reply) === 'other' ? lines : lines.replace(/\r?\n/g, '\r\n')
  }
  return text
}
