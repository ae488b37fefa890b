// The library's limits in the words of a user: this command has no option that raises them.
import type { AmiError, LimitError } from 'amiable'

const WORDS: Readonly<Record<string, string>> = {
  'limits.line': 'a line of what the server sent is longer than this command takes, which is N bytes',
  'limits.message': 'a message of the server is longer than this command takes, which is N bytes',
  'limits.headers': 'a message of the server has more headers than this command takes, which is N',
  'limits.rows': 'the list has more rows than this command keeps, which is N; amiable list prints them as they come',
  'limits.held': 'what the server sent waits for this command, and more than N bytes find no room',
}

/** Returns the message of an error of the library. */
export function messageOf(error: AmiError): string {
  const { message, source } = error
  if (error.code !== 'AMI_LIMIT') return message
  const { limit, value } = error as LimitError
  const words = Object.hasOwn(WORDS, limit) ? WORDS[limit] : undefined
  if (words === undefined) return message
  const text = words.replace('N', value.toLocaleString('en-US'))
  return source === undefined ? text : `${source}: ${text}`
}
