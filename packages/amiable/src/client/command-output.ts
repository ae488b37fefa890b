import { decodeUtf8 } from '../util/text.ts'
import type { Message } from '../wire/message.ts'
import type { RawResponse } from './types.ts'

/** The lines that a CLI command printed (main/manager.c:action_command). */
export function commandOutput(response: RawResponse): string[] {
  const output = response.getAll('Output')
  // a command that prints nothing is answered with one empty line
  if (output.length > 0) return output.length === 1 && output[0] === '' ? [] : output
  return followsOutput(response as unknown as Message)
}

// before Asterisk 14: headers, then the output as it is, then a mark that is glued to a last line without an end
function followsOutput(response: Message): string[] {
  if (response.title !== 'Follows') return []
  const whole = response.detach()
  const text = response.origin.encoding === 'utf8' ? decodeUtf8(whole) : whole
  const body =
    /^\r\nResponse:[^\r]*\r\n(?:Privilege: Command\r\n)?(?:ActionID: [^\r]*\r\n)?([\s\S]*)--END COMMAND--(?:\r\n)?$/i
  const printed = body.exec(text)?.[1]?.replace(/\r?\n$/, '') ?? ''
  return printed === '' ? [] : printed.split(/\r?\n/)
}
