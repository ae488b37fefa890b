import { checkRecord, checkWhole, got, unknownName } from '../check.ts'
import { invalid } from '../errors.ts'
import type { Params } from '../wire/encoder.ts'

/**
 * Says what to hang up: one channel, or all channels that fit a pattern. The pattern has a separate name, so that you
 * never use one by accident.
 */
export type HangupTarget =
  | {
      /** A channel by its name or its `Uniqueid`. */
      readonly channel: string
      readonly pattern?: undefined
    }
  | {
      /** Every channel whose name fits this POSIX extended regular expression. Write it without slashes. */
      readonly pattern: string
      readonly channel?: undefined
    }

/**
 * Returns the headers of a Hangup; every one that the library sends has them from here. To Asterisk a `Channel` that
 * begins with `/` is a regular expression, which may fit every call there is
 * (main/manager.c:ast_manager_hangup_helper).
 * @throws {ArgumentError} for a channel's name that begins so, an empty pattern, or both
 */
export function hangupParams(target: HangupTarget, cause?: number): Params & { readonly Channel: string } {
  checkRecord('target', target, '{ channel } or { pattern }')
  for (const key of Object.keys(target)) {
    if (key !== 'channel' && key !== 'pattern') throw unknownName(key, { channel: true, pattern: true })
  }
  if (cause !== undefined) checkWhole('cause', cause, 0, 127)
  const { channel, pattern } = target
  if (pattern === undefined) return { Channel: checkChannel('channel', channel), Cause: cause }
  if (channel !== undefined) throw invalid('pattern', 'cannot be given together with channel: name what is to go once')
  if (typeof pattern !== 'string') throw invalid('pattern', `must be a regular expression as a string, ${got(pattern)}`)
  if (pattern === '') throw invalid('pattern', 'must not be empty: that fits every channel; write .* if you mean it')
  if (/[\r\n\0]/.test(pattern)) throw invalid('pattern', 'must not hold CR, LF or NUL')
  return { Channel: `/${pattern}/`, Cause: cause }
}

function checkChannel(argument: string, name: unknown): string {
  if (name === undefined) throw invalid(argument, 'is missing: give channel, or pattern for every one that fits')
  if (typeof name !== 'string') throw invalid(argument, `must be a channel's name, ${got(name)}`)
  if (name === '') throw invalid(argument, "must be a channel's name, and is empty")
  if (name.startsWith('/')) {
    throw invalid(argument, 'must not begin with a slash, which makes it a pattern for Asterisk: give it as pattern')
  }
  if (/[\r\n\0]/.test(name) || name.charCodeAt(0) <= 32) {
    throw invalid(argument, 'must not hold CR, LF or NUL or begin with a blank')
  }
  return name
}

// include/asterisk/channel.h:AST_MAX_PUBLIC_UNIQUEID
const ID_BYTES = 149

/**
 * Checks an id that a channel is to have. Whoever hangs it up names it in the place of a channel's name, which always
 * holds a slash. An id that holds one could be a pattern, or another channel's name: names are looked for first
 * (main/channel.c:ast_channel_get_by_name).
 */
export function checkChannelId(argument: string, id: unknown): string {
  if (typeof id !== 'string') throw invalid(argument, `must be a string, ${got(id)}`)
  if (id === '') throw invalid(argument, 'must not be empty')
  if (id.includes('/')) throw invalid(argument, 'must not hold a slash: Asterisk would take it for a name or a pattern')
  if (!/^[\x21-\x7e]+$/.test(id)) throw invalid(argument, 'must be of printable ASCII characters without a blank')
  if (id.length > ID_BYTES) throw invalid(argument, `must be at most ${ID_BYTES} bytes long`)
  return id
}
