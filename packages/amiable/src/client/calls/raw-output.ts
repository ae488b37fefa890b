import { PEEK } from '../../util/peek.ts'
import { decodeUtf8 } from '../../util/text.ts'
import { HEAD_BYTES, type RawHead, rawHeadAt, SUCCEEDED } from '../../wire/framing.ts'
import { kindOf, linesOf, type Message, originOf, titleOf } from '../../wire/message.ts'

/** Ends the raw output of `Response: Follows` (manager.c:action_command before 14); glued to a last line without an end. */
const MARK = '--END COMMAND--'
/** What stands in front of the ActionID in the answer to nearly every action. */
const SUCCEEDED_FOR = `\r\n${SUCCEEDED}ActionID: `

/** Whether a Response says that raw lines follow. */
export function isFollows(reply: Message): boolean {
  if (kindOf(reply) !== 'response') return false
  const title = titleOf(reply)
  // nearly every one
  return title !== 'Success' && title.toLowerCase() === 'follows'
}

/** Whether such a Response ends with its mark. */
export function isComplete(follows: Message): boolean {
  return linesOf(follows).endsWith(`${MARK}\r\n`)
}

/**
 * Returns the ActionID of a Response; of one with raw lines only what stands in front of them.
 * @param expected what it may be: where it is, that very string is returned
 */
export function actionIdOf(reply: Message, expected?: string): string | undefined {
  if (expected !== undefined && isFor(linesOf(reply), expected)) return expected
  return isFollows(reply) ? headOf(reply).actionId : reply[PEEK]('ActionID', expected)
}

function isFor(lines: string, id: string): boolean {
  const at = SUCCEEDED_FOR.length
  return lines.startsWith(SUCCEEDED_FOR) && lines.startsWith(id, at) && lines.startsWith('\r\n', at + id.length)
}

/** Returns the headers of a Response behind a CRLF, as they stood on the wire; raw lines are none. */
export function headerLines(reply: Message): string {
  return isFollows(reply) ? linesOf(reply).slice(0, headOf(reply).body) : linesOf(reply)
}

/** Returns the text lines that a message holds: raw ones, or the values of its `Output` headers. */
export function textLines(message: Message): string[] {
  const raw = kindOf(message) === 'other' || isFollows(message)
  if (!raw) {
    const output = message.getAll('Output')
    // a command that prints nothing is answered with one empty line
    return output.length === 1 && output[0] === '' ? [] : output
  }
  let body = linesOf(message).slice(kindOf(message) === 'other' ? 2 : headOf(message).body)
  if (kindOf(message) !== 'other' && isComplete(message)) body = body.slice(0, -MARK.length - 2)
  const text = originOf(message).intake.encoding === 'utf8' ? decodeUtf8(body) : body
  const printed = text.endsWith('\n') ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text
  return printed === '' ? [] : printed.split(/\r?\n/)
}

// nothing more will come that makes a header or a raw line of it: the line feed says so
function headOf(follows: Message): RawHead {
  const start = linesOf(follows).slice(0, HEAD_BYTES)
  const head = rawHeadAt(`${start}\n`, 2)
  return typeof head === 'object' ? head : { actionId: undefined, body: start.length }
}
